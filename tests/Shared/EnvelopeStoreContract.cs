using AccessFunctions.Application.Ports;
using Xunit;

namespace AccessFunctions.Tests.Shared;

/// <summary>What a host's store of sealed envelopes promises.</summary>
public abstract class EnvelopeStoreContract
{
    protected abstract IEnvelopeStore Store { get; }

    [Fact]
    public async Task Put_ThenGet_GivesTheBytes_AndPutAgainReplaces()
    {
        Assert.Null(await Store.Get("a", CancellationToken.None));
        await Store.Put("a", new byte[] { 1, 2 }, CancellationToken.None);
        await Store.Put("a", new byte[] { 3 }, CancellationToken.None);
        Assert.Equal(new byte[] { 3 }, await Store.Get("a", CancellationToken.None));
        Assert.Null(await Store.Get("A", CancellationToken.None));
    }

    [Fact]
    public async Task Insert_ByManyAtOnce_StoresOne()
    {
        var stored = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number => (Number: number, Won: await Store.Insert("a", new[] { (byte)number }, CancellationToken.None))));
        var winner = Assert.Single(stored, result => result.Won);
        Assert.Equal(new[] { (byte)winner.Number }, await Store.Get("a", CancellationToken.None));
    }

    [Fact]
    public async Task Delete_Forgets_AndAgainDoesNothing()
    {
        await Store.Put("a", new byte[] { 1 }, CancellationToken.None);
        await Store.Delete("a", CancellationToken.None);
        await Store.Delete("a", CancellationToken.None);
        Assert.Null(await Store.Get("a", CancellationToken.None));
    }

    [Fact]
    public async Task Names_GivesThoseOfThePrefix_InOrdinalOrder()
    {
        foreach (var name in new[] { "g/b", "g/a", "g/Z", "h/a", "g%" }) await Store.Put(name, new byte[] { 1 }, CancellationToken.None);
        Assert.Equal(["g/Z", "g/a", "g/b"], await Store.Names("g/", CancellationToken.None));
        Assert.Equal(5, (await Store.Names("", CancellationToken.None)).Count);
        Assert.Empty(await Store.Names("x", CancellationToken.None));
    }
}
