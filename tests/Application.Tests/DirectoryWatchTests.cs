using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Application.Tests;

public sealed class DirectoryWatchTests
{
    private readonly FakeRequests _requests = new();
    private readonly FakeDirectory _directory = Given.Directory();
    private readonly ManualTimeProvider _clock = new(Given.Now);
    private readonly DirectoryWatch _watch;

    public DirectoryWatchTests()
    {
        _watch = new DirectoryWatch(_directory, new FakeGroups(Given.Group), _requests, _requests, _clock, NullLogger<DirectoryWatch>.Instance);
        _ = _requests.Put(Given.Request());
    }

    [Fact]
    public async Task Sweep_WhereNothingChanges_TellsNobody()
    {
        _directory.Change("mallory", mallory => mallory with { Groups = ["leads"] });
        Assert.True(await _watch.Sweep(Cancellation));
        Assert.Empty(_requests.Signals);
    }

    [Fact]
    public async Task Sweep_WhereAnApproverLeft_TellsTheRequest_WithTheSameIdForTheSameFacts()
    {
        _directory.Change("bob", bob => bob with { Active = false });
        _ = await _watch.Sweep(Cancellation);
        _ = await _watch.Sweep(Cancellation);
        var told = _requests.Last<DirectoryChanged>();
        Assert.Equal(_requests.Signals[0].Signal.Id, told.Id);
        Assert.Equal((SystemActors.Directory, true), (told.By, told.RequesterActive));
        Assert.Equal([["ben"], ["carol"]], told.Approvers);

        _directory.Change("carol", carol => carol with { Active = false });
        _ = await _watch.Sweep(Cancellation);
        Assert.NotEqual(told.Id, _requests.Last<DirectoryChanged>().Id);
    }

    [Theory]
    [InlineData(Phase.Open, true)]
    [InlineData(Phase.Active, true)]
    [InlineData(Phase.Revoking, false)]
    public async Task Sweep_WhereTheRequesterLeft_TellsWhatCanStillEnd(Phase phase, bool told)
    {
        _ = _requests.Put(Given.Request("r-1", phase, GrantState.Granted));
        _directory.Change("alice", alice => alice with { Active = false });
        _ = await _watch.Sweep(Cancellation);
        Assert.Equal(told ? 1 : 0, _requests.Signals.Count);
    }

    [Fact]
    public async Task Sweep_OnceTheRequestKnows_IsQuiet()
    {
        var door = new DecidingDoor(_requests, _clock);
        var watch = new DirectoryWatch(_directory, new FakeGroups(), _requests, door, _clock, NullLogger<DirectoryWatch>.Instance);
        _directory.Change("bob", bob => bob with { Groups = [] });
        _ = await watch.Sweep(Cancellation);
        var known = _requests.All["r-1"];
        Assert.Equal(["ben"], known.Levels[0].Approvers);
        _ = await watch.Sweep(Cancellation);
        Assert.Same(known, _requests.All["r-1"]);
    }

    [Fact]
    public async Task Run_SweepsAtTheStart_AfterAChange_AndAgainAfterAFailure_UntilItIsStopped()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        _directory.Change("bob", bob => bob with { Active = false });
        using var signalled = new SemaphoreSlim(0);
        var down = false;
        _requests.Answer = _ =>
        {
            signalled.Release();
            return down ? throw new IOException("down") : new Ports.SignalAnswer(null, null, 1);
        };
        var running = _watch.RunAsync(stop.Token);
        await signalled.WaitAsync(Cancellation);

        down = true;
        _directory.Change("carol", carol => carol with { Active = false });
        await signalled.WaitAsync(Cancellation);
        await _clock.WaitForTimers(1, Cancellation);
        down = false;
        _clock.Advance(DirectoryWatch.RetryAfter);
        await signalled.WaitAsync(Cancellation);

        await stop.CancelAsync();
        await running;
        Assert.Equal(0, _directory.Watchers);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
