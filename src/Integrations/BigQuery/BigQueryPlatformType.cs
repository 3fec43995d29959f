using System.Text.RegularExpressions;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.BigQuery;

/// <summary>BigQuery in <c>platforms.yaml</c>.</summary>
internal sealed partial class BigQueryPlatformType() : PlatformType<BigQueryPlatformOptions>(BigQueryPlatform.TypeName, "serviceAccountKey")
{
    protected override void Check(BigQueryPlatformOptions options, FieldChecks checks)
    {
        if (!ProjectIdentifier().IsMatch(options.Project)) checks.Fault("project", "must be a project's id, such as \"example-analytics\"");
        checks.Endpoint(options.Address, "address", "https://bigquery-private.p.googleapis.com/");
        checks.Endpoint(options.ResourceManagerAddress, "resourceManagerAddress", "https://cloudresourcemanager-private.p.googleapis.com/");
        try
        {
            _ = GoogleTokens.Key(options.ServiceAccountKey);
        }
        catch (ArgumentException)
        {
            checks.Fault("serviceAccountKey", "cannot be read: it is the JSON file that Google makes for a service account's key");
        }
    }

    /// <summary>With a key of its own or as the host, too: the host's tokens go nowhere that the files do not name.</summary>
    protected override string SystemOf(BigQueryPlatformOptions options) => $"{options.Project} {options.Address} {options.ResourceManagerAddress} {options.ServiceAccountKey is null}";

    protected override void CheckNew(BigQueryPlatformOptions options, FieldChecks checks)
    {
        if (options.ServiceAccountKey is null) checks.Fault("serviceAccountKey", "is missing: a request makes no platform that works with the host's own identity");
    }

    protected override IPlatform Build(BigQueryPlatformOptions options, PlatformServices services) => new BigQueryPlatform(options, services.Host.Time);

    [GeneratedRegex(@"\A([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]\z", RegexOptions.NonBacktracking)]
    private static partial Regex ProjectIdentifier();
}
