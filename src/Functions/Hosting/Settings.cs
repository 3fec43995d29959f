using System.ComponentModel.DataAnnotations;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Functions.Hosting;

/// <summary>Section <c>Host</c>.</summary>
public sealed class HostSettings : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Host";

    /// <summary>The address people use, for links; null: the function app's own (<c>WEBSITE_HOSTNAME</c>).</summary>
    [Url]
    public string? PublicAddress { get; set => field = Secure.Given(value); }

    /// <summary>How often what platforms hold is ingested: a duration such as <c>1h</c>, from a minute to 7 days; <c>0s</c>: only when somebody asks.</summary>
    [Required]
    public string IngestEvery { get; set; } = "1h";

    internal TimeSpan Ingested => Duration.TryParse(IngestEvery, out var every) ? every : TimeSpan.FromTicks(1);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Ingested != TimeSpan.Zero && (Ingested < TimeSpan.FromMinutes(1) || Ingested > TimeSpan.FromDays(7)))
            yield return new ValidationResult($"Host:IngestEvery: \"{IngestEvery}\" is no duration from 1m to 7d, nor 0s.", [nameof(IngestEvery)]);
    }
}

/// <summary>Section <c>Config</c>.</summary>
public sealed class ConfigSettings
{
    /// <summary>The section's name.</summary>
    public const string Section = "Config";

    /// <summary>The folder of <c>people.yaml</c> and <c>platforms.yaml</c>: shipped beside the app (a relative path), or mounted.</summary>
    [Required]
    public string Folder { get; set; } = "config";

    /// <summary>The whole path.</summary>
    public string Path => System.IO.Path.Combine(AppContext.BaseDirectory, Folder);
}

/// <summary>Section <c>Tables</c>: where everything is kept. One of the two is required.</summary>
public sealed class TableSettings : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Tables";

    /// <summary>The table service, <c>https://ACCOUNT.table.core.windows.net</c>; used with the app's identity.</summary>
    public string? Endpoint { get; set => field = Secure.Given(value); }

    /// <summary>For Azurite on this machine alone: <c>UseDevelopmentStorage=true</c>, or a <c>TableEndpoint</c> on loopback.</summary>
    public string? ConnectionString { get; set => field = Secure.Given(value); }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoint is null == ConnectionString is null)
            yield return new ValidationResult("Set either Tables:Endpoint (https://ACCOUNT.table.core.windows.net) or, for Azurite, Tables:ConnectionString.", [nameof(Endpoint)]);
        if (Endpoint is not null && !Secure.IsHttps(Endpoint))
            yield return new ValidationResult("Tables:Endpoint is an https address such as https://ACCOUNT.table.core.windows.net.", [nameof(Endpoint)]);
        if (ConnectionString is not null && !Secure.IsDevelopmentStorage(ConnectionString))
            yield return new ValidationResult(
                "Tables:ConnectionString is for Azurite on this machine alone: UseDevelopmentStorage=true, or a TableEndpoint on 127.0.0.1. In Azure set Tables:Endpoint; the app's identity gives access.",
                [nameof(ConnectionString)]);
    }
}

/// <summary>Section <c>EventHubs</c>: where audit events are streamed to. Both or none.</summary>
public sealed class EventHubSettings : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "EventHubs";

    /// <summary>Fully qualified: <c>NAME.servicebus.windows.net</c>.</summary>
    public string? Namespace { get; set => field = Secure.Given(value); }

    /// <summary>The event hub's name.</summary>
    public string? Hub { get; set => field = Secure.Given(value); }

    internal bool IsConfigured => Namespace is not null || Hub is not null;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsConfigured) yield break;
        if (string.IsNullOrWhiteSpace(Hub)) yield return new ValidationResult("EventHubs:Hub, the event hub's name, is missing.", [nameof(Hub)]);
        if (Namespace is null || !Namespace.Contains('.', StringComparison.Ordinal) || Uri.CheckHostName(Namespace) != UriHostNameType.Dns)
            yield return new ValidationResult("EventHubs:Namespace is a fully qualified name such as NAME.servicebus.windows.net, and no connection string.", [nameof(Namespace)]);
    }
}

/// <summary>Section <c>Mail</c>: how notices are sent. Both or none.</summary>
public sealed class MailSettings : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Mail";

    /// <summary>The Communication Services resource, <c>https://NAME.communication.azure.com</c>.</summary>
    public string? Endpoint { get; set => field = Secure.Given(value); }

    /// <summary>The sender, of a domain that is linked to the resource.</summary>
    [EmailAddress]
    public string? FromAddress { get; set => field = Secure.Given(value); }

    /// <summary>The address that replies are read from; null: replies are not read.</summary>
    public string? ReplyAddress { get; set => field = Secure.Given(value); }

    internal bool IsConfigured => Endpoint is not null || FromAddress is not null;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsConfigured) yield break;
        if (!Secure.IsHttps(Endpoint)) yield return new ValidationResult("Mail:Endpoint is an https address such as https://NAME.communication.azure.com.", [nameof(Endpoint)]);
        if (FromAddress is null) yield return new ValidationResult("Mail:FromAddress, the sender's address, is missing.", [nameof(FromAddress)]);
    }
}

/// <summary>Section <c>KeyVault</c>: where secrets are kept.</summary>
public sealed class KeyVaultSettings : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "KeyVault";

    /// <summary>The vault, <c>https://NAME.vault.azure.net</c>.</summary>
    public string? Uri { get; set => field = Secure.Given(value); }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Uri is not null && !Secure.IsHttps(Uri)) yield return new ValidationResult("KeyVault:Uri is an https address such as https://NAME.vault.azure.net.", [nameof(Uri)]);
    }
}

/// <summary>Section <c>Durable</c>.</summary>
public sealed class DurableSettings : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Durable";

    /// <summary>How long histories of ended orchestrations are kept: a duration such as <c>1d</c>, from an hour to a year.</summary>
    [Required]
    public string KeepHistories { get; set; } = "1d";

    internal TimeSpan Kept => Duration.TryParse(KeepHistories, out var kept) ? kept : TimeSpan.Zero;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Kept < TimeSpan.FromHours(1) || Kept > TimeSpan.FromDays(366))
            yield return new ValidationResult($"Durable:KeepHistories: \"{KeepHistories}\" is no duration from 1h to 366d.", [nameof(KeepHistories)]);
    }
}

/// <summary>What settings may point to.</summary>
internal static class Secure
{
    /// <summary>A setting that is there and empty is not set.</summary>
    public static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;

    public static bool IsHttps(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0 && uri.Query.Length == 0;

    /// <summary>True where a storage connection string reaches nothing but this machine.</summary>
    public static bool IsDevelopmentStorage(string connection)
    {
        var parts = connection.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(part => part.Split('=', 2)).ToList();
        if (parts.Count == 0 || parts.Any(part => part.Length < 2)) return false;
        if (parts.Any(part => part[0].EndsWith("Endpoint", StringComparison.OrdinalIgnoreCase) && !IsLoopback(part[1]))) return false;
        if (parts.Any(part => part[0].Equals("DevelopmentStorageProxyUri", StringComparison.OrdinalIgnoreCase) && !IsLoopback(part[1]))) return false;
        return parts.Any(part => part[0].Equals("UseDevelopmentStorage", StringComparison.OrdinalIgnoreCase) && part[1].Equals("true", StringComparison.OrdinalIgnoreCase))
            || parts.Any(part => part[0].Equals("TableEndpoint", StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsLoopback(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.IsLoopback;
}
