using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Application.Tests.Channels;

/// <summary>What counts, what does not, what the audit says and what the sender is told.</summary>
public sealed class MailRepliesTests
{
    private readonly FakeRequests _requests = new();
    private readonly FakeDirectory _directory = Given.Directory();
    private readonly ManualTimeProvider _clock = new(Given.Now);
    private readonly InMemoryChannelStore _store = new();
    private readonly FakeAudit _audit = new();
    private readonly KeptAnswers _answers = new();
    private readonly ReplyTokens _tokens;
    private readonly MailReplies _replies;
    private int _mails;

    public MailRepliesTests()
    {
        _tokens = new ReplyTokens(_store);
        _replies = Replies(new DecidingDoor(_requests, _clock));
        _ = _requests.Put(Given.Request());
    }

    [Fact]
    public async Task Approve_Counts_WithTheCommentAndTheChannel_AndIsConfirmed()
    {
        Assert.Equal(ReplyResult.Decided, await Handle(await Reply("Approve!\n\nFor the quarter end.\n\n> quoted")));
        var review = Assert.Single(_requests.All["r-1"].Reviews);
        Assert.Equal(("bob", Verdict.Approve, Channel.EmailReply, 1, 1, "For the quarter end."), (review.By, review.Verdict, review.Channel, review.Level, review.Revision, review.Comment));
        var answer = Assert.Single(_answers.Sent);
        Assert.Equal("bob", answer.To.Id);
        Assert.Contains("you approved", answer.Lead, StringComparison.Ordinal);
        Assert.Equal(("Re: Please decide", "r-1", "reply-1@example.test"), (answer.Subject, answer.RequestId, answer.InReplyTo));
        Assert.Equal(["notice@access.test", "reply-1@example.test"], answer.References);
        Assert.Empty(_audit.Events);
    }

