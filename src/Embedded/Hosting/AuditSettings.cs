using System.ComponentModel.DataAnnotations;
using AccessFunctions.Integrations.Audit;
using AccessFunctions.Integrations.Audit.Syslog;
using AccessFunctions.Integrations.Audit.Webhook;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Section <c>Audit</c>: where audit events go beside the store. Each sink has a name, and by it a place in the events.</summary>
public sealed class AuditSettings : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Audit";

    /// <summary>True: addresses and free text go along. What has left can no longer be deleted here.</summary>
    public bool IncludeDetail { get; set; }

    public FileSinkOptions File { get; set; } = new();

    /// <summary>Receivers of syslog messages.</summary>
    public IList<SyslogOptions> Syslog { get; } = [];

    /// <summary>Addresses that take batches over HTTP.</summary>
    public IList<WebhookOptions> Webhooks { get; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var results = new List<ValidationResult>();
        foreach (var options in new object[] { File }.Concat(Syslog).Concat(Webhooks)) Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        string[] names = [FileSink.SinkName, .. Syslog.Select(static sink => sink.Name), .. Webhooks.Select(static sink => sink.Name)];
        results.AddRange(names.CountBy(static name => name, StringComparer.Ordinal).Where(static name => name.Value > 1)
            .Select(static name => new ValidationResult($"Audit: {name.Value} sinks are named \"{name.Key}\": each needs a Name of its own.", [nameof(Syslog)])));
        return results;
    }
}
