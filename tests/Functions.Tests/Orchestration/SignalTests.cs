using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Tests.Shared;
using Microsoft.DurableTask.Client;
using Xunit;

namespace AccessFunctions.Functions.Tests.Orchestration;

/// <summary>Every signal is answered: finished, purged and unknown requests, repeats, and what was accepted and not settled yet.</summary>
public sealed class SignalTests : IDisposable
{
    private readonly Given _given = new();

    public void Dispose() => _given.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SignalToAFinishedRequest_IsRefusedAndAudited_ThoughNoOrchestrationRuns(bool purged)
    {
        await _given.Submitted();
        await _given.Send(Signals.Cancel("alice"));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, _given.Instance.Status);
        if (purged) Assert.Equal(1, (await _given.Service.Client.PurgeInstanceAsync(Given.Id)).PurgedInstanceCount);
        var events = _given.Events.Count;

        var late = await _given.Send(Signals.Approve("bob"));
        Assert.Equal((RefusalReason.NoActionsAvailable, true, Phase.Closed), (late.Refusal!.Reason, late.Settled, late.State!.Phase));
        Assert.Equal(events + 1, _given.Events.Count);
        var again = await _given.Send(Signals.Approve("bob"));
        Assert.Equal((late.Sequence, RefusalReason.NoActionsAvailable), (again.Sequence, again.Refusal!.Reason));
        Assert.Equal(events + 1, _given.Events.Count);
        Assert.Equal(purged ? null : OrchestrationRuntimeStatus.Completed, _given.Service.Find(Given.Id)?.Status);
    }

    [Fact]
    public async Task Answer_WrittenBetweenTheTwoReads_IsGivenInFull()
    {
        await _given.Submitted();
        var first = await _given.Send(Signals.Approve("alice"));
        _given.Store.ReadsAnswerTooEarly = true;
        var again = await _given.Send(Signals.Approve("alice"));
        Assert.Equal((first.Refusal!.Reason, first.Refusal.Detail, first.Sequence), (again.Refusal!.Reason, again.Refusal.Detail, again.Sequence));
    }

    [Fact]
    public async Task SignalToAnUnknownRequest_IsNotFound_AndLeavesNothing()
    {
        var answer = await _given.Send(Signals.Approve("bob"), "r-none");
        Assert.Equal((RefusalReason.NotFound, null), (answer.Refusal!.Reason, answer.State));
        Assert.Empty(_given.Service.Instances);
        Assert.Empty(_given.Store.Answers);
    }

    [Fact]
    public async Task RefusedSubmission_NeedsNoOrchestration_AndGetsTheSameAnswerAgain()
    {
        var ask = Signals.Ask with { Justification = null };
        var refused = await _given.Send(Signals.Submit(Given.Id, ask: ask));
        Assert.NotNull(refused.Refusal);
        Assert.Equal(refused.Refusal.Reason, (await _given.Send(Signals.Submit(Given.Id, ask: ask))).Refusal!.Reason);
        Assert.Empty(_given.Service.Instances);
        Assert.Single(_given.Store.Audit("host"));
    }

    [Fact]
    public async Task Submit_Twice_IsOneRequest_AndOtherContentIsSaid()
    {
        await _given.Submitted();
        var again = await _given.Send(Signals.Submit(Given.Id));
        Assert.Equal((null, false), (again.Refusal, again.ContentDiffers));
        var other = await _given.Send(Signals.Submit(Given.Id, ask: Signals.Ask with { Justification = "something else" }));
        Assert.True(other.ContentDiffers);
        Assert.Equal(1, _given.Store.Saves);
        Assert.Single(_given.Service.Instances);
    }

    [Fact]
    public async Task Submit_TwiceAtTheSameMoment_StartsOneOrchestration_AndBothAreAnswered()
    {
        var first = _given.Workflow.Signal(Given.Id, Signals.Submit(Given.Id), default);
        var same = _given.Workflow.Signal(Given.Id, Signals.Submit(Given.Id), default);
        var other = _given.Workflow.Signal(Given.Id, Signals.Submit(Given.Id, ask: Signals.Ask with { Justification = "something else" }), default);
        await _given.Service.Settle();
        Assert.Equal([false, false, true], (await Task.WhenAll(first, same, other)).Select(answer => answer.ContentDiffers));
        Assert.Equal(1, _given.Store.Saves);
    }

    [Fact]
    public async Task Submit_OfAnIdThatIsTaken_UnderAnotherSignalId_IsRefused()
    {
        await _given.Submitted();
        var second = await _given.Send(Signals.Submit(Given.Id, id: "submit-2"));
        Assert.Equal((RefusalReason.AlreadySubmitted, true), (second.Refusal!.Reason, second.Settled));
        Assert.Equal(Phase.Open, _given.State.Phase);
    }

    [Fact]
    public async Task Repeat_AfterItsAnswerWasForgotten_IsAnsweredFromTheState()
    {
        await _given.Submitted();
        var first = await _given.Send(Signals.Approve("bob"));
        _given.Store.ForgetAnswers();
        var again = await _given.Send(Signals.Approve("bob"));
        Assert.Equal((null, first.Sequence, 2), (again.Refusal, again.Sequence, again.State!.Level));
    }

    [Fact]
    public async Task Signal_ThatIsNotSettledWithinPatience_IsAccepted_Kept_AndSettledLater()
    {
        await _given.Submitted();
        _given.Service.Hold(nameof(RequestActivities.SaveDecision));
        var answer = await _given.Impatient.Signal(Given.Id, Signals.Approve("bob"), default);
        Assert.Equal((false, null), (answer.Settled, answer.Refusal));
        var (request, kept) = Assert.Single(await All());
        Assert.Equal((Given.Id, "approve-bob"), (request, kept.Id));

        _given.Service.Release(nameof(RequestActivities.SaveDecision));
        await _given.Service.Settle();
        Assert.Equal(2, (await _given.Send(kept)).State!.Level);
        Assert.Single(_given.State.Reviews);
    }

    /// <summary>The provider that drops events of instances that do not run; the signal arrives at the very end of one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Signal_ThatAnEndingOrchestrationDropped_IsAnsweredFromTheSnapshot(bool checks)
    {
        _given.Service.ChecksBeforeRaise = checks;
        await _given.Submitted();
        _given.Service.Hold(nameof(RequestActivities.SaveDecision));
        var cancel = _given.Workflow.Signal(Given.Id, Signals.Cancel("alice"), default);
        await _given.Service.Settle();
        _given.Service.HoldsSteps = true;
        _given.Service.Release(nameof(RequestActivities.SaveDecision));
        await _given.Service.Settle();
        await _given.Service.Client.TerminateInstanceAsync(Given.Id);

        var late = await _given.Send(Signals.Approve("bob"));
        Assert.Equal(RefusalReason.NoActionsAvailable, late.Refusal!.Reason);
        Assert.Null((await cancel).Refusal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Signal_ToARequestWhoseOrchestrationIsGone_RevivesIt(bool checks)
    {
        _given.Service.ChecksBeforeRaise = checks;
        await _given.Submitted();
        await _given.Service.Client.TerminateInstanceAsync(Given.Id);
        await _given.Service.Client.PurgeInstanceAsync(Given.Id);

        // A provider that says nothing is found out when patience is over; then the signal is on its way with the new orchestration.
        if (checks) Assert.True((await _given.Send(Signals.Approve("bob"))).Settled);
        else Assert.False((await _given.Impatient.Signal(Given.Id, Signals.Approve("bob"), default)).Settled);
        await _given.Service.Settle();
        Assert.Equal((2, OrchestrationRuntimeStatus.Running), (_given.State.Level, _given.Instance.Status));
        Assert.Null((await _given.Send(Signals.Approve("carol"))).Refusal);
        Assert.Equal(Phase.Active, _given.State.Phase);
    }

    [Fact]
    public async Task Submit_WhoseOrchestrationFailedBeforeItSaved_IsTakenWhenItIsSentAgain()
    {
        _given.Service.ToleratesFailedOrchestrations = true;
        _given.Service.Fail(nameof(RequestActivities.SaveDecision), 1, () => new InvalidOperationException("a defect"));
        var submit = _given.Impatient.Signal(Given.Id, Signals.Submit(Given.Id), default);
        await _given.Service.Settle();
        Assert.False((await submit).Settled);

        var (_, kept) = Assert.Single(await All());
        var again = await _given.Send(kept);
        Assert.Equal((true, Phase.Open), (again.Settled, again.State!.Phase));
        Assert.Equal(OrchestrationRuntimeStatus.Running, _given.Instance.Status);
    }

    [Fact]
    public async Task DirectoryChange_ThatChangesNothing_IsAnsweredWithoutATrace()
    {
        await _given.Submitted();
        var unchanged = new DirectoryChanged
        {
            Id = "d-1",
            By = SystemActors.Directory,
            Channel = Channel.System,
            At = default,
            RequesterActive = true,
            Approvers = [["bob", "ben"], ["carol"]],
            EscalateTo = [["eve"], []],
        };
        Assert.True((await _given.Send(unchanged)).Settled);
        Assert.Equal(1, _given.State.Sequence);
        var left = unchanged with { Id = "d-2", Approvers = [["bob", "ben"], []] };
        await _given.Send(left);
        Assert.Equal(Phase.Denied, _given.State.Phase);
    }

    private async Task<List<UnsettledSignal>> All()
    {
        List<UnsettledSignal> all = [];
        await foreach (var kept in _given.Store.All(default)) all.Add(kept);
        return all;
    }
}
