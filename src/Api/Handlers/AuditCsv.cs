using System.Globalization;
using System.Runtime.CompilerServices;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>The audit trail as CSV, newest first, for people and spreadsheets; what is verified elsewhere is the export in lines.</summary>
internal static class AuditCsv
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [.. AuditFilters.Parameters, Csv.Bom];

    private static IReadOnlyList<CsvColumn<Line>> Columns { get; } =
    [
        new("at", (line, _) => Csv.At(line.Event?.At)),
        new("type", (line, _) => line.Event?.Type ?? WireFormat.UnreadableType),
        new("actor", (line, _) => line.Event?.Actor),
        new("actorName", (line, people) => line.Event is { } happened ? people.Find(happened.Actor)?.Name : null),
        new("channel", (line, _) => line.Event?.Channel),
        new("address", (line, _) => line.Event?.Detail?.Address),
        new("succeeded", (line, _) => line.Event is { } happened ? Csv.Flag(happened.Succeeded) : null),
        new("reason", (line, _) => line.Event?.Reason),
        new("emergency", (line, _) => line.Event is { } happened ? Csv.Flag(happened.Emergency) : null),
        new("request", (line, _) => line.Event?.RequestId),
        new("requester", (line, _) => line.Event?.Requester),
        new("requesterName", (line, people) => line.Event?.Requester is { } requester ? people.Find(requester)?.Name : null),
        new("kind", (line, _) => line.Event?.Kind),
        new("resource", (line, _) => line.Event?.Resource),
        new("role", (line, _) => line.Event?.Role),
        new("identity", (line, _) => line.Event?.Identity),
        new("grant", (line, _) => line.Event?.GrantId),
        new("revision", (line, _) => Number(line.Event?.Revision)),
        new("level", (line, _) => Number(line.Event?.Level)),
        new("phase", (line, _) => line.Event?.Phase),
        new("outcome", (line, _) => line.Event?.Outcome),
        new("start", (line, _) => Csv.At(line.Event?.PeriodStart)),
        new("end", (line, _) => Csv.At(line.Event?.PeriodEnd)),
        new("words", (line, _) => line.Event?.Detail?.Text),
        new("stream", (line, _) => line.Row.Stream),
        new("sequence", (line, _) => Number(line.Row.Sequence)),
        new("hash", (line, _) => line.Row.Hash),
    ];

    public static Task<IResult> Export(ApiCall call)
    {
        var filter = AuditFilters.Read(new QueryReader(call));
        return Csv.Export(call, "audit", EventTypes.Host.AuditExported, Columns, cancellation => All(call.Service<IAuditLog>(), filter, cancellation));
    }

    private static async IAsyncEnumerable<Line> All(IAuditLog audit, AuditFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? cursor = null;
        do
        {
            var page = await audit.List(filter, cursor, QueryReader.MaxLimit, cancellation);
            foreach (var row in page.Items) yield return new Line(row, StoredEvent.Find(row));
            cursor = page.Next;
        }
        while (cursor is not null);
    }

    private static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    /// <summary>A row, and what it says; null where it is damaged: its place is reported all the same.</summary>
    private sealed record Line(AuditRow Row, AuditEvent? Event);
}
