using System.Text;

namespace AccessFunctions.Functions.Tests.Infra;

internal enum TokenKind
{
    Name,
    Number,
    Text,
    Sign,
    NewLine,
    End,
}

/// <summary>A word of a Bicep file. A text has its parts: literal pieces, and the tokens of expressions.</summary>
internal sealed record Token(TokenKind Kind, string Words, int Line)
{
    public IReadOnlyList<TextPart> Parts { get; init; } = [];
}

/// <summary>A piece of a text: literal, or the tokens of an expression.</summary>
internal sealed record TextPart(string? Literal, IReadOnlyList<Token>? Expression, int Line);

/// <summary>Splits Bicep into tokens.</summary>
internal sealed class BicepTokens
{
    private static readonly string[] Signs = ["...", "=>", "==", "!=", "=~", "!~", "<=", ">=", "&&", "||", "??", ".?", "{", "}", "[", "]", "(", ")", ",", ":", ".", "=", "?", "!", "<", ">", "+", "-", "*", "/", "%", "@"];
    private readonly string _text;
    private int _at;
    private int _line;

    private BicepTokens(string text, int line) => (_text, _line) = (text, line);

    /// <summary>All tokens, the last an end.</summary>
    /// <exception cref="FormatException">A text or comment is not closed, or a character has no place in Bicep.</exception>
    public static IReadOnlyList<Token> Of(string text, int line = 1) => [.. new BicepTokens(text, line).All()];

    private IEnumerable<Token> All()
    {
        while (_at < _text.Length)
        {
            var next = _text[_at];
            if (next == '\n')
            {
                yield return new Token(TokenKind.NewLine, "\n", _line++);
                _at++;
            }
            else if (char.IsWhiteSpace(next)) _at++;
            else if (Next("//")) _at = _text.IndexOf('\n', _at) is var end && end < 0 ? _text.Length : end;
            else if (Next("/*")) SkipComment();
            else if (Next("'''")) yield return LongText();
            else if (next == '\'') yield return ShortText();
            else if (char.IsAsciiDigit(next)) yield return new Token(TokenKind.Number, While(char.IsAsciiDigit), _line);
            else if (char.IsAsciiLetter(next) || next == '_') yield return new Token(TokenKind.Name, While(static c => char.IsAsciiLetterOrDigit(c) || c == '_'), _line);
            else yield return Sign();
        }

        yield return new Token(TokenKind.End, "", _line);
    }

    private Token Sign()
    {
        var sign = Array.Find(Signs, Next) ?? throw Wrong($"\"{_text[_at]}\" has no place here");
        _at += sign.Length;
        return new Token(TokenKind.Sign, sign, _line);
    }

    private void SkipComment()
    {
        var end = _text.IndexOf("*/", _at, StringComparison.Ordinal);
        if (end < 0) throw Wrong("a comment is not closed");
        _line += _text[_at..end].Count(static c => c == '\n');
        _at = end + 2;
    }

    private Token LongText()
    {
        var (start, end) = (_at + 3, _text.IndexOf("'''", _at + 3, StringComparison.Ordinal));
        if (end < 0) throw Wrong("a text is not closed");
        var (line, words) = (_line, _text[start..end]);
        _line += words.Count(static c => c == '\n');
        _at = end + 3;
        return new Token(TokenKind.Text, words, line) { Parts = [new TextPart(words, null, line)] };
    }

    private Token ShortText()
    {
        var (parts, piece, line) = (new List<TextPart>(), new StringBuilder(), _line);
        _at++;
        while (!Next("'"))
        {
            if (_at >= _text.Length || _text[_at] == '\n') throw Wrong("a text is not closed");
            if (Next("${"))
            {
                if (piece.Length > 0) parts.Add(new TextPart(piece.ToString(), null, line));
                _ = piece.Clear();
                parts.Add(new TextPart(null, Of(Interpolated(), line), line));
            }
            else if (Next("\\")) _ = piece.Append(Escaped());
            else _ = piece.Append(_text[_at++]);
        }

        _at++;
        if (piece.Length > 0) parts.Add(new TextPart(piece.ToString(), null, line));
        return new Token(TokenKind.Text, string.Concat(parts.Select(static part => part.Literal)), line) { Parts = parts };
    }

    /// <summary>The expression after <c>${</c>, up to the brace that closes it; texts inside may hold braces.</summary>
    private string Interpolated()
    {
        var start = _at += 2;
        for (var depth = 1; ; _at++)
        {
            if (_at >= _text.Length || _text[_at] == '\n') throw Wrong("${ is not closed");
            if (_text[_at] == '\'')
            {
                _ = ShortText();
                _at--;
            }
            else if (_text[_at] == '{') depth++;
            else if (_text[_at] == '}' && --depth == 0) return _text[start.._at++];
        }
    }

    private char Escaped()
    {
        var escaped = _at + 1 < _text.Length ? _text[_at + 1] : '\n';
        _at += 2;
        return escaped switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '\\' or '\'' or '$' => escaped,
            _ => throw Wrong($"\\{escaped} is no escape"),
        };
    }

    private bool Next(string sign) => string.CompareOrdinal(_text, _at, sign, 0, sign.Length) == 0;

    private string While(Func<char, bool> belongs)
    {
        var start = _at;
        while (_at < _text.Length && belongs(_text[_at])) _at++;
        return _text[start.._at];
    }

    private FormatException Wrong(string what) => new($"line {_line}: {what}.");
}
