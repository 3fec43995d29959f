using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Api.Pipeline;

/// <summary>Headers that every answer carries, problems too. Nothing served here loads anything, may be framed, or is kept by caches.</summary>
internal static class SecurityHeaders
{
    public static void Set(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";

        // A proxy that ends TLS hands the call on without it; plain http ignores the header.
        if (http.Request.IsHttps || http.RequestServices.GetRequiredService<PublicAddress>().Root.Scheme == Uri.UriSchemeHttps) headers.StrictTransportSecurity = "max-age=31536000";
    }
}
