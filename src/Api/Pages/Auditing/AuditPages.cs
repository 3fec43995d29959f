using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Auditing;

/// <summary>The audit trail, filtered.</summary>
/// <param name="Query">The filters as the address gives them.</param>
/// <param name="Export">Where exactly these come as CSV.</param>
/// <param name="Rows">One page, newest first.</param>
/// <param name="Next">The cursor of the page after; null: this is the last.</param>
/// <param name="Decisions">Who approved and denied how often, in the newest that match; null beyond the first page.</param>
/// <param name="DecisionsCut">True where older decisions were left out.</param>
public sealed record AuditModel(
    PageQuery Query, string Export, IReadOnlyList<AuditLine> Rows, string? Next, bool First, IReadOnlyList<DecisionCount>? Decisions, bool DecisionsCut, IPeople People, IReadOnlyList<PageError> Errors)
{
    /// <summary>Where exactly these decisions come as CSV, with what was decided on.</summary>
    public required string DecisionsExport { get; init; }

    /// <summary>The page with one approver's decisions on one kind of access, of the same days.</summary>
    internal string HistoryOf(DecisionCount count) => PageQuery.Address(Query.Path,
    [
        new("actor", count.Approver), new("decisions", "true"), .. count.Kind.Length > 0 ? [new("kind", count.Kind)] : Array.Empty<KeyValuePair<string, string>>(),
        .. Query.Given.Where(static pair => pair.Key is "from" or "to"),
    ]);
}

/// <summary>An event with its place in its chain.</summary>
public sealed record AuditLine(string Stream, long Sequence, string Hash, AuditEvent Event)
{
    /// <summary><c>request approved</c> of <c>access.request.approved</c>.</summary>
    public static string Words(string type) => (type.StartsWith("access.", StringComparison.Ordinal) ? type["access.".Length..] : type).Replace('.', ' ').Replace('-', ' ');

    internal static AuditLine Of(AuditRow row) => new(row.Stream, row.Sequence, row.Hash, StoredEvent.Of(row));
}

/// <summary>What a verification found, and when.</summary>
/// <param name="Report">Null where it did not come to an end.</param>
/// <param name="Why">Why not.</param>
public sealed record VerifiedModel(AuditReport? Report, DateTimeOffset At, string? Why = null);

/// <summary>Reads and verifies the audit trail; for administrators and auditors.</summary>
internal static class AuditPages
{
    /// <summary>Below what front ends wait for an answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    /// <summary>The filters of the list, with days of the reader's zone in place of instants.</summary>
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        .. AuditHandlers.Parameters.Where(static parameter => parameter.Name is not ("from" or "to")),
        new("from", typeof(string), "Only on this day or later, such as `2026-11-21`, in the reader's zone."),
        new("to", typeof(string), "Only on this day or earlier."),
    ];

    public static async Task<IResult> Show(ApiCall call)
    {
        var query = new QueryReader(call);
        var zone = Shells.ZoneOf(call.Http.Request);
        List<PageError> errors = [];
        var filter = AuditFilters.Read(query, PageQuery.Day(query, "from", zone, after: false, errors), PageQuery.Day(query, "to", zone, after: true, errors));
        var given = PageQuery.Of(call.Http.Request);
        var model = new AuditModel(given, Export(given, filter), [], null, query.Cursor is null, null, false, call.Service<IDirectory>().Current, errors) { DecisionsExport = DecisionsExport(filter) };
        if (errors.Count > 0) return await call.Show<AuditPage, AuditModel>(model, StatusCodes.Status422UnprocessableEntity);

        var audit = call.Service<IAuditLog>();
        var page = await query.Page((cursor, limit) => audit.List(filter, cursor, limit, call.Cancellation));
        model = model with { Rows = [.. page.Items.Select(AuditLine.Of)], Next = page.Next };
        if (model.First && filter.Type is null)
        {
            var approved = await audit.List(filter with { Type = EventTypes.Request.Approved }, null, QueryReader.MaxLimit, call.Cancellation);
            var denied = await audit.List(filter with { Type = EventTypes.Request.Denied }, null, QueryReader.MaxLimit, call.Cancellation);
            model = model with
            {
                Decisions = DecisionCount.Of(approved.Items.Concat(denied.Items).Select(StoredEvent.Of)),
                DecisionsCut = approved.Next is not null || denied.Next is not null,
            };
        }

        return await call.Show<AuditPage, AuditModel>(model);
    }

    // The export knows instants, not days.
    private static string Export(PageQuery given, AuditFilter filter) => PageQuery.Address("/api/audit.csv",
    [
        .. given.Given.Where(static pair => pair.Key is not ("from" or "to")),
        .. RequestPageFilters.Instant("from", filter.From), .. RequestPageFilters.Instant("to", filter.To),
    ]);

    private static string DecisionsExport(AuditFilter filter) => PageQuery.Address("/api/decisions.csv",
    [
        filter.Actor is { } approver ? new("approver", approver) : new("everyone", "true"), .. filter.Kind is { } kind ? [new("kind", kind)] : Array.Empty<KeyValuePair<string, string>>(),
        .. RequestPageFilters.Instant("decidedFrom", filter.From), .. RequestPageFilters.Instant("decidedTo", filter.To),
    ]);

    public static async Task<IResult> Verify(ApiCall call)
    {
        var time = call.Service<TimeProvider>();
        var turn = call.Service<VerificationTurn>();
        if (!turn.Take()) return await Unverified(call, time, "Somebody verifies the trail already. Try again in a minute.");
        using var patience = new CancellationTokenSource(Patience, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, call.Cancellation);
        try
        {
            var audit = call.Service<IAuditLog>();

            // Checkpoints first: then every head they name is among the rows that follow.
            var checkpoints = await audit.Checkpoints(bound.Token);
            var report = await AuditVerifier.Verify(AuditTrail.Read(audit, bound.Token), checkpoints, cancellation: bound.Token);
            await Record(call, report.Sound ? "sound" : "findings", report.Sound);
            return await call.Show<VerifiedPage, VerifiedModel>(new VerifiedModel(report, time.GetUtcNow()));
        }
        catch (OperationCanceledException) when (!call.Cancellation.IsCancellationRequested)
        {
            await Record(call, "timed-out", succeeded: false);
            return await Unverified(call, time, "The trail is too long to be verified by a page. Export it, and verify the file with `audit verify`.");
        }
        finally
        {
            turn.Give();
        }
    }

    private static Task Record(ApiCall call, string outcome, bool succeeded) => ReportEvents.Append(
        call, EventTypes.Host.AuditVerified, "audit", new Dictionary<string, string> { ["route"] = $"{call.Route.Method} {call.Route.Template}" }, succeeded, outcome);

    private static Task<IResult> Unverified(ApiCall call, TimeProvider time, string why) =>
        call.Show<VerifiedPage, VerifiedModel>(new VerifiedModel(null, time.GetUtcNow(), why), StatusCodes.Status503ServiceUnavailable);
}

/// <summary>One verification by a page at a time in this process: each reads everything.</summary>
internal sealed class VerificationTurn
{
    private int _taken;

    /// <summary>False where somebody has it.</summary>
    public bool Take() => Interlocked.Exchange(ref _taken, 1) == 0;

    /// <summary>Gives it back.</summary>
    public void Give() => Volatile.Write(ref _taken, 0);
}
