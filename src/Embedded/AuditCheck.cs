using System.Runtime.CompilerServices;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Embedded.Sqlite;

namespace AccessFunctions.Embedded;

/// <summary>Verifies a store from one snapshot, without writing to it, also while a host is serving from it.</summary>
internal static class AuditCheck
{
    private const int Page = 1000;

    public static async Task<AuditReport> Store(string directory, CancellationToken cancellation, VerifyAgainst? against = null)
    {
        using var session = Database.OpenReadOnly(directory);
        session.Run("BEGIN");
        var checkpoints = SqliteAuditLog.Checkpoints(session);
        var report = await AuditVerifier.Verify(Trail(session, cancellation), checkpoints, Heads(session, cancellation), against, cancellation);
        session.Run("COMMIT");
        return report;
    }

#pragma warning disable CS1998 // Enumerated by those who also enumerate remote stores.
    private static async IAsyncEnumerable<TrailPart> Trail(Session session, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (stream, sequence) = ("", 0L);
        for (var more = true; more;)
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = SqliteAuditLog.ExportAfter(session, stream, sequence);
            foreach (var row in rows)
            {
                (stream, sequence) = (row.Stream, row.Sequence);
                yield return new TrailPart(row, null);
            }

            more = rows.Count > 0;
        }

        stream = "";
        // A store that an older version wrote, and this one has not opened yet, knows no purges.
        for (var more = session.Number("SELECT 1 FROM sqlite_schema WHERE name = 'tombstones'") is not null; more;)
        {
            cancellation.ThrowIfCancellationRequested();
            var tombstones = Purged.After(session, stream, Page);
            foreach (var tombstone in tombstones)
            {
                stream = tombstone.Stream;
                yield return new TrailPart(null, tombstone);
            }

            more = tombstones.Count > 0;
        }
    }

    /// <summary>The heads that the requests' own states hold.</summary>
    private static async IAsyncEnumerable<StreamHead> Heads(Session session, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var after = 0L;
        for (var more = true; more;)
        {
            cancellation.ThrowIfCancellationRequested();
            var heads = session.Query(
                """
                SELECT r.row, r.id, CAST(s.state AS TEXT) ->> '$.auditHead.sequence', CAST(s.state AS TEXT) ->> '$.auditHead.hash'
                FROM requests r JOIN states s ON s.request = r.row WHERE r.row > ?1 ORDER BY r.row LIMIT ?2
                """,
                static row => (Row: row.GetInt64(0), Head: row.IsDBNull(2) ? null : new StreamHead(row.GetString(1), row.GetInt64(2), row.GetString(3))), after, Page);
            foreach (var (row, head) in heads)
            {
                after = row;
                if (head is not null) yield return head;
            }

            more = heads.Count > 0;
        }
    }
#pragma warning restore CS1998
}
