using AccessFunctions.Api.Reviewing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessFunctions.Api.Sessions;

/// <summary>
/// What a provider sends the browser back with, which holds the code of a sign-in, and where a sign-in leads, which may be a link with its
/// token: a host that logs addresses takes them out first (<see cref="Hide"/>).
/// </summary>
public sealed record CallbackQuery(string Value)
{
    /// <summary>The query to take out of an address; null where it is another address, or there is none.</summary>
    public static CallbackQuery? Hide(string path, string query) =>
        query.Length > 0 && (Is(path, SignInHandlers.CallbackPath) || (Is(path, SignInHandlers.Path) && PathToken.Redact(query) != query)) ? new CallbackQuery(query) : null;

    /// <summary>The query of a call, wherever it is.</summary>
    internal static IQueryCollection Of(HttpContext http) =>
        http.Features.Get<CallbackQuery>() is { } hidden ? new QueryCollection(QueryHelpers.ParseQuery(hidden.Value)) : http.Request.Query;

    private static bool Is(string path, string route) => path.TrimEnd('/').Equals(route, StringComparison.OrdinalIgnoreCase);

    /// <summary>Never the query.</summary>
    public override string ToString() => nameof(CallbackQuery);
}
