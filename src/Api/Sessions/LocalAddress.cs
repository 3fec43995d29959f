using AccessFunctions.Api.Routing;

namespace AccessFunctions.Api.Sessions;

/// <summary>Where a sign-in may lead afterwards: a page of ours, and never another site, whatever the address says.</summary>
internal static class LocalAddress
{
    public const string Home = "/";
    public const int Longest = 1000;
    private static readonly Lazy<RouteMatcher> Matcher = new(static () => new RouteMatcher(ApiRoutes.All));

    /// <summary>The address, path and query, where it is a page that needs a person; the start page for all else.</summary>
    public static string Of(string? text)
    {
        if (text is not { Length: > 0 and <= Longest } || text[0] != '/' || text.StartsWith("//", StringComparison.Ordinal) || text.Contains('#', StringComparison.Ordinal)) return Home;
        var decoded = Uri.UnescapeDataString(text);
        if (text.Concat(decoded).Any(static c => c == '\\' || char.IsControl(c))) return Home;
        var question = text.IndexOf('?', StringComparison.Ordinal);
        return IsPage(Uri.UnescapeDataString(question < 0 ? text : text[..question])) ? text : Home;
    }

    /// <summary>The page that a form of this path stands on: the nearest one above it.</summary>
    public static string Above(string path)
    {
        for (var at = path.TrimEnd('/'); at.Length > 0; at = at[..at.LastIndexOf('/')])
        {
            if (Of(at) is var page && page != Home) return page;
        }

        return Home;
    }

    private static bool IsPage(string path) => Matcher.Value.Match("GET", path).Route is { Page: true, Anonymous: false };
}
