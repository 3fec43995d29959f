using AccessFunctions.Application.Ports;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>Legal holds, a row for each. The one writer keeps holds and purges apart.</summary>
public sealed class SqliteLegalHolds(Database database) : ILegalHolds
{
    private const string Columns = "request, reason, by, at";

    /// <inheritdoc />
    public Task<LegalHold?> Find(string requestId, CancellationToken cancellation) =>
        Task.FromResult(database.Read(session => session.One($"SELECT {Columns} FROM legal_holds WHERE request = ?1", Read, requestId)));

    /// <inheritdoc />
    public Task<IReadOnlyList<LegalHold>> All(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<LegalHold>>(database.Read(static session => session.Query($"SELECT {Columns} FROM legal_holds ORDER BY at DESC, request", Read)));

    /// <inheritdoc />
    public Task<bool> Place(LegalHold hold, CancellationToken cancellation) => database.Writer.Write(batch => batch.Session.Run(
        """
        INSERT INTO legal_holds(request, reason, by, at) SELECT id, ?2, ?3, ?4 FROM requests WHERE id = ?1
        ON CONFLICT(request) DO UPDATE SET reason = excluded.reason, by = excluded.by, at = excluded.at
        """,
        hold.RequestId, hold.Reason, hold.By, hold.At.UtcTicks) > 0);

    /// <inheritdoc />
    public Task<bool> Lift(string requestId, CancellationToken cancellation) =>
        database.Writer.Write(batch => batch.Session.Run("DELETE FROM legal_holds WHERE request = ?1", requestId) > 0);

    private static LegalHold Read(Statement row) => new(row.GetString(0), row.GetString(1), row.GetString(2), new DateTimeOffset(row.GetInt64(3), TimeSpan.Zero));
}
