using System.ComponentModel.DataAnnotations;

namespace AccessFunctions.Integrations.Mail.Smtp;

/// <summary>How the connection to a mail server is protected.</summary>
public enum SmtpSecurity
{
    /// <summary>Begins in the clear and is upgraded before anything is said (RFC 3207); a server that cannot is not used.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314), usually port 465.</summary>
    Tls,

    /// <summary>Not at all: only to a server on this machine.</summary>
    None,
}

/// <summary>Section <c>Mail:Smtp</c>: the server that takes our mails. Configured where <see cref="Host"/> is set.</summary>
public sealed class SmtpOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Mail:Smtp";

    /// <summary>The server's name, as its certificate says it.</summary>
    public string? Host { get; set => field = string.IsNullOrWhiteSpace(value) ? null : value; }

    /// <summary>Null: 587 with StartTls, 465 with Tls, 25 with None.</summary>
    [Range(1, 65535)]
    public int? Port { get; set; }

    public SmtpSecurity Security { get; set; }

    /// <summary>Null: the server wants no sign-in.</summary>
    public string? UserName { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public string? Password { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    /// <summary>Seconds that one mail may take in all; below what a host gives a channel for a notice.</summary>
    [Range(5, 30)]
    public int TimeoutSeconds { get; set; } = 20;

    public bool IsConfigured => Host is not null;

    /// <summary>The port to use.</summary>
    public int EffectivePort => Port ?? Security switch { SmtpSecurity.StartTls => 587, SmtpSecurity.Tls => 465, SmtpSecurity.None => 25 };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsConfigured)
        {
            if (UserName is not null || Password is not null) yield return new ValidationResult("Mail:Smtp:Host, the mail server's name, is missing.", [nameof(Host)]);
            yield break;
        }

        if (Uri.CheckHostName(Host) == UriHostNameType.Unknown) yield return new ValidationResult($"Mail:Smtp:Host: \"{Host}\" is no host name; the port goes into Mail:Smtp:Port.", [nameof(Host)]);
        if (Security == SmtpSecurity.None && !IsLoopback) yield return new ValidationResult("Mail:Smtp:Security None is for a server on this machine alone: links in mails are credentials. Use StartTls or Tls.", [nameof(Security)]);
        if (UserName is null != Password is null) yield return new ValidationResult("Mail:Smtp:UserName and Mail:Smtp:Password are set together, or neither is.", [nameof(Password)]);
    }

    private bool IsLoopback => Host!.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (System.Net.IPAddress.TryParse(Host, out var address) && System.Net.IPAddress.IsLoopback(address));
}
