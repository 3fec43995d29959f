namespace AccessFunctions.Integrations.BigQuery;

/// <summary>The BigQuery datasets and tables of one Google Cloud project. What the account needs is in <c>docs/platforms/bigquery.md</c>.</summary>
public sealed record BigQueryPlatformOptions
{
    /// <summary>The platform's name, the first segment of its resources.</summary>
    public required string Name { get; init; }

    /// <summary>The project's id.</summary>
    public required string Project { get; init; }

    /// <summary>A service account's key file, as JSON; null: Application Default Credentials (workload identity, the machine's service account).</summary>
    public string? ServiceAccountKey { get; init; }

    /// <summary>True: the project's own IAM policy is read too, so that access through it is known.</summary>
    public bool ProjectPolicy { get; init; }

    /// <summary>False: tables' policies are not ingested, only datasets'. Each table is a call.</summary>
    public bool TablePolicies { get; init; } = true;

    /// <summary>Roles that are given although they can give access further, and custom roles, whose permissions are not looked into.</summary>
    public IReadOnlyList<string> PrivilegedRoles { get; init; } = [];

    /// <summary>Where the API is.</summary>
    public Uri Address { get; init; } = new("https://bigquery.googleapis.com/");

    /// <summary>Where the project's IAM policy is read.</summary>
    public Uri ResourceManagerAddress { get; init; } = new("https://cloudresourcemanager.googleapis.com/");

    /// <summary>Never the key.</summary>
    public override string ToString() => $"BigQueryPlatformOptions({Name}, {Project})";
}
