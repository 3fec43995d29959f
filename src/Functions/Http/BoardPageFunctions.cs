using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Http;

/// <summary>The pages of those who look over requests, access, groups and the audit trail.</summary>
public sealed class BoardPageFunctions(HttpDoor door)
{
    /// <summary>The requests the caller may see.</summary>
    [Function(nameof(RequestsPage))]
    public Task<IResult> RequestsPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "requests")] HttpRequest http) =>
        door.Run(http);

    /// <summary>One identity on a platform.</summary>
    [Function(nameof(IdentityPage))]
    public Task<IResult> IdentityPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "access/identities/{id}")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Says whose it is.</summary>
    [Function(nameof(LinkIdentityByForm))]
    public Task<IResult> LinkIdentityByForm([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "access/identities/{id}")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Reads soon what a platform holds.</summary>
    [Function(nameof(IngestByForm))]
    public Task<IResult> IngestByForm([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "access/platforms/{id}/ingest")] HttpRequest http) =>
        door.Run(http);

    /// <summary>The access groups the caller may read.</summary>
    [Function(nameof(AccessGroupsPage))]
    public Task<IResult> AccessGroupsPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "access-groups")] HttpRequest http) =>
        door.Run(http);

    /// <summary>One access group.</summary>
    [Function(nameof(AccessGroupPage))]
    public Task<IResult> AccessGroupPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "access-groups/{id}")] HttpRequest http) =>
        door.Run(http);

    /// <summary>The form that edits an access group.</summary>
    [Function(nameof(EditAccessGroupPage))]
    public Task<IResult> EditAccessGroupPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "access-groups/{id}/edit")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Shows what would change, or saves it.</summary>
    [Function(nameof(EditAccessGroup))]
    public Task<IResult> EditAccessGroup([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "access-groups/{id}/edit")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Asks whether an access group shall go.</summary>
    [Function(nameof(DeleteAccessGroupPage))]
    public Task<IResult> DeleteAccessGroupPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "access-groups/{id}/delete")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Deletes an access group by the form of that page.</summary>
    [Function(nameof(DeleteAccessGroupByForm))]
    public Task<IResult> DeleteAccessGroupByForm([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "access-groups/{id}/delete")] HttpRequest http) =>
        door.Run(http);

    /// <summary>The form that makes an access group.</summary>
    [Function(nameof(NewAccessGroupPage))]
    public Task<IResult> NewAccessGroupPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "new-access-group")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Looks at a new access group, or saves it.</summary>
    [Function(nameof(NewAccessGroup))]
    public Task<IResult> NewAccessGroup([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "new-access-group")] HttpRequest http) =>
        door.Run(http);

    /// <summary>The audit trail.</summary>
    [Function(nameof(AuditPage))]
    public Task<IResult> AuditPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "audit")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Verifies the whole audit trail.</summary>
    [Function(nameof(VerifyAudit))]
    public Task<IResult> VerifyAudit([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "audit/verify")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Who has access to what right now.</summary>
    [Function(nameof(AccessPage))]
    public Task<IResult> AccessPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "access")] HttpRequest http) =>
        door.Run(http);
}
