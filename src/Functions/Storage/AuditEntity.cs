using AccessFunctions.Domain.Audit;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>An audit row as a row of a table.</summary>
internal static class AuditEntity
{
    /// <summary>All columns but the keys.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        [nameof(AuditRow.Sequence), nameof(AuditRow.Previous), nameof(AuditRow.Hash), nameof(AuditRow.Salt), .. Chunks.Columns(nameof(AuditRow.Body)), .. Chunks.Columns(nameof(AuditRow.Detail))];

    public static long Sequence(TableEntity row) => row.GetInt64(nameof(AuditRow.Sequence)) ?? 0;

    public static TableEntity Of(AuditRow audit)
    {
        var row = Streams.NewRow(audit.Stream, Streams.AuditRow(audit.Sequence));
        row[nameof(AuditRow.Sequence)] = audit.Sequence;
        row[nameof(AuditRow.Previous)] = audit.Previous;
        row[nameof(AuditRow.Hash)] = audit.Hash;
        Chunks.Write(row, nameof(AuditRow.Body), audit.Body);
        if (audit.Detail is { } detail) Chunks.Write(row, nameof(AuditRow.Detail), detail);
        if (audit.Salt is { } salt) row[nameof(AuditRow.Salt)] = salt;
        return row;
    }

    public static AuditRow Read(TableEntity row) => new()
    {
        Stream = row.GetString("Stream"),
        Sequence = Sequence(row),
        Body = Chunks.Read(row, nameof(AuditRow.Body)) ?? [],
        Previous = row.GetString(nameof(AuditRow.Previous)),
        Hash = row.GetString(nameof(AuditRow.Hash)),
        Detail = Chunks.Read(row, nameof(AuditRow.Detail)),
        Salt = row.ContainsKey(nameof(AuditRow.Salt)) ? row.GetBinary(nameof(AuditRow.Salt)) : null,
    };
}
