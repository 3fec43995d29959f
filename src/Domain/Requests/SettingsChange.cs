namespace AccessFunctions.Domain.Requests;

/// <summary>
/// A change of a settings document, as its requester made it and as its approvers see it: exactly this is applied, and only to the version it
/// was made against. Frozen with the request; holds no secret.
/// </summary>
public sealed record SettingsChange
{
    /// <summary>The parameter of an ask that holds the proposed document, as JSON or YAML; <c>null</c> in it proposes that the document goes.</summary>
    public const string DocumentParameter = "change";

    /// <summary>The parameter of an ask that holds the version the proposal was made against; left out where the document is new.</summary>
    public const string BaseParameter = "base";

    /// <summary>The longest proposed document, in UTF-16 code units.</summary>
    public const int MaxLength = 32_000;

    /// <summary>The version it was made against; null: there was no document.</summary>
    public string? Base { get; init; }

    /// <summary>The document at <see cref="Base"/>, written as every document is, so that blanks are no change; null: there was none.</summary>
    public string? Before { get; init; }

    /// <summary>What it will be, written alike; null: it goes.</summary>
    public string? After { get; init; }
}

/// <summary>What a platform needs to apply a change and to take it back.</summary>
public sealed record SettingsOrder
{
    public required SettingsChange Change { get; init; }

    /// <summary>
    /// True: at the end the document becomes what it was. Always so where the change was not confirmed as applied (a grant that failed leaves nothing), and
    /// where an emergency applied it and nobody ratified that: what nobody ever agreed to does not stay.
    /// </summary>
    public bool Reverts { get; init; }

    /// <summary>Who approved it, in order; empty where nobody had to.</summary>
    public IReadOnlyList<string> ApprovedBy { get; init; } = [];

    /// <summary>The change of one grant; null where the request carries none.</summary>
    internal static SettingsOrder? Of(AccessRequest request, Grant grant) => request.Change is not { } change ? null : new SettingsOrder
    {
        Change = change,
        Reverts = request.Policy.RevertAtEnd || grant.GrantedAt is null || request.Emergency is { Review: not EmergencyVerdict.Ratified },
        ApprovedBy = [.. request.Reviews.Where(static review => review is { Counted: true, Verdict: Verdict.Approve }).Select(static review => review.By).Distinct(StringComparer.Ordinal)],
    };
}
