using AccessFunctions.Application.Ports;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>Keeps the mark as one row of <c>meta</c>: fingerprint, a space, place.</summary>
public sealed class SqliteSweepMark(Database database) : ISweepMark
{
    private const string Name = "sweep";

    /// <inheritdoc />
    public Task<SweepMark?> Find(CancellationToken cancellation) => Task.FromResult(
        database.Read(static session => session.One("SELECT value FROM meta WHERE name = ?1", static row => row.GetString(0), Name))?.Split(' ') is [var facts, var newest]
            ? new SweepMark(facts, newest.Length == 0 ? null : newest)
            : null);

    /// <inheritdoc />
    public Task Save(SweepMark mark, CancellationToken cancellation) => database.Writer.Write(batch =>
    {
        batch.Session.Run(
            "INSERT INTO meta(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = excluded.value", Name, $"{mark.Facts} {mark.Newest}");
    });
}
