using System.Diagnostics.CodeAnalysis;
using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Mail;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Integrations.Tests.Mail;

/// <summary>What a composer needs, kept so that a test can look at it. Links are readable: the real ones are encrypted, and new each time.</summary>
internal sealed class Composing : IReviewLinks
{
    private readonly Dictionary<string, ReviewLink> _minted = [];

    public ReplyTokens Replies { get; } = new(new InMemoryChannelStore());

    public int TokenLength { get; init; } = 20;

    public MailComposer Composer(string? replyAddress = null, string from = "access@example.com", string root = "https://access.example.com/") =>
        new(new MailSender { FromName = "Access", FromAddress = from, ReplyAddress = replyAddress }, new PublicAddress(new Uri(root)), this, Replies, NullLogger<MailComposer>.Instance);

    public string Mint(ReviewLink link)
    {
        var token = $"token-{_minted.Count}".PadRight(TokenLength, 'x');
        _minted.Add(token, link);
        return token;
    }

    public bool TryRead(string token, [NotNullWhen(true)] out ReviewLink? link) => _minted.TryGetValue(token, out link);
}
