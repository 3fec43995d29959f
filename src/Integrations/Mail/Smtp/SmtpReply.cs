using System.Text.RegularExpressions;

namespace AccessFunctions.Integrations.Mail.Smtp;

/// <summary>A server's reply (RFC 5321, section 4.2): three digits, and lines of text.</summary>
internal sealed partial record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    public bool IsPositive => Code is >= 200 and < 400;

    /// <summary>True where the enhanced code says that a policy or a right is the reason (RFC 3463, <c>X.7.X</c>), and not the mailbox.</summary>
    public bool IsPolicy => EnhancedCode()?.Split('.') is [_, "7", _];

    /// <summary>Code and enhanced code (RFC 3463), for logs: the words may quote addresses.</summary>
    public string Short => EnhancedCode() is { } enhanced ? $"{Code} {enhanced}" : $"{Code}";

    /// <summary>The parameters of an extension in the reply to EHLO; null where it is not offered.</summary>
    public string? Extension(string keyword) => Lines.Skip(1)
        .Select(line => line.Split(' ', 2, StringSplitOptions.TrimEntries))
        .Where(parts => parts[0].Equals(keyword, StringComparison.OrdinalIgnoreCase))
        .Select(parts => parts.Length > 1 ? parts[1] : "").FirstOrDefault();

    private string? EnhancedCode() => Lines.Count > 0 && Enhanced().Match(Lines[0]) is { Success: true } match ? match.Value : null;

    [GeneratedRegex(@"^[245]\.\d{1,3}\.\d{1,3}", RegexOptions.CultureInvariant)]
    private static partial Regex Enhanced();
}
