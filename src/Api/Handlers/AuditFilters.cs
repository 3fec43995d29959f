using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Handlers;

/// <summary>The filters of the audit trail.</summary>
internal static class AuditFilters
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("actor", typeof(string), "Only by this person id, `system:…` or `anonymous`."),
        new("type", typeof(string), "Only of this type, for example `access.request.approved`."),
        new("decisions", typeof(bool), "true: only approvals and disapprovals."),
        new("kind", typeof(AccessKind), "Only about this kind of access."),
        new("request", typeof(string), "Only of this request."),
        new("emergency", typeof(bool), "Only of, or not of, emergencies."),
        new("from", typeof(DateTimeOffset), "Only at or after."),
        new("to", typeof(DateTimeOffset), "Only before."),
    ];

    /// <summary>Approvals and disapprovals.</summary>
    public static IReadOnlyList<string> Decisions { get; } = [EventTypes.Request.Approved, EventTypes.Request.Denied];

    public static AuditFilter Read(QueryReader query) => Read(query, query.Instant("from"), query.Instant("to"));

    /// <summary>The same where the dates are said in another way.</summary>
    public static AuditFilter Read(QueryReader query, DateTimeOffset? from, DateTimeOffset? to) => new()
    {
        Actor = query.Text("actor"),
        Type = query.Text("type"),
        Types = query.Flag("decisions") is true ? Decisions : null,
        Kind = query.Choice<AccessKind>("kind")?.ToString(),
        RequestId = query.Text("request"),
        Emergency = query.Flag("emergency"),
        From = from,
        To = to,
    };
}
