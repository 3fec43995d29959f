using System.Globalization;
using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pages.One;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Views;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Deciding;

/// <summary>What waits for a person's decision, what they decided, and what they can take away.</summary>
public sealed record ApprovalsModel
{
    public required IPeople People { get; init; }

    /// <summary>As the address gives them; they narrow all three lists.</summary>
    public required RequestPageFilters Filters { get; init; }

    /// <summary>Where what waits comes as CSV.</summary>
    public required string WaitingExport { get; init; }

    /// <summary>Where the person's decisions come as CSV.</summary>
    public required string DecidedExport { get; init; }

    /// <summary>Open requests, newest first, each with its forms.</summary>
    public required IReadOnlyList<ActionsModel> Waiting { get; init; }

    /// <summary>The cursor of older ones that wait; null: there are none.</summary>
    public string? Next { get; init; }

    /// <summary>False: what waits and was asked for later is on another page.</summary>
    public bool First { get; init; } = true;

    /// <summary>The person's decisions, newest first.</summary>
    public required IReadOnlyList<PastDecision> Decided { get; init; }

    /// <summary>The cursor of older decisions; null: there are none.</summary>
    public string? DecidedNext { get; init; }

    /// <summary>False: later decisions are on the pages before.</summary>
    public bool DecidedFirst { get; init; } = true;

    /// <summary>Access that lives and that the person may take away.</summary>
    public required IReadOnlyList<AccessRequest> Revocable { get; init; }

    /// <summary>The cursor of older access that lives; null: there is none.</summary>
    public string? RevocableNext { get; init; }

    /// <summary>False: what lives and was asked for later is on another page.</summary>
    public bool RevocableFirst { get; init; } = true;

    /// <summary>What was just decided, in sentences.</summary>
    public IReadOnlyList<string> Messages { get; init; } = [];

    /// <summary>What of a batch was not taken.</summary>
    public IReadOnlyList<PageError> Errors { get; init; } = [];

    /// <summary>The comment that was sent with a batch.</summary>
    public string? Comment { get; init; }
}

/// <summary>Reads it, and takes decisions on several requests at once.</summary>
internal static class ApprovalsHandlers
{
    private const int Past = 20, Live = 50;

    /// <summary>Requests looked through for one page of what can be taken away: who may see much may revoke little of it.</summary>
    private const int MostLooked = 1000;

    /// <summary>The query's word for where older access that lives begins.</summary>
    private const string LiveParameter = "live";

    /// <summary>The query's word for what was just decided: ids with commas between. Believed only where the requests agree.</summary>
    private const string DecidedParameter = "decided";

