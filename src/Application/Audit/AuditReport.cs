using System.Globalization;
using System.Text;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Audit;

/// <summary>What the verification of an audit trail found.</summary>
public sealed record AuditReport
{
    /// <summary>Chains seen.</summary>
    public required long Streams { get; init; }

    /// <summary>Those of them that were purged after their keeping time; of these the hashes are left.</summary>
    public long Purged { get; init; }

    /// <summary>Rows seen.</summary>
    public required long Events { get; init; }

    /// <summary>Checkpoints seen.</summary>
    public required int Checkpoints { get; init; }

    /// <summary>What is wrong; empty where nothing is.</summary>
    public required IReadOnlyList<AuditFinding> Findings { get; init; }

    /// <summary>
    /// The instant of the last checkpoint that nothing contradicts, null where there is none. Until then the trail is complete and
    /// unchanged, provided that the checkpoint's root is the one held elsewhere.
    /// </summary>
    public required DateTimeOffset? VouchesUntil { get; init; }

    /// <summary>The last checkpoint's root, to be compared with the one held elsewhere.</summary>
    public string? LastRoot { get; init; }

    /// <summary>Rows that no checkpoint covers yet: a tail cut there can only be found against a sink.</summary>
    public long EventsBeyond { get; init; }

    /// <summary>The id of the key that signed first, to be compared with the one known from elsewhere; null where nothing is signed.</summary>
    public string? Anchor { get; init; }

    /// <summary>The sink's copy that it was compared with; null where with none.</summary>
    public SinkCopy? Compared { get; init; }

    /// <summary>True where nothing is wrong.</summary>
    public bool Sound => Findings.Count == 0;

    /// <summary>The report as lines of text.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Events} events in {Streams} chains, {Checkpoints} checkpoints.");
        if (Purged > 0) text.AppendLine(CultureInfo.InvariantCulture, $"{Purged} of the chains {(Purged == 1 ? "is" : "are")} purged: {(Sound ? "each purge is on record, and the hashes are as they were" : "their hashes are left")}.");
        foreach (var finding in Findings)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{Place(finding)}: {finding.Fault}: {finding.Text}");
        }

        text.AppendLine(Sound ? "Nothing was edited, removed, reordered or inserted." : $"{Findings.Count} {(Findings.Count == 1 ? "finding" : "findings")}: the trail is not as it was written.");
        if (VouchesUntil is { } until)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"Vouches for everything until {until.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}.");
        }
        else
        {
            text.AppendLine("No checkpoint vouches for it: a chain that was cut at its end, or is missing, is not seen.");
        }

        if (LastRoot is not null)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"Compare with the root held elsewhere: checkpoint {Checkpoints}, {LastRoot}.");
        }

        if (EventsBeyond > 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{EventsBeyond} events came after the last checkpoint and rest on their chains alone.");
        }

        if (Anchor is not null)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"Compare with the key known from elsewhere: the first that signed is {Anchor}.");
        }

        if (Compared is { } sink)
        {
            text.AppendLine(sink.Newest is { } newest
                ? $"Compared with a sink's copy of {sink.Heads.Count} chains and {sink.Roots.Count} checkpoints, the newest of {newest.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}."
                : "The sink's copy holds no event: nothing was compared.");
            if (sink.Unreadable > 0) text.AppendLine(CultureInfo.InvariantCulture, $"{sink.Unreadable} lines of the copy are no events.");
        }

        return text.ToString();
    }

    private static string Place(AuditFinding finding) => finding switch
    {
        { Checkpoint: { } number, Stream: { } stream } => $"checkpoint {number}, {stream}/{finding.Sequence}",
        { Checkpoint: { } number } => $"checkpoint {number}",
        { Stream: { } stream } => $"{stream}/{finding.Sequence}",
        _ => "export",
    };
}
