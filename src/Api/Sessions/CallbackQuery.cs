using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessFunctions.Api.Sessions;

/// <summary>
/// What a provider sends the browser back with: it holds the code of a sign-in, so a host that logs addresses takes it out of them first
/// (<see cref="Hide"/>).
/// </summary>
public sealed record CallbackQuery(string Value)
{
    /// <summary>The query to take out of an address; null where it is another address, or there is none.</summary>
    public static CallbackQuery? Hide(string path, string query) =>
        query.Length > 0 && path.TrimEnd('/').Equals(SignInHandlers.CallbackPath, StringComparison.OrdinalIgnoreCase) ? new CallbackQuery(query) : null;

    /// <summary>The query of a call, wherever it is.</summary>
    internal static IQueryCollection Of(HttpContext http) =>
        http.Features.Get<CallbackQuery>() is { } hidden ? new QueryCollection(QueryHelpers.ParseQuery(hidden.Value)) : http.Request.Query;

    /// <summary>Never the query.</summary>
    public override string ToString() => nameof(CallbackQuery);
}
