using AccessFunctions.Api.Json;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using CsvHelper;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>Requests as CSV (RFC 4180, UTF-8), with every column one can filter by; written page by page, so that its size does not matter.</summary>
internal static class RequestCsv
{
    private static readonly (string Name, Func<AccessRequest, IPeople, string?> Value)[] Columns =
    [
        ("id", (r, _) => r.Id),
        ("status", (r, _) => r.Phase.Status().ToString()),
        ("phase", (r, _) => r.Phase.ToString()),
        ("outcome", (r, _) => r.Outcome?.ToString()),
        ("emergency", (r, _) => Flag(r.Emergency is not null)),
        ("expired", (r, _) => Flag(r is { Phase: Phase.Closed, Outcome: Outcome.Expired })),
        ("requester", (r, _) => r.Requester),
        ("requesterName", (r, people) => people.Find(r.Requester)?.Name),
        ("kind", (r, _) => r.Ask.Kind.ToString()),
        ("resources", (r, _) => string.Join(' ', r.Ask.Resources)),
        ("platforms", (r, _) => string.Join(' ', r.Ask.Resources.Select(Resources.PlatformOf).Distinct(StringComparer.Ordinal))),
        ("role", (r, _) => r.Role ?? r.Ask.Role),
        ("identity", (r, _) => r.Identity),
        ("accessGroup", (r, _) => r.Policy.AccessGroup),
        ("reason", (r, _) => r.Ask.Reason),
        ("ticket", (r, _) => r.Ask.Ticket),
        ("justification", (r, _) => r.Justification),
        ("start", (r, _) => InstantConverter.Format(r.Period.Start)),
        ("end", (r, _) => InstantConverter.Format(r.Period.End)),
        ("approvedBy", (r, _) => By(r, Verdict.Approve)),
        ("deniedBy", (r, _) => By(r, Verdict.Deny)),
        ("emergencyReview", (r, _) => r.Emergency is { } emergency ? emergency.Review?.ToString() ?? "Owed" : null),
        ("created", (r, _) => InstantConverter.Format(r.CreatedAt)),
        ("closed", (r, _) => r.ClosedAt is { } at ? InstantConverter.Format(at) : null),
    ];

    public static async Task<IResult> Export(ApiCall call)
    {
        var filters = RequestFilters.Read(new QueryReader(call));
        var now = call.Service<TimeProvider>().GetUtcNow();
        await call.Service<IAuditLog>().Append(new AuditEvent
        {
            Type = EventTypes.Host.RequestsExported,
            At = now,
            Actor = call.Caller.Id,
            Channel = call.Caller.Channel.ToString(),
            Succeeded = true,
            Resource = "requests",
            Detail = new AuditDetail
            {
                Address = call.Caller.Address,
                More = call.Http.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()),
            },
        }, call.Cancellation);
        return Answer.Stream("text/csv; charset=utf-8", $"requests-{now:yyyyMMdd-HHmmss}.csv",
            (output, cancellation) => Write(call, filters, output, cancellation));
    }

    private static async Task Write(ApiCall call, RequestFilters filters, Stream output, CancellationToken cancellation)
    {
        var requests = call.Service<RequestService>();
        var people = call.Service<IDirectory>().Current;
        await using var csv = CsvWriter.Create(output, CsvWriterOptions.Default, leaveOpen: true);
        await csv.WriteRecordAsync([.. Columns.Select(column => column.Name)], cancellation);
        string? cursor = null;
        do
        {
            var page = await requests.List(call.Caller, filters.Filter, filters.Mine, filters.ToReview, cursor, QueryReader.MaxLimit, cancellation);
            foreach (var request in page.Items)
                await csv.WriteRecordAsync([.. Columns.Select(column => Defuse(column.Value(request, people)))], cancellation);
            await csv.FlushAsync(cancellation);
            cursor = page.Next;
        }
        while (cursor is not null);
    }

    /// <summary>Spreadsheets run what begins like a formula, blanks before it or not; an apostrophe makes it text.</summary>
    internal static string? Defuse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return text;
        var first = text.AsSpan().TrimStart(' ');
        return text[0] is '\t' or '\r' or '\n' || (first.Length > 0 && first[0] is '=' or '+' or '-' or '@' or '\t' or '\r') ? "'" + text : text;
    }

    private static string By(AccessRequest request, Verdict verdict) =>
        string.Join(' ', request.Reviews.Where(review => review.Counted && review.Verdict == verdict).Select(review => review.By));

    private static string Flag(bool value) => value ? "true" : "false";
}
