using System.Text.RegularExpressions;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Mail;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Mail;

public sealed partial class MailComposerTests
{
    private const string Inbox = "decide@example.com";
    private readonly Composing _parts = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<NoticeKind> Asking => [NoticeKind.ReviewAsked, NoticeKind.ReviewReminder, NoticeKind.Escalated];

    [Theory]
    [MemberData(nameof(Asking))]
    public async Task AMailThatAsks_HasALinkBoundToTheDecision(NoticeKind kind)
    {
        var mail = await Compose(Asked(kind: kind));
        var link = LinkOf(mail);
        Assert.Equal(
            new ReviewLink(ReviewLinkKind.Decide, "r-1042", 1, 1, "bob", Notices.Noon.AddHours(24), link.TokenId),
            link);
        Assert.Contains("Approve or deny: https://access.example.com/review/", mail.Body.Text, StringComparison.Ordinal);
        Assert.Contains(">Approve or deny</a>", mail.Body.Html, StringComparison.Ordinal);
        Assert.Contains("with the button", mail.Body.Text, StringComparison.Ordinal);
        Assert.Contains("https://access.example.com/requests/r-1042", mail.Body.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheSameNotice_GivesTheSameTokenId_AndEveryOtherAnother()
    {
        var notice = Asked();
        Assert.Equal(LinkOf(await Compose(notice)).TokenId, LinkOf(await Compose(notice)).TokenId);
        var others = new[]
        {
            notice,
            notice with { Id = "r-1042-8-0" },
            notice with { To = Notices.Bob with { Id = "ben" } },
            Notices.Of(NoticeKind.EmergencyDeclared, Notices.Emergency, Notices.Bob),
        };
        List<string> ids = [];
        foreach (var other in others) ids.Add(LinkOf(await Compose(other)).TokenId);
        Assert.Equal(4, ids.Distinct().Count());
        Assert.All(ids, id => Assert.InRange(id.Length, 16, 64));
    }

    [Fact]
    public async Task AMailThatIsNoLongerToBeDecided_HasNoLink()
    {
        Notice[] late =
        [
            Asked(Notices.Open with { Revision = 2 }) with { Effect = Asked().Effect },
            Asked(Notices.Open with { Level = 2 }),
            Asked(Notices.Open with { Phase = Phase.Denied }),
            Asked(Notices.Open with { Phase = Phase.Closed, Level = 0 }),
            Asked(Notices.Open with { Reviews = [Notices.Approval] }),
            Asked(Notices.Open with { Reviews = [Notices.Approval with { By = "dave" }] }),
            Asked(Notices.Open with { Levels = [Notices.Open.Levels[0] with { Approvers = ["ben"] }, Notices.Open.Levels[1]] }),
            Asked(Notices.Open with { Requester = "bob" }),
        ];
        foreach (var notice in late)
        {
            var mail = await Compose(notice, Inbox);
            Assert.DoesNotContain("/review/", mail.Body.Text + mail.Body.Html, StringComparison.Ordinal);
            Assert.Equal(Inbox, mail.ReplyTo?.Address);
        }
    }

    [Fact]
    public async Task AMailThatOnlyTells_HasNoLink()
    {
        foreach (var kind in Enum.GetValues<NoticeKind>().Except([NoticeKind.ReviewAsked, NoticeKind.ReviewReminder, NoticeKind.Escalated, NoticeKind.EmergencyDeclared, NoticeKind.EmergencyNoticeUndelivered]))
        {
            foreach (var request in new[] { Notices.Open, Notices.Active, Notices.Emergency, Notices.Closed })
            {
                var mail = await Compose(Notices.Of(kind, request, Notices.Bob, level: 1, by: "carol"), Inbox);
                Assert.DoesNotContain("/review/", mail.Body.Text + mail.Body.Html, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData(NoticeKind.EmergencyDeclared)]
    [InlineData(NoticeKind.EmergencyNoticeUndelivered)]
    public async Task AnEmergencysMail_HasALinkToRevoke_UntilTheLaterOfEndAndReview(NoticeKind kind)
    {
        var mail = await Compose(Notices.Of(kind, Notices.Emergency, Notices.Bob, by: "alice"));
        Assert.Contains("Revoke this access: https://access.example.com/review/", mail.Body.Text, StringComparison.Ordinal);
        Assert.Contains("revoke it with the button", mail.Body.Text, StringComparison.Ordinal);
        var link = LinkOf(mail);
        Assert.Equal((ReviewLinkKind.Revoke, 0, Notices.Noon.AddDays(1)), (link.Kind, link.Level, link.ExpiresAt));

        var late = Notices.Emergency with { Period = new Period(Notices.Noon, Notices.Noon.AddDays(3), Fixed: true) };
        Assert.Equal(Notices.Noon.AddDays(3), LinkOf(await Compose(Notices.Of(kind, late, Notices.Bob))).ExpiresAt);
    }

    [Fact]
    public async Task AnEmergencysMail_AfterTheAccess_OrToTheRequester_HasNoLink()
    {
        foreach (var notice in new[]
        {
            Notices.Of(NoticeKind.EmergencyDeclared, Notices.Emergency with { Phase = Phase.Revoking }, Notices.Bob),
            Notices.Of(NoticeKind.EmergencyDeclared, Notices.Emergency with { Phase = Phase.Closed }, Notices.Bob),
            Notices.Of(NoticeKind.EmergencyDeclared, Notices.Emergency, Notices.Alice),
        })
        {
            Assert.DoesNotContain("/review/", (await Compose(notice)).Body.Html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WithoutAReplyAddress_RepliesAreNotOffered()
    {
        var mail = await Compose(Asked());
        Assert.Null(mail.ReplyTo);
        Assert.DoesNotContain("DISAPPROVE", mail.Body.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithAReplyAddress_EachMailThatAsksHasATokenOfItsOwn()
    {
        var (first, again) = (await Compose(Asked(), Inbox), await Compose(Asked(), Inbox));
        Assert.Contains("Or reply with APPROVE or DISAPPROVE in the first line", first.Body.Text, StringComparison.Ordinal);
        Assert.NotEqual(first.ReplyTo, again.ReplyTo);
        foreach (var mail in new[] { first, again })
        {
            var token = Plus().Match(mail.ReplyTo!.Address).Groups[1].Value;
            var binding = await _parts.Replies.Find(token, Cancellation);
            Assert.NotNull(binding);
            Assert.Equal(("r-1042", 1, 1, "bob", Notices.Noon.AddHours(24), mail.MessageId),
                (binding.RequestId, binding.Revision, binding.Level, binding.Person, binding.ExpiresAt, binding.MessageId));
        }
    }

    [Theory]
    [InlineData(Channel.EmailReply, true, "Approve or deny")]
    [InlineData(Channel.SlackReaction, false, "Approve or deny")]
    [InlineData(Channel.EmailLink, false, "Approve or deny")]
    [InlineData(Channel.SignedIn, false, "Sign in to approve")]
    public async Task WhatALevelDoesNotCount_IsNotOffered_AndDenyingStays(Channel minimum, bool replies, string button)
    {
        var level = Notices.Open.Levels[0] with { MinimumAssurance = minimum };
        var mail = await Compose(Asked(Notices.Open with { Levels = [level, Notices.Open.Levels[1]] }), Inbox);
        Assert.Equal(replies, mail.Body.Text.Contains("DISAPPROVE", StringComparison.Ordinal));
        Assert.Contains($"\n{button}: https://", mail.Body.Text, StringComparison.Ordinal);
        Assert.Contains("/review/token-", mail.Body.Text, StringComparison.Ordinal);
        Assert.Contains('+', mail.ReplyTo!.Address); // a reply may still deny
        if (minimum == Channel.SignedIn) Assert.Contains("\nDeny: https://access.example.com/review/", mail.Body.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhileTheRoleIsLeftToTheReviewer_ApprovingByReplyIsNotOffered()
    {
        var open = Notices.Open with { Ask = Notices.Open.Ask with { Role = null }, Policy = Notices.Open.Policy with { Roles = ["reader", "writer"] } };
        Assert.DoesNotContain("DISAPPROVE", (await Compose(Asked(open), Inbox)).Body.Text, StringComparison.Ordinal);
        Assert.Contains("DISAPPROVE", (await Compose(Asked(open with { Role = "reader" }), Inbox)).Body.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mails_OfARequest_AreOneThread()
    {
        List<MailMessage> mails =
        [
            await Compose(Asked()),
            await Compose(Notices.Of(NoticeKind.Settled, Notices.Active, Notices.Bob, by: "carol") with { Id = "r-1042-8-0" }),
            await Compose(Notices.Of(NoticeKind.EmergencyDeclared, Notices.Emergency, Notices.Bob) with { Id = "r-1042-9-0" }),
            await Compose(Notices.Of(NoticeKind.Expired, Notices.Closed, Notices.Bob) with { Id = "r-1042-10-0" }),
        ];
        Assert.Single(mails.Select(mail => mail.Thread).Distinct());
        Assert.Equal(4, mails.Select(mail => mail.MessageId).Distinct().Count());
        Assert.DoesNotContain(mails[0].Thread, mails.Select(mail => mail.MessageId));
    }

    [Fact]
    public async Task Tokens_AreInNoTextOfTheObjects()
    {
        var mail = await Compose(Asked(), Inbox);
        var token = Plus().Match(mail.ReplyTo!.Address).Groups[1].Value;
        foreach (var shown in new[] { $"{mail}", $"{mail.Body}", $"{mail.ReplyTo}", $"{new MailActions { Review = new Uri("https://a/review/token-0"), Replies = true }}" })
        {
            Assert.DoesNotContain("token-0", shown, StringComparison.Ordinal);
            Assert.DoesNotContain(token, shown, StringComparison.Ordinal);
            Assert.DoesNotContain("@example.com", shown.Replace(mail.MessageId, "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AMail_WithItsLongLinks_IsWrittenWithinTheLimitsOfLines()
    {
        var mail = ParsedMail.Read(EmlWriter.Write(await Compose(Asked(), Inbox, new Composing { TokenLength = 400 })));
        Assert.StartsWith("Access <decide+", mail["Reply-To"].Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("/review/token-0", mail.Parts[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALinkThatNoPathCanHold_IsLeftOut() =>
        Assert.DoesNotContain("/review/", (await Compose(Asked(), Inbox, new Composing { TokenLength = 401 })).Body.Html, StringComparison.Ordinal);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("bob@example.com\r\nBcc: eve@example.com")]
    public async Task AReaderWithoutAUsableAddress_GetsNoMail(string? address) =>
        Assert.Null(await _parts.Composer(Inbox).Compose(Asked() with { To = Notices.Bob with { Email = address } }, Cancellation));

    [Theory]
    [InlineData("access", null)]
    [InlineData("access@example.com", "decide")]
    [InlineData("access@example.com", "de+cide@example.com")]
    [InlineData("access@example.com", "decide-on-every-request-there-ever-was@example.com")]
    public void AddressesThatCannotBeUsed_AreRefusedAtOnce(string from, string? reply) =>
        Assert.Throws<ArgumentException>(() => _parts.Composer(reply, from));

    [Fact]
    public async Task Links_AreUnderTheRoot() => Assert.Contains(
        "https://example.com/access/review/token-",
        (await _parts.Composer(root: "https://example.com/access").Compose(Asked(), Cancellation))!.Body.Text, StringComparison.Ordinal);

    private static Notice Asked(AccessRequest? request = null, NoticeKind kind = NoticeKind.ReviewAsked) => Notices.Of(kind, request ?? Notices.Open, Notices.Bob, level: 1);

    private async Task<MailMessage> Compose(Notice notice, string? replyAddress = null, Composing? parts = null)
    {
        var mail = await (parts ?? _parts).Composer(replyAddress).Compose(notice, Cancellation);
        Assert.NotNull(mail);
        return mail;
    }

    private ReviewLink LinkOf(MailMessage mail)
    {
        var (inText, inHtml) = (Review().Match(mail.Body.Text).Groups[1].Value, Review().Match(mail.Body.Html).Groups[1].Value);
        Assert.Equal(inText, inHtml);
        Assert.True(_parts.TryRead(inText, out var link));
        return link;
    }

    [GeneratedRegex("/review/([A-Za-z0-9_-]+)")]
    private static partial Regex Review();

    [GeneratedRegex("^decide\\+([a-z2-7]{26})@example\\.com$")]
    private static partial Regex Plus();
}
