namespace AccessFunctions.Application.Channels.Replies;

/// <summary>The address that replies are read from, and the tokens in it: <c>local+TOKEN@domain</c>.</summary>
public sealed class ReplyAddress
{
    private readonly string _local;
    private readonly string _domain;

    /// <summary>Takes the configured address.</summary>
    /// <exception cref="ArgumentException">It is no address, or has a part after a <c>+</c> already.</exception>
    public ReplyAddress(string address)
    {
        (_local, _domain) = (LocalPart(address), DomainOf(address));
        if (_local.Length == 0 || _domain.Length == 0 || _local.Contains('+', StringComparison.Ordinal))
            throw new ArgumentException("Mail:ReplyAddress is an e-mail address such as access@example.com, without a + before the @.", nameof(address));
    }

    /// <summary>The tokens among the recipients, in lower case, each once.</summary>
    public IReadOnlyList<string> Tokens(IEnumerable<string> recipients) => [.. recipients.Select(Token).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>The address with a token in it.</summary>
    public string With(string token) => $"{_local}+{token}@{_domain}";

    /// <summary>True for the address itself, with or without a token: a mail that says it is from there is our own.</summary>
    public bool IsOwn(string address)
    {
        var local = LocalPart(address);
        return Same(DomainOf(address), _domain) && Same(local.Split('+')[0], _local);
    }

    private string? Token(string address)
    {
        var local = LocalPart(address);
        return Same(DomainOf(address), _domain) && local.Length == _local.Length + 1 + ReplyTokens.Length
            && local[_local.Length] == '+' && Same(local[.._local.Length], _local)
            ? local[(_local.Length + 1)..].ToLowerInvariant()
            : null;
    }

    /// <summary>What is before the last <c>@</c>; empty where there is none.</summary>
    public static string LocalPart(string address) => address.LastIndexOf('@') is > 0 and var at ? address[..at] : "";

    /// <summary>What is behind the last <c>@</c>; empty where there is none.</summary>
    public static string DomainOf(string address) => address.LastIndexOf('@') is > 0 and var at ? address[(at + 1)..] : "";

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
