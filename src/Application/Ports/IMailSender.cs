using AccessFunctions.Application.Directory;

namespace AccessFunctions.Application.Ports;

/// <summary>Sends mails that are no notices: the answers to replies. Each mail transport has one.</summary>
public interface IMailSender
{
    /// <summary>Sends; idempotent by <see cref="AnswerMail.Id"/>. Throws to be called again later. A person without a usable address gets none.</summary>
    Task Send(AnswerMail mail, CancellationToken cancellation);
}

/// <summary>An answer to a mail, before it is text or HTML. It goes out as <c>Auto-Submitted: auto-replied</c>.</summary>
public sealed record AnswerMail
{
    /// <summary>Stable: the same for the same answer, however often it is sent. 1 to 100 of letters, digits and <c>-</c>.</summary>
    public required string Id { get; init; }

    public required Person To { get; init; }

    /// <summary>When the answer was made, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    public required string Subject { get; init; }

    /// <summary>What came of the mail, in a sentence or two.</summary>
    public required string Lead { get; init; }

    /// <summary>What the reader can do.</summary>
    public required string Next { get; init; }

    /// <summary>The request it is about; null where none is known.</summary>
    public string? RequestId { get; init; }

    /// <summary>Where the reader's next reply goes; it may hold a token, so keep it nowhere. Null: nowhere in particular.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>The mail that is answered, without angle brackets; null where it had no id.</summary>
    public string? InReplyTo { get; init; }

    /// <summary>The mails before it, without angle brackets, oldest first.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>Neither addresses nor words.</summary>
    public override string ToString() => $"AnswerMail({Id})";
}
