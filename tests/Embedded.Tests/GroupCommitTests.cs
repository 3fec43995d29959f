using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Embedded.Tests;

public sealed class GroupCommitTests : IAsyncDisposable
{
    private const string Poison = "poison";

    private static readonly Rules Poisonable = new(
        static (request, signal) => signal is Approve { Comment: Poison } ? throw new InvalidOperationException("poisoned") : Decider.Decide(request, signal),
        Deadlines.Next);

    private readonly Store _store = new(rules: Poisonable);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Signals_ThatWaitTogether_ShareOneTransaction()
    {
        var batches = new List<int>();
        _store.Database.Writer.Committed += batch => batches.Add(batch.Requests.Count);
        await WhileTheWriterIsBusy(() => Enumerable.Range(0, 100).Select(number => Send($"r-{number}", Signals.Submit($"r-{number}"))));
        Assert.Contains(100, batches);
    }

    [Fact]
    public async Task PoisonedSignal_FaultsItsCallerOnly_AndLeavesNothing()
    {
        await Send("r-1", Signals.Submit("r-1"));
        await Send("r-2", Signals.Submit("r-2"));
        var sent = await WhileTheWriterIsBusy(() =>
        [
            Send("r-1", Signals.Approve("bob")),
            Send("r-1", Signals.Approve("carol", comment: Poison)),
            Send("r-2", Signals.Approve("bob", comment: Poison)),
            Send("r-2", Signals.Approve("ben")),
            Send("r-1", Signals.Cancel("alice")),
        ]);
        Assert.Equal([false, true, true, false, false], sent.Select(task => task.IsFaulted));

        var (first, second) = (await Find("r-1"), await Find("r-2"));
        Assert.Equal((Phase.Closed, 3L), (first.Phase, first.Sequence));
        Assert.Equal((Phase.Open, 2L, 2), (second.Phase, second.Sequence, second.Level));
        Assert.Equal(second.AuditHead!.Sequence, (await _store.Audit.Stream("r-2", CancellationToken.None)).Count);

        // What was undone may come again, and is then taken.
        Assert.Null((await Send("r-2", Signals.Approve("carol"))).Refusal);
    }

    [Fact]
    public async Task PoisonedSignal_ThatHadWritten_IsUndoneWhole()
    {
        var effects = new Rules(
            static (request, signal) => Decider.Decide(request, signal) is var decision && signal is Approve { Comment: Poison }
                // An effect that cannot be stored, after state, audit, index rows and the other effects were.
                ? decision with { Effects = [.. decision.Effects, null!] }
                : decision,
            Deadlines.Next);
        await using var store = new Store(rules: effects);
        await store.Workflow.Signal("r-1", Signals.Submit("r-1"), CancellationToken.None);
        var before = await store.Reader.Find("r-1", CancellationToken.None);
        await Assert.ThrowsAnyAsync<Exception>(() => store.Workflow.Signal("r-1", Signals.Approve("bob", comment: Poison), CancellationToken.None));
        Assert.Same(before, await store.Reader.Find("r-1", CancellationToken.None));
        var stored = await new SqliteRequestReader(store.Database, new RequestCache(1)).Find("r-1", CancellationToken.None);
        Assert.Equivalent(before, stored, strict: true);
        Assert.Equal(before!.AuditHead!.Sequence, (await store.Audit.Stream("r-1", CancellationToken.None)).Count);
        Assert.Single((await store.Reader.List(new RequestFilter { ToReview = ["bob"] }, null, 10, CancellationToken.None)).Items);
        Assert.Null((await store.Workflow.Signal("r-1", Signals.Approve("bob", id: "again"), CancellationToken.None)).Refusal);
    }

    [Fact]
    public async Task Answers_AfterARestart_AreTheSame()
    {
        await Send("r-1", Signals.Submit("r-1"));
        var first = await Send("r-1", Signals.Approve("carol"));
        await using var restarted = new Store(_store.CopyAsAfterACrash());
        var again = await restarted.Workflow.Signal("r-1", Signals.Approve("carol"), CancellationToken.None);
        Assert.Equal((first.Refusal!.Reason, first.Refusal.Detail, first.Sequence), (again.Refusal!.Reason, again.Refusal.Detail, again.Sequence));
        Assert.True((await restarted.Workflow.Signal("r-1", Signals.Approve("carol", comment: "other"), CancellationToken.None)).ContentDiffers);
        Directory.Delete(restarted.Path, recursive: true);
    }

