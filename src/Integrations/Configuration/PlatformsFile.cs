using System.Net;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Integrations.BigQuery;
using AccessFunctions.Integrations.Certificates;
using AccessFunctions.Integrations.Manual;
using AccessFunctions.Integrations.Postgres;
using AccessFunctions.Integrations.Recordings;
using AccessFunctions.Integrations.Redshift;
using AccessFunctions.Integrations.Settings;
using AccessFunctions.Integrations.Snowflake;
using AccessFunctions.Integrations.Ssh;
using AccessFunctions.Integrations.Vault;
using Npgsql;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>One configured platform.</summary>
/// <param name="Name">The first segment of its resources.</param>
/// <param name="Type">The adapter's type.</param>
/// <param name="Options">The adapter's own options.</param>
/// <param name="Written">The settings as written, variables put in: equal text is the same platform. Holds secrets.</param>
public sealed record PlatformSettings(string Name, string Type, object Options, string Written)
{
    /// <summary>Never the settings: they hold connection strings.</summary>
    public override string ToString() => $"PlatformSettings({Name}, {Type})";
}

/// <summary>
/// Reads <c>platforms.yaml</c>, and files beside it named <c>platforms-*.yaml</c>: <c>platforms:</c> and a list of settings, each with
/// <c>type</c> and the fields of that type's options. In fields that hold secrets (<see cref="Secrets"/>), <c>${NAME}</c> stands for an environment variable.
/// </summary>
public static partial class PlatformsFile
{
    public const string Name = "platforms.yaml";

    /// <summary>Reads the settings.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <returns>Null where there are errors.</returns>
    public static IReadOnlyList<PlatformSettings>? Read(YamlDocument document, Func<string, string?> variable, List<ConfigurationError> errors)
    {
        var before = errors.Count;
        errors.AddRange(document.Errors);
        if (errors.Count > before) return null;
        if (document.Root is not JsonObject { Count: 1 } root || root["platforms"] is not JsonArray list)
        {
            errors.Add(document.ErrorAt("platforms", "write \"platforms:\" and below it a list of platforms, each with name and type"));
            return null;
        }

        var platforms = new List<PlatformSettings>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            var path = $"platforms[{i}]";
            if (list[i] is not JsonObject fields) errors.Add(document.ErrorAt(path, "must be fields with values: name, type and those of the type"));
            else if (Platform(document, fields, path, variable, errors) is { } settings) platforms.Add(settings);
        }

