using System.Collections.Concurrent;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Embedded.Background;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Embedded.Tests;

public sealed class OutboxTests : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly Store _store = new();
    private readonly ConcurrentQueue<(string Request, Effect Effect)> _ran = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Effects_OfADecision_RunOnceEach_AndTheirOutcomesDriveTheRequest()
    {
        using var outbox = await Start(Succeed);
        await Approved("r-1");
        await Until(() => InPhase("r-1", Phase.Active));
        await Until(NothingWaits);
        await outbox.StopAsync(CancellationToken.None);
        Assert.Equal(_ran.Count, _ran.Select(run => run.Effect.Id).Distinct().Count());
        Assert.Single(_ran, run => run.Effect is Provision);
        Assert.Contains(_ran, run => run.Effect is Notify { To: "bob", Kind: NoticeKind.ReviewAsked });
    }

    [Fact]
    public async Task Effects_ThatWaitedWhenTheProcessDied_RunAtTheNextStart()
    {
        await Approved("r-1");
        await using var restarted = new Store(_store.CopyAsAfterACrash(), _store.Time);
        using var outbox = restarted.Outbox(Succeed);
        await outbox.StartAsync(CancellationToken.None);
        await Until(() => restarted.Reader.Find("r-1", CancellationToken.None).Result!.Phase == Phase.Active);
        await outbox.StopAsync(CancellationToken.None);
        Directory.Delete(restarted.Path, recursive: true);
    }

    [Fact]
    public async Task Effect_CutShortByAStop_RunsAgain()
    {
        var started = new TaskCompletionSource();
        using var outbox = await Start(async (_, effect, cancellation) =>
        {
            if (effect is not Provision) return null;
            started.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            return null;
        }, new OutboxOptions { StopWithin = TimeSpan.FromMilliseconds(50) });
        await Approved("r-1");
        await started.Task.WaitAsync(Soon);
        await outbox.StopAsync(CancellationToken.None);
        Assert.Equal(Phase.Provisioning, (await _store.Reader.Find("r-1", CancellationToken.None))!.Phase);

        using var next = await Start(Succeed);
        await Until(() => InPhase("r-1", Phase.Active));
        await next.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Notice_ThatFails_IsTriedAgainLater_AndHoldsUpNobody()
    {
        var down = true;
        using var outbox = await Start((request, effect, cancellation) =>
            effect is Notify { To: "bob" } && Volatile.Read(ref down) ? throw new IOException("no mail server") : Succeed(request, effect, cancellation));
        foreach (var number in Enumerable.Range(0, 30)) await Send($"r-{number}", Signals.Submit($"r-{number}"));
        await Until(() => _ran.Count(run => run.Effect is Notify { To: "ben" }) == 30);
        Assert.DoesNotContain(_ran, run => run.Effect is Notify { To: "bob" });

        await Until(() => Waiting("attempts >= 1") == 30);
        Volatile.Write(ref down, false);
        _store.Time.Advance(TimeSpan.FromHours(2));
        await Until(() => _ran.Count(run => run.Effect is Notify { To: "bob" }) == 30);
        await Until(NothingWaits);
        await outbox.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Run_LongerThanItsLease_IsGivenUp_AndItsLateWordIgnored()
    {
        var runs = 0;
        var hung = new TaskCompletionSource<Signal?>();
        using var outbox = await Start(
            (request, effect, cancellation) => effect is Provision && Interlocked.Increment(ref runs) == 1 ? hung.Task : Succeed(request, effect, cancellation),
            new OutboxOptions { Lease = TimeSpan.FromMilliseconds(200) });
        await Approved("r-1");
        await Until(() => Waiting("attempts = 1 AND lane = 'platform:pg-prod:again'") == 1);
        _store.Time.Advance(TimeSpan.FromMinutes(1));
        await Until(() => InPhase("r-1", Phase.Active));
        var before = (await _store.Reader.Find("r-1", CancellationToken.None))!.Sequence;
        hung.SetResult(null);
        await outbox.StopAsync(CancellationToken.None);
        Assert.Equal(before, (await _store.Reader.Find("r-1", CancellationToken.None))!.Sequence);
    }

    [Fact]
    public async Task Platform_ThatHangs_DoesNotHoldUpAnother()
    {
        var release = new TaskCompletionSource();
        using var outbox = await Start(async (request, effect, cancellation) =>
        {
            if (effect is Provision { Order.Platform: "pg-prod" }) await release.Task;
            return await Succeed(request, effect, cancellation);
        });
        foreach (var number in Enumerable.Range(0, 12)) await Approved($"r-{number}");
        await Approved("v-1", Signals.Ask with { Resources = ["vault/db-admin"], Kind = AccessKind.Credential, Role = null });
        await Until(() => InPhase("v-1", Phase.Active));
        release.SetResult();
        await Until(() => InPhase("r-11", Phase.Active));
        await outbox.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task PlatformEffects_OfOneRequest_NeverOverlap()
    {
        var now = new ConcurrentDictionary<string, int>();
        var overlapped = false;
        using var outbox = await Start(async (request, effect, cancellation) =>
        {
            if (effect is not PlatformEffect) return null;
            if (now.AddOrUpdate(request, 1, static (_, count) => count + 1) > 1) overlapped = true;
            await Task.Yield();
            now.AddOrUpdate(request, 0, static (_, count) => count - 1);
            return await Succeed(request, effect, cancellation);
        });
        var three = Signals.Ask with { Resources = ["pg-prod/a", "pg-prod/b", "pg-prod/c"] };
        foreach (var number in Enumerable.Range(0, 5)) await Approved($"r-{number}", three);
        foreach (var number in Enumerable.Range(0, 5)) await Until(() => InPhase($"r-{number}", Phase.Active));
        await outbox.StopAsync(CancellationToken.None);
        Assert.False(overlapped);
    }

    [Fact]
    public async Task Timer_ThatIsWoken_TellsDueRequests_ManyAtOnce()
    {
        using var timer = _store.Timer();
        await timer.StartAsync(CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(number => Send($"r-{number}", Signals.Submit($"r-{number}"))));
        await Send("short", Signals.Submit("short", policy: Signals.Policy with { LapseAfter = TimeSpan.FromHours(1) }));
        await _store.Time.WaitForTimers(1);
        await Until(() => _store.Time.ArmedTimers >= 1);
        _store.Time.Advance(TimeSpan.FromHours(1));
        await Until(() => InPhase("short", Phase.Closed));
        Assert.True(InPhase("r-0", Phase.Open));

        await _store.Time.WaitForTimers(1);
        _store.Time.Advance(TimeSpan.FromHours(24));
        await Until(() => _store.Database.Read(session => session.Number("SELECT count(*) FROM requests WHERE phase = 'Closed' AND outcome = 'Lapsed'")) == 2001);
        await timer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Timer_ThatStartsLate_TellsWhatFellDueMeanwhile()
    {
        await Send("r-1", Signals.Submit("r-1"));
        _store.Time.Advance(TimeSpan.FromDays(3));
        using var timer = _store.Timer();
        await timer.StartAsync(CancellationToken.None);
        await Until(() => InPhase("r-1", Phase.Closed));
        await timer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Timer_WithARequestThatCannotBeTold_StillTellsTheOthers()
    {
        var rules = new Rules(
            static (request, signal) => signal is DeadlineReached && request!.Id == "bad" ? throw new InvalidOperationException("broken") : Decider.Decide(request, signal),
            Deadlines.Next);
        await using var store = new Store(rules: rules);
        await store.Workflow.Signal("bad", Signals.Submit("bad"), CancellationToken.None);
        await store.Workflow.Signal("good", Signals.Submit("good"), CancellationToken.None);
        store.Time.Advance(TimeSpan.FromDays(3));
        using var timer = store.Timer();
        await timer.StartAsync(CancellationToken.None);
        await Until(() => store.Reader.Find("good", CancellationToken.None).Result!.Phase == Phase.Closed);
        await timer.StopAsync(CancellationToken.None);
    }

    private async Task<Outbox> Start(RunEffect run, OutboxOptions? options = null)
    {
        var outbox = _store.Outbox(run, options);
        await outbox.StartAsync(CancellationToken.None);
        return outbox;
    }

    /// <summary>Stands in for the platforms, which have tests of their own: all goes well.</summary>
    private Task<Signal?> Succeed(string request, Effect effect, CancellationToken cancellation)
    {
        _ran.Enqueue((request, effect));
        return Task.FromResult<Signal?>(effect is Provision provision
            ? new ProvisionSucceeded
            {
                Id = $"{effect.Id}-outcome",
                By = SystemActors.Runner,
                Channel = Channel.System,
                At = default,
                GrantId = provision.Order.GrantId,
                Attempt = provision.Attempt,
            }
            : null);
    }

    private async Task Approved(string id, Ask? ask = null)
    {
        Assert.Null((await Send(id, Signals.Submit(id, ask: ask))).Refusal);
        Assert.Null((await Send(id, Signals.Approve("bob"))).Refusal);
        Assert.Null((await Send(id, Signals.Approve("carol"))).Refusal);
    }

    private Task<Application.Ports.SignalAnswer> Send(string request, Signal signal) => _store.Workflow.Deliver(request, signal);

    private bool InPhase(string id, Phase phase) => _store.Reader.Find(id, CancellationToken.None).Result?.Phase == phase;

    private long Waiting(string condition) => _store.Database.Read(session => session.Number($"SELECT count(*) FROM outbox WHERE {condition}"))!.Value;

    private bool NothingWaits() => Waiting("1") == 0;

    private static Task Until(Func<bool> condition, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(condition))] string what = "") => Wait.Until(condition, Soon, what);
}
