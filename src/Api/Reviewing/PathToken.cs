using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Reviewing;

/// <summary>
/// The token of a link's path, taken out of the path by a host that logs paths (<see cref="Hide"/>); the path then ends in
/// <see cref="Placeholder"/>.
/// </summary>
public sealed partial record PathToken(string Value)
{
    /// <summary>What stands in the path for the token.</summary>
    public const string Placeholder = "-";

    private static readonly string[] Starts = ["/review/", "/recordings/"];

    /// <summary>Takes the token out of a path.</summary>
    /// <returns>The token, and the path without it; null where the path is no link's.</returns>
    public static (PathToken Token, string Path)? Hide(string path)
    {
        if (StartOf(path) is not { } start || path.Length == start.Length) return null;
        var end = path.IndexOf('/', start.Length);
        var token = end < 0 ? path[start.Length..] : path[start.Length..end];
        return token.Length == 0 ? null : (new PathToken(token), $"{path[..start.Length]}{Placeholder}{(end < 0 ? "" : path[end..])}");
    }

    /// <summary>A text without the tokens of the links in it, and without what providers send browsers back with.</summary>
    public static string Redact(string text) => Callbacks().Replace(Links().Replace(text, $"$1{Placeholder}"), "$1");

    /// <summary>The token of a call, wherever it is.</summary>
    internal static string Of(HttpContext http) => http.Features.Get<PathToken>()?.Value ?? (string)http.Request.RouteValues["token"]!;

    /// <summary>The path of a call with its token, wherever that is.</summary>
    internal static PathString PathOf(HttpContext http) =>
        http.Features.Get<PathToken>() is { } hidden && http.Request.Path.Value is { } path && StartOf(path) is { } start
            ? path[..start.Length] + hidden.Value + path[(start.Length + Placeholder.Length)..]
            : http.Request.Path;

    private static string? StartOf(string path) => Array.Find(Starts, start => path.StartsWith(start, StringComparison.OrdinalIgnoreCase));

    /// <summary>Never the token.</summary>
    public override string ToString() => nameof(PathToken);

    [GeneratedRegex(@"(/signin/callback)\?[^\s""'<>]+", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Callbacks();

    // Also where the path stands in a query, as the page to come back to.
    [GeneratedRegex(@"((?:/|%2F)(?:review|recordings)(?:/|%2F))[^/?#&%\s""'<>]+", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Links();
}
