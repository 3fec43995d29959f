using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Handlers;

/// <summary>The filters of the lists and the export of requests.</summary>
internal sealed record RequestFilters(RequestFilter Filter, bool Mine, bool ToReview)
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("id", typeof(string), "Only the request with exactly this id."),
        new("status", typeof(Status), "Only this public status."),
        new("phase", typeof(Phase), "Only this phase."),
        new("outcome", typeof(Outcome), "Only closed with this outcome."),
        new("emergency", typeof(bool), "Only with, or without, a declared emergency."),
        new("expired", typeof(bool), "Only closed by their end (true), or only the others (false)."),
        new("mine", typeof(bool), "true: only the caller's own."),
        new("toReview", typeof(bool), "true: only those that wait for the caller: a decision, the review of an emergency, a confirmation by hand."),
        new("requester", typeof(string), "Only of this person id."),
        new("kind", typeof(AccessKind), "Only this kind of access."),
        new("resource", typeof(string), "Only with exactly this resource."),
        new("platform", typeof(string), "Only with a resource on this platform."),
        new("accessGroup", typeof(string), "Only under this access group."),
        new("ticket", typeof(string), "Only with exactly this ticket."),
        new("justification", typeof(string), "Only with this text in the justification, in capitals or not; a page may then hold fewer, and a cursor."),
        new("reason", typeof(string), "Only with this text in the reason, in the same way."),
        new("periodFrom", typeof(DateTimeOffset), "Only where the period ends later than this."),
        new("periodTo", typeof(DateTimeOffset), "Only where the period begins before this."),
        new("createdFrom", typeof(DateTimeOffset), "Only submitted at or after."),
        new("createdTo", typeof(DateTimeOffset), "Only submitted before."),
    ];

    public static RequestFilters Read(QueryReader query) => new(
        new RequestFilter
        {
            Id = query.Text("id"),
            Status = query.Choice<Status>("status"),
            Phase = query.Choice<Phase>("phase"),
            Outcome = query.Choice<Outcome>("outcome"),
            Emergency = query.Flag("emergency"),
            Expired = query.Flag("expired"),
            Requester = query.Text("requester"),
            Kind = query.Choice<AccessKind>("kind"),
            Resource = query.Text("resource"),
            Platform = query.Text("platform"),
            AccessGroup = query.Text("accessGroup"),
            Ticket = query.Text("ticket"),
            Justification = query.Text("justification"),
            Reason = query.Text("reason"),
            PeriodFrom = query.Instant("periodFrom"),
            PeriodTo = query.Instant("periodTo"),
            CreatedFrom = query.Instant("createdFrom"),
            CreatedTo = query.Instant("createdTo"),
        },
        query.Flag("mine") ?? false, query.Flag("toReview") ?? false);
}
