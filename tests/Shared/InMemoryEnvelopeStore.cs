using System.Collections.Concurrent;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Tests.Shared;

/// <summary>Envelopes in memory, for tests of what stands above the port; tests may look at and tamper with the raw bytes.</summary>
public sealed class InMemoryEnvelopeStore : IEnvelopeStore
{
    public ConcurrentDictionary<string, byte[]> Rows { get; } = new(StringComparer.Ordinal);

    public Task<byte[]?> Get(string name, CancellationToken cancellation) => Task.FromResult(Rows.GetValueOrDefault(name)?.ToArray());

    public Task Put(string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellation)
    {
        Rows[name] = envelope.ToArray();
        return Task.CompletedTask;
    }

    public Task<bool> Insert(string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellation) =>
        Task.FromResult(Rows.TryAdd(name, envelope.ToArray()));

    public Task Delete(string name, CancellationToken cancellation)
    {
        Rows.TryRemove(name, out _);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> Names(string prefix, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>([.. Rows.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)]);
}
