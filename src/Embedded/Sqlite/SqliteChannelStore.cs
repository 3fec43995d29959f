using System.Globalization;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>Rows of channels in a table. A version is never used again, so that a row that was removed and added is another one.</summary>
public sealed class SqliteChannelStore(Database database) : IChannelStore
{
    /// <summary>Rows purged in one piece of work, so that signals never wait long behind it.</summary>
    private const int Portion = 1000;

    /// <inheritdoc />
    public Task<ChannelRow?> Find(string set, string key, CancellationToken cancellation) => Task.FromResult(
        database.Read(session => session.One("SELECT key, value, version FROM channel_rows WHERE set_name = ?1 AND key = ?2", Row, set, key)));

    /// <inheritdoc />
    public Task<IReadOnlyList<ChannelRow>> All(string set, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<ChannelRow>>(
        database.Read(session => session.Query("SELECT key, value, version FROM channel_rows WHERE set_name = ?1", Row, set)).OrderBy(row => row.Key, StringComparer.Ordinal).ToList());

    /// <inheritdoc />
    public Task<bool> Add(string set, string key, string value, DateTimeOffset keepUntil, CancellationToken cancellation) =>
        database.Writer.Write(batch => batch.Session.Run(
            "INSERT INTO channel_rows(set_name, key, value, keep_until) VALUES(?1, ?2, ?3, ?4) ON CONFLICT(set_name, key) DO NOTHING",
            set, key, value, keepUntil.UtcTicks) == 1);

    /// <inheritdoc />
    public Task<bool> Replace(string set, ChannelRow read, string value, DateTimeOffset keepUntil, CancellationToken cancellation) =>
        database.Writer.Write(batch =>
        {
            if (batch.Session.Run("DELETE FROM channel_rows WHERE version = ?1 AND set_name = ?2", Version(read), set) == 0) return false;
            batch.Session.Run("INSERT INTO channel_rows(set_name, key, value, keep_until) VALUES(?1, ?2, ?3, ?4)", set, read.Key, value, keepUntil.UtcTicks);
            return true;
        });

    /// <inheritdoc />
    public Task Remove(string set, string key, CancellationToken cancellation) =>
        database.Writer.Write(batch => { batch.Session.Run("DELETE FROM channel_rows WHERE set_name = ?1 AND key = ?2", set, key); });

    /// <inheritdoc />
    public Task<bool> Write(string set, IReadOnlyList<ChannelWrite> writes, DateTimeOffset keepUntil, CancellationToken cancellation) =>
        database.Writer.Write(batch =>
        {
            // Looked at first: within a batch, what was written is not undone by an answer.
            foreach (var write in writes)
            {
                var there = batch.Session.One("SELECT key, value, version FROM channel_rows WHERE set_name = ?1 AND key = ?2", Row, set, write.Key);
                if (there?.Version != write.Read?.Version) return false;
            }

            foreach (var write in writes)
            {
                batch.Session.Run("DELETE FROM channel_rows WHERE set_name = ?1 AND key = ?2", set, write.Key);
                if (write.Value is { } value) batch.Session.Run("INSERT INTO channel_rows(set_name, key, value, keep_until) VALUES(?1, ?2, ?3, ?4)", set, write.Key, value, keepUntil.UtcTicks);
            }

            return true;
        });

    /// <inheritdoc />
    public async Task<int> Purge(DateTimeOffset now, CancellationToken cancellation)
    {
        int purged = 0, portion;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            portion = await database.Writer.Write(batch =>
                batch.Session.Run("DELETE FROM channel_rows WHERE version IN (SELECT version FROM channel_rows WHERE keep_until <= ?1 LIMIT ?2)", now.UtcTicks, Portion));
            purged += portion;
        }
        while (portion > 0);
        return purged;
    }

    private static ChannelRow Row(Statement row) => new(row.GetString(0), row.GetString(1), row.GetInt64(2).ToString(CultureInfo.InvariantCulture));

    private static long Version(ChannelRow row) => long.TryParse(row.Version, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}
