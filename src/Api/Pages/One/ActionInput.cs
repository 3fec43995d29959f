using System.Globalization;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Reviewing;
using AccessFunctions.Api.Routing;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Pages.One;

/// <summary>The fields of a form that acts on a request, as they were sent; empty ones are null.</summary>
public sealed record ActionInput
{
    /// <summary>Names and meanings of the fields, of all actions.</summary>
    internal static IReadOnlyList<FormField> Fields { get; } =
    [
        new(PostForm.KeyName, "Made for this form when the page was; the same form sent again is answered as the first time."),
        new("revision", "The revision that was read; to approve and to deny."),
        new("comment", "Why; required to deny and to revoke."),
        new("justification", "Why it cannot wait; required to declare an emergency."),
        new("start", "Approve: another start, as `2026-11-21T09:00`; empty: as asked."),
        new("end", "Approve: another end, likewise. Extend: the new end."),
        new(PageTimes.ZoneField, "The IANA zone that `start` and `end` are of; UTC where absent."),
        new("role", "Approve: the role; empty: as asked."),
        new("identity", "Approve: the identity; empty: as asked."),
        new("verdict", "Ratify: `Ratified` or `Objected`."),
        new("grant", "Of several grants, which one is confirmed."),
        new("from", "`approvals`: answer with the list of approvals."),
    ];

    public int? Revision { get; init; }
    public string? Comment { get; init; }
    public string? Justification { get; init; }
    public string? Start { get; init; }
    public string? End { get; init; }
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;
    public string? Role { get; init; }
    public string? Identity { get; init; }
    public EmergencyVerdict? Verdict { get; init; }
    public string? Grant { get; init; }
    public bool FromApprovals { get; init; }

    internal DateTimeOffset? StartAt => PageTimes.Read(Start, Zone);

    internal DateTimeOffset? EndAt => PageTimes.Read(End, Zone);

    /// <summary>Nothing of it: a person's words.</summary>
    public override string ToString() => nameof(ActionInput);

    /// <summary>Reads a form; what is no field of it is passed over.</summary>
    internal static ActionInput Read(PageForm form) => new()
    {
        Revision = int.TryParse(form["revision"], NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : null,
        Comment = form["comment"],
        Justification = form["justification"],
        Start = form["start"],
        End = form["end"],
        Zone = Shells.ZoneNamed(form[PageTimes.ZoneField]),
        Role = form["role"],
        Identity = form["identity"],
        Verdict = form["verdict"] switch
        {
            nameof(EmergencyVerdict.Ratified) => EmergencyVerdict.Ratified,
            nameof(EmergencyVerdict.Objected) => EmergencyVerdict.Objected,
            _ => null,
        },
        Grant = form["grant"],
        FromApprovals = form["from"] == "approvals",
    };

    /// <summary>What is wrong before anybody is asked: the form is whole, times can be read.</summary>
    internal IReadOnlyList<PageError> Errors(string action)
    {
        List<PageError> errors = [];
        if (action is "approve" or "deny" && Revision is null) errors.Add(new(null, "The form did not say which revision you read. Decide on the request as it is shown here."));
        if (action is "deny" && Comment is null) Wrong("comment", "Say why you deny it.");
        if (action is "revoke" && Comment is null) Wrong("comment", "Say why you revoke it.");
        if (action is "emergency" && Justification is null) Wrong("justification", "Say why it cannot wait.");
        if (action is "ratify" && Verdict is null) Wrong("verdict", "Choose whether the emergency was right.");
        if (Comment?.Length > ReviewInput.LongestComment) Wrong("comment", $"The comment may have {ReviewInput.LongestComment} characters.");
        if (Justification?.Length > ReviewInput.LongestComment) Wrong("justification", $"The justification may have {ReviewInput.LongestComment} characters.");
        if (PageTimes.Fault(Start, Zone, "start") is { } start) Wrong("start", start);
        if (PageTimes.Fault(End, Zone, "end") is { } end) Wrong("end", end);
        if (action is "extend" && End is null) Wrong("end", "Say until when you need it.");
        return errors;

        void Wrong(string field, string message) => errors.Add(new(ActionsModel.Id(action, field), message));
    }
}
