using System.Globalization;
using AccessFunctions.Api.Json;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>Reads query parameters as the route declares them: unknown, doubled and unreadable ones are a 400 that names them.</summary>
internal sealed class QueryReader
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;
    private readonly IQueryCollection _query;

    public QueryReader(ApiCall call)
    {
        _query = call.Http.Request.Query;
        foreach (var (name, values) in _query)
        {
            var parameter = call.Route.Query.FirstOrDefault(parameter => parameter.Name == name)
                ?? throw Bad(name, $"Unknown; known are {string.Join(", ", call.Route.Query.Select(p => p.Name))}.");
            if (values.Count > 1 && parameter.Type != typeof(string[])) throw Bad(name, "Given twice.");
        }
    }

    /// <summary>Parameters of every list.</summary>
    public static IReadOnlyList<QueryParameter> Paging { get; } =
    [
        new("cursor", typeof(string), "The `next` of the page before; absent for the first."),
        new("limit", typeof(int), $"Items per page, 1 to {MaxLimit}; {DefaultLimit} where absent."),
    ];

    /// <summary>May hold what names the last item of a page, and so be longer than what people type.</summary>
    public string? Cursor => Text("cursor", 4000);

    public int Limit
    {
        get
        {
            if (Text("limit") is not { } text) return DefaultLimit;
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit
                ? limit : throw Bad("limit", $"A whole number from 1 to {MaxLimit} is expected.");
        }
    }

    /// <summary>A text; null where it is absent or empty.</summary>
    public string? Text(string name, int longest = 500)
    {
        var text = _query[name].ToString();
        if (text.Length == 0) return null;
        return text.Length <= longest && !text.Any(char.IsControl) ? text : throw Bad(name, $"At most {longest} characters, no control characters.");
    }

    /// <summary>Texts of a parameter that may be given several times (its type is <c>string[]</c>).</summary>
    public IReadOnlyList<string> Texts(string name, int most, int longest = 500)
    {
        List<string> texts = [.. _query[name].OfType<string>().Where(static text => text.Length > 0)];
        if (texts.Count > most) throw Bad(name, $"At most {most}.");
        return texts.TrueForAll(text => text.Length <= longest && !text.Any(char.IsControl)) ? texts : throw Bad(name, $"At most {longest} characters each, no control characters.");
    }

    /// <summary>Words in lines; null where they are absent or empty.</summary>
    public string? Words(string name, int longest)
    {
        var text = _query[name].ToString();
        if (text.Length == 0) return null;
        return text.Length <= longest && !text.Any(static c => char.IsControl(c) && c is not ('\t' or '\r' or '\n')) ? text : throw Bad(name, $"At most {longest} characters, no control characters but ends of lines.");
    }

    public bool? Flag(string name) => Text(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw Bad(name, "true or false is expected."),
    };

    public DateTimeOffset? Instant(string name) => Text(name) switch
    {
        null => null,
        var text when InstantConverter.TryParse(text, out var instant) => instant,
        _ => throw Bad(name, "An instant such as 2026-11-21T09:00:00Z is expected."),
    };

    public T? Choice<T>(string name) where T : struct, Enum
    {
        if (Text(name) is not { } text) return null;
        var word = Enum.GetNames<T>().FirstOrDefault(word => string.Equals(word, text, StringComparison.Ordinal))
            ?? throw Bad(name, $"One of {string.Join(", ", Enum.GetNames<T>())} is expected.");
        return Enum.Parse<T>(word);
    }

    /// <summary>Runs a list; a cursor that its store cannot read is the caller's fault.</summary>
    public async Task<T> Page<T>(Func<string?, int, Task<T>> list)
    {
        var (cursor, limit) = (Cursor, Limit);
        try
        {
            return await list(cursor, limit);
        }
        catch (FormatException) when (cursor is not null)
        {
            throw Bad("cursor", "Not a cursor of this list.");
        }
    }

    private static ProblemException Bad(string name, string message) => new(Fault.BadParameter, name, message);
}
