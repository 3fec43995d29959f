using System.Globalization;
using System.Text.Json;

namespace AccessFunctions.Api.Scim;

/// <summary>Reads filters and paths by descent: <c>or</c> binds weaker than <c>and</c>, <c>not</c> wants parentheses (RFC 7644, figure 1).</summary>
internal sealed class ScimFilterParser(string text)
{
    /// <summary>Longer ones are nobody's.</summary>
    private const int Longest = 8 * 1024;
    private const int Deepest = 32;
    private readonly string _text = text.Length <= Longest ? text : throw ScimException.Filter($"A filter has at most {Longest} characters.");
    private int _depth;

    public int Place { get; private set; }

    public bool AtEnd
    {
        get
        {
            Blanks();
            return Place >= _text.Length;
        }
    }

    public ScimFilter Filter()
    {
        if (++_depth > Deepest) throw ScimException.Filter("The filter is nested too deeply.");
        var left = And();
        while (Word("or")) left = new ScimOr(left, And());
        _depth--;
        return left;
    }

    /// <summary>An attribute with its filter in brackets and its sub-attribute.</summary>
    public ScimPath Path()
    {
        var name = Name();
        if (!Take('[')) return ScimPath.Of(name);
        var filter = Filter();
        if (!Take(']')) throw Expected("]");
        return ScimPath.Of(name, filter, Place < _text.Length && _text[Place] == '.' && Take('.') ? Name() : null);
    }

    private ScimFilter And()
    {
        var left = Term();
        while (Word("and")) left = new ScimAnd(left, Term());
        return left;
    }

    private ScimFilter Term()
    {
        if (Take('(')) return Closed();
        if (Word("not")) return Take('(') ? new ScimNot(Closed()) : throw Expected("( after not");
        var path = Path();
        if (Word("pr")) return new ScimPresent(path);
        foreach (var known in Enum.GetValues<ScimOperator>())
        {
            if (!Word(known.ToString())) continue;
            var value = Value();
            return known is ScimOperator.Eq or ScimOperator.Ne || value is not (null or bool) ? new ScimCompare(path, known, value) : throw ScimException.Filter($"{known} does not compare with {value ?? "null"}.");
        }

        return path.Filter is not null && path.Part is null ? new ScimAny(path) : throw Expected("an operator (eq, ne, co, sw, ew, pr, gt, ge, lt, le)");
    }

    private ScimFilter Closed()
    {
        var inner = Filter();
        return Take(')') ? inner : throw Expected(")");
    }

    private object? Value()
    {
        Blanks();
        if (Place < _text.Length && _text[Place] == '"') return Text();
        if (Word("true")) return true;
        if (Word("false")) return false;
        if (Word("null")) return null;
        var from = Place;
        while (Place < _text.Length && (char.IsAsciiDigit(_text[Place]) || _text[Place] is '-' or '+' or '.' or 'e' or 'E')) Place++;
        return Place > from && decimal.TryParse(_text.AsSpan(from, Place - from), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Expected("a value: \"text\", a number, true, false or null");
    }

    private string Text()
    {
        var from = Place++;
        while (Place < _text.Length && _text[Place] != '"') Place += _text[Place] == '\\' ? 2 : 1;
        if (Place >= _text.Length) throw ScimException.Filter("A text in the filter has no closing quote.");
        try
        {
            return JsonSerializer.Deserialize<string>(_text[from..++Place])!;
        }
        catch (JsonException)
        {
            throw ScimException.Filter("A text in the filter is not written as in JSON.");
        }
    }

    private string Name()
    {
        Blanks();
        var from = Place;
        while (Place < _text.Length && (char.IsAsciiLetterOrDigit(_text[Place]) || _text[Place] is '-' or '_' or '.' or ':' or '$')) Place++;
        return Place > from && (char.IsAsciiLetter(_text[from]) || _text[from] == '$') ? _text[from..Place] : throw Expected("the name of an attribute");
    }

    /// <summary>Takes a word in any case, where it ends there.</summary>
    private bool Word(string word)
    {
        Blanks();
        var end = Place + word.Length;
        if (end > _text.Length || !_text.AsSpan(Place, word.Length).Equals(word, StringComparison.OrdinalIgnoreCase)) return false;
        if (end < _text.Length && (char.IsAsciiLetterOrDigit(_text[end]) || _text[end] is '_' or '-' or ':' or '.')) return false;
        Place = end;
        return true;
    }

    private bool Take(char sign)
    {
        Blanks();
        if (Place >= _text.Length || _text[Place] != sign) return false;
        Place++;
        return true;
    }

    private void Blanks()
    {
        while (Place < _text.Length && _text[Place] == ' ') Place++;
    }

    private ScimException Expected(string what) => ScimException.Filter($"At character {Place + 1} {what} is missing.");
}
