using System.ComponentModel.DataAnnotations;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Section <c>Host</c>.</summary>
public sealed class HostSettings
{
    /// <summary>The section's name.</summary>
    public const string Section = "Host";

    /// <summary>The address people use, for links; null: the first one it listens on.</summary>
    [Url]
    public string? PublicAddress { get; set; }

    /// <summary>Effects of one platform, and notices, that run at the same time.</summary>
    [Range(1, 64)]
    public int EffectsInParallel { get; set; } = 8;

    /// <summary><c>simple</c> or <c>json</c>.</summary>
    [AllowedValues("simple", "json", ErrorMessage = "LogFormat is simple or json.")]
    public string LogFormat { get; set; } = "simple";
}

/// <summary>Section <c>Mail</c>: who notices are from.</summary>
public sealed class MailSettings
{
    /// <summary>The section's name.</summary>
    public const string Section = "Mail";

    /// <summary>The sender's name.</summary>
    [Required]
    public string FromName { get; set; } = "Access Functions";

    /// <summary>The sender's address.</summary>
    [Required]
    public string FromAddress { get; set; } = "access-functions@localhost";

    /// <summary>Where <c>.eml</c> files are put; null: <c>mail</c> in the data directory.</summary>
    public string? PickupDirectory { get; set; }
}
