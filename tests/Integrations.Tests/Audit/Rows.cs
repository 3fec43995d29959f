using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Tests.Audit;

/// <summary>Chains that sinks are given.</summary>
internal static class Rows
{
    public static AuditEvent Event { get; } = new()
    {
        Type = EventTypes.Request.Approved,
        At = new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero),
        Actor = "bob",
        Channel = "SignedIn",
        Succeeded = true,
        RequestId = "r-1",
        Resource = "pg-prod/orders=new|old\\1",
        Detail = new AuditDetail { Address = "192.0.2.7", Text = "first line\nsecond = \"ü\"" },
    };

    /// <summary>A chain of that many links.</summary>
    public static AuditRow[] Chain(string stream, int links, AuditEvent? happened = null)
    {
        var rows = new AuditRow[links];
        for (var i = 0; i < links; i++) rows[i] = AuditLink.Next(stream, i == 0 ? null : new AuditHead(i, rows[i - 1].Hash), happened ?? Event, new byte[16]);
        return rows;
    }
}
