using System.Globalization;
using AccessFunctions.Api.Pages;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessFunctions.Api.Reviewing;

/// <summary>What a form of the review page can send.</summary>
internal enum ReviewVerdict
{
    None,
    Approve,
    Deny,
    Revoke,
}

/// <summary>The fields as they were sent; empty ones are null.</summary>
public sealed record ReviewInput
{
    /// <summary>Longest comment, in characters.</summary>
    public const int LongestComment = 4000;

    /// <summary>Names and meanings of the fields.</summary>
    internal static IReadOnlyList<FormField> Fields { get; } =
    [
        new("ticket", "The field that the page gives; a form without it is refused.", Required: true),
        new("verdict", "`approve`, `deny` or `revoke`.", Required: true),
        new("comment", "Why; required to deny and to revoke."),
        new("start", "Another start, UTC, as `2026-11-21T09:00`; empty: as asked."),
        new("end", "Another end, likewise."),
        new("role", "One of the roles the access group offers; empty: as asked."),
    ];

    public string? Ticket { get; init; }
    public string? Comment { get; init; }
    public string? Start { get; init; }
    public string? End { get; init; }
    public string? Role { get; init; }
    internal ReviewVerdict Verdict { get; init; }

    /// <summary>Nothing of it: a person's words.</summary>
    public override string ToString() => nameof(ReviewInput);

    /// <summary>Reads a form; what is no field of it is passed over.</summary>
    internal static ReviewInput Read(string body)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in new FormReader(body) { ValueCountLimit = 32 }.ReadForm()) fields[name] = values.ToString();
        return new ReviewInput
        {
            Ticket = Given("ticket"),
            Comment = Given("comment")?.ReplaceLineEndings("\n"),
            Start = Given("start"),
            End = Given("end"),
            Role = Given("role"),
            Verdict = Given("verdict") switch
            {
                "approve" => ReviewVerdict.Approve,
                "deny" => ReviewVerdict.Deny,
                "revoke" => ReviewVerdict.Revoke,
                _ => ReviewVerdict.None,
            },
        };

        string? Given(string name) => fields.GetValueOrDefault(name)?.Trim() is { Length: > 0 } text ? text : null;
    }

    /// <summary>True where the verdict is one that such a link can give.</summary>
    internal bool Fits(ReviewLinkKind kind) => kind == ReviewLinkKind.Revoke ? Verdict == ReviewVerdict.Revoke : Verdict is ReviewVerdict.Approve or ReviewVerdict.Deny;

    /// <summary>What is wrong before anybody is asked: the verdict fits the link, comments are there, times can be read.</summary>
    internal IReadOnlyList<PageError> Errors(ReviewLinkKind kind)
    {
        List<PageError> errors = [];
        if (!Fits(kind)) errors.Add(new(null, "Choose what you decide."));
        if (Verdict is ReviewVerdict.Deny or ReviewVerdict.Revoke && Comment is null)
            errors.Add(new(FieldOf("comment", Verdict), Verdict == ReviewVerdict.Deny ? "Say why you deny it." : "Say why you revoke it."));
        if (Comment?.Length > LongestComment) errors.Add(new(FieldOf("comment", Verdict), $"The comment may have {LongestComment} characters."));
        if (Start is not null && Time(Start) is null) errors.Add(new("start", "The start is not a date and time such as 2026-11-21 09:00."));
        if (End is not null && Time(End) is null) errors.Add(new("end", "The end is not a date and time such as 2026-11-21 11:00."));
        return errors;
    }

    /// <summary>The id of a field on the page, where each form has its own.</summary>
    internal static string? FieldOf(string field, ReviewVerdict verdict) => field switch
    {
        "comment" => $"{verdict.ToString().ToLowerInvariant()}-comment",
        "start" or "end" or "role" => field,
        _ => null,
    };

    /// <summary>A time of the form, UTC; null where it is none.</summary>
    internal static DateTimeOffset? Time(string? text) =>
        text is not null && DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm'Z'"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}
