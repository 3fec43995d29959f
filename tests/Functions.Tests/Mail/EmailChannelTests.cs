using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Mail;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Integrations.Mail;
using Azure;
using Xunit;

namespace AccessFunctions.Functions.Tests.Mail;

public sealed class EmailChannelTests
{
    private readonly FakeEmailService _service = new();
    private readonly LogLines<EmailChannel> _log = new();

    private static PublicAddress Address { get; } = new(new Uri("https://access.example/"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private EmailChannel Channel => new(_service, "access@example.com", Address, _log);

    [Fact]
    public async Task Send_HandsOverTheRenderedNotice()
    {
        var notice = Some.Notice();
        Assert.True(await Channel.Send(notice, Cancellation));

        var (message, _, wait) = Assert.Single(_service.Sent);
        var rendered = NoticeMail.Render(notice, Address);
        Assert.Equal(WaitUntil.Started, wait);
        Assert.Equal("access@example.com", message.SenderAddress);
        Assert.Equal(("bob@example.com", "Bob Builder"), (Assert.Single(message.Recipients.To).Address, message.Recipients.To[0].DisplayName));
        Assert.Empty(message.Recipients.CC.Concat(message.Recipients.BCC));
        Assert.Equal((rendered.Subject, rendered.Text, rendered.Html), (message.Content.Subject, message.Content.PlainText, message.Content.Html));
    }

    [Fact]
    public async Task Send_Again_IsTheSameOperation_AndAnotherNoticeIsNot()
    {
        await Channel.Send(Some.Notice(), Cancellation);
        await Channel.Send(Some.Notice(), Cancellation);
        await Channel.Send(Some.Notice(id: "r-1-n2"), Cancellation);
        await Channel.Send(Some.Notice(kind: NoticeKind.ReviewReminder), Cancellation);
        Assert.Equal(_service.Sent[0].Operation, _service.Sent[1].Operation);
        Assert.Equal(3, _service.Sent.Select(sent => sent.Operation).Distinct().Count());
    }

    [Fact]
    public void OperationIds_StayTheSame_InEveryVersion() =>
        Assert.Equal("836bf0b4-e391-8b9f-b206-f28a47fc6984", EmailChannel.OperationId(Some.Notice()).ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("bob@example.com\r\nBcc: eve@example.com")]
    public async Task Send_WithoutAUsableAddress_IsUndelivered(string? address)
    {
        Assert.False(await Channel.Send(Some.Notice(address), Cancellation));
        Assert.Empty(_service.Sent);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(401)]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Send_ThatTheServiceCannotTakeNow_IsTriedAgain_AndTheAddressStaysOut(int status)
    {
        _service.Failure = new RequestFailedException(status, "bob@example.com could not be reached", "Code", null);
        var failure = await Assert.ThrowsAsync<TransientException>(() => Channel.Send(Some.Notice(), Cancellation));
        Assert.DoesNotContain("bob@", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ThatTheServiceRefusesForGood_IsUndelivered_AndLoggedWithoutTheAddress()
    {
        _service.Failure = new RequestFailedException(400, "bob@example.com is invalid", "InvalidRecipient", null);
        Assert.False(await Channel.Send(Some.Notice(), Cancellation));
        var (_, line) = Assert.Single(_log.Lines);
        Assert.Contains("InvalidRecipient", line, StringComparison.Ordinal);
        Assert.DoesNotContain("bob@", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ThatWasTakenBefore_IsDelivered()
    {
        _service.Failure = new RequestFailedException(409, "exists", "OperationExists", null);
        Assert.True(await Channel.Send(Some.Notice(), Cancellation));
    }

    [Fact]
    public void ASenderThatIsNoAddress_IsRefusedAtOnce() => Assert.Throws<ArgumentException>(() => new EmailChannel(_service, "access", Address, _log));
}
