using System.Buffers.Binary;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// One turn with a platform's facts. What is stored is read once, as hashes, so that a fact which did not change costs nothing. Facts are written
/// before what was seen, and that before the mark: a run that breaks off between them writes the page again.
/// </summary>
internal sealed class TableInventoryRun(TableClient facts, TableClient state, TimeProvider time, IngestProgress progress, string holder) : IInventoryRun
{
    private const int RowsAtOnce = 100;
    private const int BatchesAtOnce = 4;
    private static readonly string[] Hashes = ["Key", "Hash"];
    private Dictionary<long, long>? _stored;
    private int _pages;
    private bool _left;

    public IngestProgress Progress { get; private set; } = progress;

    public async Task Save(IReadOnlyList<InventoryFact> facts, Func<int, IngestProgress> then, CancellationToken cancellation)
    {
        var written = 0;
        if (facts.Count > 0)
        {
            List<FactRow> rows = [.. facts.Select(FactRow.Of)];
            var stored = _stored ??= await Stored(cancellation);
            List<FactRow> changed = [.. rows.Where(row => !stored.TryGetValue(row.Key, out var hash) || hash != row.ContentHash)];

            // A privilege counts as stored by its own row: so the other one goes first.
            await Write(changed.Where(static row => row.Kind == FactKinds.Privilege).Select(row => Entity(row, InventoryKeys.OfResource(row.Second, row.First))), cancellation);
            await Write(changed.Select(row => Entity(row, InventoryKeys.Of(row.Kind, row.First, row.Second))), cancellation);
            foreach (var row in changed) stored[row.Key] = row.ContentHash;
            written = changed.Count;
            await See(then(written).Run, rows, cancellation);
        }

        var next = then(written);
        await Put(next, cancellation);
        if (next.State == IngestState.Completed) await ForgetSeen(cancellation);
    }

    public async Task<int> RemoveUnseen(CancellationToken cancellation)
    {
        var seen = new HashSet<long>();
        await foreach (var row in TableInventoryStore.Rows(facts, Progress.Platform, InventoryKeys.Prefix(InventoryKeys.Seen), null, null, cancellation))
        {
            if (row.GetInt64("Run") != Progress.Run) continue;
            for (var keys = row.GetBinary("Keys").AsSpan(); keys.Length > 0; keys = keys[sizeof(long)..]) seen.Add(BinaryPrimitives.ReadInt64LittleEndian(keys));
        }

        var gone = new List<FactRow>();
        foreach (var kind in InventoryKeys.Kinds)
        {
            await foreach (var row in TableInventoryStore.Rows(facts, Progress.Platform, InventoryKeys.Prefix(kind), null, ["Key", "Kind", "First", "Second"], cancellation))
            {
                if (!seen.Contains(row.GetInt64("Key")!.Value)) gone.Add(new FactRow(row.GetString("Kind"), row.GetString("First"), row.GetString("Second"), ""));
            }
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = BatchesAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(gone, options, async (row, token) =>
        {
            if (row.Kind == FactKinds.Privilege) await Delete(InventoryKeys.OfResource(row.Second, row.First), token);
            await Delete(InventoryKeys.Of(row.Kind, row.First, row.Second), token);
        });
        foreach (var row in gone) _stored?.Remove(row.Key);
        return gone.Count;
    }

    public async ValueTask DisposeAsync()
    {
        if (_left) return;
        _left = true;
        var row = await ConditionalRows.Find(state, TableInventoryStore.Partition, TableKeys.Of(Progress.Platform), CancellationToken.None);
        if (row?.GetString("Holder") != holder) return;
        row.Remove("Holder");
        row.Remove("Until");

        // Refused: somebody asked for a run this moment. The lease ends by itself.
        _ = await ConditionalRows.Put(state, row, row.ETag, CancellationToken.None);
    }

    /// <summary>Stores progress and holds on to the lease.</summary>
    /// <exception cref="InvalidOperationException">The lease ran out and somebody else took over.</exception>
    private async Task Put(IngestProgress next, CancellationToken cancellation)
    {
        while (true)
        {
            var row = await ConditionalRows.Find(state, TableInventoryStore.Partition, TableKeys.Of(Progress.Platform), cancellation);
            if (row?.GetString("Holder") != holder) throw new InvalidOperationException($"Another process goes on with platform {Progress.Platform}.");

            // Somebody may have asked for another run meanwhile: that is not this run's to forget.
            var stored = TableInventoryStore.ProgressOf(row);
            var kept = stored.Asked is { } asked && asked.Key != next.AnsweredKey ? next with { Asked = asked } : next;
            TableInventoryStore.Write(row, kept);
            TableInventoryStore.Hold(row, holder, time.GetUtcNow());
            if (await ConditionalRows.Put(state, row, row.ETag, cancellation) is null) continue;
            Progress = kept;
            return;
        }
    }

    private async Task<Dictionary<long, long>> Stored(CancellationToken cancellation)
    {
        var stored = new Dictionary<long, long>();
        foreach (var kind in InventoryKeys.Kinds)
        {
            await foreach (var row in TableInventoryStore.Rows(facts, Progress.Platform, InventoryKeys.Prefix(kind), null, Hashes, cancellation))
                stored[row.GetInt64("Key")!.Value] = row.GetInt64("Hash")!.Value;
        }

        await foreach (var row in TableInventoryStore.Rows(facts, Progress.Platform, InventoryKeys.Prefix(InventoryKeys.Seen), null, ["Page"], cancellation))
        {
            _pages = Math.Max(_pages, row.GetInt32("Page")!.Value);
        }

        return stored;
    }

    private Task See(long run, List<FactRow> rows, CancellationToken cancellation)
    {
        var keys = new byte[rows.Count * sizeof(long)];
        for (var i = 0; i < rows.Count; i++) BinaryPrimitives.WriteInt64LittleEndian(keys.AsSpan(i * sizeof(long)), rows[i].Key);
        _pages++;
        var row = new TableEntity(TableKeys.Of(Progress.Platform), InventoryKeys.OfPage(run, _pages)) { ["Run"] = run, ["Page"] = _pages, ["Keys"] = keys };
        return Transient.Run(() => facts.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellation), cancellation);
    }

    private async Task ForgetSeen(CancellationToken cancellation)
    {
        await foreach (var row in TableInventoryStore.Rows(facts, Progress.Platform, InventoryKeys.Prefix(InventoryKeys.Seen), null, ["RowKey"], cancellation)) await Delete(row.RowKey, cancellation);
    }

    private TableEntity Entity(FactRow row, string key) => new(TableKeys.Of(Progress.Platform), key)
    {
        ["Kind"] = row.Kind,
        ["First"] = row.First,
        ["Second"] = row.Second,
        ["Content"] = row.Content,
        ["Key"] = row.Key,
        ["Hash"] = row.ContentHash,
    };

    private async Task Write(IEnumerable<TableEntity> rows, CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = BatchesAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(rows.Chunk(RowsAtOnce), options, async (portion, token) => await Transient.Run(
            () => facts.SubmitTransactionAsync(portion.Select(static row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)), token), token));
    }

    private Task Delete(string key, CancellationToken cancellation) => Transient.Run(() => facts.DeleteEntityAsync(TableKeys.Of(Progress.Platform), key, ETag.All, cancellation), cancellation);
}
