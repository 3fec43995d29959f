using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Slack;
using AccessFunctions.Integrations.Tests.Mail;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Slack;

/// <summary>The messages of a request, whatever happens to Slack, to the process, or at the same time.</summary>
public sealed class SlackBoardTests
{
    private static readonly AccessRequest Open = Notices.Open with { Role = "analytics_reader", Grants = [Notices.Open.Grants[0] with { Identity = "alice" }] };
    private static readonly AccessRequest Level2 = Open with { Sequence = 2, Level = 2, Reviews = [Notices.Approval], Levels = [Open.Levels[0], Open.Levels[1] with { OpenedAt = Notices.Noon }] };
    private static readonly AccessRequest Approved = Level2 with
    {
        Sequence = 3,
        Phase = Phase.Scheduled,
        Level = 0,
        Reviews = [Notices.Approval, Notices.Approval with { By = "carol", Seat = "carol", Level = 2, At = Notices.Noon.AddMinutes(9) }],
        Settled = new Settlement("carol", Notices.Noon.AddMinutes(9)),
    };

    [Fact]
    public async Task Bring_Again_CallsSlackNoMore()
    {
        await using var slack = await SlackFixture.Start();
        Assert.True(await slack.Bring(Open));
        Assert.True(await slack.Bring(Open));
        Assert.True(await slack.Bring(Open with { Sequence = 7 }));
        Assert.Equal((1, 0), (slack.Server.CallsOf("chat.postMessage"), slack.Server.CallsOf("chat.update")));
        Assert.Equal(7, (await slack.Row("r1-l1")).Sequence);
    }

