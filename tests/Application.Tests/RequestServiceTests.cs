using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Application.Tests;

/// <summary>Who sees what, the facts that travel with signals, and the release of secrets.</summary>
public sealed class RequestServiceTests
{
    private readonly FakeRequests _requests = new();
    private readonly FakeDirectory _directory = Given.Directory();
    private readonly FakePlatform _platform = new() { Held = new ReleasedSecret(new Dictionary<string, string> { ["password"] = "s3cret" }) };
    private readonly ManualTimeProvider _clock = new(Given.Now);
    private readonly RequestService _service;

    public RequestServiceTests()
    {
        _service = new RequestService(_requests, _requests, _directory, new FakeGroups(Given.Group), new FakePlatforms(_platform), _clock);
        _ = _requests.Put(Given.Request());
    }

    [Theory]
    [InlineData("alice", true)]
    [InlineData("ben", true)]
    [InlineData("carol", true)]
    [InlineData("dave", true)]
    [InlineData("erin", true)]
    [InlineData("fred", false)]
    [InlineData("mallory", false)]
    public async Task Find_ShowsARequestToItsPeopleOnly(string person, bool sees) =>
        Assert.Equal(sees, await _service.Find(new Caller(_directory.Current.Find(person) ?? Given.Person(person), Channel.SignedIn, null), "r-1", Cancellation) is not null);

    [Fact]
    public async Task Find_ShowsItToAStandInWhileTheDelegationIsInForce_AndToAFulfiller()
    {
        await StandIn("bob", "mallory", Given.Now, Given.Now.AddHours(1));
        Assert.NotNull(await _service.Find(_directory.Caller("mallory"), "r-1", Cancellation));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await _service.Find(_directory.Caller("mallory"), "r-1", Cancellation));

