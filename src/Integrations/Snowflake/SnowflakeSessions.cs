using System.Globalization;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Snowflake;

/// <summary>
/// Ends a user's sessions. Snowflake has no list of those that are open now: found are the sessions that ran a statement in the last 7 days and that the role may see
/// ("QUERY_HISTORY, QUERY_HISTORY_BY_*"), and where the options say so those that ACCOUNT_USAGE calls open. LOGIN_HISTORY names no sessions.
/// </summary>
internal sealed class SnowflakeSessions(SnowflakePlatformOptions options, SnowflakeApi api)
{
    private const int AtOnce = 8;

    private const string Open = "SELECT SESSION_ID FROM SNOWFLAKE.ACCOUNT_USAGE.SESSIONS WHERE USER_NAME = ? AND IS_OPEN";

    /// <summary>Ends the sessions that are found.</summary>
    /// <returns>How many were ended; of the others the service said that they are no more.</returns>
    public async Task<int> End(SnowflakeUser user, CancellationToken cancellation)
    {
        var ended = 0;
        await Parallel.ForEachAsync(await Find(user, cancellation), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (session, stop) =>
        {
            if (await Abort(session, stop)) Interlocked.Increment(ref ended);
        });
        return ended;
    }

    private async Task<IReadOnlyList<string>> Find(SnowflakeUser user, CancellationToken cancellation)
    {
        // The argument takes a constant and no variable; a name in double quotes inside it is not folded.
        var history = $"""
            SELECT SESSION_ID FROM TABLE({SnowflakeName.Quote(options.Database)}.INFORMATION_SCHEMA.QUERY_HISTORY_BY_USER(
                USER_NAME => {SnowflakeName.Literal(SnowflakeName.Quote(user.Login))}, RESULT_LIMIT => 10000, INCLUDE_CLIENT_GENERATED_STATEMENT => TRUE))
            GROUP BY SESSION_ID ORDER BY MAX(START_TIME) DESC
            """;
        var rows = await api.Query("look for sessions", history, cancellation);
        if (options.AccountUsage) rows.AddRange(await api.Query("look for open sessions", Open, cancellation, user.Name));
        return [.. rows.Select(static row => row["session_id"]).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A session that has ended since is refused as an argument, without a code of its own: only a missing right and a broken server are failures.</summary>
    private async Task<bool> Abort(string session, CancellationToken cancellation)
    {
        if (!ulong.TryParse(session, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) throw new PlatformException($"{options.Name}: what was found is no session id");
        try
        {
            _ = await api.Query("end a session", $"SELECT SYSTEM$ABORT_SESSION({id})", cancellation);
            return true;
        }
        catch (PlatformException over) when (over.InnerException is SnowflakeException { IsRefusal: true, State: not ("42501" or "57014" or "XX000" or null) })
        {
            return false;
        }
    }
}
