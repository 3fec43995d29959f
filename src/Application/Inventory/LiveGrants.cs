using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Inventory;

/// <summary>Which grants are access that somebody has.</summary>
public static class LiveGrants
{
    /// <summary>
    /// Those that are there, or may be: tried or given, and not proven gone. What stood before the request is the person's too, as long as the
    /// request runs.
    /// </summary>
    public static IEnumerable<Grant> Of(AccessRequest request) => Runs(request.Phase)
        ? request.Grants.Where(static grant => grant.State is GrantState.Attempted or GrantState.Granted or GrantState.AlreadyHeld or GrantState.Removed or GrantState.AwaitingRemoval)
        : [];

    /// <summary>True where a request in this phase may have given access that is not proven gone.</summary>
    public static bool Runs(Phase phase) => phase is Phase.Provisioning or Phase.Active or Phase.Revoking;
}

/// <summary>A grant that is access somebody has, and what it is among the facts of its platform.</summary>
/// <param name="Identity">Who has it on the platform; null: nobody there (a released secret, access given by hand).</param>
/// <param name="Role">What the identity is a member of by it; null: the identity itself is the grant's.</param>
/// <param name="Standing">True: it was there before, and the grant does not end it.</param>
public sealed record LiveGrant(string Platform, AccessRequest Request, Grant Grant, string? Identity, string? Role, bool Standing)
{
    /// <summary>True where the identity is a login that was made for the grant.</summary>
    public bool MadeIdentity => Identity is not null && Role is null;

    /// <summary>What a login that was made for the grant is a member of, by the name the platform's facts have for it; null: it was given no role.</summary>
    public string? MadeMemberOf { get; init; }
}
