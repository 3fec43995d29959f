using System.Security.Cryptography;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>Chains events and appends the rows; reads rows back.</summary>
internal static class AuditTable
{
    public const string Columns = "stream, sequence, body, previous, hash, detail, salt";

    /// <summary>Appends in order.</summary>
    /// <returns>The stream's new head; <paramref name="head"/> where there was nothing to append.</returns>
    public static AuditHead? Append(Batch batch, string stream, AuditHead? head, IReadOnlyList<AuditEvent> events)
    {
        Span<byte> salt = stackalloc byte[16];
        foreach (var happened in events)
        {
            if (happened.Detail is not null) RandomNumberGenerator.Fill(salt);
            var row = AuditLink.Next(stream, head, happened, salt);
            batch.Session.Run(
                """
                INSERT INTO audit(stream, sequence, body, previous, hash, detail, salt, type, actor, request, at, emergency, resource)
                VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
                """,
                row.Stream, row.Sequence, row.Body, row.Previous, row.Hash, row.Detail, row.Salt,
                happened.Type, happened.Actor, happened.RequestId, happened.At.UtcTicks, happened.Emergency,
                stream.StartsWith(HostStream.Prefix, StringComparison.Ordinal) ? happened.Resource : null);
            head = new AuditHead(row.Sequence, row.Hash);
            batch.Audited = true;
        }

        return head;
    }

    /// <summary>The head of a stream as stored; null where it has no row.</summary>
    public static AuditHead? Head(Session session, string stream) => session.One(
        "SELECT sequence, hash FROM audit WHERE stream = ?1 ORDER BY sequence DESC LIMIT 1",
        static row => new AuditHead(row.GetInt64(0), row.GetString(1)), stream);

    /// <summary>Reads a row selected as <see cref="Columns"/>, beginning at a column.</summary>
    public static AuditRow Row(Statement row, int first = 0) => new()
    {
        Stream = row.GetString(first),
        Sequence = row.GetInt64(first + 1),
        Body = row.GetBytes(first + 2),
        Previous = row.GetString(first + 3),
        Hash = row.GetString(first + 4),
        Detail = row.IsDBNull(first + 5) ? null : row.GetBytes(first + 5),
        Salt = row.IsDBNull(first + 6) ? null : row.GetBytes(first + 6),
    };
}
