using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Tests.Shared;

/// <summary>What a host's workflow and reader promise together, whatever store is behind them.</summary>
public abstract class RequestStoreContract
{
    /// <summary>A workflow with the domain's rules on an empty store.</summary>
    protected abstract IRequestWorkflow Workflow { get; }
    protected abstract IRequestReader Reader { get; }
    protected abstract IAuditLog Audit { get; }
    protected abstract ManualTimeProvider Time { get; }

    /// <summary>Where a submission that was refused is audited: the host's stream, or the one that the request would have had.</summary>
    protected virtual string StreamOfRefused(string request) => "host:";

    /// <summary>How many requests a page looks at where no index says what is asked for.</summary>
    protected abstract int LookedAtForAPage { get; }

    /// <summary>How far behind the newest request the place may be that <see cref="IRequestReader.Newest"/> gives.</summary>
    protected virtual TimeSpan NewestMargin => TimeSpan.Zero;

    private Task<SignalAnswer> Send(string request, Signal signal) => Workflow.Signal(request, signal, CancellationToken.None);

    private async Task<List<string>> Ids(RequestFilter filter) =>
        [.. (await Counted(filter)).Select(request => request.Id)];

    /// <summary>What a list gives, after checking that counting it gives the same.</summary>
    private async Task<IReadOnlyList<AccessRequest>> Counted(RequestFilter filter)
    {
        var items = (await Reader.List(filter, null, 50, CancellationToken.None)).Items;
        var counts = await Reader.Count(filter, CancellationToken.None);
        Assert.False(counts.More);
        Assert.Equal(
            items.CountBy(static request => (request.Phase, Emergency: request.Emergency is not null, From: RequestCount.Begin(request.CreatedAt))).Select(static cell => $"{cell.Key} {cell.Value}").Order(),
            counts.Cells.Select(static cell => $"{(cell.Phase, Emergency: cell.Emergency, cell.From)} {cell.Number}").Order());
        return items;
    }

    [Fact]
    public async Task Signal_Accepted_IsInTheStateThatReadersSee()
    {
        var answer = await Send("r-1", Signals.Submit("r-1"));
        Assert.Null(answer.Refusal);
        Assert.Equal((1, true), (answer.Sequence, answer.Settled));
        var read = await Reader.Find("r-1", CancellationToken.None);
        Assert.Equivalent(answer.State, read, strict: true);
        Assert.Equal(Time.GetUtcNow(), read!.CreatedAt);
    }

    [Fact]
    public async Task Signal_Refused_IsAnsweredWithTheReason_AndAudited()
    {
        await Send("r-1", Signals.Submit("r-1"));
        var answer = await Send("r-1", Signals.Approve("alice"));
        Assert.Equal(RefusalReason.SelfReview, answer.Refusal?.Reason);
        Assert.Equal(Phase.Open, answer.State?.Phase);
        Assert.Equal(2, answer.State!.Sequence);
    }

    [Fact]
    public async Task Signal_SameIdSameContent_GetsTheFirstAnswer_AndDoesNothing()
    {
        await Send("r-1", Signals.Submit("r-1"));
        var first = await Send("r-1", Signals.Approve("bob"));
        await Send("r-1", Signals.Approve("carol"));
        var again = await Send("r-1", Signals.Approve("bob") with { Facts = ActorFacts.Plain, Address = "192.0.2.7" });
        Assert.Equal((first.Refusal, first.Sequence, false), (again.Refusal, again.Sequence, again.ContentDiffers));
        Assert.Equal(3, (await Reader.Find("r-1", CancellationToken.None))!.Sequence);
    }

    [Fact]
    public async Task Signal_SameIdAfterARefusal_GetsTheSameRefusal()
    {
        await Send("r-1", Signals.Submit("r-1"));
        var first = await Send("r-1", Signals.Approve("carol"));
        await Send("r-1", Signals.Approve("bob"));
        var again = await Send("r-1", Signals.Approve("carol"));
        Assert.Equal(RefusalReason.NotYourLevel, first.Refusal?.Reason);
        Assert.Equal((first.Refusal!.Reason, first.Refusal.Detail, first.Sequence), (again.Refusal!.Reason, again.Refusal.Detail, again.Sequence));
    }

    [Fact]
    public async Task Signal_SameIdOtherContent_SaysSo_AndDoesNothing()
    {
        await Send("r-1", Signals.Submit("r-1"));
        await Send("r-1", Signals.Approve("bob"));
        var other = await Send("r-1", Signals.Approve("bob", comment: "with a word"));
        Assert.True(other.ContentDiffers);
        Assert.Equal(2, (await Reader.Find("r-1", CancellationToken.None))!.Sequence);
    }

