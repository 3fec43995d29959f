using System.Diagnostics.CodeAnalysis;

namespace AccessFunctions.Integrations.Mail;

/// <summary>Who a mail is from or to: a name for people, and an address of plain ASCII (<c>local@domain</c>, no quoting).</summary>
public sealed record Mailbox
{
    // RFC 5322's dot-atom; a quoted local part is legal and not worth its traps.
    private const string AtomSpecials = "!#$%&'*+-/=?^_`{|}~.";

    private Mailbox(string? name, string address) => (Name, Address) = (name, address);

    public string? Name { get; }

    public string Address { get; }

    public string Domain => Address[(Address.LastIndexOf('@') + 1)..];

    /// <summary>False where the address is none that can be written safely: blanks, control characters, several <c>@</c>, not ASCII.</summary>
    public static bool TryCreate(string? name, string? address, [NotNullWhen(true)] out Mailbox? mailbox)
    {
        mailbox = null;
        if (address is not { Length: > 0 and <= 254 } || address.Split('@') is not [var local, var domain]) return false;
        if (local.Length is 0 or > 64 || !IsAtoms(local, c => char.IsAsciiLetterOrDigit(c) || AtomSpecials.Contains(c, StringComparison.Ordinal))) return false;
        if (!IsAtoms(domain, c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.')) return false;
        mailbox = new Mailbox(name, address);
        return true;
    }

    private static bool IsAtoms(string text, Func<char, bool> allowed) => text.All(allowed) && text.Split('.').All(atom => atom.Length > 0);

    /// <summary>The name alone: addresses of persons stay out of logs.</summary>
    public override string ToString() => $"Mailbox({Name})";
}

/// <summary>A mail ready to be written.</summary>
/// <param name="MessageId">Without angle brackets: <c>left@domain</c>.</param>
/// <param name="Thread">The id that all mails of one request refer to, without angle brackets.</param>
public sealed record MailMessage(Mailbox From, Mailbox To, string MessageId, string Thread, DateTimeOffset Date, RenderedMail Body)
{
    /// <summary>Where answers go; null: to the sender.</summary>
    public Mailbox? ReplyTo { get; init; }

    /// <summary>The mail this one answers, without angle brackets; a notice answers its thread.</summary>
    public string InReplyTo { get; init; } = Thread;

    /// <summary>The mails before this one, without angle brackets, oldest first.</summary>
    public IReadOnlyList<string> References { get; init; } = [Thread];

    /// <summary>RFC 3834: <c>auto-generated</c>, or <c>auto-replied</c> where it answers a mail.</summary>
    public string AutoSubmitted { get; init; } = "auto-generated";

    /// <summary>Neither address nor body.</summary>
    public override string ToString() => $"MailMessage({MessageId})";
}
