using System.Runtime.CompilerServices;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>A decision that somebody took.</summary>
/// <param name="Request">As it is now; null where the reader may not see it any more.</param>
public sealed record PastDecision(AuditEvent Decision, AccessRequest? Request)
{
    /// <summary><c>Approved</c> or <c>Denied</c>, or <c>Ratified</c> or <c>Objected</c> of an emergency.</summary>
    public string Verdict => Decision.Type switch
    {
        EventTypes.Request.Approved => "Approved",
        EventTypes.Request.Denied => "Denied",
        _ => Decision.Reason is { } verdict ? verdict : "Reviewed",
    };
}

/// <summary>Which decisions to list: of those on requests that match, the ones of this verdict and time.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Approver">Whose; null: everybody's.</param>
internal sealed record DecisionFilters(RequestFilter Requests, Verdict? Verdict, DateTimeOffset? From, DateTimeOffset? To, string? Approver);

/// <summary>
/// Decisions, newest first, as the audit trail has them: for each person their own, for administrators and auditors also those of one approver or of all.
/// </summary>
internal static class PastDecisions
{
    /// <summary>Decisions looked at for one page: few of them may match.</summary>
    private const int MostLooked = 200;

    private static readonly RequestFilter Any = new();

    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        .. RequestFilters.Parameters.Where(static parameter => parameter.Name is not ("mine" or "toReview")),
        new("verdict", typeof(Verdict), "Only approvals, or only denials; absent: reviews of emergencies too."),
        new("decidedFrom", typeof(DateTimeOffset), "Only decided at or after."),
        new("decidedTo", typeof(DateTimeOffset), "Only decided before."),
        new("approver", typeof(string), "Whose decisions, by id: the caller's own; for administrators and auditors anybody's."),
        new("everyone", typeof(bool), "true: everybody's decisions, for administrators and auditors."),
        Csv.Bom,
    ];

    private static IReadOnlyList<CsvColumn<PastDecision>> Columns { get; } =
    [
        new("decided", (past, _) => Csv.At(past.Decision.At)),
        new("decidedBy", (past, _) => past.Decision.Actor),
        new("decidedByName", (past, people) => people.Find(past.Decision.Actor)?.Name),
        new("verdict", (past, _) => past.Verdict),
        new("channel", (past, _) => past.Decision.Channel),
        new("level", (past, _) => past.Decision.Level is { } level ? $"{level}" : null),
        new("revision", (past, _) => past.Decision.Revision is { } revision ? $"{revision}" : null),
        new("comment", (past, _) => past.Decision.Detail?.Text),
        new("request", (past, _) => past.Decision.RequestId),
        .. RequestCsv.Columns.Where(static column => column.Name != "id")
            .Select(static column => new CsvColumn<PastDecision>(column.Name, (past, people) => past.Request is { } request ? column.Value(request, people) : null)),
    ];

    /// <summary>One page; it may have fewer than the limit and a cursor all the same.</summary>
    public static async Task<Page<PastDecision>> List(ApiCall call, DecisionFilters filters, string? cursor, int limit, CancellationToken cancellation)
    {
        var audit = call.Service<IAuditLog>();
        var filter = new AuditFilter
        {
            Actor = filters.Approver,
            Types = filters.Verdict switch
            {
                Verdict.Approve => [EventTypes.Request.Approved],
                Verdict.Deny => [EventTypes.Request.Denied],
                null => [EventTypes.Request.Approved, EventTypes.Request.Denied, EventTypes.Request.EmergencyReviewed],
            },
            From = filters.From,
            To = filters.To,
            RequestId = filters.Requests.Id,
            Kind = filters.Requests.Kind?.ToString(),
        };
        List<PastDecision> found = [];
        var looked = 0;
        do
        {
            var page = await audit.List(filter, cursor, limit - found.Count, cancellation);
            foreach (var row in page.Items)
            {
                var decision = StoredEvent.Of(row);
                var request = decision.RequestId is { } id ? await call.Service<RequestService>().Find(call.Caller, id, cancellation) : null;
                if (request is null ? filters.Requests == Any : RequestMatching.Matches(filters.Requests, request)) found.Add(new PastDecision(decision, request));
            }

            looked += Math.Max(1, page.Items.Count);
            cursor = page.Next;
        }
        while (cursor is not null && found.Count < limit && looked < MostLooked);
        return new Page<PastDecision>(found, cursor);
    }

    public static Task<IResult> Export(ApiCall call)
    {
        var query = new QueryReader(call);
        var filters = new DecisionFilters(RequestFilters.Read(query).Filter, query.Choice<Verdict>("verdict"), query.Instant("decidedFrom"), query.Instant("decidedTo"), Approver(call, query));
        return Csv.Export(call, "decisions", EventTypes.Host.RequestsExported, Columns, cancellation => All(call, filters, cancellation));
    }

    private static string? Approver(ApiCall call, QueryReader query)
    {
        var everyone = query.Flag("everyone") == true;
        var wanted = everyone ? null : query.Text("approver") ?? call.Caller.Id;
        return wanted == call.Caller.Id || call.Caller.IsAdministrator || call.Caller.IsAuditor
            ? wanted
            : throw new ProblemException(Fault.RoleMissing, "Decisions of others are for administrators and auditors.");
    }

    private static async IAsyncEnumerable<PastDecision> All(ApiCall call, DecisionFilters filters, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            var page = await List(call, filters, cursor, QueryReader.MaxLimit, cancellation);
            foreach (var decision in page.Items) yield return decision;
            cursor = page.Next;
        }
        while (cursor is not null);
    }
}
