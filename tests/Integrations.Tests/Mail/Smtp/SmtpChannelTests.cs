using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Mail.Smtp;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Mail.Smtp;

public sealed class SmtpChannelTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly InMemoryChannelStore _rows = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_Twice_MailsOnce_AndEachReaderHasTheirOwn()
    {
        await using var server = await MailServer.Maildev();
        var channel = Channel(server);
        foreach (var notice in new[] { Asked("n-1", Notices.Bob), Asked("n-1", Notices.Bob), Asked("n-1", Notices.Carol), Asked("n-2", Notices.Bob), Asked("n-1", Notices.Bob) })
            Assert.True(await channel.Send(notice, Cancellation));
        await Wait.Until(() => server.Taken.Count >= 3, Soon, "the mails");
        Assert.Equal(["bob@example.com", "carol@example.com", "bob@example.com"], server.Taken.Select(mail => Assert.Single(mail.To)));
        Assert.Equal(3, server.Taken.Select(mail => (string)mail.Parsed!["headers"]!["message-id"]!).Distinct().Count());
        Assert.Single(server.Taken.Select(mail => (string)mail.Parsed!["headers"]!["references"]!).Distinct());
        // Only who is asked to decide can do so by a reply.
        Assert.All(server.Taken.Where(mail => mail.To[0].StartsWith("bob", StringComparison.Ordinal)), mail => Assert.Matches("^Access <access\\+[a-z2-7]{26}@example\\.com>$", ((string)mail.Parsed!["headers"]!["reply-to"]!).Replace("\"", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Send_WhileTheServerIsDown_Throws_AndMailsOnceItIsBack()
    {
        await using var server = await MailServer.Maildev();
        await server.Stop();
        var channel = Channel(server);
        await Assert.ThrowsAsync<MailNotTakenException>(() => channel.Send(Asked("n-1", Notices.Bob), Cancellation));
        await server.Restart(new { kind = "maildev" });
        Assert.True(await channel.Send(Asked("n-1", Notices.Bob), Cancellation));
        Assert.True(await channel.Send(Asked("n-1", Notices.Bob), Cancellation));
        await Wait.Until(() => server.Taken.Count == 1, Soon, "the mail");
    }

    [Fact]
    public async Task Send_ToARefusedReader_IsDoneAndUndelivered()
    {
        await using var server = await MailServer.Start(new { kind = "smtp-server", refuse = new[] { "bob@example.com" } });
        var channel = Channel(server);
        Assert.False(await channel.Send(Asked("n-1", Notices.Bob), Cancellation));
        Assert.True(await channel.Send(Asked("n-1", Notices.Carol), Cancellation));
        Assert.False(await channel.Send(Asked("n-1", Notices.Bob with { Email = null }), Cancellation));
    }

    private static Notice Asked(string id, Person to) => Notices.Of(NoticeKind.ReviewAsked, Notices.Open, to, level: 1) with { Id = id };

    private SmtpChannel Channel(MailServer server) => new(
        new Composing().Composer("access@example.com"), new SmtpDelivery(new SmtpOptions { Host = "127.0.0.1", Port = server.Port, Security = SmtpSecurity.None }, TimeProvider.System),
        _rows, TimeProvider.System, NullLogger<SmtpChannel>.Instance);
}
