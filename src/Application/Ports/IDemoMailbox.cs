using AccessFunctions.Application.Channels.Replies;

namespace AccessFunctions.Application.Ports;

/// <summary>The mailboxes of a demo's people: what was mailed to them, and a way to reply. Registered only where a host was started as a demo.</summary>
public interface IDemoMailbox
{
    /// <summary>The newest mails, newest first.</summary>
    Task<IReadOnlyList<DemoMail>> List(int most, CancellationToken cancellation);

    /// <summary>One mail by its name; null where there is none.</summary>
    Task<DemoMail?> Find(string name, CancellationToken cancellation);

    /// <summary>Sends a reply to a mail, as its reader's mail program would, and hands it to what reads replies.</summary>
    Task<ReplyResult> Reply(DemoMail mail, string words, string? peer, CancellationToken cancellation);
}

/// <summary>A mail as it was sent. It holds links that decide: only a demo shows it.</summary>
/// <param name="Name">Its name in the mailbox.</param>
/// <param name="At">When it was sent, UTC.</param>
/// <param name="ReplyTo">Where a reply goes; null: to nobody who reads it.</param>
public sealed record DemoMail(string Name, DateTimeOffset At, InboundMail Mail, string? ReplyTo)
{
    /// <summary>The reader's address.</summary>
    public string To => Mail.Recipients.Count > 0 ? Mail.Recipients[0] : "";

    /// <summary>Neither addresses nor words.</summary>
    public override string ToString() => $"DemoMail({Name})";
}
