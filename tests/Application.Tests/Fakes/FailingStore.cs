using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Tests.Fakes;

/// <summary>A store that heeds the caller hanging up, and that a test has fail.</summary>
internal sealed class FailingStore(IChannelStore inner) : IChannelStore
{
    /// <summary>Sees each write of a set before it is made, and may throw.</summary>
    public Action<string>? Writing { get; set; }

    /// <summary>Sees each write of a set after it was made, and may throw.</summary>
    public Action<string>? Written { get; set; }

    /// <summary>A set whose rows another process always replaces first.</summary>
    public string? Taken { get; set; }

    public Task<ChannelRow?> Find(string set, string key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return inner.Find(set, key, cancellation);
    }

    public Task<IReadOnlyList<ChannelRow>> All(string set, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return inner.All(set, cancellation);
    }

    public Task<bool> Add(string set, string key, string value, DateTimeOffset keepUntil, CancellationToken cancellation) =>
        Write(set, () => inner.Add(set, key, value, keepUntil, cancellation), cancellation);

    public Task<bool> Replace(string set, ChannelRow read, string value, DateTimeOffset keepUntil, CancellationToken cancellation) =>
        set == Taken ? Task.FromResult(false) : Write(set, () => inner.Replace(set, read, value, keepUntil, cancellation), cancellation);

    public Task<bool> Write(string set, IReadOnlyList<ChannelWrite> writes, DateTimeOffset keepUntil, CancellationToken cancellation) =>
        set == Taken && writes.Any(static write => write.Read is not null) ? Task.FromResult(false) : Write(set, () => inner.Write(set, writes, keepUntil, cancellation), cancellation);

    public Task Remove(string set, string key, CancellationToken cancellation) => Write(set, async () =>
    {
        await inner.Remove(set, key, cancellation);
        return true;
    }, cancellation);

    public Task<int> Purge(DateTimeOffset now, CancellationToken cancellation) => inner.Purge(now, cancellation);

    private async Task<bool> Write(string set, Func<Task<bool>> write, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Writing?.Invoke(set);
        var done = await write();
        Written?.Invoke(set);
        return done;
    }
}
