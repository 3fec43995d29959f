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

    /// <summary>How long things are kept.</summary>
    [Function(nameof(GetRetention))]
    public Task<IResult> GetRetention([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/retention")] HttpRequest http) =>
        door.Run(http);

    /// <summary>What is under legal hold.</summary>
    [Function(nameof(ListLegalHolds))]
    public Task<IResult> ListLegalHolds([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/legal-holds")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Places a legal hold.</summary>
    [Function(nameof(PlaceLegalHold))]
    public Task<IResult> PlaceLegalHold([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/requests/{id}/legal-hold")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Lifts it.</summary>
    [Function(nameof(LiftLegalHold))]
    public Task<IResult> LiftLegalHold([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/requests/{id}/legal-hold")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Deletes a person's data.</summary>
    [Function(nameof(PseudonymisePerson))]
    public Task<IResult> PseudonymisePerson([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/people/{id}/pseudonymise")] HttpRequest http) =>
        door.Run(http);

    /// <summary>The page of keeping times.</summary>
    [Function(nameof(RetentionPage))]
    public Task<IResult> RetentionPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "audit/retention")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Deletes a person's data by the form of that page.</summary>
    [Function(nameof(PseudonymisePersonByForm))]
    public Task<IResult> PseudonymisePersonByForm([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "audit/retention")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Places or lifts a legal hold by the form of a request's page.</summary>
    [Function(nameof(HoldRequest))]
    public Task<IResult> HoldRequest([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "requests/{id}/legal-hold")] HttpRequest http) =>
        door.Run(http);
}
