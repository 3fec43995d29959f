using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application;

/// <summary>What an approver has to choose before a request can be approved; a channel that offers no such choice cannot approve it.</summary>
public static class StillToChoose
{
    /// <summary>True where access needs a role, and none was asked for or chosen.</summary>
    public static bool Role(AccessRequest request) => RequestWords.Role(request) is null && AskRules.NeedsRole(request.Policy, request.Ask.Kind);

    /// <summary>True where a role goes to an identity, and the requester has none on some platform.</summary>
    public static bool Identity(AccessRequest request) =>
        request.Ask.Kind == AccessKind.Role && request.Identity is null && request.Grants.Any(static grant => grant.Identity is null);
}
