using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Api.Pipeline;

/// <summary>
/// Tells forms of our own pages from those of other sites, by what browsers say of themselves. A program may say anything; what keeps it out
/// is the field that only the page gives.
/// </summary>
internal static class SameSite
{
    /// <summary>False where a browser says that the call comes from another site.</summary>
    public static bool Is(HttpContext http)
    {
        var headers = http.Request.Headers;
        if (headers["Sec-Fetch-Site"] is [{ } site]) return site is "same-origin" or "none";

        // A page without a referrer posts from the origin "null", so that says nothing.
        if (headers.Origin is not [{ } origin] || origin == "null") return headers.Origin.Count <= 1;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var from)) return false;
        var root = http.RequestServices.GetRequiredService<PublicAddress>().Root;

        // Not the scheme: a proxy that ends TLS hands the call on without it.
        return from.Authority.Equals(root.Authority, StringComparison.OrdinalIgnoreCase) || from.Authority.Equals(http.Request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }
}
