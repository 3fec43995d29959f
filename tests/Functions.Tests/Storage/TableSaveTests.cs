using AccessFunctions.Application;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

/// <summary>Saving a decision: late, repeated, large, and several at once.</summary>
public sealed class TableSaveTests
{
    [Fact]
    public async Task Save_OfAStaleDecision_WritesNothing()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1"));
        var late = await stores.Order("r-1", Signals.Approve("ben"));
        await stores.Send("r-1", Signals.Approve("bob"));
        var before = await stores.Everything();

        var saved = await stores.Save(late);

        Assert.False(saved.Applied);
        Assert.Equal(2, saved.State!.Sequence);
        Assert.Equal(before, await stores.Everything());
    }

    [Fact]
    public async Task Save_Again_SaysThatItIsStored_AndDoublesNothing()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1"));
        var order = await stores.Order("r-1", Signals.Approve("bob"));
        await stores.Save(order);
        var before = await stores.Everything();

        var again = await stores.Save(order);

        Assert.True(again.Applied);
        Assert.Equivalent(await stores.Find("r-1"), again.State, strict: true);
        Assert.Equal(before, await stores.Everything());
    }

    [Fact]
    public async Task Save_Again_AfterOthersWentOn_IsStillKnown_AlsoWhereNoAnswerIsKept()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1", policy: Signals.Policy with { LapseAfter = TimeSpan.FromDays(1) }));
        stores.Time.Advance(TimeSpan.FromDays(2));
        var lapse = await stores.Order("r-1", new DeadlineReached { Id = "deadline", By = SystemActors.Timer, Channel = Channel.System, At = default });
        Assert.Null(lapse.Answer);
        Assert.True((await stores.Save(lapse)).Applied);
        await stores.Send("r-1", Signals.Approve("bob"));

        var again = await stores.Save(lapse);

        Assert.True(again.Applied);
        Assert.Equal(3, again.State!.Sequence);
        await stores.AssertIndexed("r-1");
    }

    [Fact]
    public async Task Save_OfASignalThatWasAnsweredOtherwise_IsARepeat_AndWritesNothing()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1"));
        await stores.Send("r-1", Signals.Approve("bob"));
        var now = await stores.Find("r-1");
        // As if so many signals had come since that the state no longer remembers this one.
        var order = DirectWorkflow.Decide("r-1", now! with { Seen = [] }, Signals.Approve("bob"), stores.Time.GetUtcNow()).Order;
        var before = await stores.Everything();

        var saved = await stores.Save(order);

        Assert.Equal((false, true), (saved.Applied, saved.Repeated));
        Assert.Equal(before, await stores.Everything());
    }

    [Fact]
    public async Task Save_WithoutAnythingDecided_AddsTheMissingAnswer()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1"));
        var now = await stores.Find("r-1");
        var answer = new KeptAnswer("bob", "late", [1, 2], null, now!.Sequence, stores.Time.GetUtcNow());

        Assert.True((await stores.Save(new SaveOrder("r-1", now, now, [], answer))).Applied);
        Assert.True((await stores.Save(new SaveOrder("r-1", now, now, [], answer))).Applied);

        Assert.Equivalent(answer, await stores.Requests.Answer("r-1", "bob", "late", CancellationToken.None));
        Assert.Equivalent(now, await stores.Find("r-1"), strict: true);
    }

    [Fact]
    public async Task Submit_AfterOneThatWasRefused_GoesOnInItsChain()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1", ask: Signals.Ask with { Justification = null }, id: "first"));
        Assert.Null(await stores.Find("r-1"));

        var second = await stores.Send("r-1", Signals.Submit("r-1", id: "second"));

        Assert.Equal(1, second.State!.Sequence);
        Assert.True(second.State.AuditHead!.Sequence > 1);
        await stores.AssertVerifies(second.State);
        Assert.NotNull((await stores.Requests.Answer("r-1", "alice", "first", CancellationToken.None))!.Refusal);
    }

    [Fact]
    public async Task Save_KeepsTheNoticesItIsGiven_AndThoseOfBeforeWhereItIsGivenNone()
    {
        using var stores = await TableStores.On();
        var (order, decision) = DirectWorkflow.Decide("r-1", null, Signals.Submit("r-1"), stores.Time.GetUtcNow());
        List<Notify> notices = [.. decision.Effects.OfType<Notify>()];
        Assert.NotEmpty(notices);
        await stores.Save(order with { Notices = notices });
        await stores.Send("r-1", Signals.Approve("bob"));
        Assert.Equivalent(notices, await stores.Requests.Notices("r-1", CancellationToken.None), strict: true);

        await stores.Save((await stores.Order("r-1", Signals.Approve("carol"))) with { Notices = [] });
        Assert.Empty(await stores.Requests.Notices("r-1", CancellationToken.None));
    }

    [Fact]
    public async Task Save_Of120Events_ChainsThemAll()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1"));
        var saved = await stores.Save(Large.Of(await stores.Order("r-1", Signals.Approve("bob")), events: 120));

        Assert.True(saved.Applied);
        Assert.Equal(saved.State!.AuditHead!.Sequence, (await stores.Audit.Stream("r-1", CancellationToken.None)).Count);
        Assert.True(saved.State.AuditHead.Sequence > 120);
        await stores.AssertVerifies(saved.State);
    }

    [Fact]
    public async Task Save_OfEventsThatNoTransactionHolds_ChainsThemAll()
    {
        using var stores = await TableStores.On();
        var order = Large.Of(await stores.Order("r-1", Signals.Submit("r-1")), events: 60, detail: 150_000);

        var saved = await stores.Save(order);

        await stores.AssertVerifies(saved.State);
        var rows = await stores.Audit.Stream("r-1", CancellationToken.None);
        Assert.Equal(60, rows.Count(row => row.Detail is { Length: > 150_000 }));
    }

    [Fact]
    public async Task State_Over64KiB_IsKeptWhole()
    {
        using var stores = await TableStores.On();
        var order = await stores.Order("r-1", Signals.Submit("r-1"));
        var large = order.State! with { Justification = string.Concat(Enumerable.Range(0, 40_000).Select(number => $"{number} ü ")) };

        await stores.Save(order with { State = large });

        var read = await stores.Find("r-1");
        Assert.Equal(large.Justification, read!.Justification);
        await stores.Send("r-1", Signals.Approve("bob"));
        Assert.Equal(large.Justification, (await stores.Find("r-1"))!.Justification);
    }

    [Fact]
    public async Task TwoSavers_OfOneRequest_OneWins_TheOtherLooksAgain()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1"));
        var (first, second) = (await stores.Order("r-1", Signals.Approve("bob")), await stores.Order("r-1", Signals.Deny("ben")));
        // The first is held right before its transaction until the second is through.
        var held = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        stores.Fake.BeforeCall = call => call is { Operation: TableOperation.Transaction, Table: StorageTables.Requests } && reached.TrySetResult() ? held.Task : Task.CompletedTask;
        var saving = stores.Save(first);
        await reached.Task;
        Assert.True((await stores.Save(second)).Applied);
        held.SetResult();

        var lost = await saving;

        Assert.False(lost.Applied);
        Assert.Equal(2, lost.State!.Sequence);
        Assert.Null(await stores.Requests.Answer("r-1", "bob", "approve-bob", CancellationToken.None));
        await stores.AssertVerifies(lost.State);
        await stores.AssertIndexed("r-1");
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public async Task TwoSavers_WhoWriteAhead_NeverMixTheirRows(int batch)
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1"));
        var first = Large.Of(await stores.Order("r-1", Signals.Approve("bob")), events: 220);
        var second = Large.Of(await stores.Order("r-1", Signals.Deny("ben")), events: 150);
        var (held, reached, seen) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        stores.Fake.BeforeCall = call =>
            call is { Operation: TableOperation.Transaction, Table: StorageTables.Requests } && Interlocked.Increment(ref seen) == batch && reached.TrySetResult() ? held.Task : Task.CompletedTask;
        var saving = stores.Save(first);
        await reached.Task;
        Assert.True((await stores.Save(second)).Applied);
        held.SetResult();

        Assert.False((await saving).Applied);
        await stores.AssertVerifies(await stores.Find("r-1"));
        Assert.Equal((await stores.Find("r-1"))!.AuditHead!.Sequence, (await stores.Audit.Stream("r-1", CancellationToken.None)).Count);

        // What was written ahead in vain lies where the next rows go.
        var next = await stores.Send("r-1", Signals.Approve("carol"));
        await stores.AssertVerifies(next.State);
    }

    [Fact]
    public async Task ManySavers_OfOneRequest_AreTakenOneAfterTheOther()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(number => stores.Send("r-1", Signals.Approve($"stranger-{number}"))));

        Assert.Equal(Enumerable.Range(2, 12).Select(number => (long)number), answers.Select(answer => answer.Sequence).Order());
        await stores.AssertVerifies(await stores.Find("r-1"));
    }

    [Fact]
    public async Task Transaction_WhoseAnswerGotLost_IsFoundStored()
    {
        using var stores = await TableStores.On();
        var lost = false;
        // As the client shows it that tried again by itself: the row is there already.
        stores.Fake.AfterCall = call => call is { Operation: TableOperation.Transaction, Table: StorageTables.Requests } && !lost && (lost = true)
            ? throw TableErrors.Exists()
            : Task.CompletedTask;

        var saved = await stores.Save(await stores.Order("r-1", Signals.Submit("r-1")));

        Assert.True(lost && saved.Applied);
        await stores.AssertVerifies(saved.State);
    }
}

/// <summary>Makes an order's events many, or large.</summary>
internal static class Large
{
    public static SaveOrder Of(SaveOrder order, int events, int detail = 0) => order with
    {
        Events = [.. order.Events, .. Enumerable.Range(0, events).Select(number => order.Events[0] with
        {
            Reason = $"number-{number}",
            Detail = detail == 0 ? null : new AuditDetail { Text = new string('x', detail) },
        })],
    };
}
