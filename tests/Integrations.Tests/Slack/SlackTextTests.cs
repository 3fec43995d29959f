using System.Text;
using System.Text.Json.Nodes;
using AccessFunctions.Conformance.Tests.Slack;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Slack;
using AccessFunctions.Integrations.Tests.Mail;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Slack;

/// <summary>What people write cannot call a channel, make a link or look like something else.</summary>
public sealed class SlackTextTests
{
    [Theory]
    [InlineData("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d")]
    [InlineData("<!channel> <@U0BOB> <https://evil.example|Open the request>", "&lt;!channel&gt; &lt;@U0BOB&gt; &lt;https://evil.example|Open the request&gt;")]
    [InlineData("a\u0000b\u202Ec\u2066d\te", "abcde")]
    [InlineData("zwei\nZeilen, 日本 👍🏽", "zwei\nZeilen, 日本 👍🏽")]
    public void Escape_LeavesNothingThatSlackReadsAsMarkup(string text, string escaped) => Assert.Equal(escaped, SlackText.Escape(text, 1000));

    [Theory]
    [InlineData("&&&&&&", 11)]
    [InlineData("👍👍👍👍👍👍👍👍", 5)]
    [InlineData("abcdefghijkl", 4)]
    public void Escape_CutsWholeCharacters_AndNeverBeyondTheLimit(string text, int limit)
    {
        var cut = SlackText.Escape(text, limit);
        Assert.True(cut.Length <= limit, cut);
        Assert.EndsWith("…", cut, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', cut);
        Assert.Equal(cut, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut)));
        Assert.DoesNotContain("&…", cut, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_OfTheWorstThatPeopleWrite_AreTaken_AndMentionNobodyElse()
    {
        await using var slack = await SlackFixture.Start();
        const string Nasty = "<!channel> <!here> @channel @everyone *Approved by Carol* `✅` :white_check_mark: <https://evil.example|Open the request>\nSettled by: Carol\n";
        var text = string.Concat(Enumerable.Repeat(Nasty, 40))[..4000];
        var request = Notices.Open with
        {
            Justification = text,
            Ask = Notices.Open.Ask with { Justification = text, Ticket = Nasty, Reason = Nasty, Resources = [Nasty, new string('&', 200)] },
            Phase = Phase.Open,
        };
        Assert.True(await slack.Bring(request));
        Assert.True(await slack.Bring(request with { Sequence = 9, Phase = Phase.Provisioning, Level = 0, Emergency = Notices.Emergency.Emergency! with { Justification = new string('<', 4000) } }));
        Assert.Equal(2, slack.Server.Messages.Count);
        Assert.Equal(0, slack.Server.Messages.Sum(said => said.Text.Split("<!").Length - 1));
        foreach (var said in slack.Server.Messages) AssertHarmless(said);
    }

    private static void AssertHarmless(SlackSaid said)
    {
        Assert.False((bool)said.Arguments["link_names"]!);
        Assert.Equal("none", (string?)said.Arguments["parse"]);
        Assert.DoesNotContain("<http", said.Text, StringComparison.Ordinal);
        foreach (var block in said.Arguments["blocks"]!.AsArray())
        {
            var text = block!["text"]!.AsObject();
            var words = (string?)text["text"] ?? "";
            if ((string?)text["type"] == "plain_text")
            {
                Assert.False((bool)text["emoji"]!);
                Assert.DoesNotContain('<', words);
            }
            else
            {
                // Ours: links to the request, and mentions of those who decide.
                Assert.True((bool)text["verbatim"]!);
                Assert.DoesNotContain("evil", words, StringComparison.Ordinal);
                Assert.DoesNotContain("<!", words, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task AMessage_OfALevelThatAsksForMore_OrWithoutARole_SaysToSignIn()
    {
        await using var slack = await SlackFixture.Start();
        await slack.Bring(Notices.Open with { Levels = [Notices.Open.Levels[0] with { MinimumAssurance = Channel.EmailLink }, Notices.Open.Levels[1]] });
        Assert.Contains("❌ denies. This level asks for more than a reaction to approve: <https://access.example.com/requests/r-1042|sign in to approve>", slack.Server.Messages[0].Shown, StringComparison.Ordinal);
        await slack.Bring(Notices.Open with
        {
            Id = "r-2",
            Ask = Notices.Open.Ask with { Role = null },
            Policy = Notices.Open.Policy with { Roles = ["reader", "writer"] },
        });
        Assert.Contains("The role is still to be chosen", slack.Server.Messages[1].Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMessage_CarriesWhoWhatWhyAndHowLong_AndItsMetadata()
    {
        await using var slack = await SlackFixture.Start();
        await slack.Bring(Notices.Open with { Role = "analytics_reader", Grants = [Notices.Open.Grants[0] with { Identity = "alice" }] });
        var said = Assert.Single(slack.Server.Messages);
        foreach (var words in new[] { "Decision needed, level 1 of 2", "<@U0BOB>", "✅ approves, ❌ denies", "Who: Alice Adams (alice)", "Access: the role analytics_reader on pg-prod/analytics", "Why: Quarter-end check", "Ticket: CHG-1042", "When: 2h from approval" })
            Assert.Contains(words, said.Shown, StringComparison.Ordinal);
        Assert.Equal("""{"event_type":"access_request_message","event_payload":{"request":"r-1042","message":"r1-l1"}}""", ((JsonObject)said.Arguments["metadata"]!).ToJsonString());
    }
}
