using Microsoft.AspNetCore.Http;

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
        if (http.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
    }
}
