using System.Net;
using System.Text.Json;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Conformance.Tests.Slack;

/// <summary>What any host must do with Slack: messages as requests go, decisions by reactions, and what is told to whom.</summary>
public abstract class SlackScenarios
{
    /// <summary>Both ask for more than a reaction at the vault's <c>ops</c>.</summary>
    private static readonly AccessGroup Sealed = World.Pair with
    {
        Id = "sealed",
        Approvers = [],
        ApprovalsRequired = 1,
        DenialsRequired = 1,
        Levels = [new LevelPolicy { Approvers = ["bob", "ben"], MinimumAssurance = Channel.SignedIn }],
    };

    /// <summary>Starts a host with these settings and groups.</summary>
    protected abstract Task<IScenarioHost> Start(Func<TimeProvider, Task<IReadOnlyDictionary<string, string?>>> settings, IReadOnlyList<AccessGroup> groups);

    /// <summary>What the host has written down of messages.</summary>
    protected abstract IChannelStore Rows(IScenarioHost host);

    /// <summary>Has the host do what it does by the clock for Slack.</summary>
    protected abstract Task Sweep(IScenarioHost host);

    [Fact]
    public async Task Reactions_OfBothLevels_ApproveTheRequest_AndTheMessagesSayByWhom()
    {
        await using var world = await Begin();
        var (host, slack) = world;
        var asked = await host.As("alice").AskForSecret();
        var first = await world.Message(asked.Id, "r1-l1");
        Assert.Contains("<@U0BEN> <@U0BOB>", first.Shown, StringComparison.Ordinal);
        Assert.Contains($"/requests/{asked.Id}|Open the request>", first.Shown, StringComparison.Ordinal);
        Assert.Contains("✅ approves, ❌ denies", first.Shown, StringComparison.Ordinal);
        Assert.Contains("quarter-end check", first.Shown, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, await world.React("bob", "white_check_mark", first));
        Assert.Equal("2", (await host.As("alice").See(asked.Id))["level"]);
        var second = await world.Message(asked.Id, "r1-l2");
        Assert.Contains("<@U0CAROL>", second.Shown, StringComparison.Ordinal);
        await world.Says(first, "Approved at level 1 by bob");

        Assert.Equal(HttpStatusCode.OK, await world.React("carol", "white_check_mark", second));
        var done = await host.Becomes(host.As("alice"), asked.Id, "Active");
        Assert.Equal(["SlackReaction", "SlackReaction"], done.Body.GetProperty("reviews").EnumerateArray().Select(review => review.GetProperty("channel").GetString()));
        await world.Says(second, "Approved at level 2 by carol");
        Assert.DoesNotContain("✅ approves", world.Now(first).Shown + world.Now(second).Shown, StringComparison.Ordinal);
        Assert.Equal(2, slack.Messages.Count);
        Assert.Empty(slack.Whispers);

        await host.As("dave").Do(asked.Id, "revoke", new { comment = "not needed" });
        await world.Says(second, "Revoked by dave");
    }

    [Fact]
    public async Task ADenial_ByReaction_NeedsNoComment_AndSettlesTheMessage()
    {
        await using var world = await Begin();
        var (host, _) = world;
        var asked = await host.As("alice").AskForSecret();
        var message = await world.Message(asked.Id, "r1-l1");
        await world.React("ben", "x", message);
        var denied = await host.As("alice").See(asked.Id);
        Assert.Equal("Denied", denied["status"]);
        Assert.Equal(JsonValueKind.Null, denied.Body.GetProperty("reviews")[0].GetProperty("comment").ValueKind);
        await world.Says(message, "Denied by ben");
    }

