using System.Net;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pipeline;

/// <summary>Keeps a demo on its machine: by connection, by <c>Host</c> (against DNS rebinding) and by the absence of proxies (design, section 11).</summary>
internal static class DemoGuard
{
    /// <summary>Throws a problem where the call does not come straight from this machine.</summary>
    public static void Check(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is { } remote && !IPAddress.IsLoopback(remote))
            throw new ProblemException(Fault.Misdirected);
        if (!IsLocal(http.Request.Host.Host)) throw new ProblemException(Fault.Misdirected);
        if (http.Request.Headers.Keys.Any(IsForwarding)) throw new ProblemException(Fault.Forwarded);
    }

    private static bool IsLocal(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool IsForwarding(string header) =>
        header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
        || header.Equals("X-Original-Host", StringComparison.OrdinalIgnoreCase)
        || header.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase)
        || header.Equals("Via", StringComparison.OrdinalIgnoreCase);
}
