using AccessFunctions.Integrations.Postgres;

namespace AccessFunctions.Integrations.Redshift;

/// <summary>
/// One Amazon Redshift database, of a cluster or of a serverless workgroup. Users, groups and roles are the whole warehouse's. The driver's compatibility mode is
/// Redshift's. What the administrative account needs is in <c>docs/platforms/redshift.md</c>.
/// </summary>
public sealed record RedshiftPlatformOptions : PgServerOptions;
