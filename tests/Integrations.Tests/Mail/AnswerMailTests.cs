using System.Text;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Mail;
using AccessFunctions.Integrations.Mail.Inbound;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Mail;

public sealed class AnswerMailTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static AnswerMail Mail { get; } = new()
    {
        Id = "reply-0123",
        To = Notices.Bob,
        At = Notices.Noon,
        Subject = "Re: Für Alice\r\nBcc: eve@evil.test",
        Lead = "Your reply was counted.",
        Next = "Nothing.",
        RequestId = "r-1042",
        ReplyTo = "access+abcdefghijklmnopqrstuvwxyz@example.com",
        InReplyTo = "CAF=" + new string('x', 90) + "@mail.gmail.com",
        References = ["notice.1@example.com", "not an id", "x>\r\nBcc: <eve@evil.test"],
    };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Answer_IsWrittenOnce_AsAutomatic_InTheThread()
    {
        for (var i = 0; i < 2; i++) await Sender().Send(Mail, TestContext.Current.CancellationToken);
        var file = Assert.Single(Directory.GetFiles(_directory.File("mail"), "*.eml"));
        var raw = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        var mail = new MimeMailReader().Read(raw).Mail!;
        Assert.Equal("auto-replied", mail.All("Auto-Submitted").Single());
        Assert.True(Application.Channels.Replies.AutomaticMail.Is(mail)); // two hosts cannot answer each other
        Assert.Equal($"<{Mail.InReplyTo}>", mail.All("In-Reply-To").Single());
        Assert.Equal(["notice.1@example.com", Mail.InReplyTo], mail.References.Skip(1));
        Assert.Equal("Re: Für Alice Bcc: eve@evil.test", mail.Subject);
        Assert.Contains("access+abcdefghijklmnopqrstuvwxyz@example.com", mail.All("Reply-To").Single(), StringComparison.Ordinal);
        Assert.Contains("https://access.example.com/requests/r-1042", mail.Text.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("\nBcc", Encoding.ASCII.GetString(raw), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Answer_ToNobodysAddress_IsNone()
    {
        await Sender().Send(Mail with { To = Notices.Bob with { Email = "not an address" } }, TestContext.Current.CancellationToken);
        Assert.False(Directory.Exists(_directory.File("mail")));
    }

    [Fact]
    public void Answer_AboutNoRequest_LeadsToTheProduct()
    {
        var composed = Composer().Compose(Mail with { RequestId = null, InReplyTo = null, References = [], ReplyTo = null })!;
        Assert.Equal(composed.Thread, composed.InReplyTo);
        Assert.Null(composed.ReplyTo);
        Assert.Contains("https://access.example.com/", composed.Body.Text, StringComparison.Ordinal);
    }

    private static AnswerComposer Composer() => new(new Composing().Composer(), Notices.Address);

    private PickupMailSender Sender() => new(_directory.File("mail"), Composer());
}
