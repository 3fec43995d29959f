using System.Security.Cryptography;
using System.Text.Json;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Requests;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// The first row of a stream's partition: the head that its audit rows count up to and, where the stream is a request, its snapshot. Every
/// write to the stream replaces it by the version it was read at, so that of two writers one loses and looks again.
/// </summary>
/// <param name="Sequence">The snapshot's; 0 where there is none (a host stream, a refused submission).</param>
/// <param name="Saves">The last decisions that were stored, so that a repeat of one is known.</param>
/// <param name="Written">Audit rows up to this sequence may have been written ahead by a save that did not end.</param>
/// <param name="Writer">Who wrote ahead last.</param>
/// <param name="Version">Null: there is no such row.</param>
internal sealed record StoredStream(long Sequence, AuditHead? Head, AccessRequest? State, IReadOnlyList<string> Saves, long Written, string? Writer, ETag? Version)
{
    private const int SavesKept = 16;
    private const string SnapshotColumn = "State";

    /// <summary>The columns of a snapshot.</summary>
    public static IEnumerable<string> SnapshotColumns => Chunks.Columns(SnapshotColumn);

    /// <summary>Nothing stored.</summary>
    public static StoredStream None { get; } = new(0, null, null, [], 0, null, null);

    /// <summary>True: a tombstone is in its place, and nothing is written to it any more.</summary>
    public bool IsPurged { get; init; }

    /// <summary>True: it is being purged. Readers still see it; nothing is written to it but its tombstone.</summary>
    public bool IsClaimed { get; init; }

    /// <summary>Reads the row.</summary>
    public static StoredStream Of(TableEntity row) => PurgedStream.Is(row) ? None with { IsPurged = true, Version = row.ETag } : new(
        row.GetInt64(nameof(Sequence)) ?? 0, HeadOf(row), SnapshotOf(row), row.GetString(nameof(Saves))?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [],
        row.GetInt64(nameof(Written)) ?? 0, row.GetString(nameof(Writer)), row.ETag)
    {
        IsClaimed = PurgedStream.IsClaimed(row),
    };

    /// <summary>The columns of the head alone.</summary>
    public static IReadOnlyList<string> HeadColumns { get; } = ["Stream", "HeadSequence", "HeadHash"];

    /// <summary>Reads the head; null where the stream has no row yet.</summary>
    public static AuditHead? HeadOf(TableEntity row) =>
        row.GetInt64("HeadSequence") is > 0 and var sequence ? new AuditHead(sequence, row.GetString("HeadHash")) : null;

    /// <summary>Names a decision by the state it led to: sequence and hash. The head is left out, because salts make it another with each try.</summary>
    public static string Save(AccessRequest state) =>
        $"{state.Sequence}:{Convert.ToHexStringLower(SHA256.HashData(Json(state with { AuditHead = null })).AsSpan(0, 16))}";

    /// <summary>What follows when a decision is stored.</summary>
    /// <param name="state">Null where a submission was refused.</param>
    /// <param name="head">The head after its events.</param>
    public StoredStream Next(AccessRequest? state, AuditHead? head) => this with
    {
        Sequence = state?.Sequence ?? 0,
        Head = head,
        State = state is null ? null : state with { AuditHead = head },
        Saves = state is null ? Saves : [.. Saves.TakeLast(SavesKept - 1), Save(state)],
    };

    /// <summary>The whole row.</summary>
    public TableEntity Row(string stream)
    {
        var row = Streams.NewRow(stream, Streams.StateRow);
        row[nameof(Sequence)] = Sequence;
        if (Head is { } head) (row["HeadSequence"], row["HeadHash"]) = (head.Sequence, head.Hash);
        if (State is { } state) Chunks.Write(row, SnapshotColumn, Json(state));
        if (Saves.Count > 0) row[nameof(Saves)] = string.Join(';', Saves);
        if (Written > (Head?.Sequence ?? 0)) row[nameof(Written)] = Written;
        return row;
    }

    /// <summary>The change that says: this writer writes ahead, up to this sequence.</summary>
    public static TableEntity Ahead(string stream, string writer, long written)
    {
        var row = Streams.NewRow(stream, Streams.StateRow);
        (row[nameof(Writer)], row[nameof(Written)]) = (writer, written);
        return row;
    }

    private static byte[] Json(AccessRequest state) => JsonSerializer.SerializeToUtf8Bytes(state, DomainJson.Default.AccessRequest);

    /// <summary>The snapshot in a row, also in one that was purged and is not cleared yet.</summary>
    public static AccessRequest? SnapshotOf(TableEntity row) => Chunks.Read(row, SnapshotColumn) is { } json
        ? JsonSerializer.Deserialize(json, DomainJson.Default.AccessRequest) ?? throw new InvalidDataException("A stored state is empty.")
        : null;
}