    [Fact]
    public async Task Bring_ThroughTheLevels_KeepsOneMessageForEach_AndSaysWhoSettledItAndWhen()
    {
        await using var slack = await SlackFixture.Start();
        await slack.Bring(Open);
        await slack.Bring(Level2);
        await slack.Bring(Approved);
        Assert.Equal(["r1-l1", "r1-l2"], slack.Server.Messages.Select(said => said.Key));
        Assert.Contains("Approved at level 1 by Bob Brown (bob), 2026-11-21 12:05 UTC", slack.Server.Messages[0].Shown, StringComparison.Ordinal);
        Assert.Contains("Approved at level 2 by Carol Černá (carol), 2026-11-21 12:09 UTC", slack.Server.Messages[1].Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("<@", slack.Server.Messages[0].Shown + slack.Server.Messages[1].Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bring_AfterANewRevision_EditsTheOldMessage_AndPostsANewOne()
    {
        await using var slack = await SlackFixture.Start();
        await slack.Bring(Open);
        await slack.Bring(Open with { Sequence = 2, Revision = 2 });
        Assert.Contains("Superseded", slack.Server.Messages[0].Shown, StringComparison.Ordinal);
        Assert.Contains("is now revision 2", slack.Server.Messages[0].Shown, StringComparison.Ordinal);
        Assert.Equal("r2-l1", slack.Server.Messages[1].Key);
        Assert.Contains("earlier approvals no longer count", slack.Server.Messages[1].Shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cancelled", "Cancelled by Alice Adams (alice), 2026-11-21 12:30 UTC")]
    [InlineData("Lapsed", "Lapsed 2026-11-21 12:30 UTC")]
    [InlineData("Denied", "Denied by Bob Brown (bob), 2026-11-21 12:30 UTC")]
    [InlineData("Starved", "the approvals still possible are too few")]
    public async Task Bring_OfARequestThatCameToNothing_SaysHow(string how, string words)
    {
        await using var slack = await SlackFixture.Start();
        await slack.Bring(Open);
        var at = Notices.Noon.AddMinutes(30);
        await slack.Bring(Open with
        {
            Sequence = 2,
            Level = 0,
            Phase = how is "Denied" or "Starved" ? Phase.Denied : Phase.Closed,
            Outcome = how switch { "Cancelled" => Outcome.Cancelled, "Lapsed" => Outcome.Lapsed, _ => null },
            Reviews = how == "Denied" ? [Notices.Approval with { Verdict = Verdict.Deny, At = at }] : [],
            Settled = new Settlement(how switch { "Cancelled" => "alice", "Denied" => "bob", _ => SystemActors.Timer }, at),
        });
        Assert.Contains(words, Assert.Single(slack.Server.Messages).Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bring_OfAnOlderState_ChangesNothing()
    {
        await using var slack = await SlackFixture.Start();
        await slack.Bring(Open);
        await slack.Bring(Approved);
        await slack.Bring(Level2);
        Assert.Contains("Approved at level 1", slack.Server.Messages[0].Shown, StringComparison.Ordinal);
        Assert.Equal(1, slack.Server.Messages[0].Edits);
    }

    [Fact]
    public async Task Bring_ForANoticeThatWaited_AsksForNothingThatWasDecidedMeanwhile()
    {
        await using var slack = await SlackFixture.Start();
        slack.Becomes(Level2);
        await slack.Board.Bring(Open, CancellationToken.None);
        Assert.Equal("r1-l2", Assert.Single(slack.Server.Messages).Key);
    }

    [Fact]
    public async Task Bring_ByTwoNoticesAtOnce_PostsOnce()
    {
        await using var slack = await SlackFixture.Start();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => slack.Bring(Open))));
        Assert.Equal(1, slack.Server.CallsOf("chat.postMessage"));
    }

    [Fact]
    public async Task Bring_ByTwoProcessesAtOnce_PostsOnce_AndTheLaterStateWins()
    {
        await using var slack = await SlackFixture.Start();
        var (arrived, letGo) = slack.Server.Hold("chat.postMessage");
        var first = Task.Run(() => slack.Bring(Open));
        await arrived;
        slack.NewProcess();
        Assert.False(await slack.Bring(Level2 with { Level = 1 }));
        letGo();
        Assert.True(await first);
        Assert.Equal((1, 0), (Assert.Single((await slack.CatchUp(TimeSpan.FromSeconds(15))).Caught).Reviews.Count, (await slack.CatchUp(TimeSpan.Zero)).Behind));
        Assert.Equal(1, slack.Server.CallsOf("chat.postMessage"));
        Assert.Equal(2, (await slack.Row("r1-l1")).Sequence);
    }

    [Fact]
    public async Task APostWhoseAnswerGotLost_IsFoundByItsMetadata_AndNotPostedAgain()
    {
        await using var slack = await SlackFixture.Start();
        slack.Server.BreakAfter("chat.postMessage");
        Assert.False(await slack.Bring(Open));
        Assert.Equal(Standing.Unsure, (await slack.Row("r1-l1")).Standing);
        slack.Becomes(Level2);
        Assert.Empty((await slack.CatchUp(TimeSpan.FromSeconds(1))).Caught); // Slack was out of reach a second ago: it is not called
        _ = Assert.Single((await slack.CatchUp(SlackApi.Pause)).Caught);
        Assert.Equal(["r1-l1", "r1-l2"], slack.Server.Messages.Select(said => said.Key));
        Assert.Contains("Approved at level 1", slack.Server.Messages[0].Shown, StringComparison.Ordinal);
        Assert.Equal(slack.Server.Messages[0].Ts, (await slack.Row("r1-l1")).Ts);
        Assert.Empty((await slack.CatchUp(TimeSpan.Zero)).Caught);
    }

    [Fact]
    public async Task AMessageOfAnotherApp_WithTheSameMetadata_IsNotTakenForOurs()
    {
        await using var slack = await SlackFixture.Start();
        slack.Server.BreakAfter("chat.postMessage");
        Assert.False(await slack.Bring(Open));
        slack.Server.IsPostedBy("A0OTHER", slack.Server.Messages[0].Ts);
        _ = Assert.Single((await slack.CatchUp(SlackApi.Pause)).Caught);
        Assert.Equal(2, slack.Server.Messages.Count);
        Assert.Equal(slack.Server.Messages[1].Ts, (await slack.Row("r1-l1")).Ts);
    }

    [Fact]
    public async Task AProcessThatDiedWhilePosting_LeavesAMessageThatIsFound()
    {
        await using var slack = await SlackFixture.Start();
        var (arrived, _) = slack.Server.Hold("chat.postMessage");
        _ = slack.Bring(Open);
        await arrived;
        var row = await slack.Row("r1-l1");
        Assert.Equal(Standing.Posting, row.Standing);

        // What the dead process had posted, as Slack has it.
        slack.NewProcess();
        slack.Time.Advance(SlackBoard.Lease);
        Assert.True(await slack.Bring(Open));
        var said = Assert.Single(slack.Server.Messages);
        Assert.Equal(1, slack.Server.CallsOf("conversations.history"));

        // And where it had: nothing is posted twice.
        await slack.Rows.Remove(PostedRows.Set(Open.Id), "r1-l1", CancellationToken.None);
        await slack.Rows.Add(PostedRows.Set(Open.Id), "r1-l1", PostedRows.Write(row), DateTimeOffset.MaxValue, CancellationToken.None);
        Assert.True(await slack.Bring(Open));
        Assert.Equal(said.Ts, Assert.Single(slack.Server.Messages).Ts);
        Assert.Equal((Standing.Posted, said.Ts), ((await slack.Row("r1-l1")).Standing, (await slack.Row("r1-l1")).Ts));
        Assert.Equal(["bob"], (await slack.Row("r1-l1")).Mentioned);
    }

    [Fact]
    public async Task RetryAfter_IsHonoured_AndNothingIsLost()
    {
        await using var slack = await SlackFixture.Start();
        slack.Server.Limit("chat.postMessage", retryAfter: 30);
        Assert.False(await slack.Bring(Open));
        Assert.Equal(1, (await slack.CatchUp(TimeSpan.FromSeconds(24))).Behind);
        Assert.Equal(1, slack.Server.CallsOf("chat.postMessage"));
        Assert.Equal(0, (await slack.CatchUp(TimeSpan.FromSeconds(6))).Behind);
        Assert.Equal((2, 1, 0), (slack.Server.CallsOf("chat.postMessage"), slack.Server.Messages.Count, slack.Server.CallsOf("conversations.history")));
    }

    [Fact]
    public async Task WhileSlackIsAway_OneCallFindsOut_AndTheOthersDoNotWait()
    {
        await using var slack = await SlackFixture.Start();
        slack.Server.IsDown = true;
        for (var i = 0; i < 5; i++) Assert.False(await slack.Bring(Open with { Sequence = i + 1 }));
        Assert.Equal(1, slack.Server.CallsOf("chat.postMessage"));
        slack.Server.IsDown = false;
        Assert.Equal(0, (await slack.CatchUp(SlackApi.Pause)).Behind);
        Assert.Single(slack.Server.Messages);
    }

    [Fact]
    public async Task AShortPause_IsWaitedFor_SoThatABurstGetsThrough()
    {
        await using var slack = await SlackFixture.Start();
        slack.Server.Limit("chat.postMessage", retryAfter: 30);
        Assert.False(await slack.Bring(Open));
        slack.Server.Limit("chat.postMessage", retryAfter: 1);
        var run = slack.CatchUp(TimeSpan.FromSeconds(30));
        await slack.Time.WaitForTimers(1);
        slack.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 0), ((await run).Caught.Count, (await run).Behind));
        Assert.Single(slack.Server.Messages);
    }

    [Fact]
    public async Task AnEmergencyThatSlackIsToldOfLate_IsNotedAsHavingReachedAnApprover_Once()
    {
        await using var slack = await SlackFixture.Start();
        var emergency = Notices.Emergency with { Sequence = 5 };
        slack.Server.IsDown = true;
        Assert.False(await slack.Bring(emergency));
        slack.Server.IsDown = false;
        var door = new Door();
        var sweep = new SlackSweep(null, slack.Board, door, NullLogger<SlackSweep>.Instance);
        await sweep.Run(CancellationToken.None);
        Assert.Empty(door.Signals);
        slack.Time.Advance(SlackApi.Pause);
        await sweep.Run(CancellationToken.None);
        await sweep.Run(CancellationToken.None);
        var (request, signal) = Assert.Single(door.Signals);
        Assert.Equal((emergency.Id, NoticeKind.EmergencyDeclared, "bob"), (request, signal.Kind, signal.To));
    }

    [Theory]
    [InlineData("not_in_channel")]
    [InlineData("channel_not_found")]
    [InlineData("invalid_auth")]
    [InlineData("missing_scope")]
    [InlineData("a_word_that_is_new")]
    public async Task ARefusalOfTheSetUp_IsDropped_AndTheNextNoticeTriesAgain(string word)
    {
        await using var slack = await SlackFixture.Start();
        slack.Server.Refuse("chat.postMessage", word);
        Assert.True(await slack.Bring(Open));
        Assert.Empty((await slack.CatchUp(TimeSpan.FromMinutes(1))).Caught);
        Assert.True(await slack.Bring(Open));
        Assert.Single(slack.Server.Messages);
    }

    [Theory]
    [InlineData("message_not_found")]
    [InlineData("edit_window_closed")]
    [InlineData("cant_update_message")]
    public async Task AMessageThatCannotBeEdited_IsGivenUp_AndHoldsUpNoOther(string word)
    {
        await using var slack = await SlackFixture.Start();
        await slack.Bring(Open);
        slack.Server.Refuse("chat.update", word);
        Assert.True(await slack.Bring(Level2));
        Assert.Equal(Standing.GivenUp, (await slack.Row("r1-l1")).Standing);
        Assert.True(await slack.Bring(Approved));
        Assert.Equal(2, slack.Server.CallsOf("chat.update"));
        Assert.Contains("Approved at level 2", slack.Server.Messages[1].Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMessageThatSlackFindsTooLong_IsGivenUp()
    {
        await using var slack = await SlackFixture.Start();
        slack.Server.Refuse("chat.postMessage", "msg_too_long");
        Assert.True(await slack.Bring(Open));
        Assert.True(await slack.Bring(Open));
        Assert.Equal(1, slack.Server.CallsOf("chat.postMessage"));
    }

    [Fact]
    public async Task AnEditWhoseAnswerGotLost_IsSentAgain()
    {
        await using var slack = await SlackFixture.Start();
        await slack.Bring(Open);
        slack.Server.BreakAfter("chat.update");
        Assert.False(await slack.Bring(Open with { Sequence = 2, Revision = 2, Phase = Phase.Denied, Level = 0 }));
        Assert.Equal(0, (await slack.CatchUp(SlackApi.Pause)).Behind);
        Assert.Equal(2, Assert.Single(slack.Server.Messages).Edits);
    }

    [Theory]
    [InlineData(NoticeKind.EmergencyDeclared, "bob", true)]
    [InlineData(NoticeKind.EmergencyDeclared, "dave", false)] // not linked
    [InlineData(NoticeKind.EmergencyDeclared, "alice", false)] // not mentioned
    [InlineData(NoticeKind.EmergencyReviewed, "bob", false)] // an edit tells nobody
    public async Task Send_ReachesThose_WhomSlackTold(NoticeKind kind, string reader, bool reached)
    {
        await using var slack = await SlackFixture.Start();
        var channel = new SlackChannel(slack.Board);
        var notice = Notices.Of(kind, Notices.Emergency with { Sequence = 5 }, slack.People.Find(reader)!) with { People = slack.People };
        Assert.Equal(reached, await channel.Send(notice, CancellationToken.None));
        var said = Assert.Single(slack.Server.Messages);
        Assert.Equal("emergency", said.Key);
        Assert.StartsWith("EMERGENCY ACCESS", said.Shown, StringComparison.Ordinal);
        Assert.StartsWith("EMERGENCY: Alice Adams", said.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WhileSlackIsAway_ReachesNobody_AndDoesNotThrow()
    {
        await using var slack = await SlackFixture.Start();
        slack.Server.IsDown = true;
        var notice = Notices.Of(NoticeKind.EmergencyDeclared, Notices.Emergency, slack.People.Find("bob")!) with { People = slack.People };
        Assert.False(await new SlackChannel(slack.Board).Send(notice, CancellationToken.None));
    }

    /// <summary>A door that keeps what it is told.</summary>
    private sealed class Door : IRequestWorkflow
    {
        public List<(string Request, NoticeDelivered Signal)> Signals { get; } = [];

        public Task<SignalAnswer> Signal(string requestId, Signal signal, CancellationToken cancellation)
        {
            Signals.Add((requestId, (NoticeDelivered)signal));
            return Task.FromResult(new SignalAnswer(null, null, 0));
        }
    }
}
