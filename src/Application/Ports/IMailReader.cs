using AccessFunctions.Application.Channels.Replies;

namespace AccessFunctions.Application.Ports;

/// <summary>Reads a mail in one of the forms that gateways post. Never throws for what is in it, and is bounded in time and space by its size.</summary>
public interface IMailReader
{
    /// <summary>The form, as a media type in lower case: <c>message/rfc822</c> for a mail as it went over the wire.</summary>
    string MediaType { get; }

    /// <summary>Reads one mail.</summary>
    MailReading Read(ReadOnlyMemory<byte> raw);
}

/// <summary>What came of reading: a mail, or why it is none.</summary>
public sealed record MailReading
{
    /// <summary>The mail; null where it is none.</summary>
    public InboundMail? Mail { get; private init; }

    /// <summary>A few words for the audit, none of them the sender's; null where it is a mail.</summary>
    public string? Why { get; private init; }

    /// <summary>It is a mail.</summary>
    public static MailReading Of(InboundMail mail) => new() { Mail = mail };

    /// <summary>It is none.</summary>
    public static MailReading NotAMail(string why) => new() { Why = why };
}
