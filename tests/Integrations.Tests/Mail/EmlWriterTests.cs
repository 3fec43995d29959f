using System.Text;
using AccessFunctions.Integrations.Mail;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Mail;

public sealed class EmlWriterTests
{
    private static readonly string[] ExpectedHeaders =
        ["From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "MIME-Version", "Content-Type"];

    [Fact]
    public void Write_GivesAMessageThatReadsBack()
    {
        var mail = Parsed(subject: "Please decide: Alice asks", text: "Hello\nWorld\n", html: "<p>Hello</p>\n");
        Assert.Equal(ExpectedHeaders, mail.HeaderNames);
        Assert.Equal("Please decide: Alice asks", mail["Subject"]);
        Assert.Equal("\"Access\" <access@example.com>", mail["From"]);
        Assert.Equal("\"Bob \\\"B\\\" Brown\" <bob@example.com>", mail["To"]);
        Assert.Equal("Sat, 21 Nov 2026 12:00:05 +0000", mail["Date"]);
        Assert.Equal("<n.1@example.com>", mail["Message-ID"]);
        Assert.Equal("<r.1@example.com>", mail["References"]);
        Assert.Equal("<r.1@example.com>", mail["In-Reply-To"]);
        Assert.Equal(["text/plain; charset=utf-8", "text/html; charset=utf-8"], mail.Parts.Select(part => part["Content-Type"]));
        Assert.Equal("Hello\r\nWorld\r\n\r\n", mail.Parts[0].Body);
        Assert.Equal("<p>Hello</p>\r\n\r\n", mail.Parts[1].Body);
    }

    [Theory]
    [InlineData("Žádost o přístup: žluťoučký kůň úpěl ďábelské ódy a ještě něco navíc, aby to bylo dlouhé")]
    [InlineData("依頼: アリスは役割を求めています 🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑")]
    [InlineData("=?utf-8?B?bm90IG1pbmU=?= looks encoded")]
    [InlineData("plain, but with a word that is far too long to be folded: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("plain and long, of short words only, so that it has to be folded at some blank or other before it gets too wide")]
    public void Subject_OfAnyText_ReadsBack(string subject)
    {
        var raw = Write(subject);
        Assert.Equal(subject, ParsedMail.Read(raw)["Subject"]);
        Assert.All(Headers(raw), line => Assert.InRange(line.Length, 1, 78));
    }

    [Theory]
    [InlineData("Hello\r\nBcc: evil@example.com")]
    [InlineData("Hello\nBcc: evil@example.com")]
    [InlineData("Hello\r\n\r\n<script>")]
    [InlineData("Hello\0\u0085\u2028Bcc: evil@example.com")]
    [InlineData("Č\r\nBcc: evil@example.com")]
    public void Header_CannotBeInjected(string evil)
    {
        Assert.True(Mailbox.TryCreate(evil, "bob@example.com", out var to));
        var mail = ParsedMail.Read(Write(evil, to: to));
        Assert.Equal(ExpectedHeaders, mail.HeaderNames);
        Assert.DoesNotContain('\n', mail["Subject"]);
        Assert.EndsWith("<bob@example.com>", mail["To"], StringComparison.Ordinal);
        Assert.Equal(2, mail.Parts.Count);
    }

    [Fact]
    public void Name_OfAnyScriptOrLength_ReadsBack()
    {
        foreach (var name in new[] { "Carol Černá", "山田 太郎", new string('x', 400), string.Join(' ', Enumerable.Repeat("long", 80)) })
        {
            Assert.True(Mailbox.TryCreate(name, "bob@example.com", out var to));
            Assert.Equal($"{name} <bob@example.com>", ParsedMail.Read(Write("x", to: to))["To"]);
        }
    }

    [Theory]
    [InlineData("bob@example.com", true)]
    [InlineData("bob.brown+access@mail.example.com", true)]
    [InlineData("access@localhost", true)]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("bob", false)]
    [InlineData("bob@", false)]
    [InlineData("@example.com", false)]
    [InlineData("a@b@example.com", false)]
    [InlineData("bob@example.com\r\nBcc: x@example.com", false)]
    [InlineData("bob@example.com>, <eve@example.com", false)]
    [InlineData("bob smith@example.com", false)]
    [InlineData("bob..brown@example.com", false)]
    [InlineData("böb@example.com", false)]
    public void Mailbox_TakesOnlyAPlainAddress(string? address, bool taken) => Assert.Equal(taken, Mailbox.TryCreate("Bob", address, out _));

    [Fact]
    public void Body_OfAnyText_ReadsBack()
    {
        var text = "trailing blank \n.\n.dot\nFrom here\n=3D equals=\n" + new string('ž', 200) + "\n" + new string('a', 76) + "\n" + new string('b', 77) + "\n--=_access-functions-alternative--\ttab\t\n🔑";
        var mail = Parsed(text: text, html: text);
        var expected = text.ReplaceLineEndings("\r\n") + "\r\n\r\n";
        Assert.All(mail.Parts, part => Assert.Equal(expected, part.Body));
        Assert.DoesNotContain("\r\n.\r\n", Encoding.ASCII.GetString(Write("x", text)), StringComparison.Ordinal);
        Assert.DoesNotContain("\r\nFrom ", Encoding.ASCII.GetString(Write("x", text)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a@b>\r\nBcc: c@d")]
    [InlineData("no-domain")]
    public void MessageId_ThatIsNone_IsRefused(string id) =>
        Assert.Throws<ArgumentException>(() => EmlWriter.Write(Message("x", "x", "x") with { MessageId = id }));

    private static ParsedMail Parsed(string subject = "x", string text = "x", string html = "x") => ParsedMail.Read(Write(subject, text, html));

    private static byte[] Write(string subject, string text = "x", string html = "x", Mailbox? to = null)
    {
        var message = Message(subject, text, html);
        return EmlWriter.Write(to is null ? message : message with { To = to });
    }

    private static MailMessage Message(string subject, string text, string html)
    {
        Assert.True(Mailbox.TryCreate("Access", "access@example.com", out var from));
        Assert.True(Mailbox.TryCreate("Bob \"B\" Brown", "bob@example.com", out var to));
        return new MailMessage(from, to, "n.1@example.com", "r.1@example.com", Notices.Noon.AddSeconds(5), new RenderedMail(subject, text, html));
    }

    private static string[] Headers(byte[] mail)
    {
        var text = Encoding.ASCII.GetString(mail);
        return text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)].Split("\r\n");
    }
}
