using System.Net;
using System.Net.Http.Headers;
using System.Net.Mail;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessFunctions.Application;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Conformance.Tests.Slack;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Embedded.Tests.Scenarios;

/// <summary>The whole way of a decision by mail, with real mail servers on both sides: what the host sends, and what people send back.</summary>
public sealed partial class MailStoryTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private const string Receiver = "mx.example.com";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LevelOneByALinkInADeliveredMail_LevelTwoByARealReply_GivesAccess_InOneThread()
    {
        await using var outgoing = await MailServer.Maildev();
        await using var incoming = await MailServer.Maildev();
        await using var host = await Start(outgoing);
        using var browser = host.As(null);
        using var alice = host.As("alice");
        var asked = await alice.AskForSecret();

        // Bob opens the link of the mail that the server took, and presses the button.
        var bobs = await Delivered(outgoing, "bob@");
        var page = ReviewLink().Match((string)bobs.Parsed!["text"]!).Groups[1].Value;
        var ticket = Ticket().Match(await browser.GetStringAsync(page, Cancellation)).Groups[1].Value;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["ticket"] = ticket, ["verdict"] = "approve", ["comment"] = "" });
        using var decided = await browser.PostAsync(page, form, Cancellation);
        Assert.Equal(HttpStatusCode.OK, decided.StatusCode);

        // Carol replies with a mail program of her own, to a server that hands mails on.
        var carols = await Delivered(outgoing, "carol@");
        await Reply(carols, incoming, "Approve.\r\n\r\nUntil tonight – grüße");
        await Wait.Until(() => incoming.Taken.Count == 1, Soon, "Carol's reply");
        Assert.Equal(("decided", HttpStatusCode.OK), await HandOn(browser, incoming.Taken[0]));
        Assert.Equal(("decided", HttpStatusCode.OK), await HandOn(browser, incoming.Taken[0]));

        await host.Becomes(alice, asked.Id, "Active");
        var reviews = (await alice.See(asked.Id)).Body.GetProperty("reviews");
        Assert.Equal(["EmailLink", "EmailReply"], reviews.EnumerateArray().Select(review => review.GetProperty("channel").GetString()));
        Assert.Equal("Until tonight – grüße", reviews[1].GetProperty("comment").GetString());

        // What was mailed about the request is one thread, for each of its readers.
        await Wait.Until(() => outgoing.Taken.Any(mail => mail.To[0].StartsWith("alice@", StringComparison.Ordinal)), Soon, "Alice's mail");
        Assert.Single(outgoing.Taken.Where(mail => !((string)mail.Parsed!["subject"]!).StartsWith("Re:", StringComparison.Ordinal))
            .Select(mail => (string?)mail.Parsed!["headers"]!["references"]).Distinct());
    }

    [Fact]
    public async Task TheMailServerIsDown_TheRequestGoesOn_AndTheMailsComeOnceItIsBack()
    {
        await using var server = await MailServer.Maildev();
        await server.Stop();
        await using var host = await Start(server);
        using var alice = host.As("alice");
        using var bob = host.As("bob");
        var asked = await alice.AskForSecret();
        Assert.Equal(HttpStatusCode.OK, (await bob.Approve(asked.Id)).Status);
        await server.Restart(new { kind = "maildev" });
        await Wait.Until(() => server.Taken.Any(mail => mail.To[0].StartsWith("carol@", StringComparison.Ordinal)), TimeSpan.FromMinutes(3), "Carol's mail");
        await Wait.Until(() => server.Taken.Count(mail => mail.To[0].StartsWith("ben@", StringComparison.Ordinal)) == 2, TimeSpan.FromMinutes(3), "both mails to Ben");
        Assert.Equal(server.Taken.Count, server.Taken.Select(mail => (string)mail.Parsed!["headers"]!["message-id"]!).Distinct().Count());
    }

    [Fact]
    public async Task AMailServerThatHangs_DoesNotSilenceSlack_AndAnEmergencyCountsAsTold()
    {
        await using var silent = await MailServer.Start(new { kind = "smtp-server", silent = true });
        await using var slack = await SlackServer.Start(TimeProvider.System);
        await using var host = await Start(silent, slack.Settings);
        using var alice = host.As("alice");
        var asked = await alice.AskForSecret();
        await Wait.Until(() => slack.Messages.Any(said => said is { Key: "r1-l1" }), Soon, "the message about the decision");
        await alice.Do(asked.Id, "emergency", new { justification = "production is down" });
        await Wait.Until(() => slack.Messages.Any(said => said is { Key: "emergency" }), Soon, "the message about the emergency");

        // The mails are still out there when the audit says that an approver was reached.
        using var erin = host.As("erin");
        await Wait.Until(async () => (await erin.Call(HttpMethod.Get, $"/api/requests/{asked.Id}/audit")).Body.ToString().Contains("emergency-notice-delivered", StringComparison.Ordinal), Soon, "that somebody was reached");
    }

    private static Task<EmbeddedScenarioHost> Start(MailServer server, IReadOnlyDictionary<string, string?>? more = null) => EmbeddedScenarioHost.Start(time: null, settings: new Dictionary<string, string?>(more ?? new Dictionary<string, string?>())
    {
        ["Mail:FromAddress"] = "access@example.com",
        ["Mail:ReplyAddress"] = "access@example.com",
        ["Mail:Smtp:Host"] = "127.0.0.1",
        ["Mail:Smtp:Port"] = $"{server.Port}",
        ["Mail:Smtp:Security"] = "None",
        ["Mail:Inbound:AuthservId"] = Receiver,
        ["Mail:Inbound:Secrets:0"] = Secret,
    });

    private static async Task<TakenMail> Delivered(MailServer server, string reader)
    {
        await Wait.Until(() => server.Taken.Any(Fits), Soon, $"a mail to {reader}");
        return server.Taken.First(Fits);

        bool Fits(TakenMail mail) => mail.To[0].StartsWith(reader, StringComparison.Ordinal);
    }

    private static async Task Reply(TakenMail to, MailServer server, string words)
    {
        var replyTo = Address().Match((string)to.Parsed!["headers"]!["reply-to"]!).Value;
        var quoted = string.Join("\r\n", ((string)to.Parsed["text"]!).Split('\n').Select(line => $"> {line.TrimEnd()}"));
        using var reply = new MailMessage(to.To[0], replyTo, $"Re: {(string)to.Parsed["subject"]!}", $"{words}\r\n\r\nOn Sat, 21 Nov 2026 at 10:00, Access Functions wrote:\r\n\r\n{quoted}");
        reply.Headers.Add("In-Reply-To", (string)to.Parsed["headers"]!["message-id"]!);
        using var program = new SmtpClient("127.0.0.1", server.Port);
        await program.SendMailAsync(reply, Cancellation);
    }

    /// <summary>What the receiving server's gateway does: writes down what DMARC said, and posts the mail as it came, signed.</summary>
    private static async Task<(string? Result, HttpStatusCode Status)> HandOn(HttpClient gateway, TakenMail mail)
    {
        byte[] raw = [.. Encoding.ASCII.GetBytes($"Authentication-Results: {Receiver}; dmarc=pass header.from=example.org\r\n"), .. mail.Raw];
        using var post = new HttpRequestMessage(HttpMethod.Post, "/api/mail/inbound") { Content = new ByteArrayContent(raw) };
        post.Content.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
        post.Headers.Add(PostSignature.Header, PostSignature.Sign(Secret, DateTimeOffset.UtcNow, raw));
        using var answer = await gateway.SendAsync(post, Cancellation);
        return ((string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["result"], answer.StatusCode);
    }

    [GeneratedRegex(@"https?://[^\s/]+(/review/\S+)")]
    private static partial Regex ReviewLink();

    [GeneratedRegex("name=\"ticket\" value=\"([^\"]+)\"")]
    private static partial Regex Ticket();

    [GeneratedRegex(@"[a-z]+\+[a-z2-7]{26}@example\.com")]
    private static partial Regex Address();
}
