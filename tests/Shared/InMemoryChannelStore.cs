using System.Collections.Concurrent;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Tests.Shared;

/// <summary>Rows of channels in memory, for tests of what stands above the port.</summary>
public sealed class InMemoryChannelStore : IChannelStore
{
    private readonly ConcurrentDictionary<(string Set, string Key), Row> _rows = new();
    private readonly Lock _together = new();
    private int _versions;

    public Task<ChannelRow?> Find(string set, string key, CancellationToken cancellation) =>
        Task.FromResult(_rows.TryGetValue((set, key), out var row) ? Read(key, row) : null);

    public Task<IReadOnlyList<ChannelRow>> All(string set, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<ChannelRow>>(
        [.. _rows.Where(row => row.Key.Set == set).OrderBy(row => row.Key.Key, StringComparer.Ordinal).Select(row => Read(row.Key.Key, row.Value))]);

    public Task<bool> Add(string set, string key, string value, DateTimeOffset keepUntil, CancellationToken cancellation) =>
        Write(set, [new ChannelWrite(key, null, value)], keepUntil, cancellation);

    public Task<bool> Replace(string set, ChannelRow read, string value, DateTimeOffset keepUntil, CancellationToken cancellation) =>
        Write(set, [new ChannelWrite(read.Key, read, value)], keepUntil, cancellation);

    public Task Remove(string set, string key, CancellationToken cancellation)
    {
        lock (_together) _rows.TryRemove((set, key), out _);
        return Task.CompletedTask;
    }

    public Task<bool> Write(string set, IReadOnlyList<ChannelWrite> writes, DateTimeOffset keepUntil, CancellationToken cancellation)
    {
        lock (_together)
        {
            if (writes.Any(write => (_rows.TryGetValue((set, write.Key), out var row) ? $"{row.Version}" : null) != write.Read?.Version)) return Task.FromResult(false);
            foreach (var write in writes)
            {
                if (write.Value is { } value) _rows[(set, write.Key)] = New(value, keepUntil);
                else _rows.TryRemove((set, write.Key), out _);
            }

            return Task.FromResult(true);
        }
    }

    public Task<int> Purge(DateTimeOffset now, CancellationToken cancellation) =>
        Task.FromResult(_rows.Count(row => row.Value.KeepUntil <= now && _rows.TryRemove(row)));

    private Row New(string value, DateTimeOffset keepUntil) => new(value, keepUntil, Interlocked.Increment(ref _versions));

    private static ChannelRow Read(string key, Row row) => new(key, row.Value, $"{row.Version}");

    private sealed record Row(string Value, DateTimeOffset KeepUntil, int Version);
}
