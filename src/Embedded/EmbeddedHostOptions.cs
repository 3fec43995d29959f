using AccessFunctions.Embedded.Background;
using AccessFunctions.Embedded.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Embedded;

/// <summary>
/// How one host is started. Settings (sections <c>Host</c>, <c>Mail</c>, <c>Oidc</c>, <c>Logging</c>) are read from <c>settings.json</c> in the
/// configuration folder and from variables such as <c>ACCESS_Host__PublicAddress</c>; what is set here comes last.
/// </summary>
public sealed record EmbeddedHostOptions
{
    /// <summary>The data directory; made where it is missing.</summary>
    public string Data { get; init; } = "./data";

    /// <summary>The configuration folder; null starts a demo.</summary>
    public string? Config { get; init; }

    /// <summary>Addresses to listen on, separated by semicolons. Port 0 takes a free one. A demo listens on loopback only.</summary>
    public string Urls { get; init; } = "http://localhost:7071";

    /// <summary>The clock of decisions, deadlines and retries.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Settings over those of the folder and the variables, by key, for example <c>Oidc:Issuers:0:Issuer</c>.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Reads an environment variable, for secrets that settings name.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Registered last: replaces what the host would use.</summary>
    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>The rules that decide.</summary>
    public Rules Rules { get; init; } = Rules.Domain;

    /// <summary>How effects are run; null: as the settings say.</summary>
    public OutboxOptions? Outbox { get; init; }

    /// <summary>True for the process of its own: logs go to the console, and signals of the operating system stop it.</summary>
    public bool OwnsProcess { get; init; }
}
