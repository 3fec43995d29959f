using System.ComponentModel;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Views;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Assistants;

/// <summary>Which requests.</summary>
public sealed record ListRequestsArguments
{
    [Description("Only the request with exactly this id.")]
    public string? Id { get; init; }

    [Description("Only with this status.")]
    public Status? Status { get; init; }

    [Description("Only this person's: an id, name or e-mail address, or \"me\".")]
    public string? Requester { get; init; }

    [Description("true: only those that wait for the caller's decision.")]
    public bool? ToReview { get; init; }

    [Description("true: only with a declared emergency; false: only without.")]
    public bool? Emergency { get; init; }

    [Description("Only with exactly this resource, as platform/name.")]
    public string? Resource { get; init; }

    [Description("Only with a resource on this platform.")]
    public string? Platform { get; init; }

    [Description("The `next` of the page before.")]
    public string? Cursor { get; init; }
}

/// <summary>Who decided what on a request.</summary>
/// <param name="Counted">False: superseded.</param>
public sealed record AssistantReview(AssistantPerson By, Verdict Verdict, int Level, Channel Channel, DateTimeOffset At, Untrusted? Comment, bool Counted);

/// <summary>The access of one resource.</summary>
public sealed record AssistantGrant(string Id, string Resource, GrantState State, string? Identity, DateTimeOffset? GrantedAt, DateTimeOffset? RevokedAt, DateTimeOffset? ProvenGoneAt, Untrusted? Proof);

/// <summary>A declared emergency.</summary>
/// <param name="Review">Null: still owed, by <paramref name="ReviewDueAt"/>.</param>
public sealed record AssistantEmergency(DateTimeOffset DeclaredAt, DateTimeOffset ReviewDueAt, EmergencyVerdict? Review, Untrusted? Justification);

/// <summary>A request.</summary>
/// <param name="WaitsFor">The approvers of the level that is open; empty where none is.</param>
/// <param name="Actions">What the caller may do with it, by its page or the API: assistants decide nothing.</param>
public sealed record AssistantRequest(
    string Id, string Link, Status Status, Phase Phase, Outcome? Outcome, AssistantPerson Requester, IReadOnlyList<string> Resources, AccessKind Kind, string? Role, PeriodView Period, string AccessGroup,
    Untrusted? Justification, Untrusted? Reason, Untrusted? Ticket, AssistantEmergency? Emergency, IReadOnlyList<AssistantPerson> WaitsFor, IReadOnlyList<AssistantReview> Reviews,
    IReadOnlyList<AssistantGrant> Grants, IReadOnlyList<string> Actions, DateTimeOffset CreatedAt, DateTimeOffset? ClosedAt);

/// <summary>Requests that the caller may see, newest first.</summary>
public sealed record RequestsListed(IReadOnlyList<AssistantRequest> Requests, string? Next) : ToolAnswer;

/// <summary>The tool <c>list_requests</c>.</summary>
internal static class RequestTool
{
    public const string Name = "list_requests";
    private const int PageSize = 20;

    public static AssistantTool<ListRequestsArguments> Tool { get; } = new(Name, "List requests",
        "Access requests that the caller may see, newest first: where each stands, for whom it waits, who decided, and its grants with their proof of removal.", Run);

    private static async Task<ToolAnswer> Run(ApiCall call, ListRequestsArguments asked)
    {
        var people = call.Service<IDirectory>().Current;
        var filter = new RequestFilter
        {
            Id = asked.Id,
            Status = asked.Status,
            Emergency = asked.Emergency,
            Requester = asked.Requester is { } requester ? PersonNames.Find(people, call.Caller, requester).Id : null,
            Resource = asked.Resource,
            Platform = asked.Platform,
        };
        var page = await Paging.Read(asked.Cursor, cursor =>
            call.Service<RequestService>().List(call.Caller, filter, mine: false, asked.ToReview == true, cursor, PageSize, call.Cancellation));
        return new RequestsListed([.. page.Items.Select(request => Of(call, people, request))], page.Next)
        {
            AsOf = call.Service<TimeProvider>().GetUtcNow(),
            Cites = [.. page.Items.SelectMany(request => request.Grants.Count == 0 ? [Citations.Of(call, request.Id, null)] : request.Grants.Select(grant => Citations.Of(call, request.Id, grant.Id)))],
        };
    }

    private static AssistantRequest Of(ApiCall call, IPeople people, AccessRequest request)
    {
        var open = request.Phase == Phase.Open ? request.Levels.FirstOrDefault(level => level.Number == request.Level) : null;
        return new AssistantRequest(
            request.Id, Links.To(call, $"/requests/{Uri.EscapeDataString(request.Id)}"), request.Phase.Status(), request.Phase, request.Outcome, AssistantPerson.Of(people, request.Requester), request.Ask.Resources,
            request.Ask.Kind, request.Role ?? request.Ask.Role, new PeriodView(request.Period.Start, request.Period.End), request.Policy.AccessGroup, Untrusted.Of(request.Justification), Untrusted.Of(request.Ask.Reason),
            Untrusted.Of(request.Ask.Ticket),
            request.Emergency is { } emergency ? new AssistantEmergency(emergency.DeclaredAt, emergency.ReviewDueAt, emergency.Review, Untrusted.Of(emergency.Justification)) : null,
            [.. open?.Approvers.Select(id => AssistantPerson.Of(people, id)) ?? []],
            [.. request.Reviews.Select(review => new AssistantReview(AssistantPerson.Of(people, review.By), review.Verdict, review.Level, review.Channel, review.At, Untrusted.Of(review.Comment), review.Counted))],
            [.. request.Grants.Select(static grant => new AssistantGrant(grant.Id, grant.Resource, grant.State, grant.Identity, grant.GrantedAt, grant.RevokedAt, grant.ProvenGoneAt, Untrusted.Of(grant.Proof)))],
            call.Service<RequestService>().Actions(call.Caller, request), request.CreatedAt, request.ClosedAt);
    }
}
