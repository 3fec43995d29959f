using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Views;

/// <summary>Which rule would apply to an ask, and why.</summary>
/// <param name="Allowed">False: such an ask would be refused, as <see cref="Refusal"/> says.</param>
/// <param name="Why">Every access group considered, in sentences.</param>
/// <param name="Levels">Who would decide, level by level; empty where nobody is asked.</param>
public sealed record PreviewView(
    bool Allowed, string? AccessGroup, Mode? Mode, PreviewRefusal? Refusal, IReadOnlyList<string> Why, IReadOnlyList<IReadOnlyList<PersonRef>> Levels,
    PeriodView? Period, IReadOnlyList<string> Roles, string? DefaultRole, IReadOnlyList<string> Reasons, bool TicketRequired, bool AllowEmergency)
{
    /// <summary>The document of settings that the ask is a change of, as it is now: what a change is made from. Null where the ask is none, or no group lets the caller ask.</summary>
    public SettingsDocument? Document { get; init; }

    /// <summary>Shows a preview.</summary>
    public static PreviewView Of(PolicyPreview preview, IPeople people) => new(
        preview.Refusal is null, preview.Policy?.AccessGroup, preview.Policy?.Mode,
        preview.Refusal is { } refusal ? new PreviewRefusal(Problems.Of(refusal.Reason).Slug, refusal.Detail, refusal.Errors) : null,
        preview.Why, [.. preview.Levels.Select(level => level.Select(id => PersonRef.Of(people, id)).ToList())],
        preview.Period is { } period ? new PeriodView(period.Start, period.End) : null,
        preview.Policy?.Roles ?? [], preview.Policy?.DefaultRole, preview.Policy?.Reasons ?? [],
        preview.Policy?.TicketRequired ?? false, preview.Policy?.AllowEmergency ?? false)
    {
        Document = preview.Document,
    };
}

/// <summary>Why an ask would be refused.</summary>
/// <param name="Reason">The slug of the problem that the ask itself would be answered with.</param>
public sealed record PreviewRefusal(string Reason, string Detail, IReadOnlyDictionary<string, IReadOnlyList<string>> Errors);
