using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Application.Tests.Channels;

/// <summary>Who may link which Slack user, and by what proof.</summary>
public sealed class SlackLinkingTests
{
    private readonly FakeDirectory _directory = Given.Directory();
    private readonly InMemoryChannelStore _rows = new();
    private readonly FakeAudit _audit = new();
    private readonly ManualTimeProvider _time = new(Given.Now);
    private readonly Direct _slack = new();
    private readonly SlackLinking _linking;

    public SlackLinkingTests() => _linking = Process(_slack);

    private Caller Alice => _directory.Caller("alice");

    [Fact]
    public async Task TheCodeThatTheUserWasSent_LinksThem()
    {
        Assert.True((await Ask()).Done);
        var (user, code, person) = Assert.Single(_slack.Sent);
        Assert.Equal(("U0NEW", "alice"), (user, person));
        Assert.Matches("^[BCDFGHJKMNPQRSTVWXYZ2-9]{5}-[BCDFGHJKMNPQRSTVWXYZ2-9]{5}$", code);
        Assert.True((await Confirm(code)).Done);
        Assert.Equal("U0NEW", _directory.Current.Find("alice")!.SlackUserId);
        Assert.Equal([EventTypes.Host.SlackLinkAsked, EventTypes.Host.SlackLinked], _audit.Events.Select(happened => happened.Type));
        Assert.All(_audit.Events, happened => Assert.Equal(("alice", "person/alice", "U0NEW", "192.0.2.1", true),
            (happened.Actor, happened.Resource, happened.Detail!.More["slackUser"], happened.Detail.Address, happened.Succeeded)));
    }

    [Fact]
    public async Task ACode_IsTakenInAnyCaseAndSpacing_AndByAnotherInstance()
    {
        await Ask();
        var code = _slack.Sent[0].Code;
        Assert.True((await Process(_slack).Confirm(Alice, $" {code[..3]} {code[3..]} ".ToLowerInvariant(), default)).Done);
    }

    [Fact]
    public async Task ACode_CountsOnce()
    {
        await Ask();
        Assert.True((await Confirm(_slack.Sent[0].Code)).Done);
        await _linking.Unlink(Alice, "alice", default);
        Assert.Equal("no-code-awaited", (await Confirm(_slack.Sent[0].Code)).Reason);
        Assert.Null(_directory.Current.Find("alice")!.SlackUserId);
    }

