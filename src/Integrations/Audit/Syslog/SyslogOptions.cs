using System.ComponentModel.DataAnnotations;

namespace AccessFunctions.Integrations.Audit.Syslog;

/// <summary>How messages travel.</summary>
public enum SyslogProtocol
{
    /// <summary>TLS (RFC 5425), usually port 6514.</summary>
    Tls,

    /// <summary>TCP with octet counting (RFC 6587), usually port 601: in the clear.</summary>
    Tcp,

    /// <summary>UDP (RFC 5426), usually port 514: in the clear, and what is lost on the way is lost.</summary>
    Udp,
}

/// <summary>What a message's text is.</summary>
public enum SyslogFormat
{
    /// <summary>The Common Event Format.</summary>
    Cef,

    /// <summary>The CloudEvents JSON with OCSF that the other sinks get.</summary>
    CloudEvents,
}

/// <summary>One entry of <c>Audit:Syslog</c>: a receiver of RFC 5424 messages.</summary>
public sealed class SyslogOptions : IValidatableObject
{
    private static readonly string[] CertificateTogether = [nameof(ClientCertificate), nameof(ClientKey)];

    /// <summary>Names the sink and its cursor: a new name starts from the first event.</summary>
    [Required, RegularExpression("^[a-z][a-z0-9-]{0,31}$", ErrorMessage = "Audit:Syslog: a Name is up to 32 lower-case letters, digits and hyphens, a letter first.")]
    public string Name { get; set; } = "syslog";

    /// <summary>The receiver's name, as its certificate says it.</summary>
    [Required]
    public string Host { get; set; } = "";

    /// <summary>Null: 6514 with Tls, 601 with Tcp, 514 with Udp.</summary>
    [Range(1, 65535)]
    public int? Port { get; set; }

    public SyslogProtocol Protocol { get; set; }

    public SyslogFormat Format { get; set; }

    /// <summary>The facility's number; 13 is "log audit".</summary>
    [Range(0, 23)]
    public int Facility { get; set; } = 13;

    /// <summary>A file with certificates (PEM) to trust in place of the machine's.</summary>
    public string? TrustedCertificates { get; set; }

    /// <summary>A file with our own certificate (PEM), where the receiver asks for one.</summary>
    public string? ClientCertificate { get; set; }

    /// <summary>The file with its key (PEM).</summary>
    public string? ClientKey { get; set; }

    /// <summary>Seconds that one batch may take, from the connection to the receiver's end of it.</summary>
    [Range(1, 120)]
    public int TimeoutSeconds { get; set; } = 20;

    /// <summary>The port to use.</summary>
    public int EffectivePort => Port ?? Protocol switch { SyslogProtocol.Tls => 6514, SyslogProtocol.Tcp => 601, _ => 514 };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Uri.CheckHostName(Host) == UriHostNameType.Unknown)
            yield return new ValidationResult($"Audit:Syslog:Host: \"{Host}\" is no host name; the port goes into Port.", [nameof(Host)]);
        if (ClientCertificate is null != ClientKey is null)
            yield return new ValidationResult("Audit:Syslog: ClientCertificate and ClientKey are set together, or neither is.", CertificateTogether);
        if (Protocol != SyslogProtocol.Tls && (TrustedCertificates ?? ClientCertificate) is not null)
            yield return new ValidationResult("Audit:Syslog: certificates are for Protocol Tls.", [nameof(Protocol)]);
        foreach (var file in new[] { TrustedCertificates, ClientCertificate, ClientKey })
        {
            if (file is not null && !File.Exists(file)) yield return new ValidationResult($"Audit:Syslog: there is no file {file}.", [nameof(TrustedCertificates)]);
        }
    }
}
