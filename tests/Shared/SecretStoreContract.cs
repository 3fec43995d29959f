using System.Text;
using AccessFunctions.Application.Ports;
using Xunit;

namespace AccessFunctions.Tests.Shared;

/// <summary>What every <see cref="ISecretStore"/> keeps to; a subclass says which store is opened.</summary>
public abstract class SecretStoreContract
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Opens a store that holds nothing.</summary>
    protected abstract Task<ISecretStore> Open();

    [Fact]
    public async Task Get_OfAnUnknownName_IsNull()
    {
        var store = await Open();
        Assert.Null(await store.Get("vault/none", Cancellation));
    }

    [Fact]
    public async Task Put_ThenGet_GivesTheValue()
    {
        var store = await Open();
        await store.Put("vault/db-admin", Bytes("päss 🔑"), Cancellation);
        Assert.Equal(Bytes("päss 🔑"), await store.Get("vault/db-admin", Cancellation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(200_000)]
    public async Task Put_OfAnyLength_ComesBackWhole(int length)
    {
        var store = await Open();
        var value = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
        await store.Put("vault/bytes", value, Cancellation);
        Assert.Equal(value, await store.Get("vault/bytes", Cancellation));
    }

    [Fact]
    public async Task Put_Again_Replaces()
    {
        var store = await Open();
        await store.Put("vault/a", Bytes("one"), Cancellation);
        await store.Put("vault/a", Bytes("two"), Cancellation);
        Assert.Equal(Bytes("two"), await store.Get("vault/a", Cancellation));
    }

    [Fact]
    public async Task Names_ThatDifferInCase_AreDifferent()
    {
        var store = await Open();
        await store.Put("vault/a", Bytes("small"), Cancellation);
        await store.Put("vault/A", Bytes("large"), Cancellation);
        Assert.Equal(Bytes("small"), await store.Get("vault/a", Cancellation));
        Assert.Equal(Bytes("large"), await store.Get("vault/A", Cancellation));
    }

    [Fact]
    public async Task GetOrAdd_WhereThereIsNone_StoresAndGivesTheNew()
    {
        var store = await Open();
        Assert.Equal(Bytes("new"), await store.GetOrAdd("grants/1", Bytes("new"), Cancellation));
        Assert.Equal(Bytes("new"), await store.Get("grants/1", Cancellation));
    }

    [Fact]
    public async Task GetOrAdd_WhereThereIsOne_KeepsAndGivesTheFirst()
    {
        var store = await Open();
        await store.Put("grants/1", Bytes("first"), Cancellation);
        Assert.Equal(Bytes("first"), await store.GetOrAdd("grants/1", Bytes("second"), Cancellation));
        Assert.Equal(Bytes("first"), await store.Get("grants/1", Cancellation));
    }

    [Fact]
    public async Task GetOrAdd_ByManyAtOnce_GivesAllTheSame()
    {
        var store = await Open();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => store.GetOrAdd("grants/1", Bytes($"run {i}"), Cancellation), Cancellation)));
        var kept = await store.Get("grants/1", Cancellation);
        Assert.All(answers, answer => Assert.Equal(kept, answer));
    }

    [Fact]
    public async Task Delete_Forgets_AndAgainDoesNothing()
    {
        var store = await Open();
        await store.Put("grants/1", Bytes("gone soon"), Cancellation);
        await store.Delete("grants/1", Cancellation);
        await store.Delete("grants/1", Cancellation);
        Assert.Null(await store.Get("grants/1", Cancellation));
        Assert.Empty(await store.Names("", Cancellation));
    }

    [Fact]
    public async Task Names_GivesThoseOfThePrefix_InOrdinalOrder()
    {
        var store = await Open();
        foreach (var name in new[] { "vault/b", "vault/B", "vault/a_b", "vault/a%b", "vault/axb", "vaultx", "grants/1" })
            await store.Put(name, Bytes(name), Cancellation);
        Assert.Equal(["vault/B", "vault/a%b", "vault/a_b", "vault/axb", "vault/b"], await store.Names("vault/", Cancellation));
        Assert.Equal(["vault/a_b"], await store.Names("vault/a_", Cancellation));
        Assert.Equal(["vault/a%b"], await store.Names("vault/a%", Cancellation));
        Assert.Equal(7, (await store.Names("", Cancellation)).Count);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
