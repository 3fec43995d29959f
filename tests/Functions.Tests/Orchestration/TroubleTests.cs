using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Functions.Tests.Orchestration;

/// <summary>What an orchestration calls fails, hangs, runs twice, or was written by somebody else meanwhile.</summary>
[TakesLong]
public sealed class TroubleTests : IDisposable
{
    private readonly Given _given = new();

    public void Dispose() => _given.Dispose();

    [Fact]
    public async Task StoreThatIsAway_IsTriedUntilItIsBack_AndNothingElseHappensBefore()
    {
        _given.Service.Fail(nameof(RequestActivities.SaveDecision), 200, () => new TransientException("the store is away"));
        var submit = await _given.Impatient.Signal(Given.Id, Signals.Submit(Given.Id), default);
        Assert.False(submit.Settled);
        await _given.Service.Advance(TimeSpan.FromHours(3));
        Assert.Equal(0, _given.Service.Runs(nameof(RequestActivities.SendNotice)));
        await _given.Service.Advance(TimeSpan.FromHours(2));
        Assert.Equal((Phase.Open, 201), (_given.State.Phase, _given.Service.Runs(nameof(RequestActivities.SaveDecision))));
        Assert.Contains(NoticeKind.ReviewAsked, _given.Mail.To("bob"));
    }

    [Fact]
    public async Task NoticeThatNobodyTakes_IsTriedAgainLater_AndHoldsUpNothing()
    {
        _given.Mail.Failure = new IOException("down");
        await _given.Approved();
        Assert.Equal(Phase.Active, _given.State.Phase);
        await _given.Service.Advance(TimeSpan.FromMinutes(50));
        Assert.Empty(_given.Mail.Sent);
        Assert.True(_given.Instance.Generations > 1);

        _given.Mail.Failure = null;
        await _given.Service.Advance(TimeSpan.FromMinutes(70));
        Assert.Equal(Phase.Closed, _given.State.Phase);
        Assert.Contains(NoticeKind.ReviewAsked, _given.Mail.To("bob"));
        Assert.Contains(NoticeKind.Active, _given.Mail.To("alice"));
        Assert.Contains(NoticeKind.Expired, _given.Mail.To("alice"));
        Assert.True(_given.Instance.IsOver);
    }

    [Fact]
    public async Task FinishedRequest_WithANoticeThatNobodyTakes_KeepsItsOrchestrationUntilItIsTaken()
    {
        await _given.Submitted();
        _given.Mail.Failure = new IOException("down");
        await _given.Send(Signals.Deny("bob"));
        await _given.Service.Advance(TimeSpan.FromDays(2));
        Assert.False(_given.Instance.IsOver);
        _given.Mail.Failure = null;
        await _given.Service.Advance(TimeSpan.FromHours(2));
        Assert.Contains(NoticeKind.Denied, _given.Mail.To("alice"));
        Assert.True(_given.Instance.IsOver);
    }

    [Fact]
    public async Task PlatformActivity_ThatBreaksOff_IsAFailedAttempt_AndTheDeciderRetries()
    {
        _given.Service.Fail(nameof(RequestActivities.ProvisionAccess), 2, () => new InvalidOperationException("the worker ran out of memory"));
        await _given.Approved();
        Assert.Equal((Phase.Provisioning, 1), (_given.State.Phase, _given.State.Grants[0].Failures));
        await _given.Service.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((Phase.Active, 3), (_given.State.Phase, _given.State.Grants[0].Attempts));
    }

    [Fact]
    public async Task RemovalThatFails_IsTriedForEver()
    {
        await _given.Active();
        _given.Platform.Before = (call, _) => call == nameof(IPlatform.Revoke) ? throw new PlatformException("no route") : Task.CompletedTask;
        await _given.Send(Given.Revoke());
        await _given.Service.Advance(TimeSpan.FromDays(1));
        Assert.Equal(Phase.Revoking, _given.State.Phase);
        Assert.True(_given.State.Grants[0].Failures > 200);
        Assert.Contains(NoticeKind.RevocationFailing, _given.Mail.To("dave"));
        _given.Platform.Before = null;
        await _given.Service.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal((Phase.Closed, Outcome.Revoked), (_given.State.Phase, _given.State.Outcome));
        Assert.Empty(_given.Platform.Privileges);
    }

    [Fact]
    public async Task AuditThatCannotBeDelivered_HoldsUpNothing_AndNoSinkIsAskedForEver()
    {
        _given.Sink.Failure = new TransientException("the hub is away");
        await _given.Active();
        await _given.Service.Advance(TimeSpan.FromHours(3));
        Assert.Equal(Phase.Closed, _given.State.Phase);
        Assert.True(_given.Instance.IsOver);
        Assert.Empty(_given.Sink.Rows);
        Assert.True(_given.Service.Runs(nameof(RequestActivities.DeliverAudit)) < 40);
    }

    [Fact]
    public async Task Revoke_WhileAProvisionAttemptHangs_IsTakenAtOnce_AndRemovesAfterTheAttemptEnded()
    {
        Hangs(nameof(IPlatform.Grant));
        await _given.Approved();
        Assert.Equal(Phase.Provisioning, _given.State.Phase);
        var revoked = await _given.Send(Given.Revoke());
        Assert.Equal((null, Phase.Revoking), (revoked.Refusal, revoked.State!.Phase));
        Assert.Equal(["Grant"], _given.Platform.Calls);

        await _given.Service.Advance(TimeSpan.FromSeconds(28));
        await _given.Service.Until(() => _given.State.Phase == Phase.Closed, "the attempt to time out and the access to be removed");
        Assert.Equal(["Grant", "Revoke", "ReadBack"], _given.Platform.Calls);
    }

