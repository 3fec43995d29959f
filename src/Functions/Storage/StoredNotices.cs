using System.Text.Json;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Requests;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>The notices that were last stored with a request, for an orchestration that takes over.</summary>
internal sealed class StoredNotices(TableServiceClient tables)
{
    private const string Column = "Notices";
    private readonly Streams _streams = new(tables);

    /// <summary>Reads them from their row; none where there is no row.</summary>
    public static IReadOnlyList<Notify> Read(TableEntity? row) => row is not null && Chunks.Read(row, Column) is { } json
        ? JsonSerializer.Deserialize<IReadOnlyList<Notify>>(json, DomainJson.Default.Options) ?? []
        : [];

    /// <summary>Makes their row.</summary>
    public static TableEntity Row(string requestId, IReadOnlyList<Notify> notices)
    {
        var row = Streams.NewRow(requestId, Streams.NoticesRow);
        Chunks.Write(row, Column, JsonSerializer.SerializeToUtf8Bytes(notices, DomainJson.Default.Options));
        return row;
    }

    /// <summary>Takes the words out of them: everybody's (null), or this person's.</summary>
    public async Task Strip(string requestId, string? person, CancellationToken cancellation)
    {
        while (await _streams.Row(requestId, Streams.NoticesRow, null, cancellation) is { } row)
        {
            var notices = Read(row);
            if (!notices.Any(Quotes)) return;
            var next = Row(requestId, [.. notices.Select(notice => Quotes(notice) ? notice with { Text = null } : notice)]);
            if (await ConditionalRows.Put(_streams.Table, next, row.ETag, cancellation) is not null) return;
        }

        bool Quotes(Notify notice) => notice.Text is not null && (person is null || notice.By == person);
    }
}
