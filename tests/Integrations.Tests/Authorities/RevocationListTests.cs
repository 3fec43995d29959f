using AccessFunctions.Integrations.Authorities;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Authorities;

public sealed class RevocationListTests : IAsyncLifetime
{
    private static readonly TimeSpan Validity = TimeSpan.FromDays(1);
    private SomeAuthority _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await SomeAuthority.Start();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Edition_StaysUntilSomethingChanges_AndItsNumberGrows()
    {
        var list = Open();
        var first = await list.Current(Cancellation);
        _host.Time.Advance(TimeSpan.FromHours(11));
        var same = await list.Current(Cancellation);
        Assert.Equal((first.Number, first.Next, first.Tag), (same.Number, same.Next, same.Tag));

        await list.Add("01AB", _host.Now.AddHours(1), Cancellation);
        await list.Add("01AB", _host.Now.AddHours(1), Cancellation);
        var second = await list.Current(Cancellation);
        Assert.True(second.Number > first.Number);
        Assert.Equal("01AB", Assert.Single(second.Entries).Serial);
        Assert.Equal(2, _host.Audit.Events.Count);
    }

    [Fact]
    public async Task Edition_PastHalfItsTime_IsFollowedByOne()
    {
        var list = Open();
        var first = await list.Current(Cancellation);
        _host.Time.Advance(TimeSpan.FromHours(13));
        var second = await list.Current(Cancellation);
        Assert.True(second.Number > first.Number);
        Assert.Equal(_host.Now + Validity, second.Next, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Entry_LeavesADayAfterItsCertificateExpired_AndNotBefore()
    {
        var list = Open();
        await list.Add("01", _host.Now.AddHours(1), Cancellation);
        await list.Add("02", _host.Now.AddHours(-30), Cancellation);
        _host.Time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(["01", "02"], (await list.Current(Cancellation)).Entries.Select(entry => entry.Serial));
        _host.Time.Advance(TimeSpan.FromHours(3));
        Assert.Empty((await list.Current(Cancellation)).Entries);
        Assert.Equal(2, await _host.Rows.Purge(_host.Now, Cancellation));
    }

    [Fact]
    public async Task TwoProcesses_LoseNoEntry_AndGiveNoNumberTwice()
    {
        var (here, there) = (Open(), Open());
        var before = await there.Current(Cancellation);
        await here.Add("01", _host.Now.AddHours(1), Cancellation);

        // The other process publishes between this one's look and its own edition.
        var between = 0L;
        await there.Add("02", _host.Now.AddHours(1), Cancellation);
        _host.Rows.BeforeReplace = async () => between = (await there.Current(Cancellation)).Number;
        var mine = await here.Current(Cancellation);
        Assert.Equal(["01", "02"], mine.Entries.Select(entry => entry.Serial));
        Assert.Equal(between, mine.Number);
        Assert.True(between > before.Number);

        // What another process revoked is seen within seconds.
        await here.Add("03", _host.Now.AddHours(1), Cancellation);
        _host.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(3, (await there.Current(Cancellation)).Entries.Count);
    }

    [Fact]
    public async Task EditionOfAClockFarAhead_IsReplaced()
    {
        var list = Open();
        _host.Time.Advance(TimeSpan.FromDays(300));
        var ahead = await list.Current(Cancellation);
        await using var now = await SomeAuthority.Start();
        var right = await new RevocationList("pki", Validity, _host.Services with { Time = now.Time }).Current(Cancellation);
        Assert.True(right.Number > ahead.Number);
        Assert.Equal(now.Now, right.At, TimeSpan.FromSeconds(2));
    }

    private RevocationList Open() => new("pki", Validity, _host.Services);
}
