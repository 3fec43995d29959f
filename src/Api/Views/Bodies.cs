using AccessFunctions.Api.Pipeline;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Views;

// Bodies have settable properties, not constructor parameters: texts and items are checked where a property is set (see ApiJson).

/// <summary>For routes that need nothing more than their path.</summary>
public sealed record NoBody;

/// <summary>Null leaves what is asked.</summary>
public sealed record ApproveBody
{
    public required int Revision { get; init; }
    public string? Comment { get; init; }
    public DateTimeOffset? Start { get; init; }
    public DateTimeOffset? End { get; init; }
    public string? Role { get; init; }
    public string? Identity { get; init; }
}

/// <summary>The comment is required; nullable so that its absence is answered as <c>comment-required</c>.</summary>
public sealed record DenyBody
{
    public required int Revision { get; init; }
    public string? Comment { get; init; }
}

/// <summary>The comment is required, as for a denial.</summary>
public sealed record RevokeBody
{
    public string? Comment { get; init; }
}

/// <summary>The second justification.</summary>
public sealed record EmergencyBody
{
    public required string Justification { get; init; }
}

/// <summary>The new end.</summary>
public sealed record ExtendBody
{
    public required DateTimeOffset End { get; init; }
}

/// <summary>The review of an emergency.</summary>
public sealed record RatifyBody
{
    public required EmergencyVerdict Verdict { get; init; }
    public string? Comment { get; init; }
}

/// <summary>A fulfiller's word. Without a grant: the only one that awaits it.</summary>
public sealed record ConfirmBody
{
    public string? GrantId { get; init; }
    public string? Comment { get; init; }
}

/// <summary>Which grant's secret. Without a grant: the only one's.</summary>
public sealed record SecretBody
{
    public string? GrantId { get; init; }
}

/// <summary>A secret's named fields, for example <c>username</c> and <c>password</c>.</summary>
public sealed record SecretView(IReadOnlyDictionary<string, string> Fields);

/// <summary>Several decisions in one call, 1 to 100; each is answered by itself.</summary>
public sealed record DecisionsBody
{
    public required IReadOnlyList<DecisionItem> Decisions { get; init; }
}

/// <summary>One decision; a denial needs a comment.</summary>
public sealed record DecisionItem
{
    public required string Id { get; init; }
    public required int Revision { get; init; }
    public required Verdict Verdict { get; init; }
    public string? Comment { get; init; }
}

/// <summary>How one decision of a batch went: the request as it then is, or the problem.</summary>
/// <param name="Status">The status it would have had by itself.</param>
public sealed record DecisionResult(string Id, int Status, RequestView? Request, ProblemView? Problem);

/// <summary>Who decides meanwhile, from (included) until (not included).</summary>
public sealed record DelegateBody
{
    public required string StandIn { get; init; }
    public required DateTimeOffset From { get; init; }
    public required DateTimeOffset Until { get; init; }
}

/// <summary>The Slack user that the person shall have.</summary>
public sealed record SlackUserBody
{
    /// <summary>The member id, such as <c>U0123456789</c>.</summary>
    public required string SlackUserId { get; init; }
}

/// <summary>All product roles that the person shall have.</summary>
public sealed record RolesBody
{
    public required IReadOnlyList<string> Roles { get; init; }
}
