namespace AccessFunctions.Domain.Requests;

/// <summary>
/// Takes free text out of a finished request, and leaves who asked for what, who decided, and what became of it: people by their opaque
/// ids. The sequence stays, because nothing was decided.
/// </summary>
public static class Pseudonymisation
{
    /// <summary>Stands where a text has to be and none is left.</summary>
    public const string Removed = "(removed)";

    private static AccessRequest Of(AccessRequest request, DateTimeOffset at) => request with
    {
        Justification = Gone(request.Justification),
        Ask = request.Ask with
        {
            Justification = Gone(request.Ask.Justification),
            Parameters = request.Ask.Parameters.ToDictionary(static pair => pair.Key, static _ => Removed, StringComparer.Ordinal),
        },
        Change = request.Change is { } change ? change with { Before = Gone(change.Before), After = Gone(change.After) } : null,
        Reviews = [.. request.Reviews.Select(static review => review with { Comment = Gone(review.Comment) })],
        Grants = [.. request.Grants.Select(static grant => grant with { LastError = Gone(grant.LastError) })],
        Emergency = request.Emergency is { } emergency ? emergency with { Justification = Removed } : null,
        PseudonymisedAt = at.ToUniversalTime(),
    };

    /// <summary>Without everybody's text (null), or this person's.</summary>
    /// <returns>Null where there is nothing to take out.</returns>
    public static AccessRequest? Without(AccessRequest request, string? person, DateTimeOffset at)
    {
        if (person is null || request.Requester == person) return HasText(request) ? Of(request, at) : null;
        return request.Reviews.Any(review => review.By == person && review.Comment is not null and not Removed)
            ? request with { Reviews = [.. request.Reviews.Select(review => review.By == person ? review with { Comment = Gone(review.Comment) } : review)] }
            : null;
    }

    /// <summary>True where text is there that was not taken out: none was yet, or something happened since.</summary>
    public static bool HasText(AccessRequest request) => request.PseudonymisedAt is not { } at || request.ChangedAt >= at;

    private static string? Gone(string? text) => text is null ? null : Removed;
}