        return errors.Count > before ? null : platforms;
    }

    private static PlatformSettings? Platform(YamlDocument document, JsonObject fields, string path, Func<string, string?> variable, List<ConfigurationError> errors)
    {
        if (Text(fields["type"]) is not { } type || !Types.Contains(type, StringComparer.Ordinal))
        {
            errors.Add(document.ErrorAt($"{path}.type", $"must be one of: {string.Join(", ", Types)}"));
            return null;
        }

        if (Text(fields["name"]) is not { } name || ResourceName.PlatformFault(name) is not null)
        {
            errors.Add(document.ErrorAt($"{path}.name", Text(fields["name"]) is { } bad ? ResourceName.PlatformFault(bad)! : "a name is missing, such as \"pg-prod\""));
            return null;
        }

        var before = errors.Count;
        var settings = fields.DeepClone().AsObject();
        settings.Remove("type");
        foreach (var field in Secrets)
        {
            if (settings[field] is { } secret && Text(secret) is { } text)
                settings[field] = PutIn(text, variable, missing => errors.Add(document.ErrorAt($"{path}.{field}", missing)));
        }

        var options = Options(document, settings, path, type, errors);
        return errors.Count > before || options is null ? null : new PlatformSettings(name, type, options, $"{type} {settings.ToJsonString()}");
    }

    private static readonly string[] Types =
    [
        PostgresPlatform.TypeName, RedshiftPlatform.TypeName, SnowflakePlatform.TypeName, BigQueryPlatform.TypeName, VaultPlatform.TypeName, CertificatesPlatform.TypeName,
        SshPlatform.TypeName, RecordingsPlatform.TypeName, SettingsPlatform.TypeName, ManualPlatform.TypeName,
    ];

    /// <summary>The fields that hold secrets.</summary>
    private static readonly string[] Secrets = ["connectionString", "privateKey", "privateKeyPassphrase", "serviceAccountKey", "sas"];

    private static object? Options(YamlDocument document, JsonObject settings, string path, string type, List<ConfigurationError> errors)
    {
        switch (type)
        {
            case PostgresPlatform.TypeName:
                var postgres = Typed(ConfigurationJson.Postgres);
                if (postgres is not null) Server(postgres.ConnectionString, postgres.StatementTimeout, postgres.ConnectTimeout);
                return postgres;
            case RedshiftPlatform.TypeName:
                var redshift = Typed(ConfigurationJson.Redshift);
                if (redshift is not null) Server(redshift.ConnectionString, redshift.StatementTimeout, redshift.ConnectTimeout);
                return redshift;
            case SnowflakePlatform.TypeName:
                var snowflake = Typed(ConfigurationJson.Snowflake);
                if (snowflake is not null) Snowflake(snowflake);
                return snowflake;
            case BigQueryPlatform.TypeName:
                var bigQuery = Typed(ConfigurationJson.BigQuery);
                if (bigQuery is not null) BigQuery(bigQuery);
                return bigQuery;
            case VaultPlatform.TypeName:
                var vault = Typed(ConfigurationJson.Vault);
                Distinct(vault?.Secrets.Select(secret => secret.Name), "secrets");
                return vault;
            case CertificatesPlatform.TypeName:
                var certificates = Typed(ConfigurationJson.Certificates);
                if (certificates is not null) Certificates(certificates);
                return certificates;
            case SshPlatform.TypeName:
                var ssh = Typed(ConfigurationJson.Ssh);
                if (ssh is not null) Ssh(ssh);
                return ssh;
            case RecordingsPlatform.TypeName:
                var recordings = Typed(ConfigurationJson.Recordings);
                if (recordings is not null) Recordings(recordings);
                return recordings;
            case SettingsPlatform.TypeName:
                return Typed(ConfigurationJson.Settings);
            default:
                var manual = Typed(ConfigurationJson.Manual);
                Distinct(manual?.Resources.Select(resource => resource.Name), "resources");
                Parameters(manual?.Parameters);
                return manual;
        }

        T? Typed<T>(JsonTypeInfo<T> info)
            where T : class => TypedReader.Read(document, settings, path, info, errors);

        void Server(string connectionString, TimeSpan statementTimeout, TimeSpan connectTimeout)
        {
            try
            {
                _ = new NpgsqlConnectionStringBuilder(connectionString);
            }
            catch (ArgumentException)
            {
                // The library's words may quote what is written, which holds a password.
                errors.Add(document.ErrorAt(
                    $"{path}.connectionString",
                    "cannot be read: it is made of Key=Value pairs, separated by semicolons, such as \"Host=db;Username=access;Password=…\""));
            }

            Bound(statementTimeout, "statementTimeout");
            Bound(connectTimeout, "connectTimeout");
        }

        void Snowflake(SnowflakePlatformOptions given)
        {
            if (!AccountIdentifier().IsMatch(given.Account)) errors.Add(document.ErrorAt($"{path}.account", "must be an account's identifier, such as \"myorg-prod\" or \"xy12345.eu-central-1\""));
            if (given.Address is not null) Endpoint(given.Address, "address", "https://myorg-prod.privatelink.snowflakecomputing.com/");
            if (SnowflakeToken.Key(given.PrivateKey, given.PrivateKeyPassphrase) is not { } key)
                errors.Add(document.ErrorAt($"{path}.privateKey", "cannot be read: it is an RSA key in PEM (PKCS#8), with privateKeyPassphrase where it is encrypted"));
            else key.Dispose();
            Bound(given.StatementTimeout, "statementTimeout");
        }

        void BigQuery(BigQueryPlatformOptions given)
        {
            if (!ProjectIdentifier().IsMatch(given.Project)) errors.Add(document.ErrorAt($"{path}.project", "must be a project's id, such as \"example-analytics\""));
            Endpoint(given.Address, "address", "https://bigquery-private.p.googleapis.com/");
            Endpoint(given.ResourceManagerAddress, "resourceManagerAddress", "https://cloudresourcemanager-private.p.googleapis.com/");
            try
            {
                _ = GoogleTokens.Key(given.ServiceAccountKey);
            }
            catch (ArgumentException)
            {
                errors.Add(document.ErrorAt($"{path}.serviceAccountKey", "cannot be read: it is the JSON file that Google makes for a service account's key"));
            }
        }

        void Bound(TimeSpan given, string field)
        {
            if (given < TimeSpan.FromSeconds(1) || given >= EffectRunner.AttemptTimeout)
                errors.Add(document.ErrorAt($"{path}.{field}", $"must be at least 1s and shorter than {Duration.Format(EffectRunner.AttemptTimeout)}"));
        }

        // Credentials go there: only a loopback address may be without TLS.
        void Endpoint(Uri address, string field, string sample)
        {
            if (!(address is { IsAbsoluteUri: true, Query.Length: 0 } && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)) && address.AbsolutePath.EndsWith('/')))
                errors.Add(document.ErrorAt($"{path}.{field}", $"must be an address such as \"{sample}\", with https and a slash at its end"));
        }

        void Certificates(CertificatesOptions given)
        {
            Distinct(given.Profiles.Select(static profile => profile.Name), "profiles");
            Address(given.Address);
            if (given.Authority is { } authority && ClientCertificates.NameFault(authority) is { } fault)
                errors.Add(document.ErrorAt($"{path}.authority", $"the authority's name {fault}"));
            if (given.CrlValidity < TimeSpan.FromHours(1) || given.CrlValidity > TimeSpan.FromDays(30))
                errors.Add(document.ErrorAt($"{path}.crlValidity", "must be from 1h to 30d"));
            for (var i = 0; i < given.Profiles.Count; i++)
            {
                if (given.Profiles[i].MaxValidity is { } longest && longest < TimeSpan.FromMinutes(5))
                    errors.Add(document.ErrorAt($"{path}.profiles[{i}].maxValidity", "must be at least 5m"));
                if (given.Profiles[i].Organization is { } organization && ClientCertificates.NameFault(organization) is { } wrong)
                    errors.Add(document.ErrorAt($"{path}.profiles[{i}].organization", $"the organization's name {wrong}"));
            }
        }

        void Ssh(SshOptions given)
        {
            Distinct(given.Resources.Select(static access => access.Name), "resources");
            Address(given.Address);
            if (given.KrlFile is { } file && !Path.IsPathFullyQualified(file)) errors.Add(document.ErrorAt($"{path}.krlFile", "must be a whole path"));
            if (given is { Push.Count: > 0, KrlFile: null }) errors.Add(document.ErrorAt($"{path}.push", "needs a krlFile: its path is the command's last argument"));
            Command(given.Push, "push");
            Command(given.EndSessions, "endSessions");
            Command(given.ListSessions, "listSessions");

            // A removal runs two of them.
            if (given.CommandTimeout < TimeSpan.FromSeconds(1) || 2 * given.CommandTimeout >= EffectRunner.AttemptTimeout)
                errors.Add(document.ErrorAt($"{path}.commandTimeout", $"must be at least 1s and shorter than {Duration.Format(EffectRunner.AttemptTimeout / 2)}"));
            for (var i = 0; i < given.Resources.Count; i++)
            {
                var (access, at) = (given.Resources[i], $"{path}.resources[{i}]");
                var sample = access.Principal.Replace(SshAccess.Identity, "x", StringComparison.Ordinal).Replace(SshAccess.Role, "x", StringComparison.Ordinal);
                if (Principals.Fault(sample) is { } fault) errors.Add(document.ErrorAt($"{at}.principal", $"{fault}; {SshAccess.Identity} and {SshAccess.Role} stand for what was asked for"));
                if (access.Principal.Contains(SshAccess.Identity, StringComparison.Ordinal) && access.Principal.Contains(SshAccess.Role, StringComparison.Ordinal))
                    errors.Add(document.ErrorAt($"{at}.principal", $"can hold one of {SshAccess.Identity} and {SshAccess.Role}"));
                for (var j = 0; j < access.Extensions.Count; j++)
                {
                    if (!SshCertificate.KnownExtensions.Contains(access.Extensions[j], StringComparer.Ordinal))
                        errors.Add(document.ErrorAt($"{at}.extensions[{j}]", $"must be one of: {string.Join(", ", SshCertificate.KnownExtensions)}"));
                }

                if (access.SourceAddress is { } networks && !networks.Split(',').All(static network => IPNetwork.TryParse(network, out _)))
                    errors.Add(document.ErrorAt($"{at}.sourceAddress", "must be networks such as \"10.0.0.0/8,2001:db8::/32\""));
                if (access.ForceCommand is { } command && (string.IsNullOrWhiteSpace(command) || command.Any(char.IsControl)))
                    errors.Add(document.ErrorAt($"{at}.forceCommand", "must be one line"));
                if (access.MaxValidity is { } longest && longest < TimeSpan.FromMinutes(5))
                    errors.Add(document.ErrorAt($"{at}.maxValidity", "must be at least 5m"));
            }
        }

        void Recordings(RecordingsOptions given)
        {
            Address(given.Address);
            if (given.Folder is null == given.Container is null) errors.Add(document.ErrorAt(path, "needs a folder or a container, and not both"));
            if (given.Folder is not null && string.IsNullOrWhiteSpace(given.Folder)) errors.Add(document.ErrorAt($"{path}.folder", "must be a path"));
            if (given.Container is null && (given.Sas is not null || given.Prefix.Length > 0)) errors.Add(document.ErrorAt(path, "has sas or prefix, which belong to a container"));
            if (given.Container is { } container && !(container.IsAbsoluteUri && (container.Scheme == Uri.UriSchemeHttps || (container.Scheme == Uri.UriSchemeHttp && container.IsLoopback)) && container.Query.Length == 0))
                errors.Add(document.ErrorAt($"{path}.container", "must be an https address such as \"https://account.blob.core.windows.net/recordings\", without a query: a signature goes into sas"));
            if (given.Sas is not null && !given.Sas.Contains("sig=", StringComparison.Ordinal)) errors.Add(document.ErrorAt($"{path}.sas", "must be a shared access signature (\"sv=…&sig=…\")"));
        }

        void Command(IReadOnlyList<string> command, string field)
        {
            if (command.Count > 0 && !Path.IsPathFullyQualified(command[0])) errors.Add(document.ErrorAt($"{path}.{field}[0]", "must be the whole path of a program"));
        }

        void Address(Uri? address)
        {
            if (address is not null && !(address.IsAbsoluteUri && address.Scheme is "http" or "https" && address.AbsolutePath.EndsWith('/') && address.Query.Length == 0))
                errors.Add(document.ErrorAt($"{path}.address", "must be an address such as \"http://access.example.org/\", with a slash at its end"));
        }

        void Parameters(IReadOnlyList<PlatformParameter>? parameters)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < (parameters?.Count ?? 0); i++)
            {
                var name = parameters![i].Name;
                if (!ParameterName().IsMatch(name)) errors.Add(document.ErrorAt($"{path}.parameters[{i}].name", $"\"{name}\" cannot be a parameter's name: letters, digits, '-' and '_', at most 63, beginning with a letter"));
                else if (!seen.Add(name)) errors.Add(document.ErrorAt($"{path}.parameters[{i}].name", $"\"{name}\" is named twice"));
            }
        }

        void Distinct(IEnumerable<string>? names, string field)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var i = 0;
            foreach (var name in names ?? [])
            {
                if (ResourceName.Fault($"x/{name}") is not null) errors.Add(document.ErrorAt($"{path}.{field}[{i}].name", $"\"{name}\" cannot be a resource's path"));
                else if (!seen.Add(name)) errors.Add(document.ErrorAt($"{path}.{field}[{i}].name", $"\"{name}\" is named twice"));
                i++;
            }
        }
    }

    private static string PutIn(string text, Func<string, string?> variable, Action<string> report) => Variable().Replace(text, match =>
    {
        var name = match.Groups[1].Value;
        if (variable(name) is { Length: > 0 } value) return value;
        report($"the environment variable {name} is not set: set it for the host, or write the value here");
        return "";
    });

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]{0,62}\z", RegexOptions.NonBacktracking)]
    private static partial Regex ParameterName();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9-]+)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex AccountIdentifier();

    [GeneratedRegex(@"\A([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]\z", RegexOptions.NonBacktracking)]
    private static partial Regex ProjectIdentifier();

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.NonBacktracking)]
    private static partial Regex Variable();
}
