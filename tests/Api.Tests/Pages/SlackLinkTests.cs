using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Api.Tests.Pages;

/// <summary>Linking a Slack user: by its owner on their page, by administrators through the API.</summary>
public sealed class SlackLinkTests : IDisposable
{
    private readonly Direct _slack = new();
    private readonly TestApi _api;

    public SlackLinkTests() => _api = new TestApi(services => services.AddSingleton<ISlackDirect>(_slack));

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task TheCode_GoesToSlackAlone_AndLinks_WhereItIsTyped()
    {
        var page = await _api.Do("/profile/slack", "alice", ("slackUser", "U0ALICE"));
        Assert.Contains("look for a message from the app", page.Text, StringComparison.Ordinal);
        Assert.Contains("The app sent a code to the Slack user U0ALICE", page.Text, StringComparison.Ordinal);
        Assert.Contains("you can try 5 times", page.Text, StringComparison.Ordinal);
        var code = Assert.Single(_slack.Codes);
        Assert.DoesNotContain(code, page.Html, StringComparison.Ordinal);

        page = await _api.Do("/profile/slack", "alice", ("step", "confirm"), ("slackCode", code));
        Assert.Contains("The Slack user U0ALICE is you", page.Text, StringComparison.Ordinal);
        Assert.Equal("U0ALICE", _api.People.Current.Find("alice")!.SlackUserId);

        page = await _api.Do("/profile/slack", "alice", ("step", "unlink"));
        Assert.Contains("No Slack user is linked to you any more.", page.Text, StringComparison.Ordinal);
        Assert.Null(_api.People.Current.Find("alice")!.SlackUserId);
        Assert.Equal([EventTypes.Host.SlackLinkAsked, EventTypes.Host.SlackLinked, EventTypes.Host.SlackUnlinked], _api.AuditTrail.Select(happened => happened.Type));
        Assert.All(_api.Log.Lines, line => Assert.DoesNotContain(code, line.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AWrongCode_IsSaidAtTheField_WithTheTriesThatAreLeft()
    {
        await _api.Do("/profile/slack", "alice", ("slackUser", "U0ALICE"));
        var page = new PageReply(await _api.Post("/profile/slack", "alice", ("step", "confirm"), ("slackCode", "BBBBB-BBBBB")));
        Assert.Equal(422, page.Status);
        Assert.Contains("This is not the code. You can try 4 times more.", page.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"#slackCode\"", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("BBBBB", page.Html, StringComparison.Ordinal);
        Assert.Equal("/profile", page.Reply.Headers["HX-Push-Url"].ToString());
    }

    [Fact]
    public async Task ACodeThatNoLongerCounts_LeavesTheFormThatAsksForANewOne()
    {
        await _api.Do("/profile/slack", "alice", ("slackUser", "U0ALICE"));
        _api.Clock.Advance(TimeSpan.FromMinutes(10));
        var page = new PageReply(await _api.Post("/profile/slack", "alice", ("step", "confirm"), ("slackCode", _slack.Codes[0])));
        Assert.Equal(422, page.Status);
        Assert.Contains("No code is awaited any more", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"slackCode\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("id=\"slackUser\"", page.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alice@example.com", SlackDelivery.Taken, "This is not a Slack member id")]
    [InlineData("<script>", SlackDelivery.Taken, "This is not a Slack member id")]
    [InlineData("U0BOB", SlackDelivery.Taken, "This Slack user is linked to another person.")]
    [InlineData("U0GONE", SlackDelivery.NoSuchUser, "Slack knows no such user in this workspace.")]
    [InlineData("U0APP", SlackDelivery.NotReachable, "Slack does not let the app write to this user.")]
    [InlineData("U0ALICE", SlackDelivery.NotAllowed, "An administrator has to mend the app's set-up")]
    public async Task WhatCannotBeSent_IsSaidAtTheField(string user, SlackDelivery answer, string words)
    {
        _api.People.Set("bob", person => person with { SlackUserId = "U0BOB" });
        _slack.Answer = answer;
        var page = new PageReply(await _api.Post("/profile/slack", "alice", ("slackUser", user)));
        Assert.Equal(422, page.Status);
        Assert.Contains(words, page.Text, StringComparison.Ordinal);
        Assert.Contains("id=\"slackUser-error\"", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("bob", page.Text.Replace("bob.", "", StringComparison.Ordinal).Replace("U0BOB", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page.Html.Replace("<script src", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhereSlackIsNotSetUp_ThePageSaysSo_AndOffersNothing()
    {
        using var api = new TestApi();
        var page = await api.Open("/profile", "alice");
        Assert.Contains("Slack is not set up here, so there is nothing to link.", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/profile/slack", page.Html, StringComparison.Ordinal);
        Assert.Equal(422, (await api.Post("/profile/slack", "alice", ("slackUser", "U0ALICE"))).Status);
    }

    [Fact]
    public async Task Administrators_LinkAndUnlinkByTheApi()
    {
        var reply = await _api.Send("PUT", "/api/people/alice/slack", "dave", new { slackUserId = "U0ALICE" });
        Assert.Equal((200, "U0ALICE"), (reply.Status, (string)reply.Json["slackUserId"]!));
        Assert.Equal("U0ALICE", _api.People.Current.Find("alice")!.SlackUserId);
        Assert.Empty(_slack.Codes);

        var taken = await _api.Send("PUT", "/api/people/bob/slack", "dave", new { slackUserId = "U0ALICE" });
        Assert.Equal(422, taken.Status);
        Assert.Equal("This Slack user is linked to another person. An administrator can change that.", (string)taken.Json["errors"]!["slackUserId"]![0]!);
        Assert.Equal(422, (await _api.Send("PUT", "/api/people/bob/slack", "dave", new { slackUserId = "bob" })).Status);
        Assert.Equal(404, (await _api.Send("PUT", "/api/people/nobody/slack", "dave", new { slackUserId = "U0NEW" })).Status);
        Assert.Equal("role-missing", (await _api.Send("PUT", "/api/people/alice/slack", "alice", new { slackUserId = "U0NEW" })).Problem);

        Assert.Equal(204, (await _api.Send("DELETE", "/api/people/alice/slack", "dave")).Status);
        Assert.Null(_api.People.Current.Find("alice")!.SlackUserId);
    }

    [Fact]
    public async Task WhoseSlackUserItIs_OthersDoNotLearn()
    {
        _api.People.Set("bob", person => person with { SlackUserId = "U0BOB" });
        Assert.DoesNotContain("U0BOB", (await _api.Send("GET", "/api/people", "alice")).Text, StringComparison.Ordinal);
        Assert.Contains("U0BOB", (await _api.Send("GET", "/api/people", "bob")).Text, StringComparison.Ordinal);
        Assert.Contains("U0BOB", (await _api.Send("GET", "/api/people", "erin")).Text, StringComparison.Ordinal);
    }

    /// <summary>Stands in for Slack: keeps what users were sent.</summary>
    private sealed class Direct : ISlackDirect
    {
        public List<string> Codes { get; } = [];

        public SlackDelivery Answer { get; set; }

        public Task<SlackDelivery> SendCode(string user, string code, Person person, CancellationToken cancellation)
        {
            Codes.Add(code);
            return Task.FromResult(Answer);
        }
    }
}
