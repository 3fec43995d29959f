using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Secrets;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Tests.Shared;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

/// <summary>Secrets in a key vault, with their names in a table.</summary>
public abstract class KeyVaultSecretStoreTests : SecretStoreContract
{
    private protected FakeSecretClient Vault { get; } = new();
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<TableServiceClient> Tables();

    protected sealed override async Task<ISecretStore> Open()
    {
        var tables = await Tables();
        await new StorageTables(tables).EnsureCreated(Cancellation);
        return new KeyVaultSecretStore(Vault, tables, NullLogger<KeyVaultSecretStore>.Instance);
    }

    [Fact]
    public async Task Values_AreInTheVaultOnly_AndOldOnesAreDeleted()
    {
        var store = await Open();
        var value = new byte[60_000];
        Random.Shared.NextBytes(value);
        await store.Put("vault/a", value, Cancellation);
        Assert.Equal(4, Vault.Secrets.Count);
        await store.Put("vault/a", "short"u8.ToArray(), Cancellation);
        Assert.Equal(Convert.ToBase64String("short"u8), Assert.Single(Vault.Secrets).Value);
        Assert.StartsWith("access-functions-", Vault.Secrets.Single().Key, StringComparison.Ordinal);
        await store.Delete("vault/a", Cancellation);
        Assert.Empty(Vault.Secrets);
    }

    [Fact]
    public async Task GetOrAdd_ByManyAtOnce_LeavesOneValueInTheVault()
    {
        var store = await Open();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => store.GetOrAdd("grants/1", new byte[] { (byte)i }, Cancellation), Cancellation)));
        Assert.Single(Vault.Secrets);
    }

    [Fact]
    public async Task Put_ByManyAtOnce_LeavesOneValueInTheVault_AndReadersAlwaysGetOne()
    {
        var store = await Open();
        await store.Put("vault/a", new byte[] { 255 }, Cancellation);
        var writers = Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => store.Put("vault/a", new byte[] { (byte)i }, Cancellation), Cancellation)));
        do Assert.NotNull(await store.Get("vault/a", Cancellation));
        while (!writers.IsCompleted);
        await writers;
        Assert.Single(Vault.Secrets);
    }

    [Fact]
    public async Task CrashBeforeTheRow_ChangesNothing()
    {
        var store = await Open();
        await store.Put("vault/a", "old"u8.ToArray(), Cancellation);
        Vault.BeforeCall = static (operation, name) => throw (operation == "set" && name.EndsWith("-1", StringComparison.Ordinal) ? new RequestFailedException(500, "down") : new RequestFailedException(0, "no answer"));
        await Assert.ThrowsAsync<TransientException>(() => store.Put("vault/a", new byte[40_000], Cancellation));
        Vault.BeforeCall = null;
        Assert.Equal("old"u8.ToArray(), await store.Get("vault/a", Cancellation));
    }

    [Fact]
    public async Task OldValueThatCannotBeDeleted_IsNoFailure()
    {
        var store = await Open();
        await store.Put("vault/a", "old"u8.ToArray(), Cancellation);
        Vault.BeforeCall = static (operation, _) =>
        {
            if (operation == "delete") throw new RequestFailedException(403, "not permitted");
        };
        await store.Put("vault/a", "new"u8.ToArray(), Cancellation);
        Assert.Equal("new"u8.ToArray(), await store.Get("vault/a", Cancellation));
        Assert.Equal(2, Vault.Secrets.Count);
    }

    [Fact]
    public async Task ValueDeletedInTheVaultItself_IsAnError_NotNothing()
    {
        var store = await Open();
        await store.Put("vault/a", "value"u8.ToArray(), Cancellation);
        Vault.Secrets.Clear();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => store.Get("vault/a", Cancellation));
        Assert.Contains("vault/a", error.Message, StringComparison.Ordinal);
        await store.Put("vault/a", "again"u8.ToArray(), Cancellation);
        Assert.Equal("again"u8.ToArray(), await store.Get("vault/a", Cancellation));
    }

    [Fact]
    public async Task ThrottledVault_IsTransient()
    {
        var store = await Open();
        await store.Put("vault/a", "value"u8.ToArray(), Cancellation);
        Vault.BeforeCall = static (_, _) => throw new RequestFailedException(429, "slow down");
        await Assert.ThrowsAsync<TransientException>(() => store.Get("vault/a", Cancellation));
    }
}

public sealed class AzuriteSecretStoreTests : KeyVaultSecretStoreTests
{
    protected override Task<TableServiceClient> Tables() => TableBackends.Azurite();
}

public sealed class FakeSecretStoreTests : KeyVaultSecretStoreTests
{
    private readonly FakeTableService _tables = new();

    protected override Task<TableServiceClient> Tables() => Task.FromResult<TableServiceClient>(_tables);

    [Fact]
    public async Task RowWhoseAnswerGotLost_IsNotItsOwnRival()
    {
        var store = await Open();
        _tables.Repeats = static call => call.Operation is TableOperation.Update or TableOperation.Delete;
        await store.Put("vault/a", "one"u8.ToArray(), Cancellation);
        await store.Put("vault/a", "two"u8.ToArray(), Cancellation);
        Assert.Equal("two"u8.ToArray(), await store.Get("vault/a", Cancellation));
        Assert.Single(Vault.Secrets);
    }

    [Fact]
    public async Task GetOrAdd_AfterALostAnswer_GivesWhatIsKept()
    {
        var store = await Open();
        _tables.AfterCall = static call => call.Operation == TableOperation.Add ? throw new RequestFailedException(500, "lost") : Task.CompletedTask;
        await Assert.ThrowsAsync<TransientException>(() => store.GetOrAdd("grants/1", "first"u8.ToArray(), Cancellation));
        _tables.AfterCall = null;
        Assert.Equal("first"u8.ToArray(), await store.GetOrAdd("grants/1", "second"u8.ToArray(), Cancellation));
    }
}
