using System.Text;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Integrations.Mail.Inbound;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Mail.Inbound;

public sealed class MimeReaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\nwords")]
    [InlineData("words without a name\r\n\r\nAPPROVE")]
    [InlineData(" folded: first\r\n\r\n")]
    [InlineData("bad name : x\r\n\r\n")]
    [InlineData("Subject: a\0b\r\n\r\n")]
    [InlineData("{ \"id\": 1 }")]
    public void WhatIsNoMail_IsSaidToBeNone(string raw)
    {
        var reading = Read(raw);
        Assert.Null(reading.Mail);
        Assert.Equal("no header of a mail", reading.Why);
    }

    [Fact]
    public void MailsBeyondTheLimits_AreNone()
    {
        Assert.Equal("too large", new MimeMailReader().Read(new byte[MimeLimits.Mail + 1]).Why);
        Assert.Null(Read(string.Concat(Enumerable.Repeat("X: y\r\n", MimeLimits.Fields + 1)) + "\r\n").Mail);
        Assert.Null(Read("X: " + new string('y', MimeLimits.Field) + "\r\n\r\n").Mail);
        Assert.Null(Read("X: y\r\n" + string.Concat(Enumerable.Repeat(" " + new string('y', 990) + "\r\n", 40)) + "\r\n").Mail);
        Assert.Null(Read(string.Concat(Enumerable.Repeat("X: " + new string('y', 990) + "\r\n", 140)) + "\r\n").Mail);
        Assert.NotNull(Read(string.Concat(Enumerable.Repeat("X: y\r\n", MimeLimits.Fields)) + "\r\n").Mail);
    }

    [Fact]
    public void TheLineOfALocalDelivery_DoesNotTellTwoDeliveriesOfAMailApart()
    {
        const string mail = "Subject: x\r\n\r\nAPPROVE\r\n";
        var delivered = new[] { "", "From bob Mon Nov 23 09:00:00 2026\n", "From bob Mon Nov 23 09:05:00 2026\n" }.Select(line => Read(line + mail).Mail!.Fingerprint);
        Assert.Single(delivered.Distinct());
        Assert.NotEqual(Read(mail).Mail!.Fingerprint, Read(mail + " ").Mail!.Fingerprint);
    }

    [Fact]
    public void Header_IsUnfolded_AndKeepsItsOrder()
    {
        var mail = Read("Subject: one\r\n two\r\n\tthree\r\nX: 1\r\nX: 2\r\n\r\n").Mail!;
        Assert.Equal("one two\tthree", mail.Fields[0].Value);
        Assert.Equal("one two three", mail.Subject);
        Assert.Equal(["1", "2"], mail.All("x"));
    }

    [Theory]
    [InlineData("=?utf-8?Q?caf=C3=A9_au_lait?=", "café au lait")]
    [InlineData("=?UTF-8?B?Z3LDvMOfZQ==?=", "grüße")]
    [InlineData("=?iso-8859-1?q?a=E9?= =?iso-8859-1?q?b?= c", "aéb c")]
    [InlineData("=?windows-1252?Q?=80?=", "€")]
    [InlineData("=?us-ascii*en?Q?hi?=", "hi")]
    [InlineData("=?utf-8?X?abc?= =?utf-8?Q?open", "=?utf-8?X?abc?= =?utf-8?Q?open")]
    [InlineData("=?utf-8?Q?a=0D=0ABcc:_x?=", "a Bcc: x")]
    public void EncodedWords_AreDecoded_AndCannotEndTheLine(string value, string expected) => Assert.Equal(expected, EncodedWords.Decode(value));

    [Theory]
    [InlineData("bob@example.com", "bob@example.com")]
    [InlineData("Bob <bob@example.com>", "bob@example.com")]
    [InlineData("\"eve@evil.test\" <bob@example.com>", "bob@example.com")]
    [InlineData("\"Baker, Bob\" <bob@example.com>", "bob@example.com")]
    [InlineData("(eve@evil.test) bob@example.com (x (y))", "bob@example.com")]
    [InlineData("bob@example.com <bob@example.com>", "bob@example.com")]
    [InlineData("=?utf-8?Q?B=C3=B6b?= <bob@example.com>", "bob@example.com")]
    [InlineData("Bob <@relay.test:bob@example.com>", "bob@example.com")]
    [InlineData("a@x.test, B <b@x.test>", "a@x.test b@x.test")]
    [InlineData("undisclosed-recipients:;", "")]
    [InlineData("team: a@x.test, b@x.test;", "a@x.test b@x.test")]
    [InlineData(" , ,", "")]
    public void Addresses_AreRead(string value, string expected)
    {
        Assert.Equal(expected, string.Join(' ', AddressList.Parse(value, out var wellFormed)));
        Assert.True(wellFormed);
    }

    [Theory]
    [InlineData("bob@example.com <eve@evil.test>")]
    [InlineData("eve@evil.test bob@example.com")]
    [InlineData("<bob@example.com> <eve@evil.test>")]
    [InlineData("Bob <bob@example.com> eve@evil.test")]
    [InlineData("Bob <bob@example.com")]
    [InlineData("\"Bob <bob@example.com>")]
    [InlineData("(Bob <bob@example.com>")]
    [InlineData("bob@exam@ple.com")]
    [InlineData("\"bob\"@example.com")]
    [InlineData("bob")]
    [InlineData("team: a@x.test")]
    [InlineData("Bob <bob@example.com>, nobody")]
    public void Addresses_OfAMalformedField_AreNotToBeTrusted(string value)
    {
        _ = AddressList.Parse(value, out var wellFormed);
        Assert.False(wellFormed);
    }

    [Theory]
    [InlineData("From: a@x.test\r\nFrom: b@x.test\r\n\r\n", 2)]
    [InlineData("From: a@x.test, b@x.test\r\n\r\n", 2)]
    [InlineData("From: a@x.test\r\nFrom: broken <\r\n\r\n", 0)]
    [InlineData("Subject: x\r\n\r\n", 0)]
    [InlineData("From: a@x.test\r\nfrom : b@x.test\r\n\r\n", 2)]
    public void From_CountsOverAllFields(string raw, int count) => Assert.Equal(count, Read(raw).Mail!.From.Count);

    [Theory]
    [InlineData("From bob@x.test Mon Nov 23 09:00:00 2026\nFrom: a@x.test\n\n")]
    [InlineData("From : a@x.test\n\n")]
    public void TheEnvelopeLine_OfALocalDelivery_IsNoField(string raw) => Assert.Equal(["a@x.test"], Read(raw).Mail!.From);

    [Fact]
    public void Recipients_AreThoseOfEveryFieldThatNamesThem() =>
        Assert.Equal(["a@x.test", "b@x.test", "c@x.test", "d@x.test"],
            Read("To: a@x.test\r\nCc: b@x.test\r\nDelivered-To: c@x.test\r\nX-Original-To: d@x.test\r\nSubject: e@x.test\r\n\r\n").Mail!.Recipients);

    [Fact]
    public void Parts_DeeperThanTheLimit_AreNotLookedAt()
    {
        static string Nested(int depth) => string.Concat(Enumerable.Range(0, depth).Select(level => $"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n")) + "\r\nAPPROVE\r\n";
        Assert.Equal("APPROVE", Read("From: a@x.test\r\n" + Nested(MimeLimits.Depth)).Mail!.Text.Value.Trim());
        Assert.Equal("", Read("From: a@x.test\r\n" + Nested(MimeLimits.Depth + 1)).Mail!.Text.Value);
    }

    [Fact]
    public void Parts_BeyondTheLimit_AreNotLookedAt()
    {
        var parts = string.Concat(Enumerable.Range(0, 500).Select(i => $"--b\r\n\r\npart {i}\r\n"));
        var text = Read("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + "--b--\r\n").Mail!.Text.Value;
        Assert.Equal(MimeLimits.Parts - 1, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void PlainTextThatIsEmpty_LeavesItToTheHtml() => Assert.Equal("APPROVE\n",
        Read("Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\n \r\n--b\r\nContent-Type: text/html\r\n\r\n<b>APPROVE</b>\r\n--b--\r\n").Mail!.Text.Value);

    [Theory]
    [InlineData("a=\r\nb =41=zz=4", "ab A=zz=4")]
    [InlineData("soft = \t\r\nbreak", "soft break")]
    public void QuotedPrintable_IsDecoded_AndWhatIsNoneStays(string encoded, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(TransferEncoding.Decode(Encoding.ASCII.GetBytes(encoded), "Quoted-Printable")));

    [Theory]
    [InlineData("QVBQ\r\nUk9W RQ==", "APPROVE")]
    [InlineData("QVBQUk9WRQ", "APPROVE")]
    [InlineData("QVBQUk9WRQ==trailing", "APPROVE")]
    [InlineData("Q", "")]
    [InlineData("!!", "")]
    public void Base64_IsDecoded_AndWhatIsNonePassedOver(string encoded, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(TransferEncoding.Decode(Encoding.ASCII.GetBytes(encoded), "BASE64")));

    [Theory]
    [InlineData("one \ntwo\nthree", false, "one two\nthree")]
    [InlineData("one \ntwo", true, "onetwo")]
    [InlineData("> a \n> b\nc", false, "> a b\nc")]
    [InlineData("> a \nb", false, "> a \nb")]
    [InlineData("a\n-- \nBob", false, "a\n-- \nBob")]
    [InlineData(" >stuffed", false, ">stuffed")]
    [InlineData("a \n-- \nBob", false, "a \n-- \nBob")]
    public void FlowedText_IsJoined(string text, bool deleteBlank, string expected) => Assert.Equal(expected, FlowedText.Join(text, deleteBlank));

    private static Application.Ports.MailReading Read(string raw) => new MimeMailReader().Read(Encoding.UTF8.GetBytes(raw));
}
