using System.Net;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Conformance.Tests.Replies;

/// <summary>What any host must do with replies: the mail it sent is answered, the answer comes in through a gateway, and counts or is refused.</summary>
public abstract class ReplyScenarios
{
    /// <summary>A level that takes approvals of people who signed in.</summary>
    private static readonly AccessGroup Sealed = World.Pair with
    {
        Id = "sealed",
        Approvers = [],
        ApprovalsRequired = 1,
        DenialsRequired = 1,
        Levels = [new LevelPolicy { Approvers = ["bob", "ben"], MinimumAssurance = Channel.SignedIn }],
    };

    /// <summary>Starts a host with these settings and groups.</summary>
    protected abstract Task<IScenarioHost> Start(IReadOnlyDictionary<string, string?> settings, IReadOnlyList<AccessGroup>? groups);

    /// <summary>What the host has handed to its mail transport so far, in no order.</summary>
    protected abstract Task<IReadOnlyList<SentMail>> Mails(IScenarioHost host);

    [Fact]
    public async Task Replies_OfBothLevels_ToTheSentMails_ApproveTheRequest()
    {
        await using var host = await Start(MailGateway.Settings, null);
        var asked = await host.As("alice").AskForSecret();
        var first = await host.Post(MailGateway.Mail("bob", await ReplyAddress(host, "bob"), "Approve.\r\n\r\nFor the quarter end."));
        Assert.Equal((HttpStatusCode.OK, "decided"), (first.Status, first["result"]));
        Assert.Equal("2", (await host.As("alice").See(asked.Id))["level"]);

        var second = await host.Post(MailGateway.Mail("carol", await ReplyAddress(host, "carol"), "APPROVE", "reply-2"), secret: MailGateway.NextSecret);
        Assert.Equal("decided", second["result"]);
        var done = await host.Becomes(host.As("alice"), asked.Id, "Active");
        var reviews = done.Body.GetProperty("reviews").EnumerateArray().ToList();
        Assert.Equal(["bob EmailReply", "carol EmailReply"], reviews.Select(review => $"{review.GetProperty("by").GetProperty("id").GetString()} {review.GetProperty("channel").GetString()}"));
        Assert.Equal("For the quarter end.", reviews[0].GetProperty("comment").GetString());

        var confirmed = await Answer(host, "bob", "you approved");
        Assert.Equal("Re: Please decide", confirmed.Subject);
        Assert.Equal(("auto-replied", "<reply-1@mail.example.org>"), (confirmed.Headers["Auto-Submitted"], confirmed.Headers["In-Reply-To"]));
        Assert.EndsWith("<reply-1@mail.example.org>", confirmed.Headers["References"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADenial_ByReply_NeedsNoComment()
    {
        await using var host = await Start(MailGateway.Settings, null);
        var asked = await host.As("alice").AskForSecret();
        Assert.Equal("decided", (await host.Post(MailGateway.Mail("ben", await ReplyAddress(host, "ben"), "DISAPPROVE")))["result"]);
        Assert.Equal("Denied", (await host.As("alice").See(asked.Id))["status"]);
    }

    [Fact]
    public async Task AMessageOfMicrosoftGraph_IsTakenLikeRawMime()
    {
        await using var host = await Start(MailGateway.Settings, null);
        var asked = await host.As("alice").AskForSecret();
        var html = "<html><body><p>Disapprove</p><p>Not &quot;now&quot;.</p><div id=\"divRplyFwdMsg\">x</div><p>APPROVE</p></body></html>";
        Assert.Equal("decided", (await host.Post(MailGateway.GraphMessage("bob", await ReplyAddress(host, "bob"), html, "AAMk1"), "application/json; charset=utf-8"))["result"]);
        var denied = await host.As("alice").See(asked.Id);
        Assert.Equal(("Denied", "Not \"now\"."), (denied["status"], denied.Body.GetProperty("reviews")[0].GetProperty("comment").GetString()));
    }

    [Fact]
    public async Task TheSameMail_PostedAgain_DoesNothingMore_AndTheSameTokenDecidesOnce()
    {
        await using var host = await Start(MailGateway.Settings, [World.Pair]);
        var asked = await host.As("alice").AskForSecret("ops");
        var to = await ReplyAddress(host, "bob");
        var mail = MailGateway.Mail("bob", to, "APPROVE");
        for (var i = 0; i < 3; i++) Assert.Equal("decided", (await host.Post(mail))["result"]);
        var sequence = (await host.As("alice").See(asked.Id))["sequence"];

        // The same words in another mail, and other words: the first one stands.
        Assert.Equal("decided", (await host.Post(MailGateway.Mail("bob", to, "APPROVE", "reply-2")))["result"]);
        Assert.Equal("refused", (await host.Post(MailGateway.Mail("bob", to, "DISAPPROVE", "reply-3")))["result"]);
        var now = await host.As("alice").See(asked.Id);
        Assert.Equal((sequence, "Approve"), (now["sequence"], Assert.Single(now.Body.GetProperty("reviews").EnumerateArray()).GetProperty("verdict").GetString()));
        await Answer(host, "bob", "You replied to that mail before");
        Assert.Single(await Mails(host), mail => mail.Text.Contains("you approved", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ATooWeakApproval_IsToldToSignIn_AndADenialByTheSameMailCounts()
    {
        await using var host = await Start(MailGateway.Settings, [Sealed]);
        var asked = await host.As("alice").AskForSecret("ops");
        var to = await ReplyAddress(host, "bob");
        Assert.Equal("refused", (await host.Post(MailGateway.Mail("bob", to, "APPROVE")))["result"]);
        var told = await Answer(host, "bob", "Sign in to approve");
        Assert.Equal("Open", (await host.As("alice").See(asked.Id))["phase"]);

        Assert.Equal("decided", (await host.Post(MailGateway.Mail("bob", told.ReplyTo!, "DISAPPROVE", "reply-2")))["result"]);
        Assert.Equal("Denied", (await host.As("alice").See(asked.Id))["status"]);
    }

    [Fact]
    public async Task AReply_ThatComesTooLate_IsToldWhatHappened()
    {
        await using var host = await Start(MailGateway.Settings, null);
        var asked = await host.As("alice").AskForSecret();
        var to = await ReplyAddress(host, "bob");
        await host.As("ben").Approve(asked.Id);
        Assert.Equal("refused", (await host.Post(MailGateway.Mail("bob", to, "APPROVE")))["result"]);
        await Answer(host, "bob", "Others settled this before you");
        Assert.Equal("2", (await host.As("alice").See(asked.Id))["level"]);
    }

    [Fact]
    public async Task WhatDoesNotAgree_ChangesNothing_IsAudited_AndAnsweredOnlyWhereItIsSafe()
    {
        await using var host = await Start(MailGateway.Settings, null);
        var asked = await host.As("alice").AskForSecret();
        var to = await ReplyAddress(host, "bob");
        var sequence = (await host.As("alice").See(asked.Id))["sequence"];
        await host.Until(async () => (await Mails(host)).Any(static mail => mail.To == "ben@example.org"), "the other approver's mail is sent");
        var before = (await Mails(host)).Count;
        const string Forged = "evil.test; dmarc=pass header.from=example.org";

        // Never answered: forged, unproven, of strangers, of machines.
        Assert.Equal("refused", await Result(MailGateway.Mail("bob", to, "APPROVE", "m1", Forged)));
        Assert.Equal("refused", await Result(MailGateway.Mail("bob", to, "APPROVE", "m2", "mx.example.org; dmarc=fail header.from=example.org", $"Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n")));
        Assert.Equal("refused", await Result(MailGateway.Mail("eve", to, "APPROVE", "m3")));
        Assert.Equal("refused", await Result(MailGateway.Mail("bob", to, "APPROVE", "m4", more: "From: carol@example.org\r\n")));
        Assert.Equal("ignored", await Result(MailGateway.Mail("bob", to, "APPROVE", "m5", more: "Auto-Submitted: auto-replied\r\n")));
        Assert.Equal(before, (await Mails(host)).Count);

        // Answered, once.
        Assert.Equal("refused", await Result(MailGateway.Mail("mallory", to, "APPROVE", "m6")));
        Assert.Equal("refused", await Result(MailGateway.Mail("bob", "access+abcdefghijklmnopqrstuvwxyz@example.org", "APPROVE", "m7")));
        Assert.Equal("refused", await Result(MailGateway.Mail("bob", "access@example.org", "APPROVE", "m8")));
        Assert.Equal("refused", await Result(MailGateway.Mail("bob", to, "Yes, please", "m9")));
        Assert.Equal("refused", await Result(MailGateway.Mail("bob", to, "Yes!", "m10")));
        await Answer(host, "mallory", "sent to somebody else");
        await Answer(host, "bob", "belongs to no request");
        await Answer(host, "bob", "not addressed to one request");
        await Answer(host, "bob", "does not begin with APPROVE or DISAPPROVE");
        Assert.Equal(before + 4, (await Mails(host)).Count);

        Assert.Equal(sequence, (await host.As("alice").See(asked.Id))["sequence"]);
        var reasons = await Reasons(host);
        Assert.Superset(new HashSet<string> { "reply-dmarc", "reply-sender", "reply-automatic", "reply-token-unknown", "reply-token-missing", "reply-word-missing" }, reasons);

        // The help's own reply address leads back to the request.
        var help = await Answer(host, "bob", "does not begin with");
        Assert.Equal("decided", await Result(MailGateway.Mail("bob", help.ReplyTo!, "APPROVE", "m11")));

        async Task<string?> Result(byte[] mail) => (await host.Post(mail))["result"];
    }

    [Fact]
    public async Task AReply_AfterTheRequestLapsed_IsToldThatTheTimeIsOver()
    {
        await using var host = await Start(MailGateway.Settings, null);
        var asked = await host.As("alice").AskForSecret();
        var to = await ReplyAddress(host, "bob");
        host.Advance(TimeSpan.FromHours(25));
        await host.Becomes(host.As("alice"), asked.Id, "Closed");
        Assert.Equal("refused", (await host.Post(MailGateway.Mail("bob", to, "APPROVE")))["result"]);
        await Answer(host, "bob", "The time to reply to that mail is over");
        Assert.Contains("reply-token-expired", await Reasons(host));
    }

    [Fact]
    public async Task APost_WithoutAGoodSignature_IsRefused_AndAudited()
    {
        await using var host = await Start(MailGateway.Settings, null);
        var body = MailGateway.Mail("bob", "access+abcdefghijklmnopqrstuvwxyz@example.org", "APPROVE");
        var good = MailGateway.Sign(body, MailGateway.Secret, host.Now);
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), Seen(await host.Post(body, "message/rfc822", null)));
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), Seen(await host.Post(body, "message/rfc822", good[..^2] + "00")));
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), Seen(await host.Post([.. body, 0], "message/rfc822", good)));
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), Seen(await host.Post(body, secret: "a-secret-that-nobody-configured-here")));
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), Seen(await host.Post(body, off: TimeSpan.FromSeconds(-301))));
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthenticated"), Seen(await host.Post(body, off: TimeSpan.FromSeconds(301))));
        Assert.Equal(HttpStatusCode.OK, (await host.Post(body, off: TimeSpan.FromSeconds(-299))).Status);
        Assert.Contains("mail-signature", await Reasons(host));

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "unsupported-media-type"), Seen(await host.Post(body, "text/plain")));
        Assert.Equal((HttpStatusCode.BadRequest, "malformed"), Seen(await host.Post("no mail"u8.ToArray())));
        Assert.Equal((HttpStatusCode.BadRequest, "malformed"), Seen(await host.Post("[]"u8.ToArray(), "application/json")));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body-too-large"), Seen(await host.Post(new byte[(1024 * 1024) + 1])));
        Assert.Contains("reply-unreadable", await Reasons(host));

        static (HttpStatusCode, string?) Seen(Answer answer) => (answer.Status, answer.Problem);
    }

    [Fact]
    public async Task AHost_ThatIsNotSetUp_HasNoSuchAddress()
    {
        await using var host = await Start(new Dictionary<string, string?>(), null);
        Assert.Equal((HttpStatusCode.NotFound, "unknown-address"), (await host.Post("x"u8.ToArray()) is var answer ? (answer.Status, answer.Problem) : default));
    }

    /// <summary>Waits for the mail that asks this person, and says where replies to it go.</summary>
    private async Task<string> ReplyAddress(IScenarioHost host, string person)
    {
        string? address = null;
        await host.Until(async () => (address = (await Mails(host)).FirstOrDefault(mail => mail.To == $"{person}@example.org" && mail.ReplyTo?.Contains('+', StringComparison.Ordinal) == true)?.ReplyTo) is not null, $"{person} is asked by mail");
        return address!;
    }

    /// <summary>The mail to this person that says so.</summary>
    private async Task<SentMail> Answer(IScenarioHost host, string person, string words)
    {
        var mails = await Mails(host);
        var found = mails.Where(mail => mail.To == $"{person}@example.org" && mail.Headers["Auto-Submitted"] == "auto-replied" && mail.Text.ReplaceLineEndings(" ").Contains(words, StringComparison.Ordinal)).ToList();
        Assert.True(found.Count == 1, $"{found.Count} answers to {person} say \"{words}\": {string.Join("; ", mails.Where(mail => mail.Headers["Auto-Submitted"] == "auto-replied").Select(mail => $"{mail.To}: {mail.Text}"))}");
        return found[0];
    }

    private static async Task<HashSet<string>> Reasons(IScenarioHost host)
    {
        var trail = await host.As("erin").Call(HttpMethod.Get, "/api/audit?limit=100");
        return [.. trail.Body.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("event")).Where(happened => happened.TryGetProperty("reason", out _))
            .Select(happened => happened.GetProperty("reason").GetString()).OfType<string>()];
    }
}
