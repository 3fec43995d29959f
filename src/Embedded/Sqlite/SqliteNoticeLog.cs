using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>What became of notices, a row for each; they stay as long as their request.</summary>
public sealed class SqliteNoticeLog(Database database) : INoticeLog
{
    /// <inheritdoc />
    public Task Keep(string requestId, string notice, IReadOnlyList<NoticeOutcome> outcomes, CancellationToken cancellation) => database.Writer.Write(batch =>
    {
        var before = batch.Session.One("SELECT outcomes FROM notices WHERE request = ?1 AND notice = ?2", static row => NoticeOutcomes.Read(row.Bytes(0)), requestId, notice) ?? [];
        batch.Session.Run(
            "INSERT INTO notices(request, notice, outcomes) VALUES(?1, ?2, ?3) ON CONFLICT(request, notice) DO UPDATE SET outcomes = excluded.outcomes",
            requestId, notice, NoticeOutcomes.Write(NoticeOutcomes.Merge(before, outcomes)));
    });

    /// <inheritdoc />
    public Task<IReadOnlyList<NoticeOutcome>> Of(string requestId, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<NoticeOutcome>>(
        [.. database.Read(session => session.Query("SELECT outcomes FROM notices WHERE request = ?1", static row => NoticeOutcomes.Read(row.Bytes(0)), requestId)).SelectMany(static outcomes => outcomes).OrderBy(static outcome => outcome.At)]);
}
