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

    private const string Start = "/review/";

    /// <summary>Takes the token out of a path.</summary>
    /// <returns>The token, and the path without it; null where the path is no link's.</returns>
    public static (PathToken Token, string Path)? Hide(string path)
    {
        if (!path.StartsWith(Start, StringComparison.OrdinalIgnoreCase) || path.Length == Start.Length) return null;
        var end = path.IndexOf('/', Start.Length);
        var token = end < 0 ? path[Start.Length..] : path[Start.Length..end];
        return token.Length == 0 ? null : (new PathToken(token), $"{path[..Start.Length]}{Placeholder}{(end < 0 ? "" : path[end..])}");
    }

    /// <summary>A text without the tokens of the links in it, and without what providers send browsers back with.</summary>
    public static string Redact(string text) => Callbacks().Replace(Links().Replace(text, $"$1{Placeholder}"), "$1");

    /// <summary>The token of a call, wherever it is.</summary>
    internal static string Of(HttpContext http) => http.Features.Get<PathToken>()?.Value ?? (string)http.Request.RouteValues["token"]!;

    /// <summary>Never the token.</summary>
    public override string ToString() => nameof(PathToken);

    [GeneratedRegex(@"(/signin/callback)\?[^\s""'<>]+", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Callbacks();

    [GeneratedRegex(@"(/review/)[^/?#\s""'<>]+", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Links();
}
