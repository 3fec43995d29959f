using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Api.Pages.Auditing;

/// <summary>How often one approver approved and denied one kind of access.</summary>
public sealed record DecisionCount(string Approver, string Kind, int Approvals, int Denials)
{
    /// <summary>Counts the events of decisions, by approver and kind.</summary>
    public static IReadOnlyList<DecisionCount> Of(IEnumerable<AuditEvent> events) =>
    [
        .. events.Where(static happened => happened.Type is EventTypes.Request.Approved or EventTypes.Request.Denied)
            .GroupBy(static happened => (happened.Actor, Kind: happened.Kind ?? ""))
            .Select(static group => new DecisionCount(group.Key.Actor, group.Key.Kind,
                group.Count(static happened => happened.Type == EventTypes.Request.Approved), group.Count(static happened => happened.Type == EventTypes.Request.Denied)))
            .OrderBy(static count => count.Approver, StringComparer.Ordinal).ThenBy(static count => count.Kind, StringComparer.Ordinal),
    ];
}
