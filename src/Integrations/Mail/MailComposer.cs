using AccessFunctions.Application;
using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Mail;

/// <summary>Who mails are from, and where replies go.</summary>
public sealed record MailSender
{
    /// <summary>The name readers see; null: the address alone.</summary>
    public string? FromName { get; init; }

    public required string FromAddress { get; init; }

    /// <summary>The address that replies are read from, for example <c>access@example.com</c>; null: replies are not read.</summary>
    public string? ReplyAddress { get; init; }
}

/// <summary>
/// Makes the mail of a notice, the same for every transport: what it says, its place in the request's thread, and what its reader can do with
/// it. Links and reply tokens are made anew each time; a mail that goes out twice has two, and both lead to the same decision.
/// </summary>
public sealed partial class MailComposer
{
    /// <summary>What a path of the product may hold.</summary>
    private const int LongestToken = 400;

    private readonly PublicAddress _address;
    private readonly IReviewLinks _links;
    private readonly ReplyTokens _replies;
    private readonly ILogger<MailComposer> _logger;
    private readonly Mailbox? _replyTo;

    /// <summary>Creates the composer.</summary>
    /// <exception cref="ArgumentException">The sender's or the reply address is none; the message says which.</exception>
    public MailComposer(MailSender sender, PublicAddress address, IReviewLinks links, ReplyTokens replies, ILogger<MailComposer> logger)
    {
        (_address, _links, _replies, _logger) = (address, links, replies, logger);
        From = Mailbox.TryCreate(sender.FromName, sender.FromAddress, out var from)
            ? from
            : throw new ArgumentException("Mail:FromAddress is not an e-mail address such as access@example.com.", nameof(sender));
        if (string.IsNullOrWhiteSpace(sender.ReplyAddress)) return;
        _replyTo = Mailbox.TryCreate(sender.FromName, sender.ReplyAddress, out var replyTo) && WithToken(replyTo, new string('a', ReplyTokens.Length)) is not null
            ? replyTo
            : throw new ArgumentException(
                "Mail:ReplyAddress is not an e-mail address such as access@example.com, whose part before the @ has at most 37 characters and no +.", nameof(sender));
    }

    /// <summary>Who mails are from.</summary>
    public Mailbox From { get; }

    /// <summary>Makes the mail. It holds tokens: hand it to the transport, and keep it nowhere.</summary>
    /// <returns>Null where the reader has no address that can be used: the notice is then done, and undelivered.</returns>
    public async Task<MailMessage?> Compose(Notice notice, CancellationToken cancellation)
    {
        if (!Mailbox.TryCreate(notice.To.Name, notice.To.Email, out var to))
        {
            if (!string.IsNullOrEmpty(notice.To.Email)) LogUnusable(notice.Id, notice.To.Id);
            return null;
        }

        var messageId = MailIds.Message(notice.Id, notice.To.Id, From.Domain);
        var awaited = MailActions.AwaitsDecision(notice);
        var actions = new MailActions
        {
            Review = awaited ? Link(notice, ReviewLinkKind.Decide) : null,
            Revoke = MailActions.OffersRevocation(notice) ? Link(notice, ReviewLinkKind.Revoke) : null,
            Replies = awaited && _replyTo is not null && MailActions.TakesReplies(notice),
        };
        return new MailMessage(From, to, messageId, MailIds.Thread(notice.Request.Id, From.Domain), notice.Effect.At, NoticeMail.Render(notice, _address, actions))
        {
            ReplyTo = awaited ? await ReplyTo(notice, messageId, cancellation) : _replyTo,
        };
    }

    /// <summary>The page that decides, with a token of its own.</summary>
    private Uri? Link(Notice notice, ReviewLinkKind kind)
    {
        var (request, effect) = (notice.Request, notice.Effect);
        var (level, expires) = kind == ReviewLinkKind.Decide ? (effect.Level, Lapses(notice)) : (0, RevokeUntil(notice));
        var id = $"link-{RequestIds.Hash($"{notice.Id}\n{notice.To.Id}\n{kind}")}";
        var token = _links.Mint(new ReviewLink(kind, request.Id, request.Revision, level, notice.To.Id, expires, id));

        // A person's id of many characters that are not ASCII: then the request's page has to do.
        return token.Length <= LongestToken ? new Uri($"{_address.Root.AbsoluteUri.TrimEnd('/')}/review/{token}") : null;
    }

    private async Task<Mailbox?> ReplyTo(Notice notice, string messageId, CancellationToken cancellation)
    {
        if (_replyTo is null) return null;
        var binding = new ReplyBinding(notice.Request.Id, notice.Request.Revision, notice.Effect.Level, notice.To.Id, Lapses(notice), messageId);
        return WithToken(_replyTo, await _replies.Mint(binding, cancellation));
    }

    private static Mailbox? WithToken(Mailbox address, string token)
    {
        var local = address.Address[..address.Address.LastIndexOf('@')];
        return !local.Contains('+') && Mailbox.TryCreate(address.Name, $"{local}+{token}@{address.Domain}", out var mailbox) ? mailbox : null;
    }

    private static DateTimeOffset Lapses(Notice notice) => Periods.Add(notice.Request.CreatedAt, notice.Request.Policy.LapseAfter);

    /// <summary>While there may be access to take away, and until the emergency is reviewed.</summary>
    private static DateTimeOffset RevokeUntil(Notice notice) =>
        notice.Request.Emergency is { } emergency && emergency.ReviewDueAt > notice.Request.Period.End ? emergency.ReviewDueAt : notice.Request.Period.End;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notice {NoticeId} is not mailed: the e-mail address of {Person} cannot be used.")]
    private partial void LogUnusable(string noticeId, string person);
}
