using System.IO.Compression;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Integrations.Configuration;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// Keeps them in the tables, because a process has no disk that outlives it: reads them before the configuration is opened, holds them in
/// memory, and writes afterwards what is new. Of two processes with different files the last one to write wins.
/// </summary>
public sealed partial class TableLastGoodFiles(TableServiceClient tables, ILogger<TableLastGoodFiles> logger) : ILastGoodFiles, IDisposable
{
    private const string Partition = "last-good";
    private const string NameColumn = "Name";
    private const string Content = "Content";
    private readonly TableClient _table = tables.GetTableClient(StorageTables.HostState);
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _saving = new(1, 1);
    private readonly Dictionary<string, byte[]> _kept = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unsaved = new(StringComparer.Ordinal);

    /// <summary>Reads what is kept. Once, before anything else.</summary>
    /// <exception cref="TransientException">The tables did not answer.</exception>
    public async Task Load(CancellationToken cancellation)
    {
        var rows = _table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"), cancellationToken: cancellation);
        await foreach (var row in Transient.Read(rows, cancellation))
        {
            var bytes = Unpacked(Chunks.Read(row, Content) ?? []);
            lock (_gate) _kept[row.GetString(NameColumn)] = bytes;
        }
    }

    /// <inheritdoc />
    public byte[]? Find(string name)
    {
        lock (_gate) return _kept.GetValueOrDefault(name);
    }

    /// <inheritdoc />
    public void Keep(string name, byte[] bytes)
    {
        lock (_gate)
        {
            if (_kept.TryGetValue(name, out var same) && same.AsSpan().SequenceEqual(bytes)) return;
            _kept[name] = bytes;
            _ = _unsaved.Add(name);
        }
    }

    /// <inheritdoc />
    public void Forget(string name)
    {
        lock (_gate)
        {
            if (_kept.Remove(name)) _ = _unsaved.Add(name);
        }
    }

    /// <summary>Writes what changed since the last time; what could not be written is for the next time.</summary>
    /// <exception cref="TransientException">The tables did not answer.</exception>
    public async Task Save(CancellationToken cancellation)
    {
        await _saving.WaitAsync(cancellation);
        try
        {
            while (Unsaved() is { } name)
            {
                var bytes = Find(name);
                await Write(name, bytes, cancellation);

                // Changed again meanwhile: once more.
                lock (_gate)
                {
                    if (ReferenceEquals(_kept.GetValueOrDefault(name), bytes)) _ = _unsaved.Remove(name);
                }
            }
        }
        finally
        {
            _ = _saving.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _saving.Dispose();

    private string? Unsaved()
    {
        lock (_gate) return _unsaved.FirstOrDefault();
    }

    private async Task Write(string name, byte[]? bytes, CancellationToken cancellation)
    {
        var packed = bytes is null ? null : Packed(bytes);
        if (packed?.Length > Chunks.Most)
        {
            // Nor is an older one: it may know people who have left.
            LogTooLarge(name, packed.Length, Chunks.Most);
            packed = null;
        }

        if (packed is null)
        {
            await Transient.Run(() => _table.DeleteEntityAsync(Partition, TableKeys.Of(name), ETag.All, cancellation), cancellation);
            return;
        }

        var row = new TableEntity(Partition, TableKeys.Of(name)) { [NameColumn] = name };
        Chunks.Write(row, Content, packed);
        await Transient.Run(() => _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellation), cancellation);
    }

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Unpacked(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        gzip.CopyTo(bytes);
        return bytes.ToArray();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The good version of {File} is not kept: it takes {Bytes} bytes packed, and a row holds {Most}. If it is broken at a later start, the host does not start.")]
    private partial void LogTooLarge(string file, int bytes, int most);
}
