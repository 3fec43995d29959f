using System.Collections.Concurrent;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Inventory;

/// <summary>The graphs of platforms, read again when their facts change. Ten thousand identities take a few megabytes.</summary>
public sealed class InventoryGraphs(IInventoryStore store, TimeProvider time)
{
    /// <summary>While a run writes, a graph may be so old: else every question during a long run would read all of it again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly ConcurrentDictionary<string, Read> _read = new(StringComparer.Ordinal);

    /// <summary>The platform's identities and memberships, and how far ingesting it got; null where nothing was ever ingested.</summary>
    public async Task<Inventoried?> Find(string platform, CancellationToken cancellation) =>
        await store.Progress(platform, cancellation) is { } progress ? await Of(progress, cancellation) : null;

    /// <summary>The same of every platform that was ever ingested, in order of name.</summary>
    public async Task<IReadOnlyList<Inventoried>> All(CancellationToken cancellation)
    {
        List<Inventoried> all = [];
        foreach (var progress in await store.Progress(cancellation)) all.Add(await Of(progress, cancellation));
        return all;
    }

    private async Task<Inventoried> Of(IngestProgress progress, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (_read.TryGetValue(progress.Platform, out var read) && (read.Version == progress.Version || (progress.State == IngestState.Running && now - read.At < Patience && read.At <= now)))
            return new Inventoried(read.Graph, progress);
        var graph = await store.Graph(progress.Platform, cancellation);
        _read[progress.Platform] = new Read(progress.Version, now, graph);
        return new Inventoried(graph, progress);
    }

    private sealed record Read(long Version, DateTimeOffset At, InventoryGraph Graph);
}

/// <summary>A platform's identities and memberships, and how far ingesting it got.</summary>
public sealed record Inventoried(InventoryGraph Graph, IngestProgress Progress)
{
    public string Platform => Progress.Platform;
}
