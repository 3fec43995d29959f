using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Workflow;

/// <summary>What a filter of the audit trail means where no index tells it.</summary>
public static class AuditMatching
{
    /// <summary>True where the filter asks for what no index says: each event has to be read for it.</summary>
    public static bool ReadsEvents(AuditFilter filter) => filter.Kind is not null;

    /// <summary>True where an event says what of the filter is in no index. A damaged one does, so that its damage does not hide it.</summary>
    public static bool Says(AuditFilter filter, AuditRow row)
    {
        if (filter.Kind is null) return true;
        try
        {
            return AuditBody.Read(row.Body).Event.Kind == filter.Kind;
        }
        catch (FormatException)
        {
            return true;
        }
    }
}