    [Theory]
    [InlineData("mallory", "you are not among the people who decide", "slack-not-an-approver")]
    [InlineData("frank", "not linked to anybody", "slack-unlinked")]
    [InlineData("alice", "nobody decides on their own request", null)]
    [InlineData("carol", "your level is not the one that decides now", null)]
    public async Task AReaction_OfSomebodyWhoMayNotDecide_ChangesNothing_AndTheyAreToldOnce(string person, string told, string? audited)
    {
        await using var world = await Begin();
        var (host, slack) = world;
        var asked = await host.As("alice").AskForSecret();
        var message = await world.Message(asked.Id, "r1-l1");
        var id = SlackPosts.NewId();
        Assert.Equal(HttpStatusCode.OK, await world.React(person, "white_check_mark", message, id));
        Assert.Equal(HttpStatusCode.OK, await world.React(person, "white_check_mark", message, id, retry: 1));
        var whisper = Assert.Single(slack.Whispers);
        Assert.Equal(SlackPosts.User(person), whisper.User);
        Assert.Contains(told, whisper.Shown, StringComparison.Ordinal);
        Assert.Contains($"/requests/{asked.Id}", whisper.Shown, StringComparison.Ordinal);
        Assert.Empty((await host.As("alice").See(asked.Id)).Body.GetProperty("reviews").EnumerateArray());
        if (audited is not null) await world.Audited(audited);
        else Assert.Contains("access.request.refused", (await host.As("alice").Call(HttpMethod.Get, $"/api/requests/{asked.Id}/audit")).Body.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReaction_OnTheMessageOfAnOldRevisionOrLevel_OrOfASettledRequest_ChangesNothing()
    {
        await using var world = await Begin();
        var (host, slack) = world;
        var asked = await host.As("alice").AskForSecret(end: host.Now.AddHours(2));
        var old = await world.Message(asked.Id, "r1-l1");
        var changed = await host.As("bob").Do(asked.Id, "approve", new { revision = 1, end = host.Now.AddHours(3) });
        Assert.Equal("2", changed["revision"]);
        await world.Says(old, "Superseded");
        await world.React("carol", "white_check_mark", old);
        await world.React("ben", "white_check_mark", old);
        Assert.Equal(["U0CAROL", "U0BEN"], slack.Whispers.Select(whisper => whisper.User));
        Assert.Contains("the request was changed since this message", slack.Whispers[0].Text, StringComparison.Ordinal);
        Assert.Contains("others settled this level before you", slack.Whispers[1].Text, StringComparison.Ordinal);

        var now = await world.Message(asked.Id, "r2-l2");
        await world.React("carol", "x", now);
        Assert.Equal("Denied", (await host.As("alice").See(asked.Id))["status"]);
        await world.React("carol", "white_check_mark", now);
        Assert.Contains("this was settled before by carol", slack.Whispers[^1].Text, StringComparison.Ordinal);
        await world.React("ben", "white_check_mark", old);
        Assert.Equal("Denied", (await host.As("alice").See(asked.Id))["status"]);
        Assert.Equal(4, slack.Whispers.Count);
    }

    [Fact]
    public async Task Approval_AtALevelThatAsksForMore_IsAnsweredWithSignIn_AndDenialCounts()
    {
        await using var world = await Begin(World.Vault, Sealed);
        var (host, slack) = world;
        var asked = await host.As("alice").AskForSecret("ops");
        var message = await world.Message(asked.Id, "r1-l1");
        Assert.Contains("|sign in to approve>", message.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("✅", message.Shown, StringComparison.Ordinal);
        await world.React("bob", "white_check_mark", message);
        Assert.Contains("Sign in to approve", Assert.Single(slack.Whispers).Text, StringComparison.Ordinal);
        Assert.Equal("Open", (await host.As("alice").See(asked.Id))["status"]);
        await world.React("bob", "x", message);
        Assert.Equal("Denied", (await host.As("alice").See(asked.Id))["status"]);
    }

    [Fact]
    public async Task WhatIsNoVerdict_ChangesNothing()
    {
        await using var world = await Begin();
        var (host, slack) = world;
        var asked = await host.As("alice").AskForSecret();
        var message = await world.Message(asked.Id, "r1-l1");
        await world.React("bob", "thumbsup", message);
        await world.React("bob", "white_check_mark", message, type: "reaction_removed");
        await world.React("bob", "white_check_mark", message with { Ts = "1360782400.498405" });
        Assert.Equal(HttpStatusCode.OK, await world.ReactAs(SlackServer.Bot, "white_check_mark", message));
        Assert.Empty((await host.As("alice").See(asked.Id)).Body.GetProperty("reviews").EnumerateArray());
        Assert.Empty(slack.Whispers);
    }

    [Fact]
    public async Task Posts_AreTaken_OnlyWithASignatureOfTheAppThatIsNotOld()
    {
        await using var world = await Begin();
        var (host, _) = world;
        var asked = await host.As("alice").AskForSecret();
        var message = await world.Message(asked.Id, "r1-l1");
        var client = host.As(null);
        var body = SlackPosts.Reaction("U0BOB", "white_check_mark", message.Ts);
        foreach (var (at, secret) in new[] { (host.Now, null), (host.Now, "another-secret"), (host.Now.AddMinutes(-6), SlackServer.SigningSecret), (host.Now.AddMinutes(6), SlackServer.SigningSecret) })
        {
            using var refused = await client.Post(body, at, secret);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Equal("1", Assert.Single(refused.Headers.GetValues("X-Slack-No-Retry")));
            Assert.DoesNotContain(secret ?? "nothing", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        foreach (var foreign in new[] { SlackPosts.Reaction("U0BOB", "x", message.Ts, team: "T0OTHER"), SlackPosts.Reaction("U0BOB", "x", message.Ts, app: "A0OTHER") })
        {
            using var refused = await client.Post(foreign, host.Now);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using (var broken = await client.Post("{ no json", host.Now)) Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        Assert.Empty((await host.As("alice").See(asked.Id)).Body.GetProperty("reviews").EnumerateArray());
        foreach (var reason in new[] { "slack-signature-missing", "slack-signature-invalid", "slack-signature-stale", "slack-foreign" }) await world.Audited(reason);

        using var older = await client.Post(body, host.Now.AddMinutes(-4), "an-older-secret");
        Assert.Equal(HttpStatusCode.OK, older.StatusCode);
        Assert.Equal("2", (await host.As("alice").See(asked.Id))["level"]);
    }

    [Fact]
    public async Task UrlVerification_GivesTheChallengeBack_ToSlackAlone()
    {
        await using var world = await Begin();
        var (host, _) = world;
        using var unsigned = await host.As(null).Post(SlackPosts.Verification, host.Now, secret: null);
        Assert.Equal(HttpStatusCode.Unauthorized, unsigned.StatusCode);
        using var answer = await host.As(null).Post(SlackPosts.Verification, host.Now);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("""{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task WhileSlackIsAway_RequestsGoOn_AndTheMessagesComeLater()
    {
        await using var world = await Begin();
        var (host, slack) = world;
        slack.IsDown = true;
        var asked = await host.As("alice").AskForSecret();
        await host.Until(() => Task.FromResult(slack.CallsOf("chat.postMessage") > 0), "it was tried");
        Assert.Equal("2", (await host.As("bob").Approve(asked.Id))["level"]);
        Assert.Empty(slack.Messages);

        slack.IsDown = false;
        var late = await world.Message(asked.Id, "r1-l2", sweep: true);
        await world.React("carol", "white_check_mark", late);
        await host.Becomes(host.As("alice"), asked.Id, "Active");
        await world.Says(late, "Approved at level 2 by carol");
        Assert.Equal("r1-l2", Assert.Single(slack.Messages).Key);
    }

    [Fact]
    public async Task AReaction_ToAMessageThatWasPostedAndNotWrittenDown_IsDecidedOnceItIsFound()
    {
        await using var world = await Begin();
        var (host, slack) = world;
        slack.BreakAfter("chat.postMessage");
        var asked = await host.As("alice").AskForSecret();
        await host.Until(() => Task.FromResult(slack.Messages.Count == 1), "it is posted");
        Assert.Equal(HttpStatusCode.OK, await world.React("bob", "white_check_mark", slack.Messages[0]));
        Assert.Equal("1", (await host.As("alice").See(asked.Id))["level"]);
        await world.Sweeps(asked.Id, async () => (await host.As("alice").See(asked.Id))["level"] == "2", "bob's reaction is decided");
        Assert.Equal(1, slack.Messages.Count(said => said.Key == "r1-l1"));
    }

    [Fact]
    public async Task WhatBecameOfAReaction_IsToldLater_WhereSlackIsBusy_AndOnce()
    {
        await using var world = await Begin();
        var (host, slack) = world;
        var asked = await host.As("alice").AskForSecret();
        var message = await world.Message(asked.Id, "r1-l1");
        slack.Limit("chat.postEphemeral", retryAfter: 10);
        Assert.Equal(HttpStatusCode.OK, await world.React("alice", "white_check_mark", message));
        Assert.Empty(slack.Whispers);
        await world.Sweeps(asked.Id, () => Task.FromResult(slack.Whispers.Count > 0), "alice is told");
        await Sweep(host);
        await Sweep(host);
        Assert.Equal("U0ALICE", Assert.Single(slack.Whispers).User);
    }

    [Fact]
    public async Task AnEmergency_IsAMessageOfItsOwn_ThatTellsApprovers()
    {
        await using var world = await Begin();
        var (host, slack) = world;
        var asked = await host.As("alice").AskForSecret();
        var message = await world.Message(asked.Id, "r1-l1");
        await host.As("alice").Do(asked.Id, "emergency", new { justification = "production is down" });
        var emergency = await world.Message(asked.Id, "emergency");
        Assert.Contains("EMERGENCY", emergency.Shown, StringComparison.Ordinal);
        Assert.Contains("production is down", emergency.Shown, StringComparison.Ordinal);
        Assert.Contains("<@U0BEN> <@U0BOB> <@U0CAROL>", emergency.Shown, StringComparison.Ordinal);
        await world.Says(message, "declared an emergency");
        await world.React("bob", "white_check_mark", emergency);
        Assert.Contains("an emergency was declared", Assert.Single(slack.Whispers).Text, StringComparison.Ordinal);
        await host.As("carol").Do(asked.Id, "ratify", new { verdict = "Ratified" });
        await world.Says(emergency, "Ratified by carol");
    }

    [Fact]
    public async Task ASlackUser_ThatAPersonLinksByACode_DecidesAsThem_UntilTheyUnlinkIt()
    {
        await using var world = await Begin();
        var (host, slack) = world;
        var bob = host.As("bob");
        Assert.True(await bob.Link(("slackUser", "U0BOBTWO")));
        var direct = Assert.Single(slack.Directs);
        Assert.Equal("U0BOBTWO", direct.User);
        Assert.Contains("bob (bob) asked to make your reactions count as theirs", direct.Shown, StringComparison.Ordinal);
        var code = direct.Shown[(direct.Shown.IndexOf('*', StringComparison.Ordinal) + 1)..direct.Shown.LastIndexOf('*')];
        Assert.Empty(slack.Messages);

        var asked = await host.As("alice").AskForSecret();
        var message = await world.Message(asked.Id, "r1-l1");
        Assert.Contains("<@U0BOB>", message.Shown, StringComparison.Ordinal);
        await world.ReactAs("U0BOBTWO", "white_check_mark", message);
        Assert.Equal("1", (await host.As("alice").See(asked.Id))["level"]);
        await world.Audited("slack-unlinked");

        Assert.False(await bob.Link(("step", "confirm"), ("slackCode", (code[0] == 'B' ? 'C' : 'B') + code[1..])));
        Assert.True(await bob.Link(("step", "confirm"), ("slackCode", code)));
        await world.React("bob", "white_check_mark", message);
        Assert.Equal("1", (await host.As("alice").See(asked.Id))["level"]);
        await world.ReactAs("U0BOBTWO", "white_check_mark", message);
        var seen = await host.As("alice").See(asked.Id);
        Assert.Equal("2", seen["level"]);
        Assert.Equal("bob", seen.Body.GetProperty("reviews")[0].GetProperty("by").GetProperty("id").GetString());

        var next = await host.As("alice").AskForSecret("ops");
        var pair = await world.Message(next.Id, "r1-l1");
        Assert.Contains("<@U0BOBTWO>", pair.Shown, StringComparison.Ordinal);
        Assert.True(await bob.Link(("step", "unlink")));
        foreach (var user in new[] { "U0BOBTWO", "U0BOB" }) await world.ReactAs(user, "white_check_mark", pair);
        Assert.Empty((await host.As("alice").See(next.Id)).Body.GetProperty("reviews").EnumerateArray());

        Assert.Equal("U0BOB", (await host.As("dave").Call(HttpMethod.Put, "/api/people/bob/slack", new { slackUserId = "U0BOB" }))["slackUserId"]);
        await world.React("bob", "white_check_mark", pair);
        Assert.Single((await host.As("alice").See(next.Id)).Body.GetProperty("reviews").EnumerateArray());

        var trail = (await host.As("erin").Call(HttpMethod.Get, "/api/audit?limit=200")).Body.ToString();
        foreach (var type in new[] { "slack-link-asked", "slack-link-refused", "slack-linked", "slack-unlinked" }) Assert.Contains($"access.people.{type}", trail, StringComparison.Ordinal);
        Assert.DoesNotContain(code, trail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("channel_not_found", "Slack knows no such user")]
    [InlineData("cannot_dm_bot", "Slack does not let the app write to this user")]
    [InlineData("messages_tab_disabled", "An administrator has to mend")]
    [InlineData("missing_scope", "An administrator has to mend")]
    [InlineData("ratelimited", "Slack takes no messages now")]
    [InlineData("internal_error", "Slack did not answer")]
    public async Task WhereSlackDoesNotTakeTheCode_ThePageSaysWhy(string error, string words)
    {
        await using var world = await Begin();
        var (host, slack) = world;
        slack.Refuse("chat.postMessage", error);
        Assert.Contains(words, await host.As("frank").LinkPage(("slackUser", "U0FRANK")), StringComparison.Ordinal);
        Assert.Empty(slack.Directs);
    }

    private async Task<Scene> Begin(params AccessGroup[] groups)
    {
        SlackServer? slack = null;
        var host = await Start(async time => (slack = await SlackServer.Start(time)).Settings, groups.Length > 0 ? groups : World.Groups);
        return new Scene(this, host, slack!);
    }

    /// <summary>A host and the Slack it talks to.</summary>
    private sealed class Scene(SlackScenarios scenarios, IScenarioHost host, SlackServer slack) : IAsyncDisposable
    {
        public void Deconstruct(out IScenarioHost to, out SlackServer with) => (to, with) = (host, slack);

        /// <summary>Waits for a message that was posted and written down: a reaction that comes before is decided by the sweep.</summary>
        public async Task<SlackSaid> Message(string request, string key, bool sweep = false)
        {
            SlackSaid? found = null;
            await host.Until(async () =>
            {
                if (sweep) await Sweep(request);
                found = slack.Messages.FirstOrDefault(said => said.Request == request && said.Key == key);
                return found is not null && (await scenarios.Rows(host).Find($"slack:{request}", key, CancellationToken.None))?.Value.Contains(found.Ts, StringComparison.Ordinal) == true;
            }, $"message {key}", () => string.Join(", ", slack.Messages.Select(said => said.Key)));
            return found!;
        }

        /// <summary>Waits for what the host does by the clock.</summary>
        public Task Sweeps(string request, Func<Task<bool>> condition, string what) => host.Until(async () =>
        {
            await Sweep(request);
            return await condition();
        }, what);

        /// <summary>Waits until a message says something.</summary>
        public Task Says(SlackSaid message, string words) =>
            host.Until(() => Task.FromResult(Now(message).Shown.Contains(words, StringComparison.Ordinal)), $"it says \"{words}\"", () => Now(message).Shown);

        /// <summary>A message as it now is.</summary>
        public SlackSaid Now(SlackSaid message) => slack.Messages.Single(said => said.Ts == message.Ts);

        public Task<HttpStatusCode> React(string person, string emoji, SlackSaid message, string? id = null, int? retry = null, string type = "reaction_added") =>
            Posted(SlackPosts.Reaction(SlackPosts.User(person), emoji, message.Ts, id, type), retry);

        public Task<HttpStatusCode> ReactAs(string user, string emoji, SlackSaid message) => Posted(SlackPosts.Reaction(user, emoji, message.Ts), null);

        /// <summary>Waits until a refusal is in the audit trail.</summary>
        public Task Audited(string reason) => host.Until(
            async () => (await host.As("erin").Call(HttpMethod.Get, "/api/audit?limit=200")).Body.ToString().Contains($"\"{reason}\"", StringComparison.Ordinal), $"{reason} is audited");

        public async ValueTask DisposeAsync()
        {
            await host.DisposeAsync();
            await slack.DisposeAsync();
        }

        /// <summary>Not while the host talks to Slack: the clock that a sweep moves on would run ahead of a call that takes its time, and the host give the call up.</summary>
        private async Task Sweep(string request)
        {
            var posting = (await scenarios.Rows(host).All($"slack:{request}", CancellationToken.None)).Any(static row => row.Value.Contains("\"Posting\"", StringComparison.Ordinal));
            if (!posting && !slack.IsCalled) await scenarios.Sweep(host);
        }

        private async Task<HttpStatusCode> Posted(string body, int? retry)
        {
            using var answer = await host.As(null).Post(body, host.Now, retry: retry);
            return answer.StatusCode;
        }
    }
}
