using System.Text;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Mail.Inbound;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Mail.Inbound;

/// <summary>Replies as mail programs write them, each with the line ends of a file and with those of the wire.</summary>
public sealed class CorpusTests
{
    /// <summary>File → verdict and comment; null where nothing is decided.</summary>
    private static Dictionary<string, (Verdict? Verdict, string? Comment)> Said { get; } = new()
    {
        ["gmail-top"] = (Verdict.Approve, "Looks right to me, as agreed with finance."),
        ["gmail-bottom"] = (Verdict.Deny, "Not before the audit is over."),
        ["gmail-html-only-bottom"] = (Verdict.Deny, "Not before the audit is over."),
        ["gmail-signature"] = (Verdict.Approve, null),
        ["outlook-desktop"] = (Verdict.Approve, "For the quarter end only."),
        ["outlook-desktop-html-only"] = (Verdict.Deny, "Ask the data owner first."),
        ["outlook-original-message"] = (Verdict.Approve, null),
        ["outlook-web"] = (Verdict.Approve, null),
        ["outlook-mobile"] = (Verdict.Approve, null),
        ["outlook-german"] = (Verdict.Deny, "Bitte erst nach dem Audit."),
        ["outlook-french-bold"] = (Verdict.Approve, null),
        ["apple-mail"] = (Verdict.Approve, "Thanks for asking."),
        ["apple-mail-html-only"] = (Verdict.Deny, "No ticket."),
        ["iphone"] = (Verdict.Approve, null),
        ["iphone-german"] = (Verdict.Approve, null),
        ["thunderbird-bottom-flowed"] = (Verdict.Approve, "This is a long comment that the program broke at its margin, with a blank before each break, so that it is one paragraph."),
        ["thunderbird-german-top"] = (Verdict.Deny, null),
        ["thunderbird-html"] = (Verdict.Approve, "Fine & good."),
        ["plain-interleaved"] = (Verdict.Approve, "That is a good reason."),
        ["plain-french"] = (Verdict.Approve, null),
        ["plain-unmarked-quote"] = (Verdict.Approve, null),
        ["list-footer"] = (Verdict.Approve, "One week is enough."),
        ["list-footer-part"] = (Verdict.Approve, null),
        ["disclaimer"] = (Verdict.Deny, "Wrong database."),
        ["with-attachment"] = (Verdict.Approve, "[cid:logo]"),
        ["base64-utf8"] = (Verdict.Approve, "Grüße aus Köln – 三日間だけ"),
        ["quoted-printable-latin1"] = (Verdict.Deny, "Erst nach der Prüfung, außer es brennt."),
        ["latin1-8bit"] = (Verdict.Approve, "Für den Abschluss."),
        ["windows-1252"] = (Verdict.Approve, "€ 500 – not more."),
        ["iso-8859-15"] = (Verdict.Approve, "€ 500"),
        ["pgp-signed"] = (Verdict.Approve, null),
        ["no-word"] = (null, null),
        ["word-and-more"] = (null, null),
        ["greeting-first"] = (null, null),
        ["quote-alone"] = (null, null),
        ["forwarded-inline"] = (null, null),
        ["forwarded-bare"] = (null, null),
        ["forwarded-attached"] = (null, null),
        ["forwarded-apple"] = (null, null),
    };

    public static TheoryData<string> Replies { get; } = [.. Said.Keys];

    public static TheoryData<string> AutomaticMails { get; } = [.. Corpus.Names.Where(name => name.StartsWith("auto-", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Replies))]
    public void Reply_SaysWhatItsSenderWrote(string name)
    {
        foreach (var raw in new[] { Corpus.Read(name), Corpus.OnTheWire(name) })
        {
            var mail = new MimeMailReader().Read(raw).Mail!;
            var reply = ReplyReader.Read(mail.Text.Value);
            Assert.Equal(Said[name], (reply.Verdict, reply.Comment));
            Assert.False(AutomaticMail.Is(mail));
        }
    }

    [Theory]
    [MemberData(nameof(Replies))]
    public void Reply_IsFromOnePerson_ToItsToken_WithDmarc(string name)
    {
        var mail = new MimeMailReader().Read(Corpus.OnTheWire(name)).Mail!;
        Assert.Equal(["bob@example.com"], mail.From);
        Assert.Equal(["abcdefghijklmnopqrstuvwxyz"], new ReplyAddress("access@example.com").Tokens(mail.Recipients));
        Assert.True(AuthenticationResults.DmarcPassed(mail, "mx.example.com", "example.com"));
        Assert.Equal("reply-0001@mail.example.com", mail.MessageId);
        Assert.Equal(2, mail.References.Count);
    }

    [Theory]
    [MemberData(nameof(AutomaticMails))]
    public void AutomaticMail_IsToldFromAPersons(string name) => Assert.True(AutomaticMail.Is(new MimeMailReader().Read(Corpus.OnTheWire(name)).Mail!));

    [Fact]
    public void EveryMailOfTheCorpus_HasItsExpectation() =>
        Assert.Equal(Corpus.Names.Order(StringComparer.Ordinal), Said.Keys.Concat(AutomaticMails.Select(row => row.Data)).Order(StringComparer.Ordinal));

    [Fact]
    public void Subject_InEncodedWords_IsDecoded() => Assert.Equal("Re: Für Alice und Ben", new MimeMailReader().Read(Corpus.Read("latin1-8bit")).Mail!.Subject);
}

/// <summary>The mails beside the tests.</summary>
internal static class Corpus
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Mail", "Inbound", "Corpus");

    public static IReadOnlyList<string> Names { get; } = [.. Directory.GetFiles(Folder, "*.eml").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".eml"));

    /// <summary>With CRLF.</summary>
    public static byte[] OnTheWire(string name) => Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(Read(name)).ReplaceLineEndings("\r\n"));
}
