using System.Collections.Concurrent;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Tests.Shared;

/// <summary>Rows of channels in memory, for tests of what stands above the port.</summary>
public sealed class InMemoryChannelStore : IChannelStore
{
    private readonly ConcurrentDictionary<(string Set, string Key), Row> _rows = new();
    private int _versions;

    public Task<ChannelRow?> Find(string set, string key, CancellationToken cancellation) =>
        Task.FromResult(_rows.TryGetValue((set, key), out var row) ? Read(key, row) : null);

    public Task<IReadOnlyList<ChannelRow>> All(string set, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<ChannelRow>>(
        [.. _rows.Where(row => row.Key.Set == set).OrderBy(row => row.Key.Key, StringComparer.Ordinal).Select(row => Read(row.Key.Key, row.Value))]);

    public Task<bool> Add(string set, string key, string value, DateTimeOffset keepUntil, CancellationToken cancellation) =>
        Task.FromResult(_rows.TryAdd((set, key), New(value, keepUntil)));

    public Task<bool> Replace(string set, ChannelRow read, string value, DateTimeOffset keepUntil, CancellationToken cancellation) => Task.FromResult(
        _rows.TryGetValue((set, read.Key), out var row) && $"{row.Version}" == read.Version && _rows.TryUpdate((set, read.Key), New(value, keepUntil), row));

    public Task Remove(string set, string key, CancellationToken cancellation)
    {
        _rows.TryRemove((set, key), out _);
        return Task.CompletedTask;
    }

    public Task<int> Purge(DateTimeOffset now, CancellationToken cancellation) =>
        Task.FromResult(_rows.Count(row => row.Value.KeepUntil <= now && _rows.TryRemove(row)));

    private Row New(string value, DateTimeOffset keepUntil) => new(value, keepUntil, Interlocked.Increment(ref _versions));

    private static ChannelRow Read(string key, Row row) => new(key, row.Value, $"{row.Version}");

    private sealed record Row(string Value, DateTimeOffset KeepUntil, int Version);
}
