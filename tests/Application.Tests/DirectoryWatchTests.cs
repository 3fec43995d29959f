using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Directory.Provisioning;
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
    private readonly FakeMark _mark = new();
    private readonly FakeAudit _audit = new();
    private readonly DirectoryWatch _watch;

    public DirectoryWatchTests()
    {
        _watch = Watch();
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
        _ = await Watch(new FakeMark()).Sweep(Cancellation);
        Assert.Equal(2, _requests.Signals.Count);
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

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(null, "mallory", "mallory")] // the manager, where no stand-in is named
    [InlineData("erin", "mallory", "erin")]
    [InlineData("alice", "mallory", "mallory")] // the requester does not take it
    [InlineData(null, "alice", null)]
    [InlineData("zoe", "mallory", "mallory")] // who left does not take it either
    public async Task Sweep_WhereAnApproverLeft_HandsTheirReviewToTheStandIn(string? named, string? manager, string? taker)
    {
        var door = new DecidingDoor(_requests, _clock);
        if (named is not null) await _directory.SetDelegation("bob", new Delegation("bob", named, Given.Now.AddDays(-1), Given.Now.AddDays(1)), Cancellation);
        _directory.Change("bob", bob => bob with { Active = false, Manager = manager });
        Assert.True(await Watch(door: door).Sweep(Cancellation));
        var level = _requests.All["r-1"].Levels[0];
        Assert.Equal(taker is null ? ["ben"] : ["ben", taker], level.Approvers);
        Assert.Equal(taker is null ? null : [new Handover("bob", taker)], level.Handovers);

        // The policy does not name the taker, who keeps the seat all the same.
        var known = _requests.All["r-1"];
        Assert.True(await Watch(new FakeMark(), door).Sweep(Cancellation));
        Assert.Same(known, _requests.All["r-1"]);
    }

    [Fact]
    public async Task Sweep_WhereAStandInIsNoLongerNamed_AsksTheManager()
    {
        await _directory.SetDelegation("bob", new Delegation("bob", "erin", Given.Now.AddDays(-2), Given.Now.AddDays(-1)), Cancellation);
        _directory.Change("bob", bob => bob with { Active = false, Manager = "mallory" });
        Assert.True(await _watch.Sweep(Cancellation));
        Assert.Equal([new Handover("bob", "mallory")], _requests.Last<DirectoryChanged>().Handovers);
    }

    [Theory]
    [InlineData(true, true, null, null)] // the source says who leaves, and would say who decides
    [InlineData(true, true, "erin", "erin")]
    [InlineData(true, false, null, "mallory")]
    [InlineData(false, true, null, "mallory")]
    public async Task Sweep_WhereAHolderOfAProductRoleLeft_DoesNotAskAManagerOfASource(bool holds, bool provisioned, string? named, string? taker)
    {
        if (named is not null) await _directory.SetDelegation("bob", new Delegation("bob", named, Given.Now.AddDays(-1), Given.Now.AddDays(1)), Cancellation);
        _directory.Change("bob", bob => bob with { Active = false, Manager = "mallory", ManagerIsProvisioned = provisioned, Roles = holds ? [Roles.Reviewer] : [] });
        Assert.True(await _watch.Sweep(Cancellation));
        Assert.Equal(taker, _requests.Last<DirectoryChanged>().Handovers?.Single().To);
    }

    [Fact]
    public async Task Sweep_WhereAnApproverOnlyLeftTheGroup_HandsNothingOn()
    {
        _directory.Change("bob", bob => bob with { Groups = [], Manager = "mallory" });
        Assert.True(await _watch.Sweep(Cancellation));
        Assert.Null(_requests.Last<DirectoryChanged>().Handovers);
    }

    [Fact]
    public async Task Sweep_OnceTheRequestKnows_IsQuiet()
    {
        var door = new DecidingDoor(_requests, _clock);
        _directory.Change("bob", bob => bob with { Groups = [] });
        _ = await Watch(door: door).Sweep(Cancellation);
        var known = _requests.All["r-1"];
        Assert.Equal(["ben"], known.Levels[0].Approvers);
        _ = await Watch(new FakeMark(), door).Sweep(Cancellation);
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
        await _clock.WaitForTimers(2, Cancellation);
        down = false;
        _clock.Advance(DirectoryWatch.RetryAfter);
        await signalled.WaitAsync(Cancellation);

        await stop.CancelAsync();
        await running;
        Assert.Equal(0, _directory.Watchers);
        Assert.Equal(0, _clock.ArmedTimers);
    }

    [Fact]
    public async Task Sweep_OfADirectoryAsItWas_LooksOnlyAtWhatWasSubmittedSince_AlsoAfterARestart()
    {
        Assert.True(await _watch.Sweep(Cancellation));
        _ = _requests.Put(Given.Request("r-2"));
        Assert.True(await Watch().Sweep(Cancellation));
        Assert.True(await Watch().Sweep(Cancellation));
        Assert.Equal([null, "1", "2"], _requests.Enumerations);
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("group")]
    [InlineData("role")]
    [InlineData("manager")]
    public async Task Sweep_WhereAFactOfThePeopleChanged_LooksAtAllAgain(string fact)
    {
        _ = await _watch.Sweep(Cancellation);
        _directory.Change("mallory", mallory => fact switch
        {
            "gone" => mallory with { Active = false },
            "group" => mallory with { Groups = ["leads"] },
            "role" => mallory with { Roles = ["Reviewer"] },
            _ => mallory with { Manager = "bob" },
        });
        _ = await Watch().Sweep(Cancellation);
        Assert.Equal([null, null], _requests.Enumerations);
    }

    [Fact]
    public async Task Sweep_WhereOnlyNamesAndAddressesChanged_LooksAtNothingAgain()
    {
        _ = await _watch.Sweep(Cancellation);
        _directory.Change("bob", bob => bob with { Name = "Bob B.", Email = "b@example.test" });
        _ = await Watch().Sweep(Cancellation);
        Assert.Equal([null, "1"], _requests.Enumerations);
    }

    [Fact]
    public async Task Sweep_AfterAChangeThatWasTakenBackBeforeItWasSwept_StillFindsWhatWasSubmittedUnderIt()
    {
        _directory.Change("bob", bob => bob with { Groups = [] });
        _ = await _watch.Sweep(Cancellation);
        // bob was back in his group for long enough that a request froze him as an approver; then the process died.
        _ = _requests.Put(Given.Request("r-2"));
        _requests.Signals.Clear();
        _ = await Watch().Sweep(Cancellation);
        Assert.Equal(["r-2"], _requests.Signals.Select(sent => sent.RequestId));
        Assert.Equal([["ben"], ["carol"]], _requests.Last<DirectoryChanged>().Approvers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sweep_ThatCouldNotTellEveryone_LeavesNoMark(bool throws)
    {
        _directory.Change("bob", bob => bob with { Active = false });
        _requests.Answer = _ => throws ? throw new IOException("down") : new Ports.SignalAnswer(null, null, 0, Settled: false);
        Assert.False(await _watch.Sweep(Cancellation));
        Assert.Null(_mark.Saved);
        _requests.Answer = null;
        Assert.True(await Watch().Sweep(Cancellation));
        Assert.Equal([null, null], _requests.Enumerations);
        Assert.NotNull(_mark.Saved);
    }

    [Fact]
    public async Task Run_WhileTheDirectoryStaysAsItIs_LooksAtWhatWasSubmittedSince()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var told = new SemaphoreSlim(0);
        _requests.Answer = _ =>
        {
            told.Release();
            return new Ports.SignalAnswer(null, null, 1);
        };
        _directory.Change("bob", bob => bob with { Active = false });
        var running = _watch.RunAsync(stop.Token);
        await told.WaitAsync(Cancellation);
        _ = _requests.Put(Given.Request("r-2"));
        _clock.Advance(DirectoryWatch.LookEvery);
        await told.WaitAsync(Cancellation);
        Assert.Equal(["r-1", "r-2"], _requests.Signals.Select(sent => sent.RequestId).Distinct());
        await stop.CancelAsync();
        await running;
    }

    private DirectoryWatch Watch(FakeMark? mark = null, Ports.IRequestWorkflow? door = null) =>
        new(_directory, new FakeGroups(Given.Group), _requests, door ?? _requests, mark ?? _mark, new LeaverRoles(_directory, _audit, _clock), _clock, NullLogger<DirectoryWatch>.Instance);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
