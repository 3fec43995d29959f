using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Views;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>The audit trail: of one request for whoever may see it, of everything for administrators and auditors.</summary>
internal static class AuditHandlers
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [.. AuditFilters.Parameters, .. QueryReader.Paging];

    public static async Task<IResult> OfRequest(ApiCall call)
    {
        if (await call.Service<RequestService>().Find(call.Caller, call.Id, call.Cancellation) is not { } request)
            return RequestHandlers.NotFound(call);
        var rows = await call.Service<IAuditLog>().Stream(request.Id, call.Cancellation);
        return Answer.Json(new ListView<AuditView>([.. rows.Select(row => View(call, row))], null));
    }

    public static async Task<IResult> List(ApiCall call)
    {
        var query = new QueryReader(call);
        var filter = AuditFilters.Read(query);
        var page = await query.Page((cursor, limit) => call.Service<IAuditLog>().List(filter, cursor, limit, call.Cancellation));
        return Answer.Json(new ListView<AuditView>([.. page.Items.Select(row => View(call, row))], page.Next));
    }

    public static async Task<IResult> Checkpoints(ApiCall call) =>
        Answer.Json(new ListView<Checkpoint>(await call.Service<IAuditLog>().Checkpoints(call.Cancellation), null));

    /// <summary>All streams and checkpoints, line by line, as <c>audit verify</c> reads them.</summary>
    public static async Task<IResult> Export(ApiCall call)
    {
        var now = call.Service<TimeProvider>().GetUtcNow();
        var audit = call.Service<IAuditLog>();
        await ReportEvents.Append(call, EventTypes.Host.AuditExported, "audit");
        return Answer.Stream("application/x-ndjson", $"audit-{now:yyyyMMdd-HHmmss}.jsonl", (output, cancellation) => Write(audit, output, cancellation));
    }

    // Checkpoints first: then every head they name is among the rows that follow.
    private static async Task Write(IAuditLog audit, Stream output, CancellationToken cancellation) =>
        await AuditExport.Write(output, await audit.Checkpoints(cancellation), AuditTrail.Read(audit, cancellation), cancellation);

    private static AuditView View(ApiCall call, AuditRow row)
    {
        var stored = StoredEvent.Of(row);
        var full = call.Caller.IsAdministrator || call.Caller.IsAuditor;
        var happened = full || stored.Detail is not { } detail ? stored : stored with { Detail = detail with { Address = null } };
        return new AuditView(row.Stream, row.Sequence, PersonRef.Of(call.Service<IDirectory>().Current, happened.Actor), happened, row.Previous, row.Hash);
    }
}

/// <summary>One link of the audit chain. Network addresses are there for administrators and auditors only.</summary>
/// <param name="Actor">Who, by name as far as the directory knows one.</param>
/// <param name="Previous">The hash before.</param>
public sealed record AuditView(string Stream, long Sequence, PersonRef Actor, AuditEvent Event, string Previous, string Hash);
