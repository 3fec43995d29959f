using System.Globalization;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Postgres;
using Npgsql;

namespace AccessFunctions.Integrations.Redshift;

/// <summary>Sessions of the administrative account on Redshift, with their bound set there.</summary>
internal sealed class RedshiftServer(RedshiftPlatformOptions options) : PgConnections(new PgConnectionSettings(
    options.Name, options.ConnectionString, options.StatementTimeout, options.ConnectTimeout, options.Host, options.Port, "docs/platforms/redshift.md")
{
    Mode = "Redshift",
})
{
    private const string Account = "SELECT usename, usesuper FROM pg_catalog.pg_user WHERE usename = current_user";

    /// <summary>Connects as the administrative account.</summary>
    /// <exception cref="PlatformException">Permanent: it is no superuser, and only those see others' memberships and sessions. What it does not see would pass for gone.</exception>
    public async Task<RedshiftSession> Open(CancellationToken cancellation)
    {
        var connection = await Connect(null, cancellation);
        try
        {
            var session = new RedshiftSession(connection);
            await session.Execute($"SET statement_timeout TO {((long)options.StatementTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)}", cancellation);
            var (name, super) = (await session.Query(Account, static r => (r.GetString(0), r.GetBoolean(1)), cancellation)).Single();
            session.Account = super ? name : throw new PlatformException($"{options.Name}: the platform's account {PgName.Quote(name)} is no superuser, so it would not see others' memberships and sessions; see docs/platforms/redshift.md", permanent: true);
            return session;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs work in a session of its own.</summary>
    /// <param name="what">What is attempted, for messages.</param>
    public Task<T> WithSession<T>(string what, Func<RedshiftSession, Task<T>> work, CancellationToken cancellation) => Attempt(what, async () =>
    {
        await using var session = await Open(cancellation);
        return await work(session);
    }, cancellation);

    /// <summary>Redshift has the codes of PostgreSQL 8.0, which has none for a wrong password alone.</summary>
    protected override bool IsWrongPassword(PostgresException refused) =>
        base.IsWrongPassword(refused) || (refused.SqlState == PostgresErrorCodes.InvalidAuthorizationSpecification && refused.MessageText.StartsWith("password authentication failed", StringComparison.OrdinalIgnoreCase));
}
