using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Mail;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Integrations.Links;
using AccessFunctions.Integrations.Mail;
using AccessFunctions.Integrations.Mail.Graph;
using AccessFunctions.Tests.Shared;
using Azure;
using Azure.Core;
using Azure.Identity;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Functions.Tests.Mail;

public sealed class EmailAnswersTests
{
    private readonly FakeEmailService _service = new();
    private readonly LogLines<EmailAnswers> _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static AnswerMail Mail { get; } = new()
    {
        Id = "reply-0123",
        To = new Person { Id = "bob", Name = "Bob Builder", Email = "bob@example.com" },
        At = Some.Morning,
        Subject = "Re: Please decide",
        Lead = "Your reply was counted.",
        Next = "Nothing.",
        RequestId = "r-1",
        ReplyTo = "decide+abcdefghijklmnopqrstuvwxyz@example.com",
        InReplyTo = "their-mail@mail.example.com",
        References = ["notice.1@example.com", "their-mail@mail.example.com"],
    };

    private EmailAnswers Sender()
    {
        var address = new PublicAddress(new Uri("https://access.example/"));
        var composer = new MailComposer(new MailSender { FromAddress = "access@example.com", ReplyAddress = "decide@example.com" }, address,
            new ProtectedReviewLinks(new EphemeralDataProtectionProvider()), new ReplyTokens(new InMemoryChannelStore()), NullLogger<MailComposer>.Instance);
        return new EmailAnswers(_service, new AnswerComposer(composer, address), _log);
    }

    [Fact]
    public async Task Send_MarksTheAnswerAsOne_AndKeepsTheThread()
    {
        await Sender().Send(Mail, Cancellation);
        var (message, operation, _) = Assert.Single(_service.Sent);
        Assert.Equal(EmailAnswers.OperationId(Mail), operation);
        Assert.Equal("bob@example.com", Assert.Single(message.Recipients.To).Address);
        Assert.Equal(Mail.ReplyTo, Assert.Single(message.ReplyTo).Address);
        Assert.Equal(("auto-replied", "<their-mail@mail.example.com>"), (message.Headers["Auto-Submitted"], message.Headers["In-Reply-To"]));
        Assert.EndsWith("<notice.1@example.com> <their-mail@mail.example.com>", message.Headers["References"], StringComparison.Ordinal);
        Assert.Contains("https://access.example/requests/r-1", message.Content.PlainText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WhatTheServiceTookBefore_OrNeverWill_IsDone()
    {
        _service.Failure = new RequestFailedException(409, "known");
        await Sender().Send(Mail, Cancellation);
        _service.Failure = new RequestFailedException(400, "bob@example.com bounced", "EmailDroppedAllRecipientsSuppressed", null);
        await Sender().Send(Mail, Cancellation);
        await Sender().Send(Mail with { To = Mail.To with { Email = null } }, Cancellation);
        Assert.DoesNotContain(_log.Lines, line => line.Line.Contains("bob@example.com", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_ToABusyService_IsTriedAgain_WithoutTheAddressInTheFailure()
    {
        _service.Failure = new RequestFailedException(429, "bob@example.com has to wait");
        var failure = await Assert.ThrowsAsync<TransientException>(() => Sender().Send(Mail, Cancellation));
        Assert.DoesNotContain("bob@example.com", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GraphTokens_AreThoseOfTheAppsIdentity()
    {
        var identity = new Identity();
        var tokens = new CredentialGraphTokens(identity, new GraphOptions());
        Assert.Equal("token-1", await tokens.Token(null, Cancellation));
        Assert.Equal(["https://graph.microsoft.com/.default"], identity.Scopes);
        identity.Failure = new AuthenticationFailedException("no identity here");
        await Assert.ThrowsAsync<HttpRequestException>(() => tokens.Token("token-1", Cancellation));
    }

    /// <summary>Stands in for a managed identity, which there is only in Azure.</summary>
    private sealed class Identity : TokenCredential
    {
        public string[] Scopes { get; private set; } = [];
        public Exception? Failure { get; set; }

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            if (Failure is { } failure) throw failure;
            Scopes = requestContext.Scopes;
            return ValueTask.FromResult(new AccessToken("token-1", DateTimeOffset.MaxValue));
        }
    }
}
