using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Pages.Board;

/// <summary>Which grants are access that somebody has.</summary>
internal static class LiveGrants
{
    /// <summary>
    /// Those that are there, or may still be: given and not proven gone. What stood before the request is the person's too, as long as the
    /// request runs.
    /// </summary>
    public static IEnumerable<Grant> Of(AccessRequest request) => request.Phase is Phase.Provisioning or Phase.Active or Phase.Revoking
        ? request.Grants.Where(static grant => grant.State is GrantState.Granted or GrantState.AlreadyHeld or GrantState.Removed or GrantState.AwaitingRemoval)
        : [];
}
