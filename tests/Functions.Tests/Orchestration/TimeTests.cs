using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Tests.Shared;
using Microsoft.DurableTask.Client;
using Xunit;

namespace AccessFunctions.Functions.Tests.Orchestration;

/// <summary>Deadlines, timers that are bounded, early or late, clocks that disagree, restarts, and lives that last long.</summary>
public sealed class TimeTests : IDisposable
{
    private readonly Given _given = new();

    public void Dispose() => _given.Dispose();

    [Fact]
    public async Task PeriodThatStartsInSixtyDays_IsKept_BeyondWhatOneTimerCan()
    {
        var policy = Signals.Policy with { MaxAdvance = TimeSpan.FromDays(90) };
        await _given.Approved(policy, Signals.Ask with { Start = _given.Now.AddDays(60), End = _given.Now.AddDays(60).AddHours(2) });
        Assert.Equal(Phase.Scheduled, _given.State.Phase);
        await _given.Service.Advance(TimeSpan.FromDays(60) - TimeSpan.FromMinutes(1));
        Assert.Equal(Phase.Scheduled, _given.State.Phase);
        await _given.Service.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Phase.Active, _given.State.Phase);
        Assert.Equal(_given.Now, _given.State.Grants[0].GrantedAt);
        Assert.True(_given.Instance.LongestHistory < 130, $"{_given.Instance.LongestHistory} rows");
    }

    [Fact]
    public async Task Lapse_IsDecidedByTheClockAlone()
    {
        await _given.Submitted();
        await _given.Service.Advance(TimeSpan.FromHours(24));
        Assert.Equal((Phase.Closed, Outcome.Lapsed), (_given.State.Phase, _given.State.Outcome));
        Assert.Contains(NoticeKind.Lapsed, _given.Mail.To("alice"));
        Assert.True(_given.Instance.IsOver);
    }

    [Fact]
    public async Task RemindersAndEscalation_ComeInTheirOrder()
    {
        var policy = Signals.Policy with
        {
            RemindEvery = TimeSpan.FromHours(2),
            Levels = [Signals.Policy.Levels[0] with { EscalateAfter = TimeSpan.FromHours(5) }, Signals.Policy.Levels[1]],
        };
        await _given.Submitted(policy);
        await _given.Service.Advance(TimeSpan.FromHours(7));
        Assert.Equal(["access.request.submitted", "access.request.reminded", "access.request.reminded", "access.request.escalated", "access.request.reminded"],
            _given.Events.Where(type => type is "access.request.submitted" or "access.request.reminded" or "access.request.escalated"));
        Assert.Contains(NoticeKind.Escalated, _given.Mail.To("eve"));
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(90)]
    public async Task TimersThatFireEarlyOrLate_ChangeNoOutcome(int seconds)
    {
        _given.Service.TimerDrift = TimeSpan.FromSeconds(seconds);
        await _given.Active();
        var end = _given.State.Period.End;
        await _given.Service.Advance(end - _given.Now + TimeSpan.FromMinutes(5));
        Assert.Equal((Phase.Closed, Outcome.Expired), (_given.State.Phase, _given.State.Outcome));
        Assert.True(_given.State.Settled!.At == end, $"{_given.State.Settled.At:O} is not {end:O}");
        Assert.True(_given.State.Grants[0].RevokedAt >= end);
    }

    /// <summary>Steps run on instances whose clocks differ by minutes, to and fro: time within a request only moves on.</summary>
    [Fact]
    public async Task ClocksThatDisagree_NeverMoveARequestBack()
    {
        var last = DateTimeOffset.MinValue;
        var turn = 0;
        _given.Store.Saving = order =>
        {
            Assert.True(order.State!.ChangedAt >= last, "time went back");
            last = order.State.ChangedAt;
            _given.Service.Skew = TimeSpan.FromMinutes(turn++ % 2 == 0 ? 3 : -3);
        };
        await _given.Approved();
        await _given.Service.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(Phase.Active, _given.State.Phase);
        await _given.Service.Advance(TimeSpan.FromHours(2));
        Assert.Equal((Phase.Closed, Outcome.Expired), (_given.State.Phase, _given.State.Outcome));
        Assert.True(_given.Instance.LongestHistory < 200, $"{_given.Instance.LongestHistory} rows");
    }

    [Theory]
    [InlineData(Phase.Open)]
    [InlineData(Phase.Scheduled)]
    [InlineData(Phase.Provisioning)]
    [InlineData(Phase.Active)]
    [InlineData(Phase.Revoking)]
    [InlineData(Phase.Closed)]
    public async Task Restart_InEachPhase_GoesOn(Phase phase)
    {
        await Reach(phase);
        _given.Service.Restart();
        await _given.Service.Settle();
        await GoesOn(phase);
    }

    [Theory]
    [InlineData(Phase.Open, true)]
    [InlineData(Phase.Scheduled, false)]
    [InlineData(Phase.Provisioning, true)]
    [InlineData(Phase.Active, false)]
    [InlineData(Phase.Revoking, true)]
    [InlineData(Phase.Closed, false)]
    public async Task LostOrchestration_InEachPhase_IsRevived_AndGoesOn(Phase phase, bool purged)
    {
        await Reach(phase);
        await _given.Service.Client.TerminateInstanceAsync(Given.Id);
        if (purged) await _given.Service.Client.PurgeInstanceAsync(Given.Id);
        Assert.True(purged ? await _given.Lost.Revive(Given.Id, default) : await _given.Lost.Revive(default) == 1);
        await _given.Service.Settle();
        await _given.Service.Advance(TimeSpan.FromMinutes(1));
        await GoesOn(phase);
    }

    [Fact]
    public async Task Revived_TellsWhatWasNotDelivered_AndDecidesWhatFellDueMeanwhile()
    {
        _given.Mail.Failure = new IOException("down");
        await _given.Submitted();
        await _given.Send(Signals.Approve("bob"));
        await _given.Service.Client.TerminateInstanceAsync(Given.Id);
        await _given.Service.Advance(TimeSpan.FromMinutes(30));
        _given.Mail.Failure = null;
        await _given.Lost.Revive(default);
        await _given.Service.Settle();
        Assert.Contains(NoticeKind.ReviewAsked, _given.Mail.To("bob"));
        Assert.Contains(NoticeKind.ReviewAsked, _given.Mail.To("ben"));
        Assert.Contains(NoticeKind.ReviewAsked, _given.Mail.To("carol"));

        await _given.Service.Client.TerminateInstanceAsync(Given.Id);
        await _given.Service.Advance(TimeSpan.FromHours(25));
        Assert.Equal(Phase.Open, _given.State.Phase);
        await _given.Lost.Revive(default);
        await _given.Service.Settle();
        Assert.Equal((Phase.Closed, Outcome.Lapsed), (_given.State.Phase, _given.State.Outcome));
        Assert.Single(_given.Mail.To("bob"), NoticeKind.ReviewAsked);
    }

    [Fact]
    public async Task LostAfterTheLastDecision_TellsItStill()
    {
        await _given.Submitted();
        _given.Mail.Failure = new IOException("down");
        await _given.Send(Signals.Deny("bob"));
        await _given.Service.Client.TerminateInstanceAsync(Given.Id);
        _given.Mail.Failure = null;
        Assert.Equal(1, await _given.Lost.Revive(default));
        await _given.Service.Settle();
        Assert.Contains(NoticeKind.Denied, _given.Mail.To("alice"));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, _given.Instance.Status);
        Assert.Equal(0, await _given.Lost.Revive(default));
    }

    [Fact]
    public async Task LostWhileAnAttemptHangs_DoesNotRemoveBeforeTheAttemptMustHaveEnded()
    {
        _given.Service.Hold(nameof(RequestActivities.ProvisionAccess));
        await _given.Approved();
        await _given.Service.Client.TerminateInstanceAsync(Given.Id);
        await _given.Lost.Revive(default);
        await _given.Send(Given.Revoke());
        await _given.Service.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((Phase.Revoking, Work.Provision), (_given.State.Phase, _given.State.InFlight!.Work));
        Assert.Empty(_given.Platform.Calls);
        await _given.Service.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((Phase.Closed, Outcome.Revoked), (_given.State.Phase, _given.State.Outcome));
    }

    [Fact]
    public async Task LongLife_KeepsItsHistoriesShort()
    {
        var policy = Signals.Policy with { LapseAfter = TimeSpan.FromDays(60), RemindEvery = TimeSpan.FromHours(4), MaxAdvance = TimeSpan.FromDays(90) };
        await _given.Submitted(policy, Signals.Ask with { Start = _given.Now.AddDays(45), End = _given.Now.AddDays(45).AddHours(8) });
        for (var day = 0; day < 30; day++)
        {
            await _given.Service.Advance(TimeSpan.FromDays(1));
            for (var attempt = 0; attempt < 5; attempt++) await _given.Send(Signals.Approve("mallory", $"m-{day}-{attempt}"));
        }

        await _given.Send(Signals.Approve("bob"));
        await _given.Send(Signals.Approve("carol"));
        await _given.Service.Advance(TimeSpan.FromDays(20));
        Assert.Equal((Phase.Closed, Outcome.Expired), (_given.State.Phase, _given.State.Outcome));
        Assert.True(_given.Instance.Generations > 300, $"{_given.Instance.Generations} generations");
        Assert.True(_given.Instance.LongestHistory < 70, $"{_given.Instance.LongestHistory} rows");
    }

    private async Task Reach(Phase phase)
    {
        var later = Signals.Ask with { Start = _given.Now.AddHours(3), End = _given.Now.AddHours(4) };
        switch (phase)
        {
            case Phase.Open:
                await _given.Submitted();
                break;
            case Phase.Scheduled:
                await _given.Approved(ask: later);
                break;
            case Phase.Provisioning:
                _given.Service.LoseResult(nameof(RequestActivities.ProvisionAccess), 1);
                _given.Service.Fail(nameof(RequestActivities.ProvisionAccess), 1, () => new InvalidOperationException("broke off"));
                await _given.Submitted();
                await _given.Send(Signals.Approve("bob"));
                _given.Service.Hold(nameof(RequestActivities.ProvisionAccess));
                await _given.Send(Signals.Approve("carol"));
                break;
            case Phase.Active:
                await _given.Active();
                break;
            case Phase.Revoking:
                await _given.Active();
                _given.Service.Hold(nameof(RequestActivities.RevokeAccess));
                await _given.Send(Given.Revoke());
                break;
            case Phase.Closed:
                await _given.Submitted();
                await _given.Send(Signals.Emergency("alice"));
                await _given.Send(Given.Release());
                break;
        }

        Assert.Equal(phase, _given.State.Phase);
        Assert.False(_given.Instance.IsOver);
    }

    /// <summary>From each phase to the end that it has.</summary>
    private async Task GoesOn(Phase phase)
    {
        _given.Service.Release(nameof(RequestActivities.ProvisionAccess));
        _given.Service.Release(nameof(RequestActivities.RevokeAccess));
        await _given.Service.Settle();
        if (phase == Phase.Open)
        {
            await _given.Send(Signals.Approve("bob"));
            await _given.Send(Signals.Approve("carol"));
            Assert.Equal(Phase.Active, _given.State.Phase);
        }

        if (phase == Phase.Closed) Assert.Null((await _given.Send(Signals.Ratify("bob"))).Refusal);
        await _given.Service.Advance(TimeSpan.FromHours(5));
        Assert.Equal(Phase.Closed, _given.State.Phase);
        Assert.Equal(phase switch { Phase.Revoking => Outcome.Revoked, Phase.Closed => Outcome.Released, _ => Outcome.Expired }, _given.State.Outcome);
        Assert.Empty(_given.Platform.Privileges);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, _given.Instance.Status);
    }
}
