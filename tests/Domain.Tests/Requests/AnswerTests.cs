using System.Text.Json;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>Same signal, same answer; and every answer leaves its events.</summary>
public sealed class AnswerTests
{
    [Fact]
    public void Repeat_GetsTheSameAnswer_AndChangesNothing()
    {
        var open = Given.Open();
        var approved = Decider.Decide(open, Given.Approve("bob"));
        var again = Decider.Decide(approved.State, Given.Approve("bob", 1) with { At = Given.At(99) });
        Assert.True(again.Repeated);
        Assert.Null(again.Refusal);
        Assert.Same(approved.State, again.State);
        Assert.Empty(again.Effects);

        var refused = Decider.Decide(approved.State, Given.Approve("ben", 2));
        var refusedAgain = Decider.Decide(refused.State, Given.Approve("ben", 2));
        Assert.Equal((refused.Refusal!.Reason, true), (refusedAgain.Refusal!.Reason, refusedAgain.Repeated));
    }

    [Fact]
    public void Id_IsItsActorsOwn()
    {
        var story = Story.Of().Accepts(Given.Approve("bob") with { Id = "1" }).Accepts(Given.Approve("carol", 2) with { Id = "1" }).Is(Phase.Provisioning);

        // Nobody can use up the id with which the runner will report.
        var outcome = Given.Provisioned(story.Request, 4);
        story.Refuses(Given.Release(3, by: "bob") with { Id = outcome.Id }, RefusalReason.NotTheRequester).Accepts(outcome).Is(Phase.Active);
    }

    [Fact]
    public void State_RemembersTheLast64Signals()
    {
        var story = Story.Active();
        for (var look = 0; look < 100; look++) story.Accepts(Given.Look(10 + (look * 0.1)));
        Assert.Equal(Decider.SeenLimit, story.Request.Seen.Count);
        Assert.Equal(Given.Look(10 + (99 * 0.1)).Id, story.Request.Seen[^1].Id);
        Assert.Equal(story.Request.Sequence, story.Request.Seen[^1].Sequence);
    }

    [Fact]
    public void Recording_IsShownToTheRequester_WhileItIsGiven_AndBeforeTheEnd()
    {
        var story = Story.Active().Accepts(Given.View(10)).Refuses(Given.View(11, by: "bob"), RefusalReason.NotTheRequester).Refuses(Given.View(12, grant: "r-1.9"), RefusalReason.NotFound);
        Assert.Contains(EventTypes.Request.RecordingViewed, story.Accepts(Given.View(13)).Events);
        story.Refuses(Given.View(14) with { Facts = Given.Facts("alice") with { Active = false } }, RefusalReason.NotActive);
        story.Refuses(Given.View(61), RefusalReason.NotNow).Is(Phase.Revoking, Outcome.Expired);
        Story.Provisioning().Refuses(Given.View(2), RefusalReason.NotNow);
    }

    [Fact]
    public void Secret_IsShownToTheRequester_WhileActive_AndBeforeTheEnd()
    {
        var story = Story.Active().Accepts(Given.Look(10)).Refuses(Given.Look(11, by: "bob"), RefusalReason.NotTheRequester).Refuses(Given.Look(12, grant: "r-1.9"), RefusalReason.NotFound);
        story.Refuses(Given.Look(13) with { Facts = Given.Facts("alice") with { Active = false } }, RefusalReason.NotActive);
        story.Refuses(Given.Look(61), RefusalReason.NotNow).Is(Phase.Revoking, Outcome.Expired);
        Story.Provisioning().Refuses(Given.Look(2), RefusalReason.NotNow);
    }

    [Fact]
    public void Look_IsAuditedAndNothingElse()
    {
        var story = Story.Active();
        var before = story.Request;
        story.Accepts(Given.Look(10));
        Assert.Equal([EventTypes.Request.SecretLooked], story.Events);
        Assert.Equal(Json(before), Json(story.Request with { Sequence = before.Sequence, ChangedAt = before.ChangedAt, Seen = before.Seen }));
        static string Json(AccessRequest request) => JsonSerializer.Serialize(request, DomainJson.Default.AccessRequest);
    }

    [Fact]
    public void Refusal_IsAudited_WithActorAndReason()
    {
        var step = Assert.Single(Decider.Decide(Given.Open(), Given.Approve("mallory") with { Address = "192.0.2.7" }).Events);
        Assert.Equal((EventTypes.Request.Refused, "mallory", "NotAnApprover", false), (step.Type, step.Actor, step.Reason, step.Succeeded));
        Assert.Equal("192.0.2.7", step.Detail?.Address);

        var submission = Decider.Decide(null, Given.Submit(ask: Given.Ask with { Justification = null }));
        Assert.Null(submission.State);
        Assert.Equal(("alice", "InvalidAsk"), (Assert.Single(submission.Events).Actor, submission.Events[0].Reason));
    }

    [Fact]
    public void Events_NameWhoDidIt_PersonTimerOrRunner()
    {
        var story = Story.Of().Accepts(Given.Approve("bob"), Given.Approve("carol") with { Address = "192.0.2.7" });
        Assert.Equal(
            [(EventTypes.Request.Approved, "carol"), (EventTypes.Request.LevelPassed, "carol"), (EventTypes.Request.Scheduled, "carol"), (EventTypes.Request.Started, SystemActors.Timer), (EventTypes.Grant.ProvisionStarted, SystemActors.Runner)],
            story.Last.Events.Select(step => (step.Type, step.Actor)));
        Assert.All(story.Last.Events.Where(step => step.Actor != "carol"), step => Assert.Null(step.Detail));
        story.Platform(request => Given.Provisioned(request, 2));
        Assert.Equal([(EventTypes.Grant.Provisioned, SystemActors.Runner)], story.Last.Events.Select(step => (step.Type, step.Actor)));
        story.Accepts(Given.Timer(61));
        Assert.Equal((EventTypes.Request.Expired, SystemActors.Timer), (story.Last.Events[0].Type, story.Last.Events[0].Actor));
    }

    [Fact]
    public void Events_KeepFreeTextInTheirDetail()
    {
        const string secret = "xyzzy";
        var ask = Given.Ask with { Justification = secret, Reason = secret, Ticket = secret };
        var decisions = new List<Decision> { Decider.Decide(null, Given.Submit(Given.Policy with { Reasons = [secret] }, ask)) };
        Then(Given.Approve("bob") with { Comment = secret });
        Then(Given.Emergency(2, justification: secret));
        Then(Given.NotProvisioned(State(), 3) with { Error = secret });
        Then(Given.Ratify(4, verdict: EmergencyVerdict.Objected) with { Comment = secret });
        Then(Given.NotRemoved(State(), 5) with { Error = secret });
        Assert.All(decisions, decision => Assert.True(decision.Refusal is null && decision.Events.Count > 0));
        Assert.All(decisions.SelectMany(decision => decision.Events), step =>
            Assert.DoesNotContain(secret, JsonSerializer.Serialize(step with { Detail = null }, DomainJson.Default.AuditEvent), StringComparison.Ordinal));

        AccessRequest State() => decisions[^1].State!;
        void Then(Signal signal) => decisions.Add(Decider.Decide(State(), signal));
    }
}