    [Fact]
    public async Task Submit_Refused_LeavesNoRequest_ButItsAnswerAndItsEvent()
    {
        var hopeless = Signals.Submit("r-1", ask: Signals.Ask with { Justification = null });
        var first = await Send("r-1", hopeless);
        Assert.NotNull(first.Refusal);
        Assert.Null(first.State);
        Assert.Null(await Reader.Find("r-1", CancellationToken.None));
        Assert.Empty(await Ids(new RequestFilter()));
        Assert.Equal(first.Refusal.Reason, (await Send("r-1", hopeless)).Refusal?.Reason);
        var rows = (await Audit.List(new AuditFilter { Actor = "alice" }, null, 10, CancellationToken.None)).Items;
        Assert.StartsWith(StreamOfRefused("r-1"), Assert.Single(rows).Stream, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signal_ToNoRequest_IsNotFound()
    {
        var answer = await Send("nothing", Signals.Approve("bob"));
        Assert.Equal(RefusalReason.NotFound, answer.Refusal?.Reason);
        Assert.Null(answer.State);
    }

    [Fact]
    public async Task Signals_OfTwoApproversAtOnce_AreTakenOneAfterTheOther()
    {
        await Send("r-1", Signals.Submit("r-1"));
        var answers = await Task.WhenAll(Send("r-1", Signals.Approve("bob")), Send("r-1", Signals.Approve("ben")));
        Assert.Equal([2L, 3L], answers.Select(answer => answer.Sequence).Order());
        Assert.Single(answers, answer => answer.Refusal is null);
        Assert.Single(answers, answer => answer.Refusal?.Reason == RefusalReason.AlreadySettled);
    }

    [Fact]
    public async Task Signal_IsStampedByTheHost_NeverEarlierThanTheLast()
    {
        var sent = Time.GetUtcNow();
        await Send("r-1", Signals.Submit("r-1") with { At = sent.AddYears(5) });
        Assert.Equal(sent, (await Reader.Find("r-1", CancellationToken.None))!.ChangedAt);
        Time.SetUtcNow(sent.AddMinutes(-10));
        var answer = await Send("r-1", Signals.Approve("bob"));
        Assert.Equal(sent, answer.State!.ChangedAt);
    }

    [Fact]
    public async Task Chain_OfARequest_HoldsEverySignal_AndItsHeadIsInTheState()
    {
        await Send("r-1", Signals.Submit("r-1"));
        await Send("r-1", Signals.Approve("mallory"));
        await Send("r-1", Signals.Approve("bob"));
        var rows = await Audit.Stream("r-1", CancellationToken.None);
        Assert.Equal(Enumerable.Range(1, rows.Count).Select(number => (long)number), rows.Select(row => row.Sequence));
        Assert.Equal(AuditLink.Origin, rows[0].Previous);
        Assert.All(rows.Zip(rows.Skip(1)), pair => Assert.Equal(pair.First.Hash, pair.Second.Previous));
        Assert.Equal(new AuditHead(rows[^1].Sequence, rows[^1].Hash), (await Reader.Find("r-1", CancellationToken.None))!.AuditHead);
    }

    [Fact]
    public async Task List_ToReview_GivesEmergenciesUntilTheyAreReviewed()
    {
        await Send("r-1", Signals.Submit("r-1", policy: Signals.Policy with { AllowEmergency = true }));
        await Send("r-1", Signals.Emergency("alice"));
        foreach (var approver in new[] { "bob", "ben", "carol" }) Assert.Equal(["r-1"], await Ids(new RequestFilter { ToReview = [approver] }));
        Assert.Empty(await Ids(new RequestFilter { ToReview = ["alice"] }));
        await Send("r-1", Signals.Ratify("bob"));
        foreach (var approver in new[] { "bob", "ben", "carol" }) Assert.Empty(await Ids(new RequestFilter { ToReview = [approver] }));
    }

    [Fact]
    public async Task List_ToReview_GivesWhatWaitsForThatSeatNow()
    {
        await Send("r-1", Signals.Submit("r-1"));
        Later();
        await Send("r-2", Signals.Submit("r-2"));
        await Send("r-2", Signals.Approve("bob"));
        Assert.Equal(["r-1"], await Ids(new RequestFilter { ToReview = ["bob"] }));
        Assert.Equal(["r-1"], await Ids(new RequestFilter { ToReview = ["ben"] }));
        Assert.Equal(["r-2"], await Ids(new RequestFilter { ToReview = ["carol"] }));
        Assert.Equal(["r-2", "r-1"], await Ids(new RequestFilter { ToReview = ["carol", "bob"] }));
        Assert.Empty(await Ids(new RequestFilter { ToReview = [] }));
        await Send("r-1", Signals.Deny("ben"));
        Assert.Empty(await Ids(new RequestFilter { ToReview = ["bob"] }));
    }

    [Fact]
    public async Task List_VisibleTo_GivesRequestersAndApproversTheirs_AndStandInsThoseOfApprovers()
    {
        await Send("r-1", Signals.Submit("r-1"));
        Later();
        await Send("r-2", Signals.Submit("r-2", by: "zoe"));
        Assert.Equal(["r-1"], await Ids(new RequestFilter { VisibleTo = "alice" }));
        Assert.Equal(["r-2", "r-1"], await Ids(new RequestFilter { VisibleTo = "carol" }));
        Assert.Empty(await Ids(new RequestFilter { VisibleTo = "stranger" }));
        Assert.Equal(["r-2", "r-1"], await Ids(new RequestFilter { VisibleTo = "stranger", StandsInFor = ["carol"] }));
        Assert.Empty(await Ids(new RequestFilter { VisibleTo = "stranger", StandsInFor = ["alice"] }));
        Assert.Equal(["r-1"], await Ids(new RequestFilter { VisibleTo = "alice", ToReview = ["bob"] }));
    }

    [Fact]
    public async Task List_EachFilter_GivesWhatItSays()
    {
        var vault = Signals.Ask with { Resources = ["vault/db-admin", "vault/other"], Kind = AccessKind.Credential, Role = null, Ticket = "CHG-7" };
        await Send("r-1", Signals.Submit("r-1"));
        Time.Advance(TimeSpan.FromMinutes(1));
        await Send("r-2", Signals.Submit("r-2", by: "zoe", ask: vault, policy: Signals.Policy with { AccessGroup = "secrets" }));
        Later();
        await Send("r-3", Signals.Submit("r-3"));
        Later();
        await Send("r-4", Signals.Submit("r-4"));
        Later();
        await Send("r-5", Signals.Submit("r-5"));
        await Send("r-3", Signals.Cancel("alice"));
        await Send("r-4", Signals.Deny("bob"));
        await Send("r-5", Signals.Emergency("alice"));
        var start = Time.GetUtcNow();

        Assert.Equal(["r-5", "r-4", "r-3", "r-2", "r-1"], await Ids(new RequestFilter()));
        Assert.Equal(["r-2", "r-1"], await Ids(new RequestFilter { Status = Status.Open }));
        Assert.Equal(["r-5"], await Ids(new RequestFilter { Status = Status.Active }));
        Assert.Equal(["r-4"], await Ids(new RequestFilter { Status = Status.Denied }));
        Assert.Equal(["r-3"], await Ids(new RequestFilter { Phase = Phase.Closed }));
        Assert.Equal(["r-3"], await Ids(new RequestFilter { Outcome = Outcome.Cancelled }));
        Assert.Equal(["r-5"], await Ids(new RequestFilter { Emergency = true }));
        Assert.Equal(["r-4", "r-3", "r-2", "r-1"], await Ids(new RequestFilter { Emergency = false }));
        Assert.Equal(["r-2"], await Ids(new RequestFilter { Requester = "zoe" }));
        Assert.Equal(["r-2"], await Ids(new RequestFilter { Kind = AccessKind.Credential }));
        Assert.Equal(["r-2"], await Ids(new RequestFilter { Resource = "vault/other" }));
        Assert.Equal(["r-2"], await Ids(new RequestFilter { Platform = "vault" }));
        Assert.Empty(await Ids(new RequestFilter { Platform = "vaul" }));
        Assert.Equal(["r-2"], await Ids(new RequestFilter { AccessGroup = "secrets" }));
        Assert.Equal(["r-2"], await Ids(new RequestFilter { Ticket = "CHG-7" }));
        Assert.Equal(["r-1"], await Ids(new RequestFilter { CreatedTo = start.AddSeconds(-30) }));
        Assert.Equal(4, (await Ids(new RequestFilter { CreatedFrom = start.AddSeconds(-30) })).Count);
        Assert.Equal(["r-3"], await Ids(new RequestFilter { Phase = Phase.Closed, ClosedFrom = start }));
        Assert.Empty(await Ids(new RequestFilter { ClosedFrom = start.AddSeconds(1) }));
        Assert.Empty(await Ids(new RequestFilter { Expired = true }));
        Assert.Equal(5, (await Ids(new RequestFilter { Expired = false })).Count);
        Assert.Equal(["r-4"], await Ids(new RequestFilter { VisibleTo = "alice", Status = Status.Denied, Platform = "pg-prod" }));
    }

    [Fact]
    public async Task List_PageByPage_GivesEverythingOnce()
    {
        foreach (var number in Enumerable.Range(1, 7))
        {
            await Send($"r-{number}", Signals.Submit($"r-{number}"));
            Later();
        }

        foreach (var filter in new[] { new RequestFilter(), new RequestFilter { Justification = Signals.Ask.Justification!.ToUpperInvariant() }, new RequestFilter { ToReview = ["bob", "ben"] }, new RequestFilter { VisibleTo = "alice", StandsInFor = ["bob"] } })
        {
            var seen = new List<string>();
            string? cursor = null;
            do
            {
                var page = await Reader.List(filter, cursor, 3, CancellationToken.None);
                Assert.InRange(page.Items.Count, 1, 3);
                seen.AddRange(page.Items.Select(request => request.Id));
                cursor = page.Next;
            }
            while (cursor is not null);
            Assert.Equal(Enumerable.Range(1, 7).Reverse().Select(number => $"r-{number}"), seen);
        }
    }

    [Fact]
    public async Task List_ByIdTextAndPeriod_GivesWhatItSays_AmongWhatMayBeSeen()
    {
        var start = Time.GetUtcNow();
        await Send("r-1", Signals.Submit("r-1", ask: Signals.Ask with { Justification = "Quarter-end CHECK, 100%", Reason = "Month's close" }));
        Later();
        await Send("r-2", Signals.Submit("r-2", by: "zoe", ask: Signals.Ask with { Justification = "an incident", Start = start.AddHours(30), End = start.AddHours(31) }));
        Later();
        await Send("r-3", Signals.Submit("r-3", ask: Signals.Ask with { Justification = "other work" }));

        Assert.Equal(["r-1"], await Ids(new RequestFilter { Justification = "end check" }));
        Assert.Equal(["r-1"], await Ids(new RequestFilter { Justification = "100%" }));
        Assert.Empty(await Ids(new RequestFilter { Justification = "1_0" }));
        Assert.Equal(["r-1"], await Ids(new RequestFilter { Reason = "MONTH'S" }));
        Assert.Empty(await Ids(new RequestFilter { Reason = "incident" }));
        Assert.Equal(["r-2"], await Ids(new RequestFilter { Justification = "INCIDENT", VisibleTo = "zoe" }));
        Assert.Empty(await Ids(new RequestFilter { Justification = "incident", VisibleTo = "alice" }));
        Assert.Equal(["r-2"], await Ids(new RequestFilter { Justification = "incident", ToReview = ["bob"] }));
        Assert.Equal(["r-2"], await Ids(new RequestFilter { PeriodFrom = start.AddHours(30), PeriodTo = start.AddHours(40) }));
        Assert.Empty(await Ids(new RequestFilter { PeriodFrom = start.AddHours(31) }));
        Assert.Equal(["r-3", "r-1"], await Ids(new RequestFilter { PeriodTo = start.AddHours(30) }));

        Assert.Equal(["r-2"], await Ids(new RequestFilter { Id = "r-2" }));
        Assert.Empty(await Ids(new RequestFilter { Id = "r-" }));
        Assert.Equal(["r-2"], await Ids(new RequestFilter { Id = "r-2", VisibleTo = "carol", Requester = "zoe", Justification = "incident", Status = Status.Open }));
        Assert.Empty(await Ids(new RequestFilter { Id = "r-2", VisibleTo = "alice" }));
        Assert.Equal(["r-2"], await Ids(new RequestFilter { Id = "r-2", VisibleTo = "stranger", StandsInFor = ["carol"] }));
        Assert.Equal(["r-2"], await Ids(new RequestFilter { Id = "r-2", ToReview = ["carol", "bob"] }));
        Assert.Empty(await Ids(new RequestFilter { Id = "r-2", ToReview = ["carol"] }));
        Assert.Empty(await Ids(new RequestFilter { Id = "r-2", CreatedTo = start }));
    }

    [Fact]
    public async Task List_ByText_LooksAtSoManyForAPage_AndGivesACursorToGoOn()
    {
        await Send("r-oldest", Signals.Submit("r-oldest", ask: Signals.Ask with { Justification = "needle" }));
        for (var number = 0; number < LookedAtForAPage; number++)
        {
            if (number % 100 == 0) Later();
            await Send($"r-{number}", Signals.Submit($"r-{number}"));
        }

        var filter = new RequestFilter { Justification = "needle" };
        var first = await Reader.List(filter, null, 10, CancellationToken.None);
        Assert.Empty(first.Items);
        Assert.NotNull(first.Next);
        Assert.True((await Reader.Count(filter, CancellationToken.None)).More);
        var second = await Reader.List(filter, first.Next, 10, CancellationToken.None);
        Assert.Equal(("r-oldest", null), (Assert.Single(second.Items).Id, second.Next));
    }

    [Fact]
    public async Task Justification_IsTheNewestGiven_ForExactlyTheseResources()
    {
        var since = Time.GetUtcNow();
        await Send("r-1", Signals.Submit("r-1", ask: Signals.Ask with { Justification = "first" }));
        await Send("r-2", Signals.Submit("r-2", ask: Signals.Ask with { Justification = "other", Resources = ["pg-prod/analytics", "pg-prod/sales"] }));
        Assert.Equal("first", await Find("alice", ["pg-prod/analytics"], since));
        Assert.Equal("other", await Find("alice", ["pg-prod/sales", "pg-prod/analytics"], since));
        Assert.Null(await Find("zoe", ["pg-prod/analytics"], since));
        Assert.Null(await Find("alice", ["pg-prod/analytics"], since.AddTicks(1)));

        Task<string?> Find(string person, IReadOnlyList<string> resources, DateTimeOffset from) =>
            Reader.Justification(person, "analysts", AccessKind.Role, resources, from, CancellationToken.None);
    }

    [Fact]
    public async Task RecentlyDenied_GivesThePersonsDeniedRequests_ThatShareAResource()
    {
        await Send("r-1", Signals.Submit("r-1"));
        await Send("r-1", Signals.Deny("bob"));
        await Send("r-2", Signals.Submit("r-2"));
        var at = Time.GetUtcNow();
        Assert.Equal(["r-1"], await Reader.RecentlyDenied("alice", ["x/y", "pg-prod/analytics"], at, CancellationToken.None));
        Assert.Empty(await Reader.RecentlyDenied("alice", ["x/y"], at, CancellationToken.None));
        Assert.Empty(await Reader.RecentlyDenied("alice", ["pg-prod/analytics"], at.AddTicks(1), CancellationToken.None));
        Assert.Empty(await Reader.RecentlyDenied("zoe", ["pg-prod/analytics"], at, CancellationToken.None));
    }

    [Fact]
    public async Task EmergencyDebts_LastUntilTheReview()
    {
        await Send("r-1", Signals.Submit("r-1"));
        var declared = await Send("r-1", Signals.Emergency("alice"));
        Assert.Null(declared.Refusal);
        Assert.Equal([new EmergencyDebt("r-1", declared.State!.Emergency!.ReviewDueAt)], await Reader.EmergencyDebts("alice", CancellationToken.None));
        await Send("r-1", Signals.Ratify("bob"));
        Assert.Empty(await Reader.EmergencyDebts("alice", CancellationToken.None));
    }

    [Fact]
    public async Task Unfinished_LeavesOutWhatIsOver()
    {
        foreach (var number in Enumerable.Range(1, 3)) await Send($"r-{number}", Signals.Submit($"r-{number}"));
        await Send("r-2", Signals.Cancel("alice"));
        Assert.Equal(["r-1", "r-3"], await Unfinished(null));
    }

    [Fact]
    public async Task Unfinished_AfterTheNewestOfBefore_GivesThoseSubmittedSince()
    {
        Assert.Null(await Reader.Newest(CancellationToken.None));
        await Send("r-1", Signals.Submit("r-1"));
        Time.Advance(NewestMargin);
        Later();
        await Send("r-2", Signals.Submit("r-2"));
        var place = await Reader.Newest(CancellationToken.None);
        Assert.NotNull(place);
        Assert.DoesNotContain("r-1", await Unfinished(place));
        if (NewestMargin == TimeSpan.Zero) Assert.Empty(await Unfinished(place));
        await Send("r-3", Signals.Submit("r-3"));
        await Send("r-2", Signals.Cancel("alice"));
        Assert.Equal(["r-3"], await Unfinished(place));
        await Assert.ThrowsAsync<FormatException>(() => Unfinished("nowhere"));
    }

    /// <summary>Two requests of one instant have no order between them.</summary>
    private void Later() => Time.Advance(TimeSpan.FromSeconds(1));

    private async Task<string[]> Unfinished(string? after)
    {
        var ids = new List<string>();
        await foreach (var id in Reader.Unfinished(after, CancellationToken.None)) ids.Add(id);
        return [.. ids.Order(StringComparer.Ordinal)];
    }
}
