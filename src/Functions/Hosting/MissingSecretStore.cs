using AccessFunctions.Application.Ports;

namespace AccessFunctions.Functions.Hosting;

/// <summary>Stands where no vault is configured: what needs a secret fails, and says what to do.</summary>
internal sealed class MissingSecretStore : ISecretStore
{
    public const string Words = "No place for secrets is configured (KeyVault:Uri).";

    public Task<byte[]?> Get(string name, CancellationToken cancellation) => throw Failure();

    public Task Put(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation) => throw Failure();

    public Task<byte[]> GetOrAdd(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation) => throw Failure();

    public Task Delete(string name, CancellationToken cancellation) => throw Failure();

    public Task<IReadOnlyList<string>> Names(string prefix, CancellationToken cancellation) => throw Failure();

    private static PlatformException Failure() => new(Words);
}
