using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Settings;

/// <summary>
/// What one grant did to its document, in rows that every process of the host sees. What is about to be saved is noted before it is, so that a run
/// after a crash knows its own change; the version that was written is noted after it, so that nobody else's is ever taken back.
/// </summary>
internal sealed class ChangeRecord(IChannelStore rows, PlatformOrder order)
{
    /// <summary>So long a record outlives the end of its grant: an extension, and a removal that is tried for long, still find it.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    private readonly string _set = $"settings:{order.GrantId}";

    /// <summary>The change is about to be saved.</summary>
    public const string Meant = "meant";

    /// <summary>The version that the change made; empty where the document went.</summary>
    public const string Applied = "applied";

    /// <summary>The grant has ended: nothing is applied any more.</summary>
    public const string Ended = "ended";

    /// <summary>The document as it was is about to be saved.</summary>
    public const string Reverting = "reverting";

    /// <summary>The version that the reversion made; empty where the document went.</summary>
    public const string Reverted = "reverted";

    /// <summary>What comes before the name of a step of which the audit trail tells.</summary>
    public const string Told = "told-";

    /// <summary>What was noted; null: nothing.</summary>
    public async Task<string?> Find(string step, CancellationToken cancellation) => (await rows.Find(_set, step, cancellation))?.Value;

    /// <summary>Notes a step; one that is noted stays as it is.</summary>
    public async Task Note(string step, string? value, CancellationToken cancellation) => _ = await rows.Add(_set, step, value ?? "", order.End + Kept, cancellation);
}
