using AccessFunctions.Api.Json;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Ports;
using CsvHelper;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>A column of a report.</summary>
/// <param name="Value">The field's text; null is written as an empty field.</param>
internal sealed record CsvColumn<T>(string Name, Func<T, IPeople, string?> Value);

/// <summary>
/// Reports as CSV (RFC 4180, UTF-8). Rows are written as they are read, a portion at a time, so that the size of a report does not matter;
/// the export itself is audited before its first row.
/// </summary>
internal static class Csv
{
    /// <summary>Rows that are at most in memory between two writes to the caller.</summary>
    internal const int Portion = 100;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static QueryParameter Bom { get; } = new("bom", typeof(bool), "true: with a byte order mark, by which some spreadsheets know UTF-8.");

    /// <summary>Audits the export and answers with the report.</summary>
    /// <param name="report">The first part of the file's name, and what the audit calls the report.</param>
    /// <param name="type">The audit event's type.</param>
    /// <param name="rows">Reads the rows, page by page.</param>
    public static async Task<IResult> Export<T>(
        ApiCall call, string report, string type, IReadOnlyList<CsvColumn<T>> columns, Func<CancellationToken, IAsyncEnumerable<T>> rows)
    {
        var bom = new QueryReader(call).Flag(Bom.Name) ?? false;
        var (now, people) = (call.Service<TimeProvider>().GetUtcNow(), call.Service<IDirectory>().Current);
        await ReportEvents.Append(call, type, report, call.Http.Request.Query.ToDictionary(static pair => pair.Key, static pair => pair.Value.ToString()));
        return Answer.Stream("text/csv; charset=utf-8", $"{report}-{now:yyyyMMdd-HHmmss}.csv",
            (output, cancellation) => Write(output, bom, columns, people, rows(cancellation), cancellation));
    }

    /// <summary>Writes a report; holds no more than <see cref="Portion"/> rows.</summary>
    internal static async Task Write<T>(
        Stream output, bool bom, IReadOnlyList<CsvColumn<T>> columns, IPeople people, IAsyncEnumerable<T> rows, CancellationToken cancellation)
    {
        if (bom) await output.WriteAsync(ByteOrderMark.ToArray(), cancellation);
        await using var csv = CsvWriter.Create(output, CsvWriterOptions.Default, leaveOpen: true);
        await csv.WriteRecordAsync([.. columns.Select(static column => column.Name)], cancellation);
        await csv.FlushAsync(cancellation);
        var waiting = 0;
        await foreach (var row in rows.WithCancellation(cancellation))
        {
            await csv.WriteRecordAsync([.. columns.Select(column => Defuse(column.Value(row, people)))], cancellation);
            if (++waiting < Portion) continue;
            await csv.FlushAsync(cancellation);
            waiting = 0;
        }

        await csv.FlushAsync(cancellation);
    }

    /// <summary>Spreadsheets run what begins like a formula, blanks or quotes before it or not; an apostrophe makes it text.</summary>
    internal static string? Defuse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return text;
        var first = text.AsSpan().TrimStart(" \"'\u00A0\uFEFF");
        return text[0] is '\t' or '\r' or '\n' || (first.Length > 0 && first[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠') ? "'" + text : text;
    }

    internal static string Flag(bool value) => value ? "true" : "false";

    internal static string? At(DateTimeOffset? at) => at is { } instant ? InstantConverter.Format(instant) : null;
}
