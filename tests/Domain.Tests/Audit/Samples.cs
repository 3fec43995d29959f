using System.Security.Cryptography;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Tests.Audit;

/// <summary>Events, chains and checkpoints that the audit tests start from.</summary>
internal static class Samples
{
    public static DateTimeOffset Morning { get; } = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    public static byte[] Salt { get; } = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    /// <summary>Every member is set.</summary>
    public static AuditEvent Full { get; } = new()
    {
        Type = EventTypes.Request.Approved,
        At = Morning.AddTicks(1234567),
        Actor = "bob",
        Channel = "SignedIn",
        Succeeded = true,
        SignalId = "s-1",
        RequestId = "r-1",
        Requester = "alice",
        Revision = 2,
        Level = 1,
        Phase = "Open",
        Outcome = "Revoked",
        Reason = "SelfReview",
        Kind = "Role",
        Resource = "pg-prod/analytics",
        Role = "analytics_reader",
        Identity = "alice",
        GrantId = "g-1",
        Emergency = true,
        PeriodStart = Morning.AddHours(1),
        PeriodEnd = new DateTimeOffset(2026, 11, 21, 20, 0, 0, TimeSpan.FromHours(2)),
        Detail = new AuditDetail
        {
            Address = "192.0.2.7",
            Text = "quarter-end \"check\" für 🚀",
            More = new Dictionary<string, string> { ["ticket"] = "CHG-1042", ["reason"] = "audit" },
        },
    };

    /// <summary>Only what must be set.</summary>
    public static AuditEvent Bare { get; } = new()
    {
        Type = EventTypes.Request.Refused,
        At = Morning,
        Actor = "zoë",
        Channel = "System",
        Succeeded = false,
    };

    /// <summary>A chain of that many links; every second one has a detail.</summary>
    public static List<AuditRow> Chain(string stream, int links)
    {
        var rows = new List<AuditRow>();
        AuditHead? head = null;
        for (var i = 0; i < links; i++)
        {
            var happened = (i % 2 == 0 ? Full : Bare) with { SignalId = $"s-{i + 1}", At = Morning.AddMinutes(i) };
            var row = AuditLink.Next(stream, head, happened, Salt);
            rows.Add(row);
            head = new AuditHead(row.Sequence, row.Hash);
        }

        return rows;
    }

    /// <summary>The hash that the row should have.</summary>
    public static string Hash(AuditRow row) => Convert.ToHexStringLower(SHA256.HashData([.. Convert.FromHexString(row.Previous), .. row.Body]));

    public static StreamHead Head(IEnumerable<AuditRow> rows)
    {
        var last = rows.Last();
        return new StreamHead(last.Stream, last.Sequence, last.Hash);
    }

    /// <summary>What verification of rows and checkpoints finds, the way an export is verified.</summary>
    public static IReadOnlyList<AuditFinding> Verify(IReadOnlyCollection<AuditRow> rows, IReadOnlyCollection<Checkpoint> checkpoints)
    {
        var chains = new ChainVerifier();
        foreach (var row in rows)
        {
            chains.Add(row);
        }

        var hashes = rows.ToLookup(row => (row.Stream, row.Sequence), row => row.Hash);
        return [.. chains.Findings, .. Checkpoints.Verify(checkpoints, (stream, sequence) => hashes[(stream, sequence)].FirstOrDefault())];
    }
}
