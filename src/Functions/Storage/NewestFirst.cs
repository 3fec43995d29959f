using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>Reads index partitions whose row keys begin with an instant, several at once, as one list: newest first, each row key once.</summary>
internal static class NewestFirst
{
    private const int MostPerPage = 1000;

    /// <summary>Merges partitions.</summary>
    /// <param name="sources">Partition and, where its rows are narrowed, a condition on them.</param>
    /// <param name="range">Which row keys are wanted.</param>
    /// <param name="expected">How many the caller is likely to take.</param>
    public static async IAsyncEnumerable<TableEntity> Read(
        TableClient table, IReadOnlyList<(string Partition, string? Filter)> sources, KeyRange range, int expected, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var perPage = Math.Clamp(expected, 1, MostPerPage);
        var open = sources.Select(source => table.QueryAsync<TableEntity>(range.Filter(source.Partition, source.Filter), perPage, cancellationToken: cancellation).GetAsyncEnumerator(cancellation)).ToList();
        try
        {
            // The first page of each at the same time; afterwards only the one that was taken from reads on.
            var more = await Task.WhenAll(open.Select(static rows => rows.MoveNextAsync().AsTask()));
            var next = new PriorityQueue<IAsyncEnumerator<TableEntity>, string>(StringComparer.Ordinal);
            foreach (var (rows, has) in open.Zip(more))
            {
                if (has) next.Enqueue(rows, rows.Current.RowKey);
            }

            string? last = null;
            while (next.TryDequeue(out var rows, out var key))
            {
                if (key != last) yield return rows.Current;
                last = key;
                if (await rows.MoveNextAsync()) next.Enqueue(rows, rows.Current.RowKey);
            }
        }
        finally
        {
            foreach (var rows in open) await rows.DisposeAsync();
        }
    }

    /// <summary>A place in such a list as an opaque cursor.</summary>
    public static string Cursor(string rowKey) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(rowKey));

    /// <summary>Reads a cursor.</summary>
    /// <exception cref="FormatException">It is not one that a list gave.</exception>
    public static string? RowKey(string? cursor)
    {
        if (cursor is null) return null;
        try
        {
            var key = cursor.Length <= 1000 ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)) : "";
            return TableKeys.Instant(key) is not null && key.Length > 20 && key[19] == '!' && !key.Any(char.IsControl) ? key : throw NotOurs();
        }
        catch (FormatException)
        {
            throw NotOurs();
        }
    }

    /// <summary>A place as text that only says an instant.</summary>
    public static string Place(DateTimeOffset at) => at.UtcTicks.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads a place.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static DateTimeOffset Instant(string place) =>
        long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.UtcTicks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : throw NotOurs();

    private static FormatException NotOurs() => new("The cursor is not one that a list gave.");
}

/// <summary>Bounds of row keys that begin with an instant, newest first.</summary>
/// <param name="After">Only keys behind this one.</param>
/// <param name="From">Only instants from here on, inclusive.</param>
/// <param name="To">Only instants before this one.</param>
internal readonly record struct KeyRange(string? After, DateTimeOffset? From, DateTimeOffset? To)
{
    /// <summary>No instant lies in it.</summary>
    public bool Empty => To is { UtcTicks: 0 } || (From is { } from && To is { } to && from >= to);

    public string Filter(string partition, string? more)
    {
        List<string> conditions = [TableClient.CreateQueryFilter($"PartitionKey eq {partition}")];
        if (After is { } after) conditions.Add(TableClient.CreateQueryFilter($"RowKey gt {after}"));
        // One tick further on: all keys of an instant begin with its digits.
        if (To is { UtcTicks: > 0 } to) conditions.Add(TableClient.CreateQueryFilter($"RowKey ge {TableKeys.NewestFirst(to.AddTicks(-1))}"));
        if (From is { UtcTicks: > 0 } from) conditions.Add(TableClient.CreateQueryFilter($"RowKey lt {TableKeys.NewestFirst(from.AddTicks(-1))}"));
        if (more is not null) conditions.Add(more);
        return string.Join(" and ", conditions);
    }
}
