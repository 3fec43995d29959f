using AccessFunctions.Application.Effects;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Integrations.Postgres;
using Npgsql;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>Checks of one platform's options that several types share, and the way to report a type's own. Fields are named from the platform on.</summary>
internal sealed class FieldChecks(YamlDocument document, string path, List<ConfigurationError> errors)
{
    /// <summary>The field of a connection string.</summary>
    public const string ConnectionString = "connectionString";

    /// <summary>Reports that a field is wrong.</summary>
    /// <param name="field">Such as <c>profiles[0].name</c>; empty for the platform as a whole.</param>
    /// <param name="message">What is wrong and what to do. Never a value that could be secret.</param>
    public void Fault(string field, string message) => errors.Add(document.ErrorAt(field.Length == 0 ? path : YamlDocument.Member(path, field), message));

    /// <summary>The names of a list's items are paths of resources, each once.</summary>
    public void Distinct(IEnumerable<string> names, string list)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var i = 0;
        foreach (var name in names)
        {
            if (ResourceName.Fault($"x/{name}") is not null) Fault($"{list}[{i}].name", $"\"{name}\" cannot be a resource's path");
            else if (!seen.Add(name)) Fault($"{list}[{i}].name", $"\"{name}\" is named twice");
            i++;
        }
    }

    /// <summary>What a time-out may be, so that it ends before its attempt does.</summary>
    /// <param name="times">How often an attempt may wait for it.</param>
    public void Timeout(TimeSpan given, string field, int times = 1)
    {
        if (given < TimeSpan.FromSeconds(1) || times * given >= EffectRunner.AttemptTimeout)
            Fault(field, $"must be at least 1s and shorter than {Duration.Format(EffectRunner.AttemptTimeout / times)}");
    }

    /// <summary>The longest that a certificate is valid.</summary>
    public void MaxValidity(TimeSpan? given, string field)
    {
        if (given < TimeSpan.FromMinutes(5)) Fault(field, "must be at least 5m");
    }

    /// <summary>The connection string of a server that speaks PostgreSQL's protocol, and its time-outs.</summary>
    public void Server(PgServerOptions options)
    {
        try
        {
            _ = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            // The library's words may quote what is written, which holds a password.
            Fault(ConnectionString, "cannot be read: it is made of Key=Value pairs, separated by semicolons, such as \"Host=db;Username=access;Password=…\"");
        }

        Timeout(options.StatementTimeout, "statementTimeout");
        Timeout(options.ConnectTimeout, "connectTimeout");
    }

    /// <summary>Which server and database options are of, and where requesters are sent to it.</summary>
    public static string ServerOf(PgServerOptions options)
    {
        var parts = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        return $"{parts.Host}:{parts.Port}/{parts.Database} {options.Host}:{options.Port}".ToLowerInvariant();
    }

    /// <summary>The address of an API.</summary>
    public void Endpoint(Uri address, string field, string sample)
    {
        if (!(MayGetCredentials(address) && address.AbsolutePath.EndsWith('/')))
            Fault(field, $"must be an address such as \"{sample}\", with https and a slash at its end");
    }

    /// <summary>Under which this host's own addresses are reached, as <c>address</c>; null: its public address.</summary>
    public void HostAddress(Uri? address)
    {
        if (address is not null && !(address.IsAbsoluteUri && address.Scheme is "http" or "https" && address.AbsolutePath.EndsWith('/') && address is { Query.Length: 0, UserInfo.Length: 0 }))
            Fault("address", "must be an address such as \"http://access.example.org/\", with a slash at its end");
    }

    /// <summary>A command: a program and its arguments; empty: none.</summary>
    public void Command(IReadOnlyList<string> command, string field)
    {
        if (command.Count > 0 && !Path.IsPathFullyQualified(command[0])) Fault($"{field}[0]", "must be the whole path of a program");
    }

    /// <summary>True for an address to which credentials may go: only a loopback one may be without TLS.</summary>
    public static bool MayGetCredentials(Uri address) =>
        address is { IsAbsoluteUri: true, Query.Length: 0, UserInfo.Length: 0 } && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
}