        var request = _requests.All["r-1"];
        _ = _requests.Put(request with { Grants = [request.Grants[0] with { Fulfillers = ["mallory"] }] });
        Assert.NotNull(await _service.Find(_directory.Caller("mallory"), "r-1", Cancellation));
    }

    [Fact]
    public async Task Signals_OnARequestTheCallerMayNotSee_AreAnsweredAsOnNone_AndNeverReachTheDoor()
    {
        foreach (var id in (string[])["r-1", "r-none"])
        {
            var caller = _directory.Caller("mallory");
            SignalAnswer[] answers =
            [
                await _service.Approve(caller, id, "s", new ApproveInput(1, null, null, null, null, null), Cancellation),
                await _service.Deny(caller, id, "s", 1, "no", Cancellation),
                await _service.Cancel(caller, id, "s", Cancellation),
                await _service.DeclareEmergency(caller, id, "s", "now", Cancellation),
                await _service.Ratify(caller, id, "s", EmergencyVerdict.Ratified, null, Cancellation),
                await _service.Revoke(caller, id, "s", "why", Cancellation),
                await _service.Release(caller, id, "s", Cancellation),
                await _service.Extend(caller, id, "s", Given.Now.AddHours(2), Cancellation),
                await _service.ConfirmDone(caller, id, "s", null, null, Cancellation),
                await _service.ConfirmRemoved(caller, id, "s", null, null, Cancellation),
                (await _service.LookAtSecret(caller, id, "s", null, Cancellation)).Answer,
            ];
            Assert.All(answers, answer => Assert.Equal((RefusalReason.NotFound, "There is no such request.", null), (answer.Refusal!.Reason, answer.Refusal.Detail, answer.State)));
        }

        Assert.Empty(_requests.Signals);
    }

    [Fact]
    public async Task Approve_CarriesTheActorTheChannelAndTheSeatsOfTheMoment()
    {
        _ = await _service.Approve(_directory.Caller("bob", Channel.EmailLink), "r-1", "sig", new ApproveInput(3, "fine", Given.Now, Given.Now.AddMinutes(5), "reader", "svc"), Cancellation);
        var approve = _requests.Last<Approve>();
        Assert.Equal(("sig", "bob", Channel.EmailLink, "192.0.2.1", default), (approve.Id, approve.By, approve.Channel, approve.Address, approve.At));
        Assert.Equal((3, "fine", (DateTimeOffset?)Given.Now, (DateTimeOffset?)Given.Now.AddMinutes(5), "reader", "svc"),
            (approve.Revision, approve.Comment, approve.Start, approve.End, approve.Role, approve.Identity));
        Assert.Equal(new PlatformIdentity("pg-prod", "alice_pg"), Assert.Single(approve.RequesterIdentities!));
        Assert.True(approve.Facts.Active);
        Assert.False(approve.Facts.IsAdministrator);
        Assert.Equal(new SeatClaim(1, "bob"), Assert.Single(approve.Facts.Seats));
        Assert.Equal(new PlatformIdentity("pg-prod", "bob_pg"), Assert.Single(approve.Facts.Identities));
    }

    [Fact]
    public async Task Facts_OfAStandIn_NameTheAbsentPersonsSeats()
    {
        await StandIn("carol", "mallory", Given.Now.AddHours(-1), Given.Now.AddHours(1));
        Assert.Equal(new SeatClaim(2, "carol"), Assert.Single((await FactsOf("mallory")).Seats));
    }

    [Fact]
    public async Task Facts_OfAStandIn_AreGone_OnceTheAbsentPersonLeft()
    {
        await StandIn("carol", "bob", Given.Now.AddHours(-1), Given.Now.AddHours(1));
        Assert.Equal([new SeatClaim(1, "bob"), new SeatClaim(2, "carol")], (await FactsOf("bob")).Seats);
        _directory.Change("carol", carol => carol with { Active = false });
        Assert.Equal([new SeatClaim(1, "bob")], (await FactsOf("bob")).Seats);
    }

    [Fact]
    public async Task Facts_OfTheRequester_NeverStandInForAnother()
    {
        await StandIn("carol", "alice", Given.Now.AddHours(-1), Given.Now.AddHours(1));
        Assert.Empty((await FactsOf("alice")).Seats);
    }

    [Fact]
    public async Task Facts_ReadTheEscalationList_AndTheGroupAsItIsNow()
    {
        var policy = Given.Policy with { Levels = [Given.Levels[0] with { EscalateTo = ["erin"] }, Given.Levels[1]] };
        _ = _requests.Put(Given.Request() with { Policy = policy });
        Assert.Equal(new SeatClaim(1, "erin"), Assert.Single((await FactsOf("erin")).Seats));
        _directory.Change("bob", bob => bob with { Groups = [] });
        Assert.Empty((await FactsOf("bob")).Seats);
    }

    [Fact]
    public async Task Facts_OfAPersonWhoLeft_SayNothingElse()
    {
        var caller = _directory.Caller("bob");
        _directory.Change("bob", bob => bob with { Active = false, Roles = [Roles.Admin] });
        _ = await _service.Deny(caller, "r-1", "s", 1, "no", Cancellation);
        var facts = _requests.Last<Deny>().Facts;
        Assert.False(facts.Active);
        Assert.False(facts.IsAdministrator);
        Assert.Empty(facts.Seats);
    }

    [Fact]
    public async Task Emergency_CarriesTheDebtsAndTheDenialsOfTheLastDay()
    {
        _requests.Debts = [new EmergencyDebt("r-9", Given.Now)];
        _requests.Denied = ["r-8"];
        _ = await _service.DeclareEmergency(_directory.Caller("alice"), "r-1", "s", "production is down", Cancellation);
        var declared = _requests.Last<DeclareEmergency>();
        Assert.Equal(("production is down", "r-9", "r-8"), (declared.Justification, Assert.Single(declared.Emergency.Debts).RequestId, Assert.Single(declared.Emergency.RecentlyDenied)));
        Assert.Equal(Given.Now.AddHours(-24), _requests.DeniedSince);
    }

    [Fact]
    public async Task Secret_IsReadOnlyAfterTheLookWasRecorded()
    {
        _ = _requests.Put(Given.Request("r-1", Phase.Active, GrantState.Granted));
        _requests.Answer = id =>
        {
            Assert.Empty(_platform.Calls);
            return new SignalAnswer(_requests.All[id], null, 2);
        };
        var (answer, secret) = await _service.LookAtSecret(_directory.Caller("alice"), "r-1", "s", null, Cancellation);
        Assert.Null(answer.Refusal);
        Assert.Equal("s3cret", secret!.Fields["password"]);
        Assert.Equal("r-1.1", _requests.Last<SecretLooked>().GrantId);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("unsettled")]
    [InlineData("other content")]
    public async Task Secret_StaysWhereItIs_WhereTheLookWasNotTaken(string how)
    {
        var active = _requests.Put(Given.Request("r-1", Phase.Active, GrantState.Granted));
        _requests.Answer = _ => how switch
        {
            "refused" => new SignalAnswer(active, new Refusal(RefusalReason.NotNow, "no"), 2),
            "unsettled" => new SignalAnswer(active, null, 2, Settled: false),
            _ => new SignalAnswer(active, null, 2) { ContentDiffers = true },
        };
        Assert.Null((await _service.LookAtSecret(_directory.Caller("alice"), "r-1", "s", null, Cancellation)).Secret);
        Assert.Empty(_platform.Calls);
    }

    [Theory]
    [InlineData(Phase.Revoking, GrantState.Granted, 0)]
    [InlineData(Phase.Active, GrantState.Removed, 0)]
    [InlineData(Phase.Active, GrantState.Granted, 60)]
    public async Task Secret_OfARepeatedSignal_IsNotShownOnceAccessEnded(Phase phase, GrantState grant, int minutesLater)
    {
        _ = _requests.Put(Given.Request("r-1", phase, grant));
        _clock.Advance(TimeSpan.FromMinutes(minutesLater));
        var (answer, secret) = await _service.LookAtSecret(_directory.Caller("alice"), "r-1", "s", null, Cancellation);
        Assert.Null(secret);
        Assert.Equal(RefusalReason.NotNow, answer.Refusal!.Reason);
        Assert.Empty(_platform.Calls);
    }

    [Fact]
    public async Task Secret_OfAPlatformThatFailsOrHangs_IsRefusedForNow()
    {
        _ = _requests.Put(Given.Request("r-1", Phase.Active, GrantState.Granted));
        _platform.Failure = new PlatformException("sealed");
        var (failed, _) = await _service.LookAtSecret(_directory.Caller("alice"), "r-1", "s", null, Cancellation);
        Assert.Contains("sealed", failed.Refusal!.Detail);

        (_platform.Failure, _platform.Hang, _platform.HonoursToken) = (null, new TaskCompletionSource(), false);
        var looking = _service.LookAtSecret(_directory.Caller("alice"), "r-1", "s", null, Cancellation);
        _clock.Advance(Application.Effects.EffectRunner.AttemptTimeout);
        Assert.Equal(RefusalReason.NotNow, (await looking).Answer.Refusal!.Reason);
    }

    [Fact]
    public async Task Confirm_PicksTheOnlyGrantThatAwaitsIt_AndAsksWhereThereAreSeveral()
    {
        var request = Given.Request("r-1", Phase.Revoking);
        var grant = request.Grants[0];
        _ = _requests.Put(request with { Grants = [grant with { State = GrantState.Gone }, grant with { Id = "r-1.2", State = GrantState.AwaitingRemoval }] });
        _ = await _service.ConfirmRemoved(_directory.Caller("dave"), "r-1", "s", null, "done", Cancellation);
        Assert.Equal("r-1.2", _requests.Last<ConfirmRemoved>().GrantId);

        _ = _requests.Put(request with { Grants = [grant with { State = GrantState.AwaitingRemoval }, grant with { Id = "r-1.2", State = GrantState.AwaitingRemoval }] });
        var several = await _service.ConfirmRemoved(_directory.Caller("dave"), "r-1", "s", null, null, Cancellation);
        Assert.Equal("grantId", Assert.Single(several.Refusal!.Errors).Key);
        _ = await _service.ConfirmRemoved(_directory.Caller("dave"), "r-1", "s", "r-1.1", null, Cancellation);
        Assert.Equal("r-1.1", _requests.Last<ConfirmRemoved>().GrantId);
    }

    [Fact]
    public async Task List_IsNarrowedToWhatTheCallerMaySee()
    {
        await StandIn("bob", "mallory", Given.Now.AddHours(-1), Given.Now.AddHours(1));
        _ = await List("mallory", new RequestFilter { ToReview = ["carol"], VisibleTo = null });
        Assert.Equal(("mallory", "bob"), (_requests.Filters[^1].VisibleTo, Assert.Single(_requests.Filters[^1].StandsInFor)));
        Assert.Null(_requests.Filters[^1].ToReview);

        _ = await List("dave", new RequestFilter { VisibleTo = "dave" });
        Assert.Null(_requests.Filters[^1].VisibleTo);
        _ = await List("erin", new RequestFilter());
        Assert.Null(_requests.Filters[^1].VisibleTo);
    }

    [Fact]
    public async Task List_Mine_IsTheCallersOwn_WhateverTheFilterSays()
    {
        _ = await List("dave", new RequestFilter(), mine: true);
        Assert.Equal("dave", _requests.Filters[^1].Requester);
        Assert.Empty((await List("dave", new RequestFilter { Requester = "alice" }, mine: true)).Items);
    }

    [Fact]
    public async Task List_ToReview_AddsThePeopleStoodInFor_AndLeavesOutTheCallersOwnRequests()
    {
        await StandIn("bob", "alice", Given.Now.AddHours(-1), Given.Now.AddHours(1));
        _ = _requests.Put(Given.Request("r-2", requester: "mallory"));
        var page = await List("alice", new RequestFilter(), toReview: true);
        Assert.Equal(["alice", "bob"], _requests.Filters[^1].ToReview);
        Assert.Equal("r-2", Assert.Single(page.Items).Id);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task StandIn(string absent, string standIn, DateTimeOffset from, DateTimeOffset until) =>
        _directory.SetDelegation(absent, new Delegation(absent, standIn, from, until), Cancellation);

    private Task<Page<AccessRequest>> List(string person, RequestFilter filter, bool mine = false, bool toReview = false) =>
        _service.List(_directory.Caller(person), filter, mine, toReview, null, 50, Cancellation);

    private async Task<ActorFacts> FactsOf(string person)
    {
        _ = await _service.Revoke(_directory.Caller(person), "r-1", "s", "why", Cancellation);
        return _requests.Last<Revoke>().Facts;
    }
}
