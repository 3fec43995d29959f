using System.Globalization;
using System.Text.RegularExpressions;

namespace AccessFunctions.Functions.Tests.Infra;

/// <summary>
/// Runs a query of the form <c>source | extend A = …, B = … | extend …</c> on one row, with those functions of Kusto's that are used here. All of them are among
/// those that transformations know (https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-transformations-kql); another is an error.
/// </summary>
internal sealed partial class Kql
{
    private IReadOnlyDictionary<string, string> _row;
    private readonly List<string> _words;
    private int _at;

    private Kql(string query, IReadOnlyDictionary<string, string> row) =>
        (_row, _words) = (row, [.. Word().Matches(query).Select(static found => found.Value)]);

    /// <summary>The row after the query; columns of a step are computed from the row as it came there.</summary>
    public static Dictionary<string, string> Run(string query, IReadOnlyDictionary<string, string> row)
    {
        var run = new Kql(query, row);
        run.Take("source");
        Dictionary<string, string> result = new(row);
        while (run.Took("|"))
        {
            run.Take("extend");
            run._row = new Dictionary<string, string>(result);
            do
            {
                var column = run.Next();
                if (!row.ContainsKey(column)) throw new FormatException($"The row has no column {column}.");
                run.Take("=");
                result[column] = run.Value();
            }
            while (run.Took(","));
        }

        if (run._at < run._words.Count) throw new FormatException($"\"{run._words[run._at]}\" has no place in the query.");
        return result;
    }

    private string Value()
    {
        var value = Single();
        if (!Took("contains")) return value;
        return value.Contains(Single(), StringComparison.OrdinalIgnoreCase) ? "true" : "false";
    }

    private string Single()
    {
        var word = Next();
        if (word[0] == '"') return word[1..^1];
        if (char.IsAsciiDigit(word[0])) return word;
        if (!Took("(")) return _row[word];
        List<string> given = [];
        do given.Add(Value());
        while (Took(","));
        Take(")");
        return (word, given) switch
        {
            ("iif", [var condition, var then, var otherwise]) => condition == "true" ? then : otherwise,
            ("strcat", _) => string.Concat(given),
            ("substring", [var text, var from, var length]) => text.Substring(Number(from), Number(length)),
            ("indexof", [var text, var part]) => text.IndexOf(part, StringComparison.Ordinal).ToString(CultureInfo.InvariantCulture),
            ("tolower", [var text]) => text.ToLowerInvariant(),
            ("tostring" or "parse_json", [var text]) => text,
            _ => throw new FormatException($"{word} with {given.Count} arguments is not known here."),
        };
    }

    /// <summary>What Kusto gives for a place that is none is not wanted: nothing of the text.</summary>
    private static int Number(string text) => Math.Max(0, int.Parse(text, CultureInfo.InvariantCulture));

    private string Next() => _at < _words.Count ? _words[_at++] : throw new FormatException("The query ends too soon.");

    private bool Took(string word)
    {
        if (_at >= _words.Count || _words[_at] != word) return false;
        _at++;
        return true;
    }

    private void Take(string word)
    {
        if (!Took(word)) throw new FormatException($"\"{word}\" was expected.");
    }

    [GeneratedRegex("\"[^\"]*\"|\\w+|\\S")]
    private static partial Regex Word();
}
