using System.Diagnostics;
using System.Globalization;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Mail.Graph;
using AccessFunctions.Integrations.Mail.Inbound;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Mail.Inbound;

/// <summary>Whatever comes, reading it ends, soon, without an exception. A failure prints the bytes and the seed to replay them with.</summary>
public sealed class MailFuzzTests
{
    /// <summary>A longer search: <c>ACCESS_PROPERTY_TESTS=20000</c>.</summary>
    private static readonly int Tries = int.TryParse(Environment.GetEnvironmentVariable("ACCESS_PROPERTY_TESTS"), CultureInfo.InvariantCulture, out var tries) ? tries : 400;

    private static Config Some => Config.QuickThrowOnFailure.WithMaxTest(Tries);

    private static readonly string[] Pieces =
    [
        "\r\n", "\n", "\r", "\r\n\r\n", ":", ";", "=", "\"", "(", ")", "<", ">", "@", ",", "\\", "=?utf-8?B?", "=?utf-8?Q?", "?=", "From: bob@example.com\r\n", "Content-Type: multipart/mixed; boundary=b\r\n",
        "Content-Type: multipart/alternative; boundary=\"b\"\r\n", "Content-Type: text/html\r\n", "Content-Type: text/plain; format=flowed; delsp=yes\r\n", "Content-Transfer-Encoding: base64\r\n",
        "Content-Transfer-Encoding: quoted-printable\r\n", "--b\r\n", "--b--\r\n", "APPROVE\r\n", "> ", "-- \r\n", "On Monday, x wrote:\r\n", "From: x\r\nSent: y\r\n", "<blockquote>", "</blockquote>", "<div id=divRplyFwdMsg>",
        "Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n", "=\r\n", "=C3", "\0", "é", "\u2028", "Auto-Submitted: ", "message/rfc822", "charset=", "iso-8859-15", "utf-8",
    ];

    private static Gen<byte[]> AnyBytes { get; } = Gen.Choose(0, 255).Select(static value => (byte)value).ArrayOf();

    private static Gen<byte[]> Assembled { get; } = Gen.Elements(Pieces).ArrayOf().Select(static pieces => System.Text.Encoding.Latin1.GetBytes(string.Concat(pieces)));

    /// <summary>A mail of the corpus with bytes changed, cut out, doubled, or a piece put in.</summary>
    private static Gen<byte[]> Mutated { get; } =
        from name in Gen.Elements(Corpus.Names.ToArray())
        from changes in Gen.Zip(Gen.Choose(0, 3), Gen.Zip(Gen.Choose(0, 1_000_000), Gen.Elements(Pieces))).NonEmptyListOf()
        select changes.Aggregate(Corpus.OnTheWire(name), static (bytes, change) => Change(bytes, change.Item1, change.Item2.Item1, change.Item2.Item2));

    private static Arbitrary<byte[]> Any { get; } = Gen.OneOf(AnyBytes, Assembled, Mutated, Mutated).ToArbitrary();

    [Fact]
    public void AnyBytes_AreReadToTheEnd_OrAreNoMail() => Check.One(Some, Prop.ForAll(Any, static bytes => Read(new MimeMailReader(), bytes)));

    [Fact]
    public void AnyBytes_AsAGraphMessage_AreReadToTheEnd_OrAreNone() => Check.One(Some, Prop.ForAll(Any, static bytes =>
    {
        Read(new GraphMessageReader(), bytes);
        var words = System.Text.Encoding.Latin1.GetString(bytes);
        Read(new GraphMessageReader(), System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new
        {
            id = words,
            from = new { emailAddress = new { address = words } },
            internetMessageHeaders = new[] { new { name = words, value = words }, new { name = "Authentication-Results", value = words } },
            body = new { contentType = "html", content = words },
        }));
    }));

    [Fact]
    public void RandomBytes_UpToTheLimit_TakeNoLongerThanTheirSize()
    {
        var random = new Random(20261123);
        foreach (var prefix in new[] { "", "Content-Type: text/html\r\n\r\n", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n", "Content-Transfer-Encoding: base64\r\n\r\n" })
        {
            var bytes = new byte[MimeLimits.Mail];
            random.NextBytes(bytes);
            System.Text.Encoding.ASCII.GetBytes(prefix).CopyTo(bytes, 0);
            var watch = Stopwatch.StartNew();
            Read(new MimeMailReader(), bytes);
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
        }
    }

    private static void Read(IMailReader reader, byte[] bytes)
    {
        var reading = reader.Read(bytes);
        if (reading.Mail is not { } mail)
        {
            Assert.NotNull(reading.Why);
            return;
        }

        var text = mail.Text.Value;
        Assert.True(text.Length <= (2 * bytes.Length) + 16, "the text is longer than the mail");
        var reply = ReplyReader.Read(text);
        Assert.True(reply.Comment is not { Length: > ReplyReader.LongestComment });
        _ = AutomaticMail.Is(mail);
        _ = new ReplyAddress("access@example.com").Tokens(mail.Recipients);
        _ = AuthenticationResults.DmarcPassed(mail, "mx.example.com", "example.com");
        _ = AuthenticationResults.DmarcPassed(mail, AuthenticationResults.Unnamed, "example.com");
    }

    private static byte[] Change(byte[] bytes, int kind, int at, string piece)
    {
        var place = bytes.Length == 0 ? 0 : at % bytes.Length;
        var length = Math.Min(bytes.Length - place, at % 40);
        return kind switch
        {
            0 => [.. bytes[..place], (byte)at, .. bytes[place..]],
            1 => [.. bytes[..place], .. bytes[(place + length)..]],
            2 => [.. bytes[..(place + length)], .. bytes[place..]],
            _ => [.. bytes[..place], .. System.Text.Encoding.UTF8.GetBytes(piece), .. bytes[place..]],
        };
    }
}
