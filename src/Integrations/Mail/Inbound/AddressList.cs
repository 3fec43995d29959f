using System.Text;

namespace AccessFunctions.Integrations.Mail.Inbound;

/// <summary>
/// Reads the addresses of a From, To or Cc field (RFC 5322, section 3.4): names, quoted strings, comments, groups and routes are read as what
/// they are, so that an address inside a name counts for nothing.
/// </summary>
internal sealed class AddressList
{
    private readonly string _text;
    private readonly List<string> _addresses = [];
    private int _at;

    private AddressList(string text) => _text = text;

    /// <summary>The addresses.</summary>
    /// <param name="text">A field's value.</param>
    /// <param name="wellFormed">False: what is given is what could be read, and none of it is to be trusted as a sender.</param>
    public static IReadOnlyList<string> Parse(string text, out bool wellFormed)
    {
        var list = new AddressList(text);
        wellFormed = list.Read();
        return list._addresses;
    }

    private bool Read()
    {
        var (good, group) = (true, false);
        while (true)
        {
            if (!Blank()) return false;
            if (_at >= _text.Length) return good && !group;
            if (_text[_at] == ',' || (_text[_at] == ';' && group))
            {
                if (_text[_at] == ';') group = false;
                _at++;
                continue;
            }

            if (!Mailbox(ref group, out var address))
            {
                good = false;
                while (_at < _text.Length && _text[_at] != ',') _at++;
            }
            else if (address is not null)
            {
                _addresses.Add(address);
                if (!Blank()) return false;
                // Two addresses with nothing between them are no list.
                if (_at < _text.Length && _text[_at] is not (',' or ';')) good = false;
            }
        }
    }

    /// <summary>One address, or the name that opens a group (then none).</summary>
    private bool Mailbox(ref bool group, out string? address)
    {
        address = null;
        var words = new StringBuilder();
        var (start, addressInName) = (_at, false);
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c == '<')
            {
                if (!Angle(out var inside)) return false;
                // Some programs repeat the address as the name, unquoted; any other address there is a trap.
                if (addressInName && !string.Equals(words.ToString(), inside, StringComparison.OrdinalIgnoreCase)) return false;
                address = inside;
                return true;
            }

            if (c == ':' && !group && !addressInName)
            {
                _at++;
                group = true;
                return true;
            }

            if (c is ',' or ';') break;
            if (c is '>' or ')' or ':' or '[' or ']') return false;
            if (c is ' ' or '\t' or '\r' or '(')
            {
                if (!Blank()) return false;
                continue;
            }

            if (c == '"')
            {
                // A quoted string is a name, or a quoted local part; the latter is not for us.
                if (!Quoted()) return false;
                if (_at < _text.Length && _text[_at] == '@') return false;
                continue;
            }

            addressInName |= c == '@';
            words.Append(c);
            _at++;
        }

        address = IsAddress(words.ToString()) && !_text[start.._at].Contains('"', StringComparison.Ordinal) ? words.ToString() : null;
        return address is not null;
    }

    /// <summary>What is between angle brackets; an old route before it is passed over.</summary>
    private bool Angle(out string address)
    {
        address = "";
        var end = _text.IndexOf('>', _at);
        if (end < 0) return false;
        var inside = _text[(_at + 1)..end].Trim();
        if (inside.StartsWith('@') && inside.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon) inside = inside[(colon + 1)..];
        _at = end + 1;
        address = inside;
        return IsAddress(inside);
    }

    private bool Quoted()
    {
        for (_at++; _at < _text.Length; _at++)
        {
            if (_text[_at] == '\\') _at++;
            else if (_text[_at] == '"')
            {
                _at++;
                return true;
            }
        }

        return false;
    }

    /// <summary>Passes over blanks and comments; false where a comment does not end.</summary>
    private bool Blank()
    {
        var depth = 0;
        for (; _at < _text.Length; _at++)
        {
            var c = _text[_at];
            if (c == '\\' && depth > 0) _at++;
            else if (c == '(') depth++;
            else if (c == ')' && depth > 0) depth--;
            else if (depth == 0 && c is not (' ' or '\t' or '\r')) return true;
        }

        _at = _text.Length;
        return depth == 0;
    }

    /// <summary>One <c>@</c>, something on each side, no blanks, quotes or control characters.</summary>
    private static bool IsAddress(string text) =>
        text.Length is > 2 and <= 320 && text.Split('@') is [{ Length: > 0 }, { Length: > 0 }]
        && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '"' or '<' or '>' or '(' or ')' or ',' or ';' or ':' or '\\');
}
