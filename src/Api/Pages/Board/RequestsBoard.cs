using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Board;

/// <summary>The requests that the reader may see, filtered.</summary>
/// <param name="Query">The filters as the address gives them.</param>
/// <param name="Export">Where exactly these come as CSV.</param>
/// <param name="Requests">One page, newest first.</param>
/// <param name="Next">The cursor of the page after; null: this is the last.</param>
/// <param name="First">True for the first page.</param>
/// <param name="Numbers">Null where the filters could not be read.</param>
/// <param name="SeesAll">True: the reader sees everybody's.</param>
public sealed record RequestsModel(
    PageQuery Query, string Export, IReadOnlyList<AccessRequest> Requests, string? Next, bool First, BoardNumbers? Numbers, bool SeesAll,
    IReadOnlyList<string> Platforms, IPeople People, IReadOnlyList<PageError> Errors);

/// <summary>Reads them.</summary>
internal static class RequestsHandlers
{
    /// <summary>The filters of the lists, with days of the reader's zone in place of instants.</summary>
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        .. RequestFilters.Parameters.Where(static parameter => parameter.Name is not ("mine" or "toReview" or "createdFrom" or "createdTo")),
        new("from", typeof(string), "Only submitted on this day or later, such as `2026-11-21`, in the reader's zone."),
        new("to", typeof(string), "Only submitted on this day or earlier."),
        .. QueryReader.Paging,
    ];

    public static async Task<IResult> Show(ApiCall call)
    {
        var query = new QueryReader(call);
        var zone = Shells.ZoneOf(call.Http.Request);
        List<PageError> errors = [];
        var filter = RequestFilters.Read(query).Filter with
        {
            CreatedFrom = PageQuery.Day(query, "from", zone, after: false, errors),
            CreatedTo = PageQuery.Day(query, "to", zone, after: true, errors),
        };
        var given = PageQuery.Of(call.Http.Request);
        var model = new RequestsModel(given, Export(given, filter), [], null, query.Cursor is null, null, call.Caller.IsAdministrator || call.Caller.IsAuditor,
            [.. call.Service<IPlatforms>().All.Select(static platform => platform.Name).Order(StringComparer.Ordinal)], call.Service<IDirectory>().Current, errors);
        if (errors.Count > 0) return await call.Show<RequestsPage, RequestsModel>(model, StatusCodes.Status422UnprocessableEntity);

        var page = await query.Page(List);
        var newest = query.Cursor is not null ? await List(null, BoardNumbers.Read)
            : page is { Next: { } next, Items.Count: < BoardNumbers.Read } ? Both(page, await List(next, BoardNumbers.Read - page.Items.Count))
            : page;
        var active = filter.Status is Status.Active ? newest : filter.Status is null ? await Filtered(filter with { Status = Status.Active }, null, BoardNumbers.Read) : new Page<AccessRequest>([], null);
        var counts = await call.Service<RequestService>().Count(call.Caller, filter, call.Cancellation);
        return await call.Show<RequestsPage, RequestsModel>(model with
        {
            Requests = page.Items,
            Next = page.Next,
            Numbers = BoardNumbers.Of(counts, newest, active, zone),
        });

        static Page<AccessRequest> Both(Page<AccessRequest> first, Page<AccessRequest> second) => new([.. first.Items, .. second.Items], second.Next);

        Task<Page<AccessRequest>> List(string? cursor, int limit) => Filtered(filter, cursor, limit);

        Task<Page<AccessRequest>> Filtered(RequestFilter wanted, string? cursor, int limit) =>
            call.Service<RequestService>().List(call.Caller, wanted, mine: false, toReview: false, cursor, limit, call.Cancellation);
    }

    // The export knows instants, not days.
    private static string Export(PageQuery given, RequestFilter filter) => PageQuery.Address("/api/requests.csv",
    [
        .. given.Given.Where(static pair => pair.Key is not ("from" or "to")),
        .. Instant("createdFrom", filter.CreatedFrom), .. Instant("createdTo", filter.CreatedTo),
    ]);

    private static IEnumerable<KeyValuePair<string, string>> Instant(string name, DateTimeOffset? at) =>
        at is { } instant ? [new(name, Json.InstantConverter.Format(instant))] : [];
}
