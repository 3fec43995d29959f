using System.Globalization;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Pages.Asking;

/// <summary>The fields of the form that asks for access, as they were sent; empty ones are null.</summary>
public sealed record AskInput
{
    /// <summary>The length that leaves it to the access group.</summary>
    public const string Usual = "usual";

    /// <summary>What the names of fields for a platform's parameters begin with, and the ids of these fields.</summary>
    public const string ParameterPrefix = "parameter.", ParameterId = "parameter-";

    /// <summary>Names and meanings of the fields.</summary>
    internal static IReadOnlyList<FormField> Fields { get; } =
    [
        new("step", "`submit`, or `preview` to see what applies; nothing is kept of a preview."),
        new(PostForm.KeyName, "Made for this form when the page was; the same form sent again makes no second request."),
        new("resource", "What is asked for; up to 50.", Required: true),
        new("kind", "The kind of access.", Required: true),
        new("role", "One of the access group's; empty: left open."),
        new("reason", "One of the access group's, where it has some."),
        new("justification", "Why."),
        new("ticket", "The ticket this is for."),
        new($"{ParameterPrefix}{{name}}", "A parameter that a platform of the resources declares."),
        new("length", "A duration such as `1h30m`, or `usual`."),
        new("start", "As `2026-11-21T09:00`; empty: as soon as it is decided."),
        new("end", "Likewise; instead of a length."),
        new(PageTimes.ZoneField, "The IANA zone that `start` and `end` are of; UTC where absent."),
    ];

    public IReadOnlyList<string> Resources { get; init; } = [];
    public string? Role { get; init; }
    public string? Reason { get; init; }
    public string? Justification { get; init; }
    public string? Ticket { get; init; }

    /// <summary>Parameters by name, as far as they were given.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();
    public string? Length { get; init; }
    public string? Start { get; init; }
    public string? End { get; init; }
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>True: a link filled the form in, so that its reader did not write what it says.</summary>
    public bool ByLink { get; init; }

    /// <summary>Nothing of it: a person's words.</summary>
    public override string ToString() => nameof(AskInput);

    internal static AskInput Read(PageForm form) => new()
    {
        Resources = form.All("resource"),
        Role = form["role"],
        Reason = form["reason"],
        Justification = form["justification"],
        Ticket = form["ticket"],
        Parameters = form.Names(ParameterPrefix).Where(name => form[name] is not null).ToDictionary(static name => name[ParameterPrefix.Length..], name => form[name]!, StringComparer.Ordinal),
        Length = form["length"],
        Start = form["start"],
        End = form["end"],
        Zone = Shells.ZoneNamed(form[PageTimes.ZoneField]),
    };

    /// <summary>What is wrong before any policy is asked.</summary>
    /// <param name="declared">The parameters of the platforms that are asked.</param>
    internal IReadOnlyList<PageError> Errors(IReadOnlyList<PlatformParameter> declared)
    {
        List<PageError> errors = [];
        if (Resources.Count == 0) errors.Add(new("resource-0", "Name the resource, such as pg-prod/analytics."));
        foreach (var parameter in declared)
        {
            if (!Parameters.TryGetValue(parameter.Name, out var value))
            {
                if (parameter.Required) errors.Add(new(ParameterId + parameter.Name, $"{parameter.Label ?? parameter.Name} is missing."));
            }
            else if (parameter.Choices.Count > 0 && !parameter.Choices.Contains(value, StringComparer.Ordinal))
            {
                errors.Add(new(ParameterId + parameter.Name, $"Choose one of: {string.Join(", ", parameter.Choices)}."));
            }
        }

        if (Length is not (null or Usual) && !Duration.TryParse(Length, out _)) errors.Add(new("length", "Choose how long."));
        if (PageTimes.Fault(Start, Zone, "start") is { } start) errors.Add(new("start", start));
        if (PageTimes.Fault(End, Zone, "end") is { } end) errors.Add(new("end", end));
        return errors;
    }

    /// <summary>The ask. A length without a start counts from now, and floats to the approval.</summary>
    /// <param name="declared">The parameters of the platforms that are asked; what is no platform's is left out.</param>
    internal Ask Ask(AccessKind kind, DateTimeOffset now, IReadOnlyList<PlatformParameter> declared)
    {
        var (start, end) = (PageTimes.Read(Start, Zone), PageTimes.Read(End, Zone));
        if (end is null && Length is not (null or Usual) && Duration.TryParse(Length, out var length))
        {
            start ??= DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
            end = start + length;
        }

        return new Ask
        {
            Resources = Resources,
            Kind = kind,
            Role = Role,
            Parameters = Parameters.Where(given => declared.Any(parameter => parameter.Name == given.Key)).ToDictionary(StringComparer.Ordinal),
            Reason = Reason,
            Justification = Justification,
            Ticket = Ticket,
            Start = start,
            End = end,
        };
    }

    /// <summary>The id of a refusal's field on the page; null: none of them.</summary>
    internal static string? FieldOf(string field) => field switch
    {
        "role" or "reason" or "justification" or "ticket" or "start" or "end" => field,
        _ when field.StartsWith("parameters.", StringComparison.Ordinal) => ParameterId + field["parameters.".Length..],
        "resources" => "resource-0",
        _ when field.StartsWith("resources[", StringComparison.Ordinal) && int.TryParse(field.AsSpan(10).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var index) => $"resource-{index}",
        _ => null,
    };
}