    [Fact]
    public async Task Disapprove_Counts_WithoutAComment()
    {
        Assert.Equal(ReplyResult.Decided, await Handle(await Reply("DISAPPROVE")));
        Assert.Equal((Phase.Denied, null), (_requests.All["r-1"].Phase, _requests.All["r-1"].Reviews[0].Comment));
        Assert.Contains("you denied", Assert.Single(_answers.Sent).Lead, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SenderTokenAndWord_AreReadInAnyCase()
    {
        var mail = await Reply("approve");
        Assert.Equal(ReplyResult.Decided, await Handle(mail with { From = ["BOB@Example.TEST"], Recipients = [mail.Recipients[0].ToUpperInvariant()] }));
    }

    [Fact]
    public async Task SameMail_Again_HasTheSameResult_AndNoFurtherEffect()
    {
        var (good, bad) = (await Reply("APPROVE"), await Reply("maybe"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(ReplyResult.Decided, await Handle(good));
            Assert.Equal(ReplyResult.Refused, await Handle(bad));
            _clock.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.Equal(2, _answers.Sent.Count);
        Assert.Single(_audit.Events);
        Assert.Single(_requests.All["r-1"].Reviews);
    }

    public static TheoryData<string, string, bool> Refusals { get; } = new()
    {
        // what is done to a good reply, the audit's reason, and whether its sender is told
        { "word", "reply-word-missing", true },
        { "no token", "reply-token-missing", true },
        { "two tokens", "reply-token-missing", true },
        { "made-up token", "reply-token-unknown", true },
        { "expired", "reply-token-expired", true },
        { "somebody else's", "reply-sender", true },
        { "no such request", "reply-request", true },
        { "stranger", "reply-sender", false },
        { "left", "reply-sender", false },
        { "two senders", "reply-sender", false },
        { "no sender", "reply-sender", false },
        { "dmarc fail", "reply-dmarc", false },
        { "dmarc missing", "reply-dmarc", false },
        { "dmarc by another server", "reply-dmarc", false },
        { "dmarc of another domain", "reply-dmarc", false },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task WhatDoesNotAgree_ChangesNothing_IsAudited_AndAnsweredOnceWhereItIsSafe(string what, string reason, bool told)
    {
        var good = await Reply("APPROVE");
        var mail = what switch
        {
            "word" => good with { Text = new("Fine with me.") },
            "no token" => good with { Recipients = ["access@example.test"] },
            "two tokens" => good with { Recipients = [.. good.Recipients, .. (await Reply("APPROVE")).Recipients] },
            "made-up token" => good with { Recipients = ["access+abcdefghijklmnopqrstuvwxyz@example.test"] },
            "somebody else's" => good with { From = ["mallory@example.test"] },
            "stranger" => good with { From = ["eve@example.test"] },
            "two senders" => good with { From = ["bob@example.test", "eve@example.test"] },
            "no sender" => good with { From = [] },
            "dmarc fail" => good with { Fields = [new(AuthenticationResults.FieldName, "mx.example.test; dmarc=fail header.from=example.test"), .. good.Fields] },
            "dmarc missing" => good with { Fields = [] },
            "dmarc by another server" => good with { Fields = [new(AuthenticationResults.FieldName, "evil.test; dmarc=pass header.from=example.test")] },
            "dmarc of another domain" => good with { From = ["bob@example.test"], Fields = [new(AuthenticationResults.FieldName, "mx.example.test; dmarc=pass header.from=evil.test")] },
            _ => good,
        };
        if (what == "expired") _clock.Advance(TimeSpan.FromHours(2));
        if (what == "left") _directory.Change("bob", static bob => bob with { Active = false });
        if (what == "no such request") _ = _requests.All.Remove("r-1");
        var before = _requests.All.GetValueOrDefault("r-1");

        Assert.Equal(ReplyResult.Refused, await Handle(mail));
        var happened = Assert.Single(_audit.Events);
        Assert.Equal((reason, "EmailReply", false), (happened.Reason, happened.Channel, happened.Succeeded));
        Assert.Equal(told ? what == "somebody else's" ? "mallory" : "bob" : "anonymous", happened.Actor);
        Assert.Same(before, _requests.All.GetValueOrDefault("r-1"));
        Assert.Equal(told ? 1 : 0, _answers.Sent.Count);
        if (told) Assert.Equal(ReplyWords.Of(reason).Lead, _answers.Sent[0].Lead);

        // Another such mail is audited anew and not answered anew.
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(ReplyResult.Refused, await Handle(mail with { Fingerprint = Fingerprint() }));
        Assert.Equal(2, _audit.Events.Count);
        Assert.Equal(told ? 1 : 0, _answers.Sent.Count);

        // Neither tokens, addresses nor words are in the audit.
        Assert.All(_audit.Events.SelectMany(static one => one.Detail!.More), static pair => Assert.True(pair is { Key: "id" } or { Key: "route", Value: "mail reply" }, pair.Key));
    }

    [Fact]
    public async Task Help_LeadsTheNextReply_BackToTheSameRequest_AndThatOneCounts()
    {
        _ = await Handle(await Reply("Fine with me."));
        var help = Assert.Single(_answers.Sent);
        Assert.NotNull(help.ReplyTo);
        Assert.Equal(ReplyResult.Decided, await Handle((await Reply("APPROVE")) with { Recipients = [help.ReplyTo] }));
    }

    public static TheoryData<string, string> Automatic { get; } = new()
    {
        { "Auto-Submitted", "auto-replied" }, { "Precedence", "bulk" }, { "List-Id", "<x>" }, { "X-Auto-Response-Suppress", "All" }, { "Return-Path", "<>" }, { "X-Autoreply", "yes" },
    };

    [Theory]
    [MemberData(nameof(Automatic))]
    public async Task AutomaticMail_DecidesNothing_AndIsNeverAnswered(string name, string value)
    {
        var mail = await Reply("APPROVE");
        Assert.Equal(ReplyResult.Ignored, await Handle(mail with { Fields = [.. mail.Fields, new(name, value)] }));
        Assert.Equal(ReplyResult.Ignored, await Handle(mail with { Fingerprint = Fingerprint(), From = ["access+abcdefghijklmnopqrstuvwxyz@example.test"] }));
        Assert.Empty(_answers.Sent);
        Assert.Empty(_requests.All["r-1"].Reviews);
        Assert.All(_audit.Events, static happened => Assert.Equal("reply-automatic", happened.Reason));
    }

    [Fact]
    public async Task TwoMachinesThatAnswerEachOther_StopAfterOneAnswer()
    {
        // An auto-responder that marks nothing, and writes anew each time it is written to.
        _ = await Handle(await Reply("I am away."));
        for (var i = 0; i < 5; i++) _ = await Handle((await Reply("I am away.")) with { Recipients = [_answers.Sent[^1].ReplyTo!] });
        Assert.Single(_answers.Sent);
    }

    [Fact]
    public async Task AssuranceTooLow_IsToldToSignIn_AndADenialByTheSameMailStillCounts()
    {
        var request = Given.Request();
        _ = _requests.Put(request with { Levels = [request.Levels[0] with { MinimumAssurance = Channel.SignedIn }, request.Levels[1]] });
        var token = await Mint();
        Assert.Equal(ReplyResult.Refused, await Handle(Mail(token, "APPROVE")));
        Assert.Contains("Sign in to approve", Assert.Single(_answers.Sent).Next, StringComparison.Ordinal);
        Assert.Empty(_requests.All["r-1"].Reviews);
        Assert.Empty(_audit.Events); // it is in the request's own chain

        Assert.Equal(ReplyResult.Decided, await Replies(new ContentAwareDoor(_requests, _clock)).Handle(Mail(token, "DISAPPROVE"), "192.0.2.1", Cancellation));
        Assert.Equal(Phase.Denied, _requests.All["r-1"].Phase);
    }

    public static TheoryData<RefusalReason, string> DomainRefusals { get; } = new()
    {
        { RefusalReason.RoleRequired, "choose" },
        { RefusalReason.StaleRevision, "newer mail" },
        { RefusalReason.AlreadySettled, "nothing for you to do" },
        { RefusalReason.NoActionsAvailable, "nothing for you to do" },
        { RefusalReason.SelfReview, "another approver" },
        { RefusalReason.NotAnApprover, "administrator" },
        { RefusalReason.PeriodPassed, "another period" },
    };

    [Theory]
    [MemberData(nameof(DomainRefusals))]
    public async Task ARefusalByTheRequest_IsAnsweredInPlainWords(RefusalReason reason, string next)
    {
        _requests.Answer = _ => new SignalAnswer(_requests.All["r-1"], new Refusal(reason, "internal detail"), 1);
        var replies = Replies(_requests);
        Assert.Equal(ReplyResult.Refused, await replies.Handle(await Reply("APPROVE"), null, Cancellation));
        var answer = Assert.Single(_answers.Sent);
        Assert.Contains(next, answer.Next, StringComparison.Ordinal);
        Assert.DoesNotContain("internal detail", answer.Lead + answer.Next, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryRefusal_HasWords()
    {
        foreach (var reason in Enum.GetValues<RefusalReason>())
        {
            foreach (var verdict in Enum.GetValues<Verdict>()) Assert.NotEmpty(ReplyWords.Of(new Refusal(reason, ""), verdict).Lead);
        }
    }

    [Fact]
    public async Task TheDecision_IsBoundToRevisionAndLevel_AndItsIdIsTheTokens()
    {
        var token = await Mint();
        _ = await Replies(_requests).Handle(Mail(token, "APPROVE"), "192.0.2.1", Cancellation);
        var approve = _requests.Last<Approve>();
        Assert.Equal((ReplyTokens.SignalId(token), "bob", 1, 1, Channel.EmailReply, "192.0.2.1"), (approve.Id, approve.By, approve.Revision, approve.Level, approve.Channel, approve.Address));
        Assert.Null(approve.Start ?? approve.End);
        Assert.Null(approve.Role ?? approve.Identity);
    }

    [Fact]
    public async Task AUsedReply_CannotDecideOtherwise()
    {
        var token = await Mint();
        _requests.Answer = _ => new SignalAnswer(_requests.All["r-1"], null, 1) { ContentDiffers = true };
        Assert.Equal(ReplyResult.Refused, await Replies(_requests).Handle(Mail(token, "DISAPPROVE"), null, Cancellation));
        Assert.Equal("reply-used", Assert.Single(_audit.Events).Reason);
        Assert.Contains("You replied to that mail before", Assert.Single(_answers.Sent).Lead, StringComparison.Ordinal);
        Assert.Single(_requests.Signals);
    }

    [Fact]
    public async Task ADecisionThatIsNotSettledYet_IsHandledAgain()
    {
        var mail = await Reply("APPROVE");
        _requests.Answer = _ => new SignalAnswer(null, null, 0, Settled: false);
        await Assert.ThrowsAsync<ReplyUnsettledException>(() => Replies(_requests).Handle(mail, null, Cancellation));
        Assert.Equal(ReplyResult.Decided, await Handle(mail));
    }

    [Fact]
    public async Task AMailServerThatIsDown_LeavesTheMailToBeHandledAgain_AndNothingIsDoubled()
    {
        var mail = await Reply("APPROVE");
        _answers.Failure = new IOException("down");
        await Assert.ThrowsAsync<IOException>(() => Handle(mail));
        _answers.Failure = null;
        Assert.Equal(ReplyResult.Decided, await Handle(mail));
        Assert.Single(_requests.All["r-1"].Reviews);
        Assert.Single(_answers.Sent);
    }

    [Fact]
    public async Task ARefusedReply_WhoseAnswerCannotBeSent_IsAuditedOnce_HoweverOftenItIsHandled()
    {
        var mail = await Reply("Fine with me.");
        _answers.Failure = new IOException("down");
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<IOException>(() => Handle(mail));
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        _answers.Failure = null;
        Assert.Equal(ReplyResult.Refused, await Handle(mail));
        Assert.Single(_answers.Sent);
        Assert.Equal("reply-word-missing", Assert.Single(_audit.Events).Reason);
    }

    [Theory]
    [InlineData("dmarc", "reply-dmarc")]
    [InlineData("two senders", "reply-sender")]
    [InlineData("stranger", "reply-sender")]
    public async Task AnUnprovenReply_WithARealToken_IsAuditedWithItsRequest_AndOneWithAMadeUpToken_WithNone(string what, string reason)
    {
        var good = await Reply("APPROVE");
        var forged = what switch
        {
            "dmarc" => good with { Fields = [] },
            "two senders" => good with { From = ["bob@example.test", "eve@example.test"] },
            _ => good with { From = ["eve@example.test"] },
        };
        _ = await Handle(forged);
        var happened = Assert.Single(_audit.Events);
        Assert.Equal((reason, "anonymous", "r-1"), (happened.Reason, happened.Actor, happened.Detail!.More["id"]));

        _ = await Handle(forged with { Fingerprint = Fingerprint(), Recipients = ["access+abcdefghijklmnopqrstuvwxyz@example.test"] });
        Assert.DoesNotContain("id", _audit.Events[1].Detail!.More.Keys);
    }

    [Fact]
    public async Task WithoutAMailTransport_ReplysStillDecide()
    {
        var replies = Replies(new DecidingDoor(_requests, _clock), withSender: false);
        Assert.Equal(ReplyResult.Decided, await replies.Handle(await Reply("APPROVE"), null, Cancellation));
    }

    [Fact]
    public async Task WhatIsNoMail_IsAudited()
    {
        Assert.Equal(ReplyResult.Ignored, await _replies.Unreadable("too large", "192.0.2.1"));
        Assert.Equal("reply-unreadable", Assert.Single(_audit.Events).Reason);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task<ReplyResult> Handle(InboundMail mail) => _replies.Handle(mail, "192.0.2.1", Cancellation);

    private MailReplies Replies(IRequestWorkflow door, bool withSender = true) => new(
        new ReplySettings("access@example.test", "mx.example.test"), _tokens, _store,
        new RequestService(door, _requests, _directory, new FakeGroups(Given.Group), new FakePlatforms(new FakePlatform()), _clock), _directory,
        withSender ? [_answers] : [], new RefusedCalls(_audit, _clock, NullLogger<RefusedCalls>.Instance), _clock, NullLogger<MailReplies>.Instance);

    private Task<string> Mint() => _tokens.Mint(new ReplyBinding("r-1", 1, 1, "bob", Given.Now.AddHours(1), "notice@access.test"), Cancellation);

    private async Task<InboundMail> Reply(string text) => Mail(await Mint(), text);

    private InboundMail Mail(string token, string text) => new()
    {
        Fingerprint = Fingerprint(),
        Fields = [new MailField(AuthenticationResults.FieldName, "mx.example.test; dmarc=pass header.from=example.test")],
        From = ["bob@example.test"],
        Recipients = [$"access+{token}@example.test"],
        Subject = "Re: Please decide",
        MessageId = $"reply-{_mails}@example.test",
        Text = new Lazy<string>(text),
    };

    private string Fingerprint() => $"{++_mails:x64}";

    /// <summary>A transport that keeps what it sends, once for each id.</summary>
    private sealed class KeptAnswers : IMailSender
    {
        public List<AnswerMail> Sent { get; } = [];
        public Exception? Failure { get; set; }

        public Task Send(AnswerMail mail, CancellationToken cancellation)
        {
            if (Failure is { } failure) throw failure;
            if (!Sent.Exists(sent => sent.Id == mail.Id)) Sent.Add(mail);
            return Task.CompletedTask;
        }
    }

    /// <summary>A door that has answered the token's own signal with a refusal before, as the stores remember it; others are decided.</summary>
    private sealed class ContentAwareDoor(FakeRequests requests, TimeProvider time) : IRequestWorkflow
    {
        private readonly DecidingDoor _door = new(requests, time);

        public Task<SignalAnswer> Signal(string requestId, Signal signal, CancellationToken cancellation) => requests.All[requestId].Seen.Any(seen => seen.Id == signal.Id)
            ? Task.FromResult(new SignalAnswer(requests.All[requestId], new Refusal(RefusalReason.AssuranceTooLow, ""), 1) { ContentDiffers = true })
            : _door.Signal(requestId, signal, cancellation);
    }
}
