using System.Globalization;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Postgres;
using Npgsql;

namespace AccessFunctions.Integrations.Redshift;

/// <summary>Sessions of the administrative account on Redshift, with their bound set there.</summary>
internal sealed class RedshiftServer(RedshiftPlatformOptions options) : PgConnections<RedshiftSession>(options, "docs/platforms/redshift.md", mode: "Redshift")
{
    private const string Account = "SELECT usename, usesuper FROM pg_catalog.pg_user WHERE usename = current_user";

    /// <summary>Only superusers see others' memberships and sessions; what another account does not see would pass for gone.</summary>
    /// <exception cref="PlatformException">Permanent: the account is no superuser.</exception>
    protected override async Task<RedshiftSession> Begin(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var session = new RedshiftSession(connection);
        await session.Execute($"SET statement_timeout TO {((long)options.StatementTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)}", cancellation);
        var (name, super) = (await session.Query(Account, static r => (r.GetString(0), r.GetBoolean(1)), cancellation)).Single();
        session.Account = super ? name : throw new PlatformException($"{options.Name}: the platform's account {PgName.Quote(name)} is no superuser, so it would not see others' memberships and sessions; see docs/platforms/redshift.md", permanent: true);
        return session;
    }

    /// <summary>Redshift has the codes of PostgreSQL 8.0, which has none for a wrong password alone.</summary>
    protected override bool IsWrongPassword(PostgresException refused) =>
        base.IsWrongPassword(refused) || (refused.SqlState == PostgresErrorCodes.InvalidAuthorizationSpecification && refused.MessageText.StartsWith("password authentication failed", StringComparison.OrdinalIgnoreCase));
}
