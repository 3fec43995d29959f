using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Audit;

/// <summary>Events and chains that the tests of audit use cases start from.</summary>
internal static class Samples
{
    public static DateTimeOffset Morning { get; } = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    /// <summary>Every member is set.</summary>
    public static AuditEvent Full(string type) => new()
    {
        Type = type,
        At = Morning.AddMilliseconds(123),
        Actor = "bob",
        Channel = "SignedIn",
        Succeeded = true,
        SignalId = "s-1",
        RequestId = "r-1",
        Requester = "alice",
        Revision = 2,
        Level = 1,
        Phase = "Active",
        Outcome = "Revoked",
        Reason = "audit",
        Kind = "Role",
        Resource = "pg-prod/analytics",
        Role = "analytics_reader",
        Identity = "alice_pg",
        GrantId = "g-1",
        Emergency = false,
        PeriodStart = Morning.AddHours(1),
        PeriodEnd = Morning.AddHours(9),
        Detail = new AuditDetail { Address = "192.0.2.7", Text = "because of \"x\" and ü", More = new Dictionary<string, string> { ["ticket"] = "CHG-1" } },
    };

    /// <summary>Only what must be set.</summary>
    public static AuditEvent Bare(string type) => new() { Type = type, At = Morning, Actor = "system:timer", Channel = "System", Succeeded = true };

    public static AuditRow Row(AuditEvent happened, string stream = "r-1") => AuditLink.Next(stream, null, happened, new byte[16]);

    /// <summary>A chain of that many links; every second one has a detail.</summary>
    public static AuditRow[] Chain(string stream, int links)
    {
        var rows = new AuditRow[links];
        for (var i = 0; i < links; i++)
        {
            var happened = i % 2 == 0 ? Full(EventTypes.Request.Approved) : Bare(EventTypes.Request.Reminded);
            rows[i] = AuditLink.Next(stream, i == 0 ? null : new AuditHead(i, rows[i - 1].Hash), happened with { SignalId = $"s-{i}" }, new byte[16]);
        }

        return rows;
    }

    public static StreamHead Head(AuditRow row) => new(row.Stream, row.Sequence, row.Hash);

    public static async IAsyncEnumerable<T> Async<T>(IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            await Task.CompletedTask;
            yield return item;
        }
    }
}
