using System.Collections.ObjectModel;

namespace AccessFunctions.Domain.Requests;

/// <summary>Makes the order that a platform needs from the state of a request: one place, so that grant, look and removal name the same thing.</summary>
public static class Orders
{
    /// <summary>
    /// The order of one grant, with the request's role and the end of its period. The identity is the one an approver chose, else the
    /// requester's own on that platform; null where neither is there and the platform has to make one.
    /// </summary>
    /// <param name="end">Another end than the period's: the later one that an extension asks for.</param>
    public static PlatformOrder For(AccessRequest request, Grant grant, DateTimeOffset? end = null) => new()
    {
        RequestId = request.Id,
        GrantId = grant.Id,
        Resource = grant.Resource,
        Kind = request.Ask.Kind,
        Requester = request.Requester,
        Role = request.Role,
        Identity = request.Identity ?? grant.Identity,
        // A change goes along as it was read and approved; the text it was asked in would only be carried twice.
        Parameters = request.Change is null ? request.Ask.Parameters : ReadOnlyDictionary<string, string>.Empty,
        Settings = SettingsOrder.Of(request, grant),
        End = end ?? request.Period.End,
    };
}
