using System.Globalization;
using System.Text.RegularExpressions;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>
/// The filters of the Table service: comparisons (eq ne gt ge lt le) of a property with a literal, joined with and, or, not and parentheses.
/// A property that an entity lacks, or that is of another type than the literal, fulfils no comparison.
/// </summary>
internal sealed partial class ODataFilter
{
    private const int MaxComparisons = 15;
    private readonly List<string> _tokens;
    private int _next;
    private int _comparisons;

    private ODataFilter(List<string> tokens) => _tokens = tokens;

    /// <summary>The filter as a function; null or empty lets everything through.</summary>
    /// <exception cref="Azure.RequestFailedException">400: the service would not understand it, or has more comparisons than it takes.</exception>
    public static Func<FakeRow, bool> Parse(string? filter)
    {
        if (string.IsNullOrEmpty(filter)) return static _ => true;
        var tokens = new List<string>();
        var at = 0;
        while (at < filter.Length)
        {
            var match = Token().Match(filter, at);
            if (!match.Success) throw Unclear($"cannot read it from position {at}");
            if (match.Groups[1].Success) tokens.Add(match.Groups[1].Value);
            at += match.Length;
        }

        var parser = new ODataFilter(tokens);
        var parsed = parser.Or();
        return parser._next == tokens.Count ? parsed : throw Unclear($"'{tokens[parser._next]}' is one too many");
    }

    private Func<FakeRow, bool> Or()
    {
        var left = And();
        while (Take("or"))
        {
            var (first, second) = (left, And());
            left = row => first(row) || second(row);
        }
        return left;
    }

    private Func<FakeRow, bool> And()
    {
        var left = Not();
        while (Take("and"))
        {
            var (first, second) = (left, Not());
            left = row => first(row) && second(row);
        }
        return left;
    }

    private Func<FakeRow, bool> Not()
    {
        if (Take("not"))
        {
            var inner = Not();
            return row => !inner(row);
        }
        if (!Take("(")) return Comparison();
        var group = Or();
        return Take(")") ? group : throw Unclear("a parenthesis is not closed");
    }

    private Func<FakeRow, bool> Comparison()
    {
        if (++_comparisons > MaxComparisons) throw Unclear($"it has more than {MaxComparisons} comparisons");
        var name = Next();
        if (!Identifier().IsMatch(name)) throw Unclear($"'{name}' is no property");
        var operation = Next();
        var literal = Literal(Next());
        Func<int, bool> holds = operation switch
        {
            "eq" => static order => order == 0,
            "ne" => static order => order != 0,
            "gt" => static order => order > 0,
            "ge" => static order => order >= 0,
            "lt" => static order => order < 0,
            "le" => static order => order <= 0,
            _ => throw Unclear($"'{operation}' is no comparison"),
        };
        return row => Order(row.Value(name), literal) is { } order && holds(order);
    }

    private static int? Order(object? value, object literal) => (value, literal) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        (int a, int b) => a.CompareTo(b),
        (long a, long b) => a.CompareTo(b),
        (double a, double b) => a.CompareTo(b),
        (double a, int b) => a.CompareTo(b),
        (bool a, bool b) => a.CompareTo(b),
        (Guid a, Guid b) => a.CompareTo(b),
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        _ => null,
    };

    private static object Literal(string token)
    {
        if (token is "true" or "false") return token == "true";
        if (token.StartsWith('\'')) return Text(token);
        if (token.StartsWith("guid'", StringComparison.Ordinal)) return Guid.TryParse(Text(token[4..]), out var id) ? id : throw Unclear("a guid is none");
        if (token.StartsWith("datetime'", StringComparison.Ordinal))
            return DateTimeOffset.TryParse(Text(token[8..]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : throw Unclear("a datetime is none");
        if (token.EndsWith('L') && long.TryParse(token[..^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var big)) return big;
        if (int.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
        if (double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)) return real;
        throw Unclear($"'{token}' is no literal");
    }

    private static string Text(string quoted) => quoted[1..^1].Replace("''", "'", StringComparison.Ordinal);

    private bool Take(string token)
    {
        if (_next == _tokens.Count || _tokens[_next] != token) return false;
        _next++;
        return true;
    }

    private string Next() => _next < _tokens.Count ? _tokens[_next++] : throw Unclear("it ends too early");

    private static Azure.RequestFailedException Unclear(string why) => TableErrors.Invalid($"The filter is not understood: {why}.");

    [GeneratedRegex(@"\G(?:\s+|((?:guid|datetime)?'(?:[^']|'')*'|[()]|[^\s()']+))")]
    private static partial Regex Token();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Identifier();
}
