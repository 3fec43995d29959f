namespace AccessFunctions.Integrations.Postgres;

/// <summary>
/// One PostgreSQL database (14 or later) on which access is given. Roles and logins are the whole server's, objects this database's. Half of the statements'
/// time-out bounds the wait for a lock. What the administrative account needs is in <c>docs/platforms/postgres.md</c>.
/// </summary>
public sealed record PostgresPlatformOptions : PgServerOptions;
