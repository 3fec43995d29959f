using System.Diagnostics;
using System.Globalization;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Redshift;

/// <summary>Finds and ends a user's sessions ("STV_SESSIONS", "PG_TERMINATE_BACKEND"), those of a federated sign-in too, whose names begin with <c>IAM:</c> or <c>IAMA:</c>.</summary>
internal static class RedshiftSessions
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Ends the sessions that the user has now, and waits until they are gone.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="PlatformException">Transient: some are still there.</exception>
    public static async Task<int> End(RedshiftSession session, string user, TimeSpan patience, CancellationToken cancellation)
    {
        var (clock, first) = (Stopwatch.StartNew(), await Find(session, user, cancellation));
        foreach (var process in first) _ = await session.Query($"SELECT pg_terminate_backend({process.ToString(CultureInfo.InvariantCulture)})", static _ => true, cancellation);
        var left = first;
        while (left.Count > 0 && (left = [.. (await Find(session, user, cancellation)).Intersect(first)]).Count > 0)
        {
            if (clock.Elapsed > patience / 2) throw new PlatformException($"{left.Count} session(s) were told to end and have not ended yet");
            await Task.Delay(Look, cancellation);
        }

        return first.Count;
    }

    /// <summary>Process ids of the user's sessions.</summary>
    public static async Task<List<int>> Find(RedshiftSession session, string user, CancellationToken cancellation) =>
        [.. (await session.Query("SELECT process, user_name FROM pg_catalog.stv_sessions", static r => (Process: r.GetInt32(0), User: r.GetString(1).TrimEnd()), cancellation)).Where(one => IsOf(user, one.User)).Select(static one => one.Process)];

    private static bool IsOf(string user, string shown) => shown == user || shown == $"IAM:{user}" || shown == $"IAMA:{user}" || shown.StartsWith($"IAMA:{user}:", StringComparison.Ordinal);
}
