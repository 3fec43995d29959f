using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Tests.Fakes;

/// <summary>Secrets in memory.</summary>
internal sealed class MemorySecrets : ISecretStore
{
    public Dictionary<string, byte[]> All { get; } = [];

    public Task<byte[]?> Get(string name, CancellationToken cancellation) => Task.FromResult(All.GetValueOrDefault(name));

    public Task Put(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation)
    {
        All[name] = value.ToArray();
        return Task.CompletedTask;
    }

    public Task<byte[]> GetOrAdd(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation) => Task.FromResult(All.TryGetValue(name, out var kept) ? kept : All[name] = value.ToArray());

    public Task Delete(string name, CancellationToken cancellation)
    {
        All.Remove(name);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> Names(string prefix, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>([.. All.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)]);
}
