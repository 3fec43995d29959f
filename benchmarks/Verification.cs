using System.Diagnostics;
using System.Security.Cryptography;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Benchmarks;

/// <summary>How fast an audit trail is verified, against plain SHA-256 of the same bytes in the same run.</summary>
internal static class Verification
{
    private const int Portion = 50_000, PerChain = 10;

    /// <summary>Verifies so many events, made piece by piece so that memory is no limit; only verifying and hashing are timed, turn by turn.</summary>
    public static async Task<(double PerSecond, double Ratio)> Run(int events)
    {
        var (verifying, hashing) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var done = 0; done < events; done += Portion)
        {
            var rows = Rows(done);
            var clock = Stopwatch.StartNew();
            foreach (var row in rows)
            {
                Keep(SHA256.HashData(row.Body));
                if (row.Detail is { } detail) Keep(SHA256.HashData(detail));
            }

            hashing += clock.Elapsed;
            clock.Restart();
            var report = await AuditVerifier.Verify(AuditTrail.Of(Async(rows)), []);
            verifying += clock.Elapsed;
            if (!report.Sound || report.Events != rows.Length) throw new InvalidOperationException("The trail did not verify.");
        }

        return (events / verifying.TotalSeconds, hashing / verifying);
    }

    private static void Keep(byte[] hash)
    {
        if (hash.Length == 0) throw new InvalidOperationException();
    }

    /// <summary>Chains as requests have them: ten events, of which some have a detail.</summary>
    private static AuditRow[] Rows(int from)
    {
        var rows = new AuditRow[Portion];
        for (var i = 0; i < Portion; i++)
        {
            var (stream, sequence) = ($"r-{(from + i) / PerChain:D10}", i % PerChain);
            var happened = new AuditEvent
            {
                Type = EventTypes.Request.Approved,
                At = DateTimeOffset.UnixEpoch.AddMinutes(from + i),
                Actor = "bob",
                Channel = nameof(Channel.SignedIn),
                Succeeded = true,
                SignalId = $"signal-{i}",
                RequestId = stream,
                Requester = "alice",
                Revision = 1,
                Level = 1,
                Phase = nameof(Phase.Open),
                Kind = nameof(AccessKind.Credential),
                Resource = "vault/db-admin",
                PeriodStart = DateTimeOffset.UnixEpoch,
                PeriodEnd = DateTimeOffset.UnixEpoch.AddHours(8),
                Detail = i % 3 == 0 ? new AuditDetail { Address = "192.0.2.7", Text = "quarter-end check of the ledger" } : null,
            };
            rows[i] = AuditLink.Next(stream, sequence == 0 ? null : new AuditHead(sequence, rows[i - 1].Hash), happened, new byte[16]);
        }

        return rows;
    }

    private static async IAsyncEnumerable<AuditRow> Async(AuditRow[] rows)
    {
        foreach (var row in rows) yield return row;
        await Task.CompletedTask;
    }
}
