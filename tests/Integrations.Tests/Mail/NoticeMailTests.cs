using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Mail;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Mail;

public sealed class NoticeMailTests
{
    public static TheoryData<NoticeKind> Kinds => [.. Enum.GetValues<NoticeKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryKind_ToEveryReader_InEveryState_SaysWhoWhatWhyAndHowLong(NoticeKind kind)
    {
        string?[] actors = [null, "carol", SystemActors.Timer, "somebody-unknown"];
        var rendered = 0;
        foreach (var state in new[] { Notices.Open, Notices.Active, Notices.Emergency, Notices.Closed })
        {
            foreach (var phase in Enum.GetValues<Phase>())
            {
                foreach (var reader in new[] { Notices.Alice, Notices.Bob, Notices.Dave })
                {
                    var level = phase == Phase.Open ? 1 : 0;
                    var notice = Notices.Of(kind, state with { Phase = phase, Level = level }, reader, level, by: actors[rendered++ % actors.Length], text: "its text");
                    Complete(NoticeMail.Render(notice, Notices.Address), kind);
                }
            }
        }
    }

    [Fact]
    public void Subjects_OfDifferentKinds_Differ()
    {
        var subjects = Enum.GetValues<NoticeKind>().Select(kind => NoticeMail.Render(Notices.Of(kind, Notices.Emergency, Notices.Dave, level: 1, by: "bob"), Notices.Address).Subject).ToList();
        Assert.Equal(subjects.Count, subjects.Distinct().Count());
    }

    [Fact]
    public void ReviewAsked_ReadsAsAWhole() => Assert.Equal(
        """
        Alice Adams asks for the role analytics_reader on pg-prod/analytics, and your decision is needed at level 1 of 2.

        Who: Alice Adams (alice)
        Access: the role analytics_reader on pg-prod/analytics
        Why:
          > Quarter-end check
        Reason: audit
        Ticket: CHG-1042
        When: 2h from approval
        Status: Open, waiting for level 1 of 2
        Level: 1 of 2, 0 of 1 approval so far
        Access group: analysts

        Next: Approve or deny it on the request page. This level needs 1 approval, and 1 denial denies it. Undecided, the request lapses 2026-11-22 12:00 UTC.

        Open the request: https://access.example.com/requests/r-1042

        """,
        NoticeMail.Render(Notices.Of(NoticeKind.ReviewAsked, Notices.Open, Notices.Bob, level: 1), Notices.Address).Text,
        ignoreLineEndingDifferences: true);

    [Fact]
    public void EmergencyDeclared_ReadsAsAWhole()
    {
        var mail = NoticeMail.Render(Notices.Of(NoticeKind.EmergencyDeclared, Notices.Emergency, Notices.Bob, by: "alice", text: "Orders are failing"), Notices.Address);
        Assert.Equal("EMERGENCY: Alice Adams takes the role analytics_reader on pg-prod/analytics without approval", mail.Subject);
        Assert.Equal(
            """
            Alice Adams declared an emergency and takes the role analytics_reader on pg-prod/analytics now, without approval.

            Who: Alice Adams (alice)
            Access: the role analytics_reader on pg-prod/analytics
            Why:
              > Quarter-end check
            Reason: audit
            Ticket: CHG-1042
            When: 2026-11-21 12:00 UTC to 2026-11-21 13:00 UTC (1h)
            Status: Active until 2026-11-21 13:00 UTC
            Settled by: Carol Černá (carol), 2026-11-21 12:10 UTC
            Emergency: declared 2026-11-21 12:06 UTC
            Why it could not wait:
              > Orders are failing
            Review: owed by 2026-11-22 12:00 UTC
            Access group: analysts

            Denials of this request so far:
              - Bob Brown denied at level 1, 2026-11-21 12:05 UTC: "not during the freeze"

            Requests for the same that were denied in the 24 hours before:
              - https://access.example.com/requests/r-0977

            Next: Look at it now. If it should not be, revoke it on the request page: one approver is enough. It needs a review by 2026-11-22 12:00 UTC.

            Open the request: https://access.example.com/requests/r-1042

            """,
            mail.Text,
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void EmergencyDeclared_WithNoDenials_SaysNone()
    {
        var request = Notices.Emergency with { Reviews = [], Emergency = Notices.Emergency.Emergency! with { RecentlyDenied = [] } };
        var text = NoticeMail.Render(Notices.Of(NoticeKind.EmergencyDeclared, request, Notices.Bob, by: "alice"), Notices.Address).Text;
        Assert.Contains("Denials of this request so far:\n  - none\n", text, StringComparison.Ordinal);
        Assert.Contains("24 hours before:\n  - none\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ReviewAsked_OnceSettled_SaysSoInsteadOfAsking()
    {
        var text = NoticeMail.Render(Notices.Of(NoticeKind.ReviewAsked, Notices.Active, Notices.Bob, level: 1), Notices.Address).Text;
        Assert.Contains("no longer open for your decision", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Approve or deny", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Settled_SaysByWhom_AndStandInsAreNamed()
    {
        var text = NoticeMail.Render(Notices.Of(NoticeKind.Settled, Notices.Active, Notices.Bob, level: 1, by: "carol"), Notices.Address).Text;
        Assert.Contains("was approved; settled by Carol Černá.", text, StringComparison.Ordinal);
        Assert.Contains("Settled by: Carol Černá (carol), 2026-11-21 12:10 UTC", text, StringComparison.Ordinal);
        Assert.Contains("Carol Černá in the seat of Dave approved at level 2", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Requester_IsSpokenTo_OthersReadTheName()
    {
        Assert.Contains("Your access to", Text(Notices.Alice), StringComparison.Ordinal);
        Assert.Contains("Alice Adams's access to", Text(Notices.Bob), StringComparison.Ordinal);

        static string Text(Person reader) =>
            NoticeMail.Render(Notices.Of(NoticeKind.Revoked, Notices.Closed, reader, by: "bob", text: "enough"), Notices.Address).Text;
    }

    [Fact]
    public void Ended_ShowsWhatWasSeenOfTheRemoval() =>
        Assert.Contains(
            "pg-prod/analytics: alice holds analytics_reader neither directly nor through another role",
            NoticeMail.Render(Notices.Of(NoticeKind.Revoked, Notices.Closed, Notices.Alice, by: "bob"), Notices.Address).Text,
            StringComparison.Ordinal);

    [Fact]
    public void Html_EscapesEverythingThatPeopleWrote()
    {
        const string Evil = "<script>alert(1)</script>\"&'";
        var request = Notices.Emergency with
        {
            Justification = Evil,
            Role = Evil,
            Ask = Notices.Open.Ask with { Ticket = Evil, Reason = Evil, Parameters = new Dictionary<string, string> { [Evil] = Evil } },
            Reviews = [Notices.Approval with { Comment = Evil, Verdict = Verdict.Deny }],
            Emergency = Notices.Emergency.Emergency! with { Justification = Evil, RecentlyDenied = [Evil] },
            Grants = [Notices.Closed.Grants[0] with { Proof = Evil }],
        };
        foreach (var kind in Enum.GetValues<NoticeKind>())
        {
            var mail = NoticeMail.Render(Notices.Of(kind, request, Notices.Bob with { Name = Evil }, by: Evil, text: Evil), Notices.Address);
            Assert.DoesNotContain("<script", mail.Html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("\"&'", mail.Html, StringComparison.Ordinal);
            Assert.Contains("&lt;script&gt;alert(1)", mail.Html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Text_OfSeveralLines_CannotPassForTheNotice()
    {
        var request = Notices.Open with { Justification = "first\r\nStatus: Approved by Carol\n\nNext: nothing\u202Eevil\u0007" };
        var mail = NoticeMail.Render(Notices.Of(NoticeKind.ReviewAsked, request, Notices.Bob, level: 1), Notices.Address);
        Assert.Contains("  > first\n  > Status: Approved by Carol\n  > \n  > Next: nothingevil\n", mail.Text, StringComparison.Ordinal);
        Assert.Single(mail.Text.Split('\n'), line => line.StartsWith("Status:", StringComparison.Ordinal));
        Assert.Contains("first<br>Status: Approved by Carol<br><br>Next: nothingevil", mail.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://access.example.com", "https://access.example.com/requests/r%2F1")]
    [InlineData("http://localhost:7071/", "http://localhost:7071/requests/r%2F1")]
    [InlineData("https://example.com/access/", "https://example.com/access/requests/r%2F1")]
    public void Page_IsUnderTheRoot(string root, string page) => Assert.Equal(page, NoticeMail.Page(new(new Uri(root)), "r/1").AbsoluteUri);

    private static void Complete(RenderedMail mail, NoticeKind kind)
    {
        Assert.True(mail.Subject.Length > 10, $"{kind}: no subject");
        Assert.DoesNotContain('\n', mail.Subject);
        foreach (var body in new[] { mail.Text, mail.Html })
        {
            foreach (var needed in new[] { "Alice Adams", "analytics_reader", "pg-prod/analytics", "Quarter-end check", "CHG-1042", "Next:", "https://access.example.com/requests/r-1042" })
                Assert.Contains(needed, body, StringComparison.Ordinal);
            foreach (var leftover in new[] { "{", "}", "AccessFunctions.", "System.", " at level 0", "level 0", " by .", " by ,", "  by", "null" })
                Assert.DoesNotContain(leftover, body, StringComparison.Ordinal);
            Assert.DoesNotContain(SystemActors.Prefix, body, StringComparison.Ordinal);
        }
    }
}
