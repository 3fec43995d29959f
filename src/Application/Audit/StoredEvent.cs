using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Audit;

/// <summary>Reads stored rows for those who show them: a row that was damaged is shown as what it is, and hides nothing around it.</summary>
public static class StoredEvent
{
    private const string Anonymous = "anonymous";

    /// <summary>The row's event; null where its bytes are none.</summary>
    public static AuditEvent? Find(AuditRow row)
    {
        try
        {
            return AuditBody.Read(row).Event;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The row's event; where its bytes are none, one of type <see cref="WireFormat.UnreadableType"/> in 1970 that says why.</summary>
    public static AuditEvent Of(AuditRow row)
    {
        try
        {
            return AuditBody.Read(row).Event;
        }
        catch (FormatException unreadable)
        {
            return new AuditEvent
            {
                Type = WireFormat.UnreadableType,
                At = DateTimeOffset.UnixEpoch,
                Actor = Anonymous,
                Channel = nameof(Channel.System),
                Succeeded = false,
                Reason = "unreadable",
                Resource = $"{row.Stream}/{row.Sequence}",
                Detail = new AuditDetail { Text = unreadable.Message },
            };
        }
    }
}
