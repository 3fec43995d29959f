using System.ComponentModel.DataAnnotations;
using System.Globalization;
using AccessFunctions.Domain.Policy;

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

    /// <summary>How often platforms are compared with the ledger: a duration (<c>15m</c>) or whole minutes, from a minute to 7 days; 0: never.</summary>
    [CustomValidation(typeof(HostSettings), nameof(CheckReconcileEvery))]
    public string ReconcileEvery { get; set; } = "15m";

    /// <summary>How often what platforms hold is ingested: a duration (<c>1h</c>) or whole minutes, from a minute to 7 days; 0: only when somebody asks.</summary>
    [CustomValidation(typeof(HostSettings), nameof(CheckIngestEvery))]
    public string IngestEvery { get; set; } = "1h";

    /// <summary><c>simple</c> or <c>json</c>.</summary>
    [AllowedValues("simple", "json", ErrorMessage = "LogFormat is simple or json.")]
    public string LogFormat { get; set; } = "simple";

    /// <summary><see cref="ReconcileEvery"/> or <see cref="IngestEvery"/> as a period; zero: never. Null where the text is none.</summary>
    internal static TimeSpan? Period(string text)
    {
        var period = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) ? TimeSpan.FromMinutes((long)minutes)
            : Duration.TryParse(text, out var duration) ? duration
            : (TimeSpan?)null;
        return period == TimeSpan.Zero || (period >= TimeSpan.FromMinutes(1) && period <= TimeSpan.FromDays(7)) ? period : null;
    }

    /// <summary>For the annotation of <see cref="ReconcileEvery"/>.</summary>
    public static ValidationResult? CheckReconcileEvery(string? text) => Check(nameof(ReconcileEvery), text);

    /// <summary>For the annotation of <see cref="IngestEvery"/>.</summary>
    public static ValidationResult? CheckIngestEvery(string? text) => Check(nameof(IngestEvery), text);

    private static ValidationResult? Check(string name, string? text) => text is not null && Period(text) is not null
        ? ValidationResult.Success
        : new ValidationResult($"Host:{name}: \"{text}\" is neither a duration from 1m to 7d, nor whole minutes, nor 0.", [name]);
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

    /// <summary>The address that replies are read from; null: replies are not read.</summary>
    public string? ReplyAddress { get; set; }

    /// <summary>Where <c>.eml</c> files are put while no mail server is configured (<c>Mail:Smtp</c>); null: <c>mail</c> in the data directory.</summary>
    public string? PickupDirectory { get; set; }
}
