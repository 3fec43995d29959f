using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Settings;

/// <summary>
/// What one grant did to its document, in rows that every process of the host sees. What is about to be saved is noted before it is, so that a run
/// after a crash knows its own change; the version that was written is noted after it, so that nobody else's is ever taken back.
/// </summary>
internal sealed class ChangeRecord
{
    /// <summary>So long a record outlives the end of its grant: an extension, and a removal that is tried for long, still find it.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    private readonly IChannelStore _rows;
    private readonly string _set;
    private readonly DateTimeOffset _until;

    public ChangeRecord(IChannelStore rows, PlatformOrder order)
        : this(rows, order.GrantId, order.End + Kept)
    {
    }

    private ChangeRecord(IChannelStore rows, string grant, DateTimeOffset until) => (_rows, _set, _until) = (rows, $"settings:{grant}", until);

    /// <summary>The change is about to be saved.</summary>
    public const string Meant = "meant";

    /// <summary>The version that the change made; empty where the document went.</summary>
    public const string Applied = "applied";

    /// <summary>The grant has ended: nothing is applied any more.</summary>
    public const string Ended = "ended";

    /// <summary>The document as it was, which this holds, is about to be saved.</summary>
    public const string Reverting = "reverting";

    /// <summary>The version that the reversion made; empty where the document went.</summary>
    public const string Reverted = "reverted";

    /// <summary>The grant has ended, and its change should have been taken back; somebody had changed the document since.</summary>
    public const string Left = "left";

    /// <summary>What comes before the name of a step of which the audit trail tells.</summary>
    public const string Told = "told-";

    /// <summary>Another grant's, to look into.</summary>
    public static ChangeRecord Of(IChannelStore rows, string grant) => new(rows, grant, DateTimeOffset.MaxValue);

    /// <summary>What was noted; null: nothing.</summary>
    public async Task<string?> Find(string step, CancellationToken cancellation) => (await _rows.Find(_set, step, cancellation))?.Value;

    /// <summary>Notes a step; one that is noted stays as it is.</summary>
    public async Task Note(string step, string? value, CancellationToken cancellation) => _ = await _rows.Add(_set, step, value ?? "", _until, cancellation);
}
