using System.Diagnostics.CodeAnalysis;
using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Mail;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Integrations.Mail;
using AccessFunctions.Tests.Shared;
using Azure;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Functions.Tests.Mail;

public sealed class EmailChannelTests : IAsyncLifetime
{
    private readonly FakeTableService _tables = new();
    private readonly FakeEmailService _service = new();
    private readonly LogLines<EmailChannel> _log = new();

    private static PublicAddress Address { get; } = new(new Uri("https://access.example/"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private EmailChannel Channel => new(_service, Sent, Composer, _log);

    private MailComposer Composer { get; } = new(
        new MailSender { FromAddress = "access@example.com", ReplyAddress = "decide@example.com" }, Address, new ReadableLinks(), new ReplyTokens(new InMemoryChannelStore()), NullLogger<MailComposer>.Instance);

    private TableSentMail Sent => new(_tables, new ManualTimeProvider());

    public async ValueTask InitializeAsync() => await new StorageTables(_tables).EnsureCreated(Cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Send_HandsOverTheRenderedNotice()
    {
        var notice = Some.Notice();
        Assert.True(await Channel.Send(notice, Cancellation));

        var (message, _, wait) = Assert.Single(_service.Sent);
        var composed = (await Composer.Compose(notice, Cancellation))!;
        var rendered = composed.Body;
        Assert.Equal(WaitUntil.Started, wait);
        Assert.Equal("access@example.com", message.SenderAddress);
        Assert.Equal(("bob@example.com", "Bob Builder"), (Assert.Single(message.Recipients.To).Address, message.Recipients.To[0].DisplayName));
        Assert.Empty(message.Recipients.CC.Concat(message.Recipients.BCC));
        Assert.Equal((rendered.Subject, rendered.Text, rendered.Html), (message.Content.Subject, message.Content.PlainText, message.Content.Html));
        Assert.Contains("https://access.example/review/token", message.Content.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_KeepsTheThread_AndLeadsRepliesToTheirToken_AndLinksStraightToThePage()
    {
        await Channel.Send(Some.Notice(), Cancellation);
        var (message, _, _) = Assert.Single(_service.Sent);
        Assert.StartsWith("decide+", Assert.Single(message.ReplyTo).Address, StringComparison.Ordinal);
        var composed = (await Composer.Compose(Some.Notice(), Cancellation))!;
        Assert.Equal($"<{composed.MessageId}>", message.Headers["Message-ID"]);
        Assert.Equal($"<{composed.Thread}>", message.Headers["References"]);
        Assert.Equal($"<{composed.Thread}>", message.Headers["In-Reply-To"]);
        Assert.True(message.UserEngagementTrackingDisabled);
    }

    [Fact]
    public async Task Send_Again_IsNoSecondMail_AndAnotherNoticeIsAMailOfItsOwn()
    {
        Assert.True(await Channel.Send(Some.Notice(), Cancellation));
        Assert.True(await Channel.Send(Some.Notice(), Cancellation));
        Assert.Single(_service.Sent);
        await Channel.Send(Some.Notice(id: "r-1-n2"), Cancellation);
        await Channel.Send(Some.Notice(kind: NoticeKind.ReviewReminder), Cancellation);
        Assert.Equal(3, _service.Sent.Select(sent => sent.Operation).Distinct().Count());
        Assert.Equal(3, _service.Sent.Count);
    }

    [Fact]
    public async Task Send_ThatCouldNotBeWrittenDown_IsDelivered_AndSentAgainItIsTheSameOperation()
    {
        _tables.BeforeCall = static call => call.Operation == TableOperation.Upsert ? throw new RequestFailedException(503, "busy") : Task.CompletedTask;
        Assert.True(await Channel.Send(Some.Notice(), Cancellation));
        Assert.Contains("could not be written down", Assert.Single(_log.Lines).Line, StringComparison.Ordinal);
        _tables.BeforeCall = null;
        Assert.True(await Channel.Send(Some.Notice(), Cancellation));
        Assert.Equal(2, _service.Sent.Count);
        Assert.Equal(_service.Sent[0].Operation, _service.Sent[1].Operation);
    }

    [Fact]
    public async Task Send_WhileNobodyKnowsWhetherItWasSent_SendsNothing_AndIsTriedAgain()
    {
        _tables.BeforeCall = static _ => throw new RequestFailedException(503, "busy");
        await Assert.ThrowsAsync<TransientException>(() => Channel.Send(Some.Notice(), Cancellation));
        Assert.Empty(_service.Sent);
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

        _service.Failure = null;
        Assert.True(await Channel.Send(Some.Notice(), Cancellation));
        Assert.Single(_service.Sent);
    }

    [Theory]
    [InlineData("DomainNotLinked")]
    [InlineData("InvalidSenderUserName")]
    [InlineData("BadRequest")]
    [InlineData(null)]
    public async Task Send_ThatIsRefusedForWhatIsNotTheReaders_IsTriedAgain(string? code)
    {
        _service.Failure = new RequestFailedException(400, "refused", code, null);
        var failure = await Assert.ThrowsAsync<TransientException>(() => Channel.Send(Some.Notice(), Cancellation));
        Assert.Contains($"400 {code}", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("InvalidEmailAddress")]
    [InlineData("EmailDroppedAllRecipientsSuppressed")]
    public async Task Send_ThatTheServiceRefusesForGood_IsUndelivered_AndLoggedWithoutTheAddress(string code)
    {
        _service.Failure = new RequestFailedException(400, "bob@example.com is invalid", code, null);
        Assert.False(await Channel.Send(Some.Notice(), Cancellation));
        var (_, line) = Assert.Single(_log.Lines);
        Assert.Contains(code, line, StringComparison.Ordinal);
        Assert.DoesNotContain("bob@", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ThatWasTakenBefore_IsDelivered()
    {
        _service.Failure = new RequestFailedException(409, "exists", "OperationExists", null);
        Assert.True(await Channel.Send(Some.Notice(), Cancellation));
    }

    private sealed class ReadableLinks : IReviewLinks
    {
        public string Mint(ReviewLink link) => "token";

        public bool TryRead(string token, [NotNullWhen(true)] out ReviewLink? link) => throw new NotSupportedException();
    }
}