    [Fact]
    public async Task TwoAtTheSameInstant_LinkOnce()
    {
        await Ask();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Process(_slack).Confirm(Alice, _slack.Sent[0].Code, default))));
        Assert.Single(answers, answer => answer.Done);
    }

    [Fact]
    public async Task ACode_EndsAfterTenMinutes()
    {
        await Ask();
        _time.Advance(TimeSpan.FromMinutes(9.9));
        Assert.NotNull(await _linking.Awaited("alice", default));
        _time.Advance(TimeSpan.FromMinutes(0.1));
        Assert.Null(await _linking.Awaited("alice", default));
        Assert.Equal("no-code-awaited", (await Confirm(_slack.Sent[0].Code)).Reason);
    }

    [Fact]
    public async Task FiveWrongTries_EndACode_AndEachIsAudited()
    {
        await Ask();
        for (var left = 4; left > 0; left--)
        {
            var answer = await Confirm(Other(_slack.Sent[0].Code));
            Assert.Equal("wrong-code", answer.Reason);
            Assert.Contains(left == 1 ? "once more" : $"{left} times more", answer.Words, StringComparison.Ordinal);
        }

        Assert.Equal("no-tries-left", (await Confirm(Other(_slack.Sent[0].Code))).Reason);
        Assert.Equal("no-code-awaited", (await Confirm(_slack.Sent[0].Code)).Reason);
        Assert.Equal(5, _audit.Events.Count(happened => happened is { Type: EventTypes.Host.SlackLinkRefused, Reason: "wrong-code", Succeeded: false }));
        Assert.Null(_directory.Current.Find("alice")!.SlackUserId);
    }

    [Fact]
    public async Task ManyTriesAtTheSameInstant_AreNotMoreThanFive()
    {
        await Ask();
        var wrong = Other(_slack.Sent[0].Code);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => Process(_slack).Confirm(Alice, wrong, default))));
        Assert.Equal(5, answers.Count(answer => answer.Reason is "wrong-code" or "no-tries-left"));
        Assert.Equal("no-code-awaited", (await Confirm(_slack.Sent[0].Code)).Reason);
    }

    [Fact]
    public async Task ACodeOfAnotherPerson_OrOfAnEarlierUser_IsNone()
    {
        await Ask();
        await _linking.Ask(_directory.Caller("bob"), "U0BOB", default);
        Assert.Equal("wrong-code", (await Confirm(_slack.Sent[1].Code)).Reason);
        await Ask("U0OTHER");
        Assert.Equal("wrong-code", (await Confirm(_slack.Sent[0].Code)).Reason);
        Assert.True((await Confirm(_slack.Sent[2].Code)).Done);
        Assert.Equal("U0OTHER", _directory.Current.Find("alice")!.SlackUserId);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("BCDFG-2345")]
    [InlineData("BCDFG-23456-7")]
    [InlineData("OOOOO-11111")]
    public async Task WhatIsNoCode_CostsNoTry(string? typed)
    {
        await Ask();
        Assert.Equal("no-code", (await Confirm(typed)).Reason);
        Assert.Equal(SlackLinking.Tries, (await _linking.Awaited("alice", default))!.TriesLeft);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("alice")]
    [InlineData("u0new")]
    [InlineData("C0CHANNEL")]
    [InlineData("U")]
    [InlineData("U0NEW ")]
    [InlineData("U0-NEW")]
    public async Task WhatIsNoMemberId_IsSentNothing(string? user)
    {
        Assert.Equal("not-an-id", (await _linking.Ask(Alice, user, default)).Reason);
        Assert.Empty(_slack.Sent);
    }

    [Fact]
    public async Task AUserOfAnother_IsSentNothing_AndNobodyIsNamed()
    {
        _directory.Change("bob", person => person with { SlackUserId = "U0BOB" });
        var answer = await Ask("U0BOB");
        Assert.Equal("linked-to-another", answer.Reason);
        Assert.DoesNotContain("bob", answer.Words, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(_slack.Sent);
        Assert.Equal((EventTypes.Host.SlackLinkRefused, "linked-to-another", "alice"), (_audit.Events[0].Type, _audit.Events[0].Reason, _audit.Events[0].Actor));
    }

    [Fact]
    public async Task AUserThatBecameAnothers_WhileTheCodeWaited_IsNotLinked()
    {
        await Ask();
        _directory.Change("bob", person => person with { SlackUserId = "U0NEW" });
        Assert.Equal("linked-to-another", (await Confirm(_slack.Sent[0].Code)).Reason);
        Assert.Null(_directory.Current.Find("alice")!.SlackUserId);
    }

    [Fact]
    public async Task ThePersonsOwnUser_IsNotAskedAgain()
    {
        _directory.Change("alice", person => person with { SlackUserId = "U0NEW" });
        Assert.Equal("yours-already", (await Ask()).Reason);
        Assert.Empty(_slack.Sent);
    }

    [Fact]
    public async Task ASlackUser_IsSentThreeCodesInAnHour_WhoeverAsks()
    {
        foreach (var person in new[] { "alice", "bob", "ben" }) Assert.True((await _linking.Ask(_directory.Caller(person), "U0VICTIM", default)).Done);
        Assert.Equal("too-many-codes", (await _linking.Ask(_directory.Caller("carol"), "U0VICTIM", default)).Reason);
        Assert.Equal(3, _slack.Sent.Count);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True((await _linking.Ask(_directory.Caller("carol"), "U0VICTIM", default)).Done);
    }

    [Fact]
    public async Task APerson_AsksForFiveCodesInAnHour()
    {
        var answers = new List<SlackLinkAnswer>();
        for (var i = 0; i < 7; i++) answers.Add(await Process(_slack).Ask(Alice, $"U0{i}", default));
        Assert.Equal(5, answers.Count(answer => answer.Done));
        Assert.Equal(5, _slack.Sent.Count);
        Assert.Contains(_audit.Events, happened => happened is { Type: EventTypes.Host.SlackLinkRefused, Reason: "too-many-codes" });
        Assert.True((await Confirm(_slack.Sent[^1].Code)).Done);
    }

    [Fact]
    public async Task ManyAsksAtTheSameInstant_SendNoMore()
    {
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => Process(_slack).Ask(Alice, $"U0{i}", default))));
        Assert.Equal(5, _slack.Sent.Count);
    }

    [Theory]
    [InlineData(SlackDelivery.NoSuchUser, "slack-no-such-user")]
    [InlineData(SlackDelivery.NotReachable, "slack-not-reachable")]
    [InlineData(SlackDelivery.NotAllowed, "slack-not-allowed")]
    [InlineData(SlackDelivery.Busy, "slack-busy")]
    public async Task WhereSlackDoesNotTakeIt_NothingIsAwaited_AndTheReasonIsSaid(SlackDelivery delivery, string reason)
    {
        _slack.Answer = delivery;
        Assert.Equal(reason, (await Ask()).Reason);
        Assert.Null(await _linking.Awaited("alice", default));
        Assert.Equal((EventTypes.Host.SlackLinkAsked, false, reason), (_audit.Events[0].Type, _audit.Events[0].Succeeded, _audit.Events[0].Reason));
    }

    [Fact]
    public async Task WhereSlackDidNotAnswer_TheCodeCountsAllTheSame()
    {
        _slack.Answer = SlackDelivery.Unsure;
        Assert.Equal("slack-unsure", (await Ask()).Reason);
        Assert.True((await Confirm(_slack.Sent[0].Code)).Done);
    }

    [Fact]
    public async Task WhereSlackIsNotSetUp_NothingIsDone()
    {
        var without = new SlackLinking(_directory, _rows, _audit, Refused(), [], _time);
        Assert.False(without.IsSetUp);
        Assert.Equal("slack-not-set-up", (await without.Ask(Alice, "U0NEW", default)).Reason);
        Assert.Equal("slack-not-set-up", (await without.Confirm(Alice, "BCDFG-23456", default)).Reason);
        Assert.Null(await without.Awaited("alice", default));
    }

    [Fact]
    public async Task TheCode_IsNowhereButInTheMessage()
    {
        await Ask();
        var code = _slack.Sent[0].Code;
        var row = Assert.Single(await AllRows(), value => value.Contains("Hash", StringComparison.Ordinal) && value.Contains("U0NEW", StringComparison.Ordinal));
        foreach (var text in new[] { code, code.Replace("-", "", StringComparison.Ordinal) })
        {
            Assert.DoesNotContain(text, row, StringComparison.Ordinal);
            Assert.All(_audit.Events, happened => Assert.DoesNotContain(text, System.Text.Json.JsonSerializer.Serialize(happened), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void AHash_IsOfOneCodePersonAndUser()
    {
        byte[] salt = [1, 2, 3];
        var hash = SlackLinkCode.Hash("BCDFG-23456", salt, "alice", "U0NEW");
        Assert.True(SlackLinkCode.Matches("BCDFG23456", salt, "alice", "U0NEW", hash));
        Assert.False(SlackLinkCode.Matches("BCDFG23457", salt, "alice", "U0NEW", hash));
        Assert.False(SlackLinkCode.Matches("BCDFG23456", salt, "bob", "U0NEW", hash));
        Assert.False(SlackLinkCode.Matches("BCDFG23456", salt, "alice", "U0OTHER", hash));
        Assert.False(SlackLinkCode.Matches("BCDFG23456", [1, 2, 4], "alice", "U0NEW", hash));
    }

    [Fact]
    public async Task OnesOwnLink_CanBeRemoved_AndNobodyElses()
    {
        _directory.Change("bob", person => person with { SlackUserId = "U0BOB" });
        Assert.Equal(RefusalReason.NotPermitted, (await _linking.Unlink(Alice, "bob", default))!.Reason);
        Assert.Null(await _linking.Unlink(_directory.Caller("bob"), "bob", default));
        Assert.Null(_directory.Current.Find("bob")!.SlackUserId);
        Assert.Null(await _linking.Unlink(_directory.Caller("bob"), "bob", default));
        Assert.Equal((EventTypes.Host.SlackUnlinked, "bob", "U0BOB"), (Assert.Single(_audit.Events).Type, _audit.Events[0].Actor, _audit.Events[0].Detail!.More["slackUser"]));
    }

    [Fact]
    public async Task Administrators_LinkAndUnlinkAnybody_WithoutACode()
    {
        var dave = _directory.Caller("dave");
        Assert.Equal(RefusalReason.NotPermitted, (await _linking.Link(Alice, "alice", "U0NEW", default))!.Reason);
        Assert.Equal(RefusalReason.NotFound, (await _linking.Link(dave, "nobody", "U0NEW", default))!.Reason);
        Assert.Contains("slackUserId", (await _linking.Link(dave, "alice", "alice", default))!.Errors.Keys);
        Assert.Null(await _linking.Link(dave, "alice", "U0NEW", default));
        Assert.Contains("slackUserId", (await _linking.Link(dave, "bob", "U0NEW", default))!.Errors.Keys);
        Assert.Null(await _linking.Unlink(dave, "alice", default));
        Assert.Equal(RefusalReason.NotFound, (await _linking.Unlink(dave, "nobody", default))!.Reason);
        Assert.Equal([EventTypes.Host.SlackLinked, EventTypes.Host.SlackUnlinked], _audit.Events.Select(happened => happened.Type));
        Assert.Empty(_slack.Sent);
    }

    private SlackLinking Process(ISlackDirect slack) => new(_directory, _rows, _audit, Refused(), [slack], _time);

    private RefusedCalls Refused() => new(_audit, _time, NullLogger<RefusedCalls>.Instance);

    private Task<SlackLinkAnswer> Ask(string user = "U0NEW") => _linking.Ask(Alice, user, default);

    private Task<SlackLinkAnswer> Confirm(string? code) => _linking.Confirm(Alice, code, default);

    private static string Other(string code) => (code[0] == 'B' ? 'C' : 'B') + code[1..];

    private async Task<List<string>> AllRows()
    {
        List<string> values = [];
        for (var set = 0; set < 256; set++) values.AddRange((await _rows.All($"slack-link:{set:x2}", default)).Select(row => row.Value));
        return values;
    }

    /// <summary>Stands in for Slack: keeps what users were sent.</summary>
    private sealed class Direct : ISlackDirect
    {
        private readonly Lock _gate = new();

        public List<(string User, string Code, string Person)> Sent { get; } = [];

        public SlackDelivery Answer { get; set; }

        public Task<SlackDelivery> SendCode(string user, string code, Person person, CancellationToken cancellation)
        {
            lock (_gate) Sent.Add((user, code, person.Id));
            return Task.FromResult(Answer);
        }
    }
}
