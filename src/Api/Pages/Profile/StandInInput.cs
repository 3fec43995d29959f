using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Directory;

namespace AccessFunctions.Api.Pages.Profile;

/// <summary>The fields of the form that names a stand-in, as they were sent; empty ones are null.</summary>
public sealed record StandInInput
{
    public const string StandInField = "standIn", FromField = "from", UntilField = "until", StepField = "step", Clear = "clear";

    internal static IReadOnlyList<FormField> Fields { get; } =
    [
        new(StepField, $"`{Clear}`: nobody stands in any more; anything else names somebody."),
        new(StandInField, "The id of the person who stands in."),
        new(FromField, "From when on, as `2026-11-21T09:00`; empty: from now on."),
        new(UntilField, "Until when, likewise."),
        new(PageTimes.ZoneField, "The IANA zone that the times are of; UTC where absent."),
    ];

    public string? StandIn { get; init; }
    public string? From { get; init; }
    public string? Until { get; init; }
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Nothing of it.</summary>
    public override string ToString() => nameof(StandInInput);

    internal static StandInInput Read(PageForm form) => new()
    {
        StandIn = form[StandInField],
        From = form[FromField],
        Until = form[UntilField],
        Zone = Shells.ZoneNamed(form[PageTimes.ZoneField]),
    };

    /// <summary>What is wrong before anybody is asked.</summary>
    internal IReadOnlyList<PageError> Errors()
    {
        List<PageError> errors = [];
        if (StandIn is null) errors.Add(new(StandInField, "Say who stands in for you, by their id."));
        if (PageTimes.Fault(From, Zone, "start") is { } from) errors.Add(new(FromField, from));
        if (Until is null) errors.Add(new(UntilField, "Say until when: a stand-in ends by itself."));
        else if (PageTimes.Fault(Until, Zone, "end") is { } until) errors.Add(new(UntilField, until));
        return errors;
    }

    /// <summary>The stand-in, where nothing is wrong.</summary>
    internal Delegation Delegation(string person, DateTimeOffset now) =>
        new(person, StandIn!, PageTimes.Read(From, Zone) ?? DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()), PageTimes.Read(Until, Zone)!.Value);
}
