using System.Runtime.CompilerServices;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>Requests as CSV, with every column one can filter by.</summary>
internal static class RequestCsv
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [.. RequestFilters.Parameters, Csv.Bom];

    internal static IReadOnlyList<CsvColumn<AccessRequest>> Columns { get; } =
    [
        new("id", (r, _) => r.Id),
        new("status", (r, _) => r.Phase.Status().ToString()),
        new("phase", (r, _) => r.Phase.ToString()),
        new("outcome", (r, _) => r.Outcome?.ToString()),
        new("emergency", (r, _) => Csv.Flag(r.Emergency is not null)),
        new("expired", (r, _) => Csv.Flag(r is { Phase: Phase.Closed, Outcome: Outcome.Expired })),
        new("requester", (r, _) => r.Requester),
        new("requesterName", (r, people) => people.Find(r.Requester)?.Name),
        new("kind", (r, _) => r.Ask.Kind.ToString()),
        new("resources", (r, _) => string.Join(' ', r.Ask.Resources)),
        new("platforms", (r, _) => string.Join(' ', r.Ask.Resources.Select(Resources.PlatformOf).Distinct(StringComparer.Ordinal))),
        new("role", (r, _) => r.Role ?? r.Ask.Role),
        new("identity", (r, _) => r.Identity),
        new("accessGroup", (r, _) => r.Policy.AccessGroup),
        new("reason", (r, _) => r.Ask.Reason),
        new("ticket", (r, _) => r.Ask.Ticket),
        new("justification", (r, _) => r.Justification),
        new("start", (r, _) => Csv.At(r.Period.Start)),
        new("end", (r, _) => Csv.At(r.Period.End)),
        new("approvedBy", (r, _) => By(r, Verdict.Approve)),
        new("deniedBy", (r, _) => By(r, Verdict.Deny)),
        new("emergencyReview", (r, _) => r.Emergency is { } emergency ? emergency.Review?.ToString() ?? "Owed" : null),
        new("created", (r, _) => Csv.At(r.CreatedAt)),
        new("closed", (r, _) => Csv.At(r.ClosedAt)),
    ];

    public static Task<IResult> Export(ApiCall call)
    {
        var filters = RequestFilters.Read(new QueryReader(call));
        return Csv.Export(call, "requests", EventTypes.Host.RequestsExported, Columns, cancellation => All(call, filters, cancellation));
    }

    private static async IAsyncEnumerable<AccessRequest> All(ApiCall call, RequestFilters filters, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var requests = call.Service<RequestService>();
        string? cursor = null;
        do
        {
            var page = await requests.List(call.Caller, filters.Filter, filters.Mine, filters.ToReview, cursor, QueryReader.MaxLimit, cancellation);
            foreach (var request in page.Items) yield return request;
            cursor = page.Next;
        }
        while (cursor is not null);
    }

    private static string By(AccessRequest request, Verdict verdict) =>
        string.Join(' ', request.Reviews.Where(review => review.Counted && review.Verdict == verdict).Select(review => review.By));
}
