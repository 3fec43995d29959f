using System.ComponentModel.DataAnnotations;

namespace AccessFunctions.Integrations.Audit;

/// <summary>Section <c>Audit:File</c>: the audit files.</summary>
public sealed class FileSinkOptions
{
    /// <summary>False: no files are written.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Where they are; null: <c>audit</c> in the data directory.</summary>
    public string? Directory { get; set; }

    /// <summary>Megabytes (1,000,000 bytes) of one file; the next then begins another.</summary>
    [Range(1, 100_000)]
    public int MaxMegabytes { get; set; } = 100;

    /// <summary>Days after which a file is removed; 0: never.</summary>
    [Range(0, 36_500)]
    public int KeepDays { get; set; }

    /// <summary>Bytes of one file.</summary>
    internal long Largest => MaxMegabytes * 1_000_000L;
}
