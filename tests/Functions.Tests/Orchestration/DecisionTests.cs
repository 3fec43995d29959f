using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Functions.Tests.Orchestration;

/// <summary>People decide while the orchestration is doing something else.</summary>
public sealed class DecisionTests : IDisposable
{
    private readonly Given _given = new();

    public void Dispose() => _given.Dispose();

    [Fact]
    public async Task Approve_LevelByLevel_LeadsToActive_AndTellsEachWhenTheirTurnComes()
    {
        await _given.Submitted();
        Assert.Equal((Phase.Open, 1), (_given.State.Phase, _given.State.Level));
        Assert.Contains(NoticeKind.ReviewAsked, _given.Mail.To("bob"));
        Assert.Empty(_given.Mail.To("carol"));

        await _given.Send(Signals.Approve("bob"));
        Assert.Equal(2, _given.State.Level);
        Assert.Contains(NoticeKind.ReviewAsked, _given.Mail.To("carol"));

        await _given.Send(Signals.Approve("carol"));
        Assert.Equal(Phase.Active, _given.State.Phase);
        Assert.Contains(NoticeKind.Active, _given.Mail.To("alice"));
        Assert.Equal($"{Given.Id}.1", Assert.Single(_given.Platform.Privileges).Key);
        Assert.Equal(_given.Store.Audit(Given.Id).Count, _given.Sink.Rows.Count);

        await _given.Service.Advance(TimeSpan.FromHours(2));
        Assert.Equal((Phase.Closed, Outcome.Expired), (_given.State.Phase, _given.State.Outcome));
        Assert.Empty(_given.Platform.Privileges);
        Assert.True(_given.Instance.IsOver);
    }

    [Fact]
    public async Task Approve_WhileANoticeIsBeingSent_IsDecidedAtOnce()
    {
        _given.Service.Hold(nameof(RequestActivities.SendNotice));
        await _given.Submitted();
        var approved = await _given.Send(Signals.Approve("bob"));
        Assert.Equal((null, 2), (approved.Refusal, approved.State!.Level));
        Assert.Empty(_given.Mail.Sent);
        _given.Service.Release(nameof(RequestActivities.SendNotice));
        await _given.Service.Settle();
        Assert.Contains(NoticeKind.ReviewAsked, _given.Mail.To("carol"));
    }

