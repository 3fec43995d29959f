using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Pages.Board;

/// <summary>Which grants are access that somebody has.</summary>
internal static class LiveGrants
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
