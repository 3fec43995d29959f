using System.Text;

namespace AccessFunctions.Application.Channels.Replies;

/// <summary>
/// One <c>Authentication-Results</c> field (RFC 8601): which server checked, and what it found. Comments and quoted strings are read as what
/// they are, so that words inside them count for nothing.
/// </summary>
public sealed class AuthenticationResults
{
    /// <summary>The name of the field.</summary>
    public const string FieldName = "Authentication-Results";

    /// <summary>The setting for a service that writes no name of its own into the field, as Exchange Online does.</summary>
    public const string Unnamed = "-";

    private AuthenticationResults(string? server, IReadOnlyList<Check> checks) => (Server, Checks) = (server, checks);

    /// <summary>Who checked (the authserv-id); null where the field names nobody.</summary>
    public string? Server { get; }

    public IReadOnlyList<Check> Checks { get; }

    /// <summary>One method's result. Names are in lower case, values as they came.</summary>
    /// <param name="Properties">By <c>ptype.property</c>, for example <c>header.from</c>; a name that comes twice has the value null.</param>
    public sealed record Check(string Method, string Result, IReadOnlyDictionary<string, string?> Properties);

    /// <summary>
    /// True where the topmost field of that server says that DMARC passed for that domain, once and for no other. Fields below may have come
    /// with the mail.
    /// </summary>
    /// <param name="mail">The mail.</param>
    /// <param name="server">The configured authserv-id, or <see cref="Unnamed"/>: then the topmost field of all counts.</param>
    /// <param name="domain">The domain of the From address.</param>
    public static bool DmarcPassed(InboundMail mail, string server, string domain)
    {
        foreach (var value in mail.All(FieldName))
        {
            var found = Parse(value);
            if (server == Unnamed) return found is { Server: null } && found.Passed(domain);
            if (found is null)
            {
                // What cannot be read may have been that server's: nothing below it is believed.
                return false;
            }

            if (string.Equals(found.Server, server, StringComparison.OrdinalIgnoreCase)) return found.Passed(domain);
        }

        return false;
    }

    /// <summary>Reads a field's value; null where it is not well-formed.</summary>
    public static AuthenticationResults? Parse(string value)
    {
        if (Segments(value) is not { } segments) return null;
        var (server, rest) = (default(string), segments.AsEnumerable());
        if (segments[0].Count > 0 && !segments[0].Exists(token => token is { Text: "=", Quoted: false }))
        {
            // The name, and perhaps the version of the format.
            if (segments[0].Count > 2) return null;
            server = segments[0][0].Text;
            rest = segments.Skip(1);
        }

        List<Check> checks = [];
        foreach (var segment in rest.Where(segment => segment.Count > 0))
        {
            if (segment is [{ Text: var none, Quoted: false }] && none.Equals("none", StringComparison.OrdinalIgnoreCase)) continue;
            if (CheckOf(segment) is not { } check) return null;
            checks.Add(check);
        }

        return new AuthenticationResults(server, checks);
    }

    private bool Passed(string domain)
    {
        List<Check> dmarc = [.. Checks.Where(check => check.Method == "dmarc")];
        return dmarc is [{ Result: "pass" } only] && only.Properties.GetValueOrDefault("header.from") is { } from
            && string.Equals(from.TrimEnd('.'), domain.TrimEnd('.'), StringComparison.OrdinalIgnoreCase);
    }

    private static Check? CheckOf(List<Token> tokens)
    {
        if (tokens.Count % 3 != 0) return null;
        Dictionary<string, string?> properties = new(StringComparer.Ordinal);
        for (var i = 0; i < tokens.Count; i += 3)
        {
            if (tokens[i].Quoted || tokens[i].Text == "=" || tokens[i + 1] is not { Text: "=", Quoted: false } || tokens[i + 2] is { Text: "=", Quoted: false }) return null;
            var name = tokens[i].Text.ToLowerInvariant();
            if (i > 0) properties[name] = properties.ContainsKey(name) ? null : tokens[i + 2].Text;
        }

        var method = tokens[0].Text.ToLowerInvariant();
        var version = method.IndexOf('/', StringComparison.Ordinal);
        return new Check(version < 0 ? method : method[..version], tokens[2].Text.ToLowerInvariant(), properties);
    }

    private readonly record struct Token(string Text, bool Quoted);

    /// <summary>The field cut at its semicolons into words and equals signs; null where a comment or a quoted string does not end.</summary>
    private static List<List<Token>>? Segments(string value)
    {
        List<List<Token>> segments = [[]];
        var word = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            switch (c)
            {
                case '(':
                    End();
                    if ((i = AfterComment(value, i)) < 0) return null;
                    break;
                case '"':
                    // A quoted string may be part of a longer value, such as an address with a quoted local part.
                    var begin = word.Length == 0;
                    if ((i = AfterQuoted(value, i, word)) < 0) return null;
                    if (begin && (i + 1 == value.Length || !IsWord(value[i + 1])))
                    {
                        segments[^1].Add(new Token(word.ToString(), Quoted: true));
                        word.Clear();
                    }

                    break;
                case ';':
                    End();
                    segments.Add([]);
                    break;
                case '=' when segments[^1] is not [.., { Text: "=", Quoted: false }] || word.Length > 0:
                    // Values such as a DKIM signature's begin may hold one themselves; they follow the first.
                    if (word.Length > 0 && segments[^1] is [.., { Text: "=", Quoted: false }]) word.Append(c);
                    else
                    {
                        End();
                        segments[^1].Add(new Token("=", Quoted: false));
                    }

                    break;
                case ' ' or '\t' or '\r' or '\n':
                    End();
                    break;
                default:
                    word.Append(c);
                    break;
            }
        }

        End();
        return segments;

        void End()
        {
            if (word.Length == 0) return;
            segments[^1].Add(new Token(word.ToString(), Quoted: false));
            word.Clear();
        }
    }

    private static bool IsWord(char c) => c is not (' ' or '\t' or '\r' or '\n' or ';' or '(' or '=' or '"');

    /// <summary>Where the comment that begins here ends; comments may hold comments. -1: nowhere.</summary>
    private static int AfterComment(string value, int at)
    {
        var depth = 0;
        for (; at < value.Length; at++)
        {
            if (value[at] == '\\') at++;
            else if (value[at] == '(') depth++;
            else if (value[at] == ')' && --depth == 0) return at;
        }

        return -1;
    }

    private static int AfterQuoted(string value, int at, StringBuilder word)
    {
        for (at++; at < value.Length; at++)
        {
            if (value[at] == '"') return at;
            if (value[at] == '\\' && ++at == value.Length) return -1;
            word.Append(value[at]);
        }

        return -1;
    }
}
