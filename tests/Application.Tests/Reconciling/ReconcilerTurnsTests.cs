using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Reconciling;

/// <summary>A look has bounds: platforms and grants take turns, and one that fails keeps none from theirs.</summary>
public sealed class ReconcilerTurnsTests : ReconcilerScene
{
    [Fact]
    public async Task UnreachablePlatform_IsSkippedAfterAFewLooks_AndStopsNoOther()
    {
        var away = new FakePlatform("pg-away") { Failure = new PlatformException("no answer") };
        for (var i = 0; i < 5; i++) _ = Requests.Put(On("pg-away", Given.Request($"a-{i}", Phase.Active, GrantState.Granted)));
        _ = Requests.Put(On("pg-removed", Given.Request("b-1", Phase.Active, GrantState.Granted)));
        await Live("r-1");
        _ = Platform.Privileges.Remove(Privilege);
        Assert.Equal((Drift.Vanished, "r-1.1"), Only(await ReconcilerOf(Platform, away).RunOnce(Cancellation)));
        Assert.Equal(3, away.Calls.Count);

        away.SharedFailure = new PlatformException("its target is not configured");
        Assert.Equal((Drift.Vanished, "r-1.1"), Only(await ReconcilerOf(Platform, away).RunOnce(Cancellation)));
        Assert.Equal(3, away.Calls.Count);
    }

    [Fact]
    public async Task PlatformThatHangs_IsLeftAtTheBound_AndRestsUntilItsLookEnded()
    {
        await Live("r-1");
        _ = Platform.Privileges.Remove(Privilege);
        var hang = Platform.Hang = new TaskCompletionSource();
        Platform.HonoursToken = false;
        var running = Run();
        await Platform.Entered.Task;
        Clock.Advance(EffectRunner.AttemptTimeout);
        Assert.Empty(await running);

        Platform.Hang = null;
        Assert.Empty(await Run());
        Assert.Equal(["ReadBack"], Platform.Calls);
        hang.SetResult();
        while ((await Run()).Count == 0) await Task.Yield();
        _ = Assert.Single(Audit.Events);
    }

    [Fact]
    public async Task OutOfTime_TheNextProcessGoesOn_UntilAllWereLookedAt()
    {
        AllVanished("pg-prod", 5);
        Platform.Looking = () => Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["r-1", "r-2"], await Looks(Platform));
        Assert.Equal(["r-3", "r-4"], await Looks(Platform));
        Assert.Equal("Vanished r-4.1", Memory.Places["pg-prod"].Last);
        Assert.Equal(["r-1", "r-5"], await Looks(Platform));

        // With time enough it goes once around, and begins at the start afterwards.
        Platform.Looking = null;
        Assert.Equal(["r-1", "r-2", "r-3", "r-4", "r-5"], await Looks(Platform));
        Assert.Empty(Memory.Places);
        Assert.Equal(5, Audit.Events.Count);
    }

    [Fact]
    public async Task OutOfTime_PlatformsTakeTurns()
    {
        // Twice as many as are looked at side by side, each with more grants than there is time for.
        var platforms = Enumerable.Range(0, 16).Select(i => new FakePlatform($"pg-{i:00}") { Looking = () => Clock.Advance(TimeSpan.FromSeconds(1)) }).ToArray();
        foreach (var platform in platforms) AllVanished(platform.Name, 40, $"{platform.Name}-");
        for (var i = 0; i < 30; i++) _ = await Looks([.. platforms]);
        Assert.All(platforms, platform => Assert.NotEmpty(platform.Calls));
    }

    [Fact]
    public async Task GrantsThatCannotBeLookedAt_KeepNoOthersFromTheirTurn()
    {
        AllVanished("pg-prod", 5);
        Platform.Failure = new PlatformException("no such database");
        Assert.Empty(await Run());
        Platform.Failure = null;
        Assert.Equal("Vanished r-3.1", Memory.Places["pg-prod"].Last);
        Platform.Looking = () => Platform.Failure = Platform.Calls.Count == 5 ? new PlatformException("no such database") : null;
        Assert.Equal(["r-4", "r-5"], (await Run()).Select(finding => finding.RequestId));
    }

    [Fact]
    public async Task PlaceOnAPlatformWithNothingToLookAt_IsForgotten()
    {
        Memory.Places["pg-gone"] = new ReconcilePlace("Vanished r-1.1", Given.Now);
        Assert.Empty(await Run());
        Assert.Empty(Memory.Places);
    }

    private async Task<IEnumerable<string>> Looks(params IPlatform[] platforms) =>
        (await ReconcilerOf(platforms).RunOnce(TimeSpan.FromSeconds(2), Cancellation)).Select(finding => finding.RequestId);

    /// <summary>Active requests of as many people, from 1, whose access nobody gave.</summary>
    private void AllVanished(string platform, int requests, string prefix = "r-")
    {
        for (var i = 1; i <= requests; i++) _ = Requests.Put(On(platform, Given.Request($"{prefix}{i}", Phase.Active, GrantState.Granted, $"user{i}")));
    }
}
