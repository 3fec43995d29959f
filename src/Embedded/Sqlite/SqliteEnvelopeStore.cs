using AccessFunctions.Application.Ports;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>Sealed envelopes in a table.</summary>
public sealed class SqliteEnvelopeStore(Database database) : IEnvelopeStore
{
    /// <inheritdoc />
    public Task<byte[]?> Get(string name, CancellationToken cancellation) =>
        Task.FromResult(database.Read(session => session.One("SELECT envelope FROM envelopes WHERE name = ?1", static row => row.GetBytes(0), name)));

    /// <inheritdoc />
    public Task Put(string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellation)
    {
        var bytes = envelope.ToArray();
        return database.Writer.Write(batch =>
        {
            batch.Session.Run(
                "INSERT INTO envelopes(name, envelope) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET envelope = excluded.envelope", Checked(name), bytes);
        });
    }

    /// <inheritdoc />
    public Task<bool> Insert(string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellation)
    {
        var bytes = envelope.ToArray();
        return database.Writer.Write(batch =>
            batch.Session.Run("INSERT INTO envelopes(name, envelope) VALUES(?1, ?2) ON CONFLICT(name) DO NOTHING", Checked(name), bytes) == 1);
    }

    /// <inheritdoc />
    public Task Delete(string name, CancellationToken cancellation) =>
        database.Writer.Write(batch => { batch.Session.Run("DELETE FROM envelopes WHERE name = ?1", name); });

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> Names(string prefix, CancellationToken cancellation)
    {
        var names = database.Read(session => session.Query("SELECT name FROM envelopes WHERE substr(name, 1, length(?1)) = ?1", static row => row.GetString(0), prefix));
        names.Sort(StringComparer.Ordinal);
        return Task.FromResult<IReadOnlyList<string>>(names);
    }

    private static string Checked(string name) => name.Length is > 0 and <= IEnvelopeStore.MaxNameLength
        ? name
        : throw new ArgumentException($"An envelope's name has 1 to {IEnvelopeStore.MaxNameLength} characters.", nameof(name));
}
