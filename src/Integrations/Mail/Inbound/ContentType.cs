using System.Text;

namespace AccessFunctions.Integrations.Mail.Inbound;

/// <summary>A <c>Content-Type</c> or <c>Content-Disposition</c> (RFC 2045): a value in lower case, and parameters.</summary>
internal sealed record ContentType(string Value, IReadOnlyDictionary<string, string> Parameters)
{
    private const int MostParameters = 20;

    /// <summary>What a part is that does not say.</summary>
    public static ContentType Plain { get; } = new("text/plain", new Dictionary<string, string>());

    public string? Parameter(string name) => Parameters.GetValueOrDefault(name);

    /// <summary>Reads a value; of what is malformed, the part before it counts.</summary>
    public static ContentType Parse(string text)
    {
        var at = 0;
        var value = Word(text, ref at).ToLowerInvariant();
        Dictionary<string, string> parameters = new(StringComparer.OrdinalIgnoreCase);
        while (at < text.Length && parameters.Count < MostParameters)
        {
            Skip(text, ref at);
            if (at >= text.Length || text[at] != ';') break;
            at++;
            var name = Word(text, ref at);
            Skip(text, ref at);
            if (name.Length == 0) continue;
            if (at >= text.Length || text[at] != '=') break;
            at++;
            _ = parameters.TryAdd(name, Word(text, ref at));
        }

        return new ContentType(value, parameters);
    }

    /// <summary>The next token or quoted string.</summary>
    private static string Word(string text, ref int at)
    {
        Skip(text, ref at);
        var word = new StringBuilder();
        if (at < text.Length && text[at] == '"')
        {
            for (at++; at < text.Length && text[at] != '"'; at++)
            {
                if (text[at] == '\\' && at + 1 < text.Length) at++;
                word.Append(text[at]);
            }

            at++;
            return word.ToString();
        }

        while (at < text.Length && text[at] is not (';' or '=' or '"' or '(' or ' ' or '\t' or '\r')) word.Append(text[at++]);
        return word.ToString();
    }

    /// <summary>Passes over blanks and comments.</summary>
    private static void Skip(string text, ref int at)
    {
        var depth = 0;
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (c == '\\' && depth > 0) at++;
            else if (c == '(') depth++;
            else if (c == ')' && depth > 0) depth--;
            else if (depth == 0 && c is not (' ' or '\t' or '\r')) return;
        }

        at = Math.Min(at, text.Length);
    }
}