    [Fact]
    public async Task End_WhileAProvisionAttemptHangs_RemovesAfterItEnded()
    {
        Hangs(nameof(IPlatform.Grant));
        await _given.Approved(ask: Signals.Ask with { End = _given.Now.AddSeconds(10) });
        await _given.Service.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal((Phase.Revoking, Work.Provision), (_given.State.Phase, _given.State.InFlight!.Work));
        await _given.Service.Advance(TimeSpan.FromSeconds(17));
        await _given.Service.Until(() => _given.State.Phase == Phase.Closed, "the attempt to time out and the access to be removed");
    }

    [Theory]
    [InlineData(nameof(RequestActivities.SaveDecision))]
    [InlineData(nameof(RequestActivities.SendNotice))]
    [InlineData(nameof(RequestActivities.ProvisionAccess))]
    [InlineData(nameof(RequestActivities.RevokeAccess))]
    [InlineData(nameof(RequestActivities.ReadBackAccess))]
    [InlineData(nameof(RequestActivities.DeliverAudit))]
    public async Task EveryActivity_RunTwiceOrWithItsResultLost_ChangesNothing(string activity)
    {
        var plain = await Life();
        var twice = await Life(given => given.Service.RunTwice(activity, 1000));
        var lost = await Life(given => given.Service.LoseResult(activity, 3));
        Assert.Equal(plain, twice);
        Assert.Equal(plain, lost);
    }

    /// <summary>An attempt that outlived its orchestration begins when the decision has long gone on to the next one.</summary>
    [Fact]
    public async Task AttemptThatIsNoLongerAwaited_DoesNotTouchThePlatform()
    {
        _given.Service.Hold(nameof(RequestActivities.ProvisionAccess));
        await _given.Approved();
        await _given.Service.Client.TerminateInstanceAsync(Given.Id);
        Assert.True(await _given.Lost.Revive(Given.Id, default));
        await _given.Service.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((2, 2), (_given.State.InFlight!.Attempt, _given.Service.Queued(nameof(RequestActivities.ProvisionAccess))));

        _given.Service.Release(nameof(RequestActivities.ProvisionAccess));
        await _given.Service.Settle();
        Assert.Equal(Phase.Active, _given.State.Phase);
        Assert.Equal(["Grant"], _given.Platform.Calls);
    }

    [Fact]
    public async Task StaleSave_IsDecidedAgain_AndLosesNothing()
    {
        await _given.Submitted();
        var intruder = true;
        _given.Store.Saving = order =>
        {
            if (!intruder || order.Answer?.SignalId != "approve-bob") return;
            intruder = false;
            var decision = Decider.Decide(_given.State, Signals.Approve("ben") with { At = _given.Now });
            _ = _given.Store.Save(SaveOrders.For(Given.Id, _given.State, Signals.Approve("ben"), decision, _given.Now, [.. decision.Effects.OfType<Notify>()]), default);
        };
        var late = await _given.Send(Signals.Approve("bob"));
        Assert.Equal(RefusalReason.AlreadySettled, late.Refusal!.Reason);
        Assert.Equal(["ben"], _given.State.Reviews.Select(review => review.By));
        Assert.Contains(NoticeKind.ReviewAsked, _given.Mail.To("carol"));
        await _given.Send(Signals.Approve("carol"));
        Assert.Equal(Phase.Active, _given.State.Phase);
        Assert.Equal(_given.State.AuditHead!.Sequence, _given.Store.Audit(Given.Id)[^1].Sequence);
    }

    /// <summary>The other writer also began an attempt that nobody runs.</summary>
    [Fact]
    public async Task StaleSave_BesideAnAttemptOfSomebodyElse_GivesThatAttemptUpInTime()
    {
        await _given.Submitted();
        await _given.Send(Signals.Approve("bob"));
        var intruder = true;
        _given.Store.Saving = order =>
        {
            if (!intruder || order.Answer?.SignalId != "approve-late") return;
            intruder = false;
            var decision = Decider.Decide(_given.State, Signals.Approve("carol") with { At = _given.Now });
            _ = _given.Store.Save(SaveOrders.For(Given.Id, _given.State, Signals.Approve("carol"), decision, _given.Now, []), default);
        };
        await _given.Send(Signals.Approve("ben", "approve-late"));
        Assert.Equal((Phase.Provisioning, Work.Provision), (_given.State.Phase, _given.State.InFlight!.Work));
        await _given.Service.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((Phase.Active, 2), (_given.State.Phase, _given.State.Grants[0].Attempts));
    }

    private void Hangs(string hanging)
    {
        var service = _given.Service;
        _given.Platform.Before = async (call, token) =>
        {
            if (call != hanging) return;
            var parked = service.Park();
            var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var ended = token.Register(() =>
            {
                parked.Dispose();
                _ = never.TrySetCanceled(token);
            });
            await never.Task;
        };
    }

    /// <summary>A whole life, told without what differs by nature.</summary>
    private static async Task<string> Life(Action<Given>? trouble = null)
    {
        using var given = new Given();
        trouble?.Invoke(given);
        await given.Active();
        await given.Send(Given.Revoke());
        await given.Service.Advance(TimeSpan.FromHours(1));
        var notices = given.Mail.Sent.Keys.Order().Select(key => $"{key.Notice}>{key.Reader}");
        var delivered = given.Sink.Rows.Select(row => row.Sequence).Distinct();
        return string.Join('\n', [.. given.Events, $"{given.State.Phase} {given.State.Outcome} {given.State.Sequence} {given.State.Grants[0].Attempts}", .. notices, string.Join(',', delivered)]);
    }
}
