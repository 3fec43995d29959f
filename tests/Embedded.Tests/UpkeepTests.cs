using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Embedded.Hosting;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Embedded.Tests;

public sealed class UpkeepTests : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly Store _store = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task EachHour_AndAtTheStop_ACheckpointIsMade()
    {
        await Submit("r-1");
        using var upkeep = Upkeep();
        await upkeep.StartAsync(CancellationToken.None);
        await _store.Time.WaitForTimers(1);
        _store.Time.Advance(TimeSpan.FromHours(1));
        await Wait.Until(() => Count("checkpoints") == 1, Soon, "the hour's checkpoint");
        await Submit("r-2");
        await upkeep.StopAsync(CancellationToken.None);
        Assert.Equal(2, Count("checkpoints"));
    }

    [Fact]
    public async Task Answers_AreForgotten_WhenTheirTimeIsOver_AndEffectsThatWaitAreNot()
    {
        await Submit("r-1");
        var waiting = Count("outbox");
        Assert.True(waiting > 0);
        _store.Time.Advance(TimeSpan.FromDays(29));
        await Submit("r-2");
        using var upkeep = Upkeep();
        await upkeep.StartAsync(CancellationToken.None);
        await _store.Time.WaitForTimers(1);
        _store.Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromHours(1));
        await Wait.Until(() => Count("answers") == 1, Soon, "the old answer to be forgotten");
        Assert.True(Count("outbox") >= waiting);
        await upkeep.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task ChannelRows_AreForgotten_WhenTheirTimeIsOver()
    {
        var rows = new SqliteChannelStore(_store.Database);
        var now = _store.Time.GetUtcNow();
        await rows.Add("reply:aa", "over", "", now.AddMinutes(59), CancellationToken.None);
        await rows.Add("reply:aa", "later", "", now.AddMinutes(61), CancellationToken.None);
        using var upkeep = Upkeep();
        await upkeep.StartAsync(CancellationToken.None);
        await _store.Time.WaitForTimers(1);
        _store.Time.Advance(TimeSpan.FromHours(1));
        await Wait.Until(() => Count("channel_rows") == 1, Soon, "the old row to be forgotten");
        Assert.NotNull(await rows.Find("reply:aa", "later", CancellationToken.None));
        await upkeep.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Overlay_IsKept()
    {
        var overlay = new SqlitePeopleOverlay(_store.Database);
        var from = _store.Time.GetUtcNow();
        await overlay.SaveRoles("bob", [Roles.Admin, Roles.Auditor], CancellationToken.None);
        await overlay.SaveRoles("carol", [], CancellationToken.None);
        await overlay.SaveDelegation("bob", new Delegation("bob", "ben", from, from.AddDays(1)), CancellationToken.None);
        await overlay.SaveDelegation("bob", new Delegation("bob", "carol", from, from.AddDays(2)), CancellationToken.None);
        await overlay.SaveDelegation("carol", new Delegation("carol", "ben", from, from.AddDays(1)), CancellationToken.None);
        await overlay.SaveDelegation("carol", null, CancellationToken.None);

        var loaded = await overlay.Load(CancellationToken.None);
        Assert.Equal([Roles.Admin, Roles.Auditor], loaded.Roles["bob"]);
        Assert.Empty(loaded.Roles["carol"]);
        Assert.Equal(new Delegation("bob", "carol", from, from.AddDays(2)), Assert.Single(loaded.Delegations));
    }

    [Fact]
    public async Task SweepMark_IsKept()
    {
        var mark = new SqliteSweepMark(_store.Database);
        Assert.Null(await mark.Find(CancellationToken.None));
        foreach (var saved in (SweepMark[])[new("f1", null), new("f2", "17")])
        {
            await mark.Save(saved, CancellationToken.None);
            Assert.Equal(saved, await mark.Find(CancellationToken.None));
        }
    }

    private Upkeep Upkeep() => new(_store.Database, _store.Audit, new SqliteChannelStore(_store.Database), _store.Time, NullLogger<Upkeep>.Instance);

    private Task Submit(string id) => _store.Workflow.Deliver(id, Signals.Submit(id));

    private long Count(string of) => _store.Database.Read(session => session.Number($"SELECT count(*) FROM {of}"))!.Value;
}
