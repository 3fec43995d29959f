using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Vault;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Vault;

/// <summary>The contract over envelopes in memory; the embedded host's tests run it over SQLite.</summary>
public sealed class EnvelopeSecretStoreTests : SecretStoreContract
{
    private static readonly KeyRing Ring = new(KeyEncryptionKey.Generate());
    private readonly InMemoryEnvelopeStore _envelopes = new();

    protected override Task<ISecretStore> Open() => Task.FromResult<ISecretStore>(new EnvelopeSecretStore(_envelopes, Ring));

    [Fact]
    public async Task Get_OfARowMovedToAnotherName_IsRefused()
    {
        var store = await Open();
        await store.Put("vault/root", "secret"u8.ToArray(), TestContext.Current.CancellationToken);
        _envelopes.Rows["vault/alice"] = _envelopes.Rows["vault/root"];
        await Assert.ThrowsAsync<SecretEnvelopeException>(() => store.Get("vault/alice", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("vault/a\nb")]
    public async Task Put_UnderANameThatIsNone_IsRefused(string name)
    {
        var store = await Open();
        await Assert.ThrowsAsync<ArgumentException>(() => store.Put(name, "x"u8.ToArray(), TestContext.Current.CancellationToken));
        Assert.Empty(_envelopes.Rows);
    }
}