    /// <summary>The query's word for where older decisions begin.</summary>
    private const string PastParameter = "past";

    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        .. RequestPageFilters.Parameters,
        new("verdict", typeof(Verdict), "Of the caller's decisions: only approvals, or only denials."),
        new("decidedFrom", typeof(string), "Of the caller's decisions: only those of this day or later."),
        new("decidedTo", typeof(string), "Of the caller's decisions: only those of this day or earlier."),
        new(PastParameter, typeof(string), "Where older decisions of the caller begin."),
        new(DecidedParameter, typeof(string), "Requests that the caller just decided on, for a word about them."),
        new(LiveParameter, typeof(string), "Where older access that the caller can take away begins."),
        .. QueryReader.Paging,
    ];

    public static IReadOnlyList<FormField> Fields { get; } =
    [
        new(PostForm.KeyName, "Made for this form when the page was."),
        new("pick", "A request to decide on, as `{revision}:{id}`; any number of them.", Required: true),
        new("verdict", "`approve` or `deny`.", Required: true),
        new("comment", "Why; required to deny."),
    ];

    public static async Task<IResult> Show(ApiCall call)
    {
        var query = new QueryReader(call);
        var ids = query.Text(DecidedParameter)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var (filters, decisions) = Filters(call, query);
        var wrong = filters.Errors.Count > 0;
        var waiting = wrong ? new Page<AccessRequest>([], null)
            : await query.Page((cursor, limit) => call.Service<RequestService>().List(call.Caller, filters.Filter, mine: false, toReview: true, cursor, limit, call.Cancellation));
        var model = await Read(call, waiting, filters, decisions, query.Text(LiveParameter), query.Text(PastParameter));
        return await call.Show<ApprovalsPage, ApprovalsModel>(
            model with { First = query.Cursor is null, Messages = await Said(call, ids) }, wrong ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }

    /// <summary>Decides several. Where all were taken the page is shown anew (303), else with what was not; both under the filters it had.</summary>
    public static async Task<IResult> Decide(ApiCall call)
    {
        var (filters, decisions) = Filters(call, new QueryReader(call));
        var form = await PageForm.Read(call.Route, call.Http);
        var (comment, verdict) = (form["comment"], Verdict(form["verdict"]));
        List<DecisionItem> items = [.. form.All("pick").Distinct(StringComparer.Ordinal).Select(pick => Item(pick, verdict, comment)).OfType<DecisionItem>().DistinctBy(static item => item.Id).Take(DecisionHandlers.Most)];
        List<PageError> errors = [];
        if (items.Count == 0) errors.Add(new(null, "Choose the requests to decide on."));
        if (verdict is null) errors.Add(new(null, "Choose what you decide."));
        if (verdict == Domain.Requests.Verdict.Deny && comment is null) errors.Add(new("batch-comment", "Say why you deny them."));
        List<string> taken = [];
        if (errors.Count == 0)
        {
            foreach (var item in items)
            {
                var result = await DecisionHandlers.Decide(call, item, call.IdempotencyKey);
                if (result.Problem is null) taken.Add(item.Id);
                else errors.Add(new PageError(null, await What(call, item.Id) is { } what ? $"{what}: {result.Problem.Detail}" : result.Problem.Detail));
            }
        }

        if (errors.Count == 0) return OneRequestActions.SeeOther(filters.Query.With(DecidedParameter, string.Join(',', taken)));
        var waiting = await call.Service<RequestService>().List(call.Caller, filters.Filter, mine: false, toReview: true, null, QueryReader.DefaultLimit, call.Cancellation);
        var model = await Read(call, waiting, filters, decisions) with { Errors = errors, Comment = comment, Messages = await Said(call, taken) };
        return ((Answer)await call.Show<ApprovalsPage, ApprovalsModel>(model, StatusCodes.Status422UnprocessableEntity)).With(("HX-Push-Url", filters.Query.With(DecidedParameter, null)));
    }

    private static (RequestPageFilters Filters, DecisionFilters Decisions) Filters(ApiCall call, QueryReader query)
    {
        var filters = RequestPageFilters.Read(call, query, DecidedParameter, LiveParameter, PastParameter);
        var zone = Shells.ZoneOf(call.Http.Request);
        List<PageError> errors = [];
        var decisions = new DecisionFilters(filters.Filter, query.Choice<Verdict>("verdict"),
            PageQuery.Day(query, "decidedFrom", zone, after: false, errors), PageQuery.Day(query, "decidedTo", zone, after: true, errors), call.Caller.Id);
        return (filters with { Errors = [.. filters.Errors, .. errors] }, decisions);
    }

    private static async Task<ApprovalsModel> Read(ApiCall call, Page<AccessRequest> waiting, RequestPageFilters filters, DecisionFilters decisions, string? live = null, string? past = null)
    {
        var (requests, people) = (call.Service<RequestService>(), call.Service<IDirectory>().Current);
        var wrong = filters.Errors.Count > 0;
        var (revocable, next) = wrong ? ([], null) : await Revocable(call, filters.Filter, live);
        var decided = wrong ? new Page<PastDecision>([], null) : await Decided(call, decisions, past);
        return new ApprovalsModel
        {
            People = people,
            Filters = filters,
            WaitingExport = filters.Export("/api/requests.csv", [new("toReview", "true")]),
            DecidedExport = filters.Export("/api/decisions.csv",
            [
                .. filters.Query.Given.Where(static pair => pair.Key == "verdict"),
                .. RequestPageFilters.Instant("decidedFrom", decisions.From), .. RequestPageFilters.Instant("decidedTo", decisions.To),
            ]),
            Next = waiting.Next,
            Waiting = [.. waiting.Items.Select(request => new ActionsModel
            {
                Request = request,
                People = people,
                Actions = requests.Actions(call.Caller, request),
                Prefix = $"{request.Id}-",
                FromApprovals = true,
            })],
            Decided = decided.Items,
            DecidedNext = decided.Next,
            DecidedFirst = past is null,
            Revocable = revocable,
            RevocableNext = next,
            RevocableFirst = live is null,
        };
    }

    private static async Task<(IReadOnlyList<AccessRequest> Revocable, string? Next)> Revocable(ApiCall call, RequestFilter filter, string? cursor)
    {
        if (filter.Status is not (null or Status.Active)) return ([], null);
        var requests = call.Service<RequestService>();
        List<AccessRequest> found = [];
        var looked = 0;
        do
        {
            Page<AccessRequest> page;
            try
            {
                page = await requests.ListToRevoke(call.Caller, filter, cursor, Live - found.Count, call.Cancellation);
            }
            catch (FormatException) when (cursor is not null)
            {
                throw new ProblemException(Fault.BadParameter, LiveParameter, "Not a cursor of this list.");
            }

            found.AddRange(page.Items.Where(request => requests.Actions(call.Caller, request).Contains("revoke")));
            looked += RequestMatching.ReadsStates(filter) ? MostLooked / 2 : Math.Max(Live, page.Items.Count);
            cursor = page.Next;
        }
        while (cursor is not null && found.Count < Live && looked < MostLooked);
        return (found, cursor);
    }

    private static async Task<Page<PastDecision>> Decided(ApiCall call, DecisionFilters filters, string? cursor)
    {
        try
        {
            return await PastDecisions.List(call, filters, cursor, Past, call.Cancellation);
        }
        catch (FormatException) when (cursor is not null)
        {
            throw new ProblemException(Fault.BadParameter, PastParameter, "Not a cursor of this list.");
        }
    }

    private static async Task<IReadOnlyList<string>> Said(ApiCall call, IEnumerable<string> ids)
    {
        List<string> said = [];
        foreach (var id in ids.Take(DecisionHandlers.Most))
        {
            if (await call.Service<RequestService>().Find(call.Caller, id, call.Cancellation) is not { } request) continue;
            if (request.Reviews.LastOrDefault(review => review.By == call.Caller.Id) is not { } review) continue;
            said.Add($"{RequestWords.What(request)}: {ResultWords.Of(review.Verdict == Domain.Requests.Verdict.Approve ? "approve" : "deny", request, call.Caller.Id, [])}");
        }

        return said;
    }

    private static async Task<string?> What(ApiCall call, string id) =>
        await call.Service<RequestService>().Find(call.Caller, id, call.Cancellation) is { } request ? RequestWords.What(request) : null;

    private static Verdict? Verdict(string? word) => word switch
    {
        "approve" => Domain.Requests.Verdict.Approve,
        "deny" => Domain.Requests.Verdict.Deny,
        _ => null,
    };

    private static DecisionItem? Item(string pick, Verdict? verdict, string? comment) =>
        pick.Split(':', 2) is [var number, { Length: > 0 } id] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? new DecisionItem { Id = id, Revision = revision, Verdict = verdict ?? default, Comment = comment }
            : null;
}
