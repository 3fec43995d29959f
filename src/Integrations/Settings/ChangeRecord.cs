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

    /// <summary>The change is about to be saved: a <see cref="MeantChange"/>.</summary>
    public const string Meant = "meant";

    /// <summary>The version that the change made; empty where the document went.</summary>
    public const string Applied = "applied";

    /// <summary>The grant has ended: nothing is applied any more. <see cref="Reverts"/>, or nothing.</summary>
    public const string Ended = "ended";

    /// <summary>With <see cref="Ended"/>: its change is to be taken back.</summary>
    public const string Reverts = "reverts";

    /// <summary>The document as it was, an <see cref="Origin"/>, is about to be saved.</summary>
    public const string Reverting = "reverting";

    /// <summary>The version that the reversion made; empty where the document went.</summary>
    public const string Reverted = "reverted";

    /// <summary>What comes before the name of a step of which the audit trail tells.</summary>
    public const string Told = "told-";

    /// <summary>Another grant's, to look into.</summary>
    public static ChangeRecord Of(IChannelStore rows, string grant) => new(rows, grant, DateTimeOffset.MaxValue);

    /// <summary>What was noted; null: nothing.</summary>
    public async Task<string?> Find(string step, CancellationToken cancellation) => (await _rows.Find(_set, step, cancellation))?.Value;

    /// <summary>Notes a step; one that is noted stays as it is.</summary>
    public async Task Note(string step, string? value, CancellationToken cancellation) => _ = await _rows.Add(_set, step, value ?? "", _until, cancellation);
}

/// <summary>A change as a grant is about to save it.</summary>
/// <param name="Base">The version before; null: there was no document.</param>
/// <param name="Before">What it said.</param>
/// <param name="Upon">The grant in force whose version that was; null: none's.</param>
internal sealed record MeantChange(string? Base, string? Before, string? Upon);

/// <summary>What a reversion goes back to.</summary>
/// <param name="Version">The version then; null: there was no document.</param>
/// <param name="Text">What it said.</param>
/// <param name="Through">The grants besides, whose changes are taken back with it.</param>
/// <param name="Maker">The grant in force whose version that was; null: none's.</param>
internal sealed record Origin(string? Version, string? Text, IReadOnlyList<string> Through, string? Maker);
