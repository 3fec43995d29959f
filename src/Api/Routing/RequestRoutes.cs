using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Views;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Routing;

/// <summary>The part of the route table that is about requests and the decisions on them.</summary>
internal static class RequestRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new()
        {
            Name = RequestHandlers.SubmitName, Method = "POST", Template = "/api/requests", RequestType = typeof(Ask),
            ResponseType = typeof(RequestView),
            SuccessStatus = StatusCodes.Status201Created, Signals = true, Summary = "Asks for access.", Handler = RequestHandlers.Submit,
        },
        new()
        {
            Name = "ListRequests", Method = "GET", Template = "/api/requests", ResponseType = typeof(ListView<RequestView>),
            Query = [.. RequestFilters.Parameters, .. QueryReader.Paging], Summary = "Requests the caller may see, newest first.",
            Handler = RequestHandlers.List,
        },
        new()
        {
            Name = "ExportRequests", Method = "GET", Template = "/api/requests.csv", ResponseContentType = "text/csv",
            Query = RequestCsv.Parameters, Summary = "The same as CSV, whole.", Handler = RequestCsv.Export,
        },
        new()
        {
            Name = "GetRequest", Method = "GET", Template = "/api/requests/{id}", ResponseType = typeof(RequestView),
            Summary = "One request.", Handler = RequestHandlers.Find,
        },
        Signal<ApproveBody>("ApproveRequest", "approve", "Approves, perhaps with another period, role or identity.", RequestHandlers.Approve),
        Signal<DenyBody>("DenyRequest", "deny", "Denies, with a comment.", RequestHandlers.Deny),
        Signal<NoBody>("CancelRequest", "cancel", "Withdraws an open request.", RequestHandlers.Cancel),
        Signal<EmergencyBody>("DeclareEmergency", "emergency", "Skips approval, with a second justification.", RequestHandlers.Emergency),
        Signal<RevokeBody>("RevokeRequest", "revoke", "Takes access away before its end, with a comment.", RequestHandlers.Revoke),
        Signal<NoBody>("ReleaseRequest", "release", "Gives access back before its end.", RequestHandlers.Release),
        Signal<ExtendBody>("ExtendRequest", "extend", "Asks for a later end of active access.", RequestHandlers.Extend),
        Signal<RatifyBody>("RatifyEmergency", "ratify", "Reviews an emergency after the fact.", RequestHandlers.Ratify),
        Signal<ConfirmBody>("ConfirmDone", "confirm-done", "A fulfiller confirms that access was given by hand.", RequestHandlers.ConfirmDone),
        Signal<ConfirmBody>("ConfirmRemoved", "confirm-removed",
            "A named person confirms a removal that no machine can prove.", RequestHandlers.ConfirmRemoved),
        Signal<SecretBody>("FetchSecret", "secret",
            "The secret of a live grant, for the requester; each look is audited.", RequestHandlers.Secret) with { ResponseType = typeof(SecretView), EachCallCounts = true },
        new()
        {
            Name = "GetRequestAudit", Method = "GET", Template = "/api/requests/{id}/audit", ResponseType = typeof(ListView<AuditView>),
            Summary = "The request's audit chain.", Handler = AuditHandlers.OfRequest,
        },
        new()
        {
            Name = "DecideBatch", Method = "POST", Template = "/api/decisions", RequestType = typeof(DecisionsBody),
            ResponseType = typeof(ListView<DecisionResult>),
            Summary = "Decides several requests, each answered by itself.", Handler = DecisionHandlers.Decide,
        },
        new()
        {
            Name = "ExportDecisions", Method = "GET", Template = "/api/decisions.csv", ResponseContentType = "text/csv",
            Query = PastDecisions.Parameters, Summary = "What the caller decided, when and through which channel, as CSV, newest first.", Handler = PastDecisions.Export,
        },
        new()
        {
            Name = "PreviewPolicy", Method = "POST", Template = "/api/policy/preview", RequestType = typeof(Ask), ResponseType = typeof(PreviewView),
            Summary = "Which rule would apply to an ask, and why; stores nothing.", Handler = RequestHandlers.Preview,
        },
    ];

    private static ApiRoute Signal<TBody>(string name, string action, string summary, Func<ApiCall, Task<IResult>> handler) => new()
    {
        Name = name,
        Method = "POST",
        Template = $"/api/requests/{{id}}/{action}",
        RequestType = typeof(TBody),
        BodyOptional = typeof(TBody) == typeof(NoBody) || typeof(TBody) == typeof(ConfirmBody) || typeof(TBody) == typeof(SecretBody),
        ResponseType = typeof(RequestView),
        Signals = true,
        Summary = summary,
        Handler = handler,
    };
}
