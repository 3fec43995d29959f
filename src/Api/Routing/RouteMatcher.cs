using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AccessFunctions.Api.Routing;

/// <summary>Finds the route of a path in the table: literal segments (any case) before placeholders, a trailing slash ignored.</summary>
public sealed class RouteMatcher
{
    /// <summary>The longest value a path may have; tokens of links are the longest there are.</summary>
    private const int Longest = 400;
    private readonly (ApiRoute Route, string[] Segments)[] _routes;

    public RouteMatcher(IReadOnlyList<ApiRoute> routes) =>
        _routes = [.. routes.Select(route => (route, Split(route.Template))).OrderBy(pair => pair.Item2.Count(IsPlaceholder))];

    /// <summary>Looks a call up.</summary>
    /// <returns>The route and its values; or no route and the methods that the path has (none: no such path).</returns>
    public (ApiRoute? Route, RouteValueDictionary Values, IReadOnlyList<string> Allowed) Match(string method, PathString path)
    {
        var segments = Split(path.Value ?? "/");
        var wanted = HttpMethods.IsHead(method) ? HttpMethods.Get : method;
        var allowed = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (route, template) in _routes)
        {
            if (Values(template, segments) is not { } values) continue;
            if (string.Equals(route.Method, wanted, StringComparison.Ordinal)) return (route, values, []);
            allowed.Add(route.Method);
            if (HttpMethods.IsGet(route.Method)) allowed.Add(HttpMethods.Head);
        }

        return (null, [], [.. allowed]);
    }

    /// <summary>The values of one route in a path; null where the path is not the route's.</summary>
    public static RouteValueDictionary? Read(ApiRoute route, PathString path) => Values(Split(route.Template), Split(path.Value ?? "/"));

    private static RouteValueDictionary? Values(string[] template, string[] segments)
    {
        if (template.Length != segments.Length) return null;
        var values = new RouteValueDictionary();
        for (var i = 0; i < template.Length; i++)
        {
            if (IsPlaceholder(template[i]))
            {
                // The server has decoded the path; decoding again would make one address of two.
                if (segments[i].Length is 0 or > Longest || segments[i].Any(char.IsControl)) return null;
                values[template[i][1..^1]] = segments[i];
            }
            else if (!string.Equals(template[i], segments[i], StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
        }

        return values;
    }

    private static bool IsPlaceholder(string segment) => segment.StartsWith('{');

    private static string[] Split(string path) => path.Trim('/').Split('/');
}