    [Fact]
    public async Task Approve_WhileAReminderIsBeingSent_IsDecidedAtOnce()
    {
        await _given.Submitted(Signals.Policy with { RemindEvery = TimeSpan.FromHours(1) });
        _given.Service.Hold(nameof(RequestActivities.SendNotice));
        await _given.Service.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, _given.Service.Queued(nameof(RequestActivities.SendNotice)));
        Assert.Null((await _given.Send(Signals.Approve("ben"))).Refusal);
        _given.Service.Release(nameof(RequestActivities.SendNotice));
        await _given.Service.Settle();
        Assert.Contains(NoticeKind.ReviewReminder, _given.Mail.To("bob"));
        Assert.Equal(2, _given.State.Level);
    }

    [Fact]
    public async Task Approve_WhileTheDecisionBeforeIsBeingSaved_IsTakenNext()
    {
        await _given.Submitted();
        _given.Service.Hold(nameof(RequestActivities.SaveDecision));
        await _given.Raise(Signals.Approve("bob"));
        await _given.Service.Settle();
        await _given.Raise(Signals.Approve("carol"));
        await _given.Service.Settle();
        Assert.Equal(1, _given.Service.Queued(nameof(RequestActivities.SaveDecision)));
        _given.Service.Release(nameof(RequestActivities.SaveDecision));
        await _given.Service.Settle();
        Assert.Equal(Phase.Active, _given.State.Phase);
    }

    [Fact]
    public async Task TenSignalsAtOnce_AreDecidedOneAfterTheOther_AndAllAreAnswered()
    {
        await _given.Submitted();
        Signal[] signals = [.. Enumerable.Range(0, 9).Select(number => (Signal)Signals.Approve("mallory", $"try-{number}")), Signals.Approve("bob")];
        await _given.Raise(signals);
        await _given.Service.Settle();
        Assert.Equal(2, _given.State.Level);
        Assert.Equal(11, _given.Store.Answers.Count);
        Assert.Equal(9, _given.Store.Answers.Count(answer => answer.Refusal is not null));
        Assert.Equal(_given.State.Sequence, _given.Store.Answers.Max(answer => answer.Sequence));
    }

    [Fact]
    public async Task TwoApproversAtOnce_OneCounts_TheOtherHearsWhoSettledIt()
    {
        await _given.Submitted();
        var answers = new[] { _given.Workflow.Signal(Given.Id, Signals.Approve("bob"), default), _given.Workflow.Signal(Given.Id, Signals.Approve("ben"), default) };
        await _given.Service.Settle();
        var both = await Task.WhenAll(answers);
        Assert.Single(both, answer => answer.Refusal is null);
        Assert.Equal(RefusalReason.AlreadySettled, Assert.Single(both, answer => answer.Refusal is not null).Refusal!.Reason);
    }

    /// <summary>The event is in the same batch as the result after which the orchestration begins anew.</summary>
    [Theory]
    [InlineData(nameof(RequestActivities.DeliverAudit))]
    [InlineData(nameof(RequestActivities.SendNotice))]
    [InlineData(nameof(RequestActivities.SaveDecision))]
    public async Task SignalsAroundContinueAsNew_AreNotLost(string last)
    {
        _given.Service.Hold(last);
        var submitted = _given.Workflow.Signal(Given.Id, Signals.Submit(Given.Id), default);
        await _given.Service.Settle();
        var before = _given.Instance.Generations;
        _given.Service.HoldsSteps = true;
        _given.Service.Release(last);
        await _given.Service.Settle();
        await _given.Raise(Signals.Approve("bob"), Signals.Approve("carol"));
        _given.Service.HoldsSteps = false;
        await _given.Service.Settle();
        _ = await submitted;
        Assert.True(_given.Instance.Generations > before);
        Assert.Equal(Phase.Active, _given.State.Phase);
    }

    [Fact]
    public async Task Deny_ClosesTheOrchestration_AndTheRequesterHears()
    {
        await _given.Submitted();
        Assert.Equal(Phase.Denied, (await _given.Send(Signals.Deny("bob"))).State!.Phase);
        Assert.Contains(NoticeKind.Denied, _given.Mail.To("alice"));
        Assert.True(_given.Instance.IsOver);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Emergency_AtEachLevel_GivesAccessAtOnce_TellsEveryApprover_AndOwesAReview(int approvals)
    {
        var later = Signals.Ask with { Start = _given.Now.AddHours(3), End = _given.Now.AddHours(4) };
        await _given.Submitted(ask: later);
        if (approvals > 0) await _given.Send(Signals.Approve("bob"));
        if (approvals > 1) await _given.Send(Signals.Approve("carol"));
        Assert.Equal(approvals > 1 ? Phase.Scheduled : Phase.Open, _given.State.Phase);

        Assert.Null((await _given.Send(Signals.Emergency("alice"))).Refusal);
        Assert.Equal(Phase.Active, _given.State.Phase);
        foreach (var approver in new[] { "bob", "ben", "carol" }) Assert.Contains(NoticeKind.EmergencyDeclared, _given.Mail.To(approver));
        Assert.NotNull(_given.State.Emergency!.NoticeReachedAt);
        Assert.Equal(RefusalReason.AlreadySettled, (await _given.Send(Signals.Approve("bob", "late"))).Refusal!.Reason);

        await _given.Service.Advance(TimeSpan.FromHours(2));
        Assert.Equal(Phase.Closed, _given.State.Phase);
        Assert.False(_given.Instance.IsOver);
        await _given.Service.Advance(TimeSpan.FromHours(24));
        Assert.Contains(NoticeKind.EmergencyReviewOverdue, _given.Mail.To("dave"));
        Assert.Null((await _given.Send(Signals.Ratify("carol"))).Refusal);
        Assert.True(_given.Instance.IsOver);
    }

    [Fact]
    public async Task Emergency_WhoseNoticeReachesNobody_AlertsTheAdministrators_AndIsReportedOnceItDoes()
    {
        await _given.Submitted();
        _given.Mail.Failure = new IOException("down");
        await _given.Send(Signals.Emergency("alice"));
        await _given.Service.Advance(TimeSpan.FromMinutes(6));
        Assert.True(_given.State.Emergency!.NoticeAlerted);
        Assert.Null(_given.State.Emergency.NoticeReachedAt);

        _given.Mail.Failure = null;
        await _given.Service.Advance(TimeSpan.FromMinutes(40));
        Assert.Contains(NoticeKind.EmergencyNoticeUndelivered, _given.Mail.To("dave"));
        Assert.Contains(NoticeKind.EmergencyDeclared, _given.Mail.To("bob"));
        Assert.NotNull(_given.State.Emergency.NoticeReachedAt);
    }

    [Fact]
    public async Task Emergency_WhoseNoticeOneChannelTook_CountsAsTold_AndTheOtherChannelIsTriedAgain()
    {
        await _given.Submitted();
        (_given.Mail.Failure, _given.Chat.IsClosed) = (new IOException("down"), false);
        await _given.Send(Signals.Emergency("alice"));
        await _given.Service.Advance(TimeSpan.FromMinutes(6));
        Assert.NotNull(_given.State.Emergency!.NoticeReachedAt);
        Assert.False(_given.State.Emergency.NoticeAlerted);
        Assert.Single(_given.Chat.Sent, sent => sent.Value is { To.Id: "bob", Effect.Kind: NoticeKind.EmergencyDeclared });

        _given.Mail.Failure = null;
        await _given.Service.Advance(TimeSpan.FromMinutes(6));
        Assert.Contains(NoticeKind.EmergencyDeclared, _given.Mail.To("bob"));
    }
}
