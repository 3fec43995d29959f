using System.Text.Json;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>An effect that waits to be run.</summary>
/// <param name="Attempts">Runs that failed.</param>
public sealed record OutboxRow(long Id, string RequestId, Effect Effect, int Attempts);

/// <summary>Effects that were decided and are still to be run.</summary>
public static class OutboxTable
{
    /// <summary>The lane of notices; each platform has one of its own name prefixed with <c>platform:</c>.</summary>
    public const string Notices = "notices";

    private const string PlatformPrefix = "platform:";
    private const string AgainSuffix = ":again";

    /// <summary>The lane an effect waits in first, so that one platform that hangs holds up nobody else.</summary>
    public static string Lane(Effect effect) => effect is PlatformEffect platform ? PlatformPrefix + platform.Order.Platform : Notices;

    /// <summary>True for lanes whose effects of one request run one after another.</summary>
    public static bool IsPlatform(string lane) => lane.StartsWith(PlatformPrefix, StringComparison.Ordinal);

    /// <summary>Enters an effect of a decision.</summary>
    internal static void Add(Batch batch, string request, Effect effect, DateTimeOffset at)
    {
        var lane = Lane(effect);
        batch.Session.Run(
            "INSERT INTO outbox(request, effect, lane, body, available_at) VALUES(?1, ?2, ?3, ?4, ?5)",
            request, effect.Id, lane, JsonSerializer.SerializeToUtf8Bytes(effect, DomainJson.Default.Effect), at.UtcTicks);
        batch.Lanes.Add(lane);
    }

    /// <summary>The effects have run; they are not run again.</summary>
    internal static void Done(Session session, params ReadOnlySpan<long> ids)
    {
        foreach (var id in ids) session.Run("DELETE FROM outbox WHERE id = ?1", id);
    }

    /// <summary>The run failed: again later, in the slow lane, where it never holds up fresh ones.</summary>
    internal static void Again(Batch batch, string lane, OutboxRow row, DateTimeOffset availableAt)
    {
        var slow = lane.EndsWith(AgainSuffix, StringComparison.Ordinal) ? lane : lane + AgainSuffix;
        batch.Session.Run(
            "UPDATE outbox SET attempts = ?2, available_at = ?3, lane = ?4 WHERE id = ?1", row.Id, row.Attempts + 1, availableAt.UtcTicks, slow);
        batch.Lanes.Add(slow);
    }

    /// <summary>Lanes in which something waits.</summary>
    internal static List<string> Lanes(Session session) =>
        session.Query("SELECT DISTINCT lane FROM outbox", static row => row.GetString(0));

    /// <summary>The next due rows of a lane that are not in hand, oldest first.</summary>
    internal static List<OutboxRow> Due(Session session, string lane, DateTimeOffset now, IReadOnlySet<long> inHand, int limit) =>
        [.. session.Query(
            "SELECT id, request, body, attempts FROM outbox WHERE lane = ?1 AND available_at <= ?2 ORDER BY available_at, id LIMIT ?3",
            row => inHand.Contains(row.GetInt64(0)) ? null : new OutboxRow(
                row.GetInt64(0), row.GetString(1),
                JsonSerializer.Deserialize(row.Bytes(2), DomainJson.Default.Effect) ?? throw new InvalidDataException("A stored effect is empty."),
                row.GetInt32(3)),
            lane, now.UtcTicks, limit + inHand.Count).OfType<OutboxRow>()];

    /// <summary>When the next row of a lane that is not due yet becomes due; null where none waits.</summary>
    internal static DateTimeOffset? NextDue(Session session, string lane, DateTimeOffset now) =>
        session.Number("SELECT min(available_at) FROM outbox WHERE lane = ?1 AND available_at > ?2", lane, now.UtcTicks) is { } ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null;
}
