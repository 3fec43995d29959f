using AccessFunctions.Application.Ports;
using Xunit;

namespace AccessFunctions.Tests.Shared;

/// <summary>What a host's store of channel rows promises.</summary>
public abstract class ChannelStoreContract
{
    private static readonly DateTimeOffset Later = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    protected abstract IChannelStore Store { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Add_Stores_AndNeverReplaces()
    {
        Assert.Null(await Store.Find("s", "k", Cancellation));
        Assert.True(await Store.Add("s", "k", "one", Later, Cancellation));
        Assert.False(await Store.Add("s", "k", "two", Later, Cancellation));
        Assert.Equal("one", (await Store.Find("s", "k", Cancellation))!.Value);
        Assert.Null(await Store.Find("s", "K", Cancellation));
        Assert.Null(await Store.Find("t", "k", Cancellation));
    }

    [Fact]
    public async Task Add_ByManyAtOnce_StoresOne()
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 20).Select(async number => (Number: number, Won: await Store.Add("s", "k", $"{number}", Later, Cancellation))));
        var winner = Assert.Single(added, result => result.Won);
        Assert.Equal($"{winner.Number}", (await Store.Find("s", "k", Cancellation))!.Value);
    }

    [Fact]
    public async Task Replace_TakesOnlyWhatWasRead()
    {
        await Store.Add("s", "k", "one", Later, Cancellation);
        var read = (await Store.Find("s", "k", Cancellation))!;
        Assert.True(await Store.Replace("s", read, "two", Later, Cancellation));
        Assert.False(await Store.Replace("s", read, "three", Later, Cancellation));
        Assert.Equal("two", (await Store.Find("s", "k", Cancellation))!.Value);

        await Store.Remove("s", "k", Cancellation);
        Assert.False(await Store.Replace("s", read, "four", Later, Cancellation));
        await Store.Add("s", "k", "one", Later, Cancellation);
        Assert.False(await Store.Replace("s", read, "five", Later, Cancellation));
        Assert.Equal("one", (await Store.Find("s", "k", Cancellation))!.Value);
    }

    [Fact]
    public async Task Replace_ByManyAtOnce_IsDoneOnce()
    {
        await Store.Add("s", "k", "one", Later, Cancellation);
        var read = (await Store.Find("s", "k", Cancellation))!;
        var replaced = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => Store.Replace("s", read, $"{number}", Later, Cancellation)));
        Assert.Single(replaced, won => won);
    }

    [Fact]
    public async Task Write_MakesAllOfIt_OrNothing()
    {
        await Store.Add("s", "old", "one", Later, Cancellation);
        await Store.Add("s", "gone", "one", Later, Cancellation);
        var (old, gone) = ((await Store.Find("s", "old", Cancellation))!, (await Store.Find("s", "gone", Cancellation))!);
        Assert.True(await Store.Write("s", [new("old", old, "two"), new("new", null, "two"), new("gone", gone, null)], Later, Cancellation));
        Assert.Equal([("new", "two"), ("old", "two")], (await Store.All("s", Cancellation)).Select(row => (row.Key, row.Value)));

        var now = (await Store.Find("s", "old", Cancellation))!;
        Assert.False(await Store.Write("s", [new("old", now, "three"), new("new", null, "three")], Later, Cancellation));
        Assert.False(await Store.Write("s", [new("other", null, "three"), new("old", old, "three")], Later, Cancellation));
        Assert.False(await Store.Write("s", [new("other", null, "three"), new("gone", gone, null)], Later, Cancellation));
        Assert.Equal([("new", "two"), ("old", "two")], (await Store.All("s", Cancellation)).Select(row => (row.Key, row.Value)));

        Assert.True(await Store.Write("s", [new("old", now, "three")], Later.AddDays(1), Cancellation));
        Assert.Equal(1, await Store.Purge(Later, Cancellation));
        Assert.Equal("three", (await Store.Find("s", "old", Cancellation))!.Value);
    }

    [Fact]
    public async Task Write_ByManyAtOnce_OfOneRowInCommon_IsMadeOnce()
    {
        var written = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => Store.Write("s", [new($"{number}", null, "x"), new("k", null, $"{number}")], Later, Cancellation)));
        Assert.Single(written, won => won);
        Assert.Equal(2, (await Store.All("s", Cancellation)).Count);
    }

    [Fact]
    public async Task All_GivesTheSet_InOrdinalOrder()
    {
        foreach (var key in new[] { "b", "a", "Z", "r1/ü'§ #?" }) await Store.Add("s:1", key, key, Later, Cancellation);
        await Store.Add("s:10", "c", "c", Later, Cancellation);
        Assert.Equal(["Z", "a", "b", "r1/ü'§ #?"], (await Store.All("s:1", Cancellation)).Select(row => row.Key));
        Assert.Equal("r1/ü'§ #?", (await Store.All("s:1", Cancellation))[3].Value);
        Assert.Empty(await Store.All("s", Cancellation));
    }

    [Fact]
    public async Task Values_MayBeEmptyAndLong()
    {
        var text = string.Concat(Enumerable.Repeat("ä€😀x", 64 * 1024 / 5));
        await Store.Add("s", "long", text, Later, Cancellation);
        await Store.Add("s", "none", "", Later, Cancellation);
        Assert.Equal(text, (await Store.Find("s", "long", Cancellation))!.Value);
        Assert.Equal("", (await Store.Find("s", "none", Cancellation))!.Value);
    }

    [Fact]
    public async Task Purge_RemovesWhatIsOver_AndNothingElse()
    {
        await Store.Add("s", "over", "x", Later, Cancellation);
        await Store.Add("t", "kept on", "x", Later, Cancellation);
        await Store.Add("t", "later", "x", Later.AddSeconds(1), Cancellation);
        await Store.Replace("t", (await Store.Find("t", "kept on", Cancellation))!, "y", Later.AddDays(1), Cancellation);
        Assert.Equal(0, await Store.Purge(Later.AddSeconds(-1), Cancellation));
        Assert.Equal(1, await Store.Purge(Later, Cancellation));
        Assert.Null(await Store.Find("s", "over", Cancellation));
        Assert.Equal(2, (await Store.All("t", Cancellation)).Count);
    }

    [Fact]
    public async Task Purge_OfMany_RemovesThemAll()
    {
        for (var i = 0; i < 300; i++) await Store.Add($"s{i % 3}", $"{i}", "x", Later, Cancellation);
        Assert.Equal(300, await Store.Purge(Later, Cancellation));
        Assert.Empty(await Store.All("s1", Cancellation));
    }
}
