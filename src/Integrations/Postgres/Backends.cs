using System.Diagnostics;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>Finds and ends live sessions. The account's own sessions are never among them.</summary>
internal static class Backends
{
    /// <summary>Members can act as the role they belong to, so their sessions are the role's too. Superusers lose nothing and stay.</summary>
    private const string OfRoleAndMembers = """
        WITH RECURSIVE who(oid) AS (
            SELECT @role::oid UNION SELECT m.member FROM pg_auth_members m JOIN who ON m.roleid = who.oid)
        SELECT a.pid FROM pg_stat_activity a JOIN who ON a.usesysid = who.oid JOIN pg_roles r ON r.oid = who.oid
        WHERE a.pid <> pg_backend_pid() AND a.usesysid <> @account::oid AND (NOT r.rolsuper OR r.oid = @role::oid)
        """;

    private const string OfLogin = "SELECT pid FROM pg_stat_activity WHERE usesysid = @role::oid AND usesysid <> @account::oid AND pid <> pg_backend_pid()";

    /// <summary>Sessions of logins that were dropped under them.</summary>
    private const string OfNobody = """
        SELECT a.pid FROM pg_stat_activity a
        WHERE a.usesysid IS NOT NULL AND a.usesysid <> 0 AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = a.usesysid) AND a.pid <> pg_backend_pid()
        """;

    /// <summary>Ends the sessions that a role and its members have now; later ones are not waited for.</summary>
    public static async Task<int> EndSessions(PgSession session, PgRole role, TimeSpan patience, CancellationToken cancellation)
    {
        var pids = await Find(session, OfRoleAndMembers, role.Oid, cancellation);
        await End(session, pids, patience, cancellation);
        return pids.Count;
    }

    /// <summary>Ends all sessions of a login that cannot be used any more, until there is none.</summary>
    public static async Task<int> EndLogin(PgSession session, PgRole login, TimeSpan patience, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var ended = 0;
        while (await Find(session, OfLogin, login.Oid, cancellation) is { Count: > 0 } pids)
        {
            if (clock.Elapsed > patience)
                throw Lingering(pids.Count);
            await End(session, pids, patience - clock.Elapsed, cancellation);
            ended += pids.Count;
        }
        return ended;
    }

    /// <summary>Ends sessions whose login no longer exists: one that was logging in while the login was dropped.</summary>
    public static async Task EndOrphans(PgSession session, TimeSpan patience, CancellationToken cancellation) =>
        await End(session, await Find(session, OfNobody, 0, cancellation), patience, cancellation);

    /// <summary>How many sessions a login has.</summary>
    public static async Task<int> CountOf(PgSession session, PgRole login, CancellationToken cancellation) => (await Find(session, OfLogin, login.Oid, cancellation)).Count;

    /// <summary>How many sessions have no login any more.</summary>
    public static async Task<int> CountOrphans(PgSession session, CancellationToken cancellation) => (await Find(session, OfNobody, 0, cancellation)).Count;

    private static Task<List<int>> Find(PgSession session, string sql, uint role, CancellationToken cancellation) =>
        session.Query(sql, r => r.GetInt32(0), cancellation, ("role", (long)role), ("account", (long)session.Account.Oid));

    /// <summary>Signals all, then lets the server wait for each of them.</summary>
    private static async Task End(PgSession session, List<int> pids, TimeSpan patience, CancellationToken cancellation)
    {
        if (pids.Count == 0)
            return;
        var clock = Stopwatch.StartNew();
        await session.Execute("SELECT pg_terminate_backend(pid) FROM unnest(@pids) AS pid", cancellation, ("pids", pids.ToArray()));
        foreach (var pid in pids)
        {
            var left = Math.Max(1, (long)(patience - clock.Elapsed).TotalMilliseconds / 2); // below the statement's own bound
            await session.Execute("SELECT pg_terminate_backend(@pid, @left)", cancellation, ("pid", pid), ("left", left));
        }
        var alive = await session.Query("SELECT pid FROM pg_stat_activity WHERE pid = ANY(@pids)", r => r.GetInt32(0), cancellation, ("pids", pids.ToArray()));
        if (alive.Count > 0)
            throw Lingering(alive.Count);
    }

    private static PlatformException Lingering(int count) => new($"{count} session(s) were told to end and have not ended yet");
}
