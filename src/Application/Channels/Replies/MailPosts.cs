using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Application.Channels.Replies;

/// <summary>What gateways sign with; any of them is accepted.</summary>
public sealed record PostSecrets(IReadOnlyList<string> Secrets)
{
    /// <summary>How many, and none of them.</summary>
    public override string ToString() => $"PostSecrets({Secrets.Count})";
}

/// <summary>Takes the mails that gateways post.</summary>
public sealed partial class MailPosts(
    PostSecrets secrets, IEnumerable<IMailReader> readers, MailReplies replies, RefusedCalls refused, TimeProvider time, ILogger<MailPosts> logger)
{
    /// <summary>True where a configured secret signed this body just now; else it is recorded.</summary>
    public async Task<bool> IsSigned(string? signature, ReadOnlyMemory<byte> body, string? peer)
    {
        if (PostSignature.IsValid(signature, body.Span, secrets.Secrets, time.GetUtcNow())) return true;
        await refused.Record(EventTypes.Host.CallRefused, "mail-signature", "anonymous", peer, new Dictionary<string, string> { [RefusedCalls.Route] = "POST /api/mail/inbound" }, Channel.EmailReply);
        return false;
    }

    /// <summary>The reader of that media type; null where there is none.</summary>
    public IMailReader? ReaderOf(string mediaType) => readers.FirstOrDefault(reader => string.Equals(reader.MediaType, mediaType, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads and handles a signed body.</summary>
    public async Task<PostOutcome> Take(IMailReader reader, ReadOnlyMemory<byte> body, string? peer, CancellationToken cancellation)
    {
        try
        {
            var reading = reader.Read(body);
            if (reading.Mail is { } mail) return new PostOutcome(PostStatus.Handled, await replies.Handle(mail, peer, cancellation));
            return new PostOutcome(PostStatus.Unreadable, await replies.Unreadable(reading.Why!, peer));
        }
        catch (ReplyUnsettledException)
        {
            return new PostOutcome(PostStatus.TryAgain, ReplyResult.Ignored);
        }
#pragma warning disable CA1031 // The store, or a mail transport. The gateway keeps the mail and posts it again.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogUnhandled(failure);
            return new PostOutcome(PostStatus.TryAgain, ReplyResult.Ignored);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A posted mail could not be handled; the gateway is asked to post it again.")]
    private partial void LogUnhandled(Exception failure);
}

/// <summary>How far a posted mail got.</summary>
public enum PostStatus { Handled, Unreadable, TryAgain }

/// <summary>What came of a posted mail; <see cref="Result"/> says something only where it was handled.</summary>
public sealed record PostOutcome(PostStatus Status, ReplyResult Result);
