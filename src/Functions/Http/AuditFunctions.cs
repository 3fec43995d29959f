using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Http;

/// <summary>The audit trail.</summary>
public sealed class AuditFunctions(HttpDoor door)
{
    /// <summary>Events, newest first.</summary>
    [Function(nameof(ListAudit))]
    public Task<IResult> ListAudit([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/audit")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Events as CSV, newest first.</summary>
    [Function(nameof(ExportAuditTable))]
    public Task<IResult> ExportAuditTable([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/audit.csv")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Checkpoints, in order.</summary>
    [Function(nameof(ListCheckpoints))]
    public Task<IResult> ListCheckpoints([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/audit/checkpoints")] HttpRequest http) =>
        door.Run(http);

    /// <summary>All of it, for verification offline.</summary>
    [Function(nameof(ExportAudit))]
    public Task<IResult> ExportAudit([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/audit/export")] HttpRequest http) =>
        door.Run(http);
}
