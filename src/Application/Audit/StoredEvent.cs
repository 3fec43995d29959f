using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Audit;

/// <summary>A stored row, read once for all who need what it says.</summary>
/// <param name="Body">What it says; null where its bytes are no event.</param>
/// <param name="Why">What is wrong with its bytes; null where nothing is.</param>
public sealed record StoredRow(AuditRow Row, AuditBody? Body, string? Why)
{
    /// <summary>Reads a row, and its detail where that was not deleted.</summary>
    public static StoredRow Read(AuditRow row)
    {
        try
        {
            return new StoredRow(row, AuditBody.Read(row), null);
        }
        catch (FormatException unreadable)
        {
            return new StoredRow(row, null, unreadable.Message);
        }
    }
}

/// <summary>Reads stored rows for those who show them: a row that was damaged is shown as what it is, and hides nothing around it.</summary>
public static class StoredEvent
{
    private const string Anonymous = "anonymous";

    /// <summary>The row's event; null where its bytes are none.</summary>
    public static AuditEvent? Find(AuditRow row) => StoredRow.Read(row).Body?.Event;

    /// <summary>The row's event; where its bytes are none, one of type <see cref="WireFormat.UnreadableType"/> in 1970 that says why.</summary>
    public static AuditEvent Of(AuditRow row)
    {
        var stored = StoredRow.Read(row);
        return stored.Body?.Event ?? new AuditEvent
        {
            Type = WireFormat.UnreadableType,
            At = DateTimeOffset.UnixEpoch,
            Actor = Anonymous,
            Channel = nameof(Channel.System),
            Succeeded = false,
            Reason = "unreadable",
            Resource = $"{row.Stream}/{row.Sequence}",
            Detail = new AuditDetail { Text = stored.Why },
        };
    }
}
