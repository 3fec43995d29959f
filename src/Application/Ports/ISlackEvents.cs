namespace AccessFunctions.Application.Ports;

/// <summary>Takes what Slack posts about its messages. Registered where Slack is set up.</summary>
public interface ISlackEvents
{
    /// <summary>Checks the post, keeps what has to be decided, and tries to decide it at once.</summary>
    /// <returns>How to answer. What was taken is durable, decided or not.</returns>
    Task<SlackReply> Take(SlackPost post, CancellationToken cancellation);
}

/// <summary>A post as it came.</summary>
/// <param name="Body">The raw bytes, which the signature covers.</param>
/// <param name="Timestamp">The header <c>X-Slack-Request-Timestamp</c>.</param>
/// <param name="Signature">The header <c>X-Slack-Signature</c>.</param>
/// <param name="Address">The peer's address.</param>
public sealed record SlackPost(byte[] Body, string? Timestamp, string? Signature, string? Address);

/// <summary>How a post is answered.</summary>
public enum SlackReplyKind
{
    /// <summary>Taken, or nothing to us.</summary>
    Taken,

    /// <summary>Slack asks whether this address is the app's: <see cref="SlackReply.Words"/> go back.</summary>
    Challenge,

    /// <summary>The signature is missing, too old or wrong.</summary>
    Unsigned,

    /// <summary>It is about another workspace or app.</summary>
    Foreign,

    /// <summary>It is not what Slack posts.</summary>
    Malformed,
}

/// <summary>The answer to a post.</summary>
/// <param name="Words">The challenge, or what was wrong; else null.</param>
public sealed record SlackReply(SlackReplyKind Kind, string? Words = null);