    [Fact]
    public async Task Crash_AtAnyMoment_LosesNothingThatWasAnswered()
    {
        var answered = new List<string>();
        for (var number = 0; number < 20; number++)
        {
            var id = $"r-{number}";
            var pending = Send(id, Signals.Submit(id));
            if (number % 2 == 0)
            {
                await pending;
                answered.Add(id);
            }
        }

        await using var after = new Store(_store.CopyAsAfterACrash());
        foreach (var id in answered)
        {
            var state = await after.Reader.Find(id, CancellationToken.None);
            Assert.Equal(state!.AuditHead!.Sequence, (await after.Audit.Stream(id, CancellationToken.None)).Count);
            Assert.Null((await after.Workflow.Signal(id, Signals.Approve("bob"), CancellationToken.None)).Refusal);
        }

        Directory.Delete(after.Path, recursive: true);
    }

    [Fact]
    public async Task Wait_Cancelled_EndsTheWaitOnly()
    {
        using var cancelled = new CancellationTokenSource();
        var sent = (await WhileTheWriterIsBusy(() =>
        {
            var waiting = _store.Workflow.Signal("r-1", Signals.Submit("r-1"), cancelled.Token);
            cancelled.Cancel();
            return [waiting];
        })).Single();
        Assert.True(sent.IsCanceled);
        Assert.Null((await Send("r-1", Signals.Approve("bob"))).Refusal);
    }

    [Fact]
    public async Task Signal_ThatTakesTooLong_IsNotSettledYet_AndIsTakenAllTheSame()
    {
        var impatient = new SqliteWorkflow(_store.Database, _store.Cache, new HostStream(), Rules.Domain, _store.Time, TimeSpan.FromMilliseconds(20));
        SignalAnswer? answer = null;
        await WhileTheWriterIsBusy(async () => answer = await impatient.Signal("r-1", Signals.Submit("r-1"), CancellationToken.None));
        Assert.False(answer!.Settled);
        await Wait.Until(() => _store.Reader.Find("r-1", CancellationToken.None).Result is not null, TimeSpan.FromSeconds(10), "the signal to be taken");
    }

    [Fact]
    public void SecondHolder_OfADataDirectory_IsTurnedAway_AndToldWho()
    {
        var refused = Assert.Throws<DataDirectoryException>(() => DataDirectory.Take(_store.Path));
        Assert.Contains($"in use by another process (process {Environment.ProcessId})", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DataDirectory_OfTheOtherKind_IsNotOpened()
    {
        var path = Store.NewPath();
        using var directory = DataDirectory.Take(path);
        await Database.Open(directory, DataKind.Demo, NullLogger<Writer>.Instance).DisposeAsync();
        var refused = Assert.Throws<DataDirectoryException>(() => Database.Open(directory, DataKind.Real, NullLogger<Writer>.Instance));
        Assert.Contains("demo", refused.Message, StringComparison.Ordinal);
        Directory.Delete(path, recursive: true);
    }

    private Task<SignalAnswer> Send(string request, Signal signal) => _store.Workflow.Signal(request, signal, CancellationToken.None);

    private async Task<AccessRequest> Find(string id) => (await _store.Reader.Find(id, CancellationToken.None))!;

    /// <summary>Does something while the writer is held.</summary>
    private async Task WhileTheWriterIsBusy(Func<Task> work)
    {
        using var release = new ManualResetEventSlim();
        var held = _store.Database.Writer.Write(_ => release.Wait());
        await work();
        release.Set();
        await held;
    }

    /// <summary>Sends while the writer is held, so that all wait for the next transaction together; returns when all have ended.</summary>
    private async Task<List<Task>> WhileTheWriterIsBusy(Func<IEnumerable<Task>> send)
    {
        using var release = new ManualResetEventSlim();
        using var busy = new ManualResetEventSlim();
        var held = _store.Database.Writer.Write(_ =>
        {
            busy.Set();
            release.Wait();
        });
        await Task.Run(busy.Wait);
        var sent = send().ToList();
        release.Set();
        await held;
        await Task.WhenAll(sent.Select(task => task.ContinueWith(static _ => { }, TaskScheduler.Default)));
        return sent;
    }
}
