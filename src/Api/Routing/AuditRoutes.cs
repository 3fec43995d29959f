using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Views;
using AccessFunctions.Application.Retention;
using AccessFunctions.Domain.Audit;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Routing;

/// <summary>The part of the route table that is about the audit trail and how long things are kept.</summary>
internal static class AuditRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new()
        {
            Name = "ListAudit", Method = "GET", Template = "/api/audit", Roles = RouteParts.Overseers, ResponseType = typeof(ListView<AuditView>),
            Query = AuditHandlers.Parameters,
            Summary = "The audit trail, newest first.", Handler = AuditHandlers.List,
        },
        new()
        {
            Name = "ExportAuditTable", Method = "GET", Template = "/api/audit.csv", Roles = RouteParts.Overseers, ResponseContentType = "text/csv",
            Query = AuditCsv.Parameters, Summary = "The audit trail as CSV, newest first, for people.", Handler = AuditCsv.Export,
        },
        new()
        {
            Name = "ListCheckpoints", Method = "GET", Template = "/api/audit/checkpoints", Roles = RouteParts.Overseers, ResponseType = typeof(ListView<Checkpoint>),
            Summary = "Checkpoints of the audit trail, in order.", Handler = AuditHandlers.Checkpoints,
        },
        new()
        {
            Name = "ExportAudit", Method = "GET", Template = "/api/audit/export", Roles = RouteParts.Overseers, ResponseContentType = "application/x-ndjson",
            Summary = "The whole audit trail in lines, for verification offline.", Handler = AuditHandlers.Export,
        },
        new()
        {
            Name = "GetRetention", Method = "GET", Template = "/api/retention", Roles = RouteParts.Overseers, ResponseType = typeof(RetentionView),
            Summary = "How long things are kept, and what the last run came to.", Handler = RetentionHandlers.Show,
        },
        new()
        {
            Name = "ListLegalHolds", Method = "GET", Template = "/api/legal-holds", Roles = RouteParts.Overseers, ResponseType = typeof(ListView<LegalHoldView>),
            Summary = "Requests that are kept whatever their keeping time.", Handler = RetentionHandlers.Holds,
        },
        new()
        {
            Name = "PlaceLegalHold", Method = "PUT", Template = "/api/requests/{id}/legal-hold", Roles = RouteParts.Overseers, RequestType = typeof(LegalHoldBody), ResponseType = typeof(LegalHoldView),
            Summary = "Puts a request under legal hold: it is not purged, and keeps its words and names.", Handler = RetentionHandlers.Hold,
        },
        new()
        {
            Name = "LiftLegalHold", Method = "DELETE", Template = "/api/requests/{id}/legal-hold", Roles = RouteParts.Administrators, SuccessStatus = StatusCodes.Status204NoContent,
            Summary = "Lifts the legal hold of a request.", Handler = RetentionHandlers.Lift,
        },
        new()
        {
            Name = "PseudonymisePerson", Method = "POST", Template = "/api/people/{id}/pseudonymise", Roles = RouteParts.Administrators, RequestType = typeof(NoBody), BodyOptional = true,
            ResponseType = typeof(PersonPseudonymised),
            Summary = "Deletes the words, names and addresses of a person's finished requests, and of all else that they did; their id stays.", Handler = RetentionHandlers.Pseudonymise,
        },
    ];
}
