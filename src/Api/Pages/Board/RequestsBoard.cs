using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Board;

/// <summary>The requests that the reader may see, filtered.</summary>
/// <param name="Filters">As the address gives them.</param>
/// <param name="Export">Where exactly these come as CSV.</param>
/// <param name="Requests">One page, newest first.</param>
/// <param name="Next">The cursor of the page after; null: this is the last.</param>
/// <param name="First">True for the first page.</param>
/// <param name="Numbers">Null where the filters could not be read.</param>
/// <param name="SeesAll">True: the reader sees everybody's.</param>
public sealed record RequestsModel(
    RequestPageFilters Filters, string Export, IReadOnlyList<AccessRequest> Requests, string? Next, bool First, BoardNumbers? Numbers, bool SeesAll, IPeople People)
{
    public PageQuery Query => Filters.Query;
}

/// <summary>Reads them.</summary>
internal static class RequestsHandlers
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [.. RequestPageFilters.Parameters, .. QueryReader.Paging];

    public static async Task<IResult> Show(ApiCall call)
    {
        var query = new QueryReader(call);
        var filters = RequestPageFilters.Read(call, query);
        var filter = filters.Filter;
        var model = new RequestsModel(filters, filters.Export("/api/requests.csv"), [], null, query.Cursor is null, null, call.Caller.IsAdministrator || call.Caller.IsAuditor,
            call.Service<IDirectory>().Current);
        if (filters.Errors.Count > 0) return await call.Show<RequestsPage, RequestsModel>(model, StatusCodes.Status422UnprocessableEntity);

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
            Numbers = BoardNumbers.Of(counts, newest, active, Shells.ZoneOf(call.Http.Request)),
        });

        static Page<AccessRequest> Both(Page<AccessRequest> first, Page<AccessRequest> second) => new([.. first.Items, .. second.Items], second.Next);

        Task<Page<AccessRequest>> List(string? cursor, int limit) => Filtered(filter, cursor, limit);

        Task<Page<AccessRequest>> Filtered(RequestFilter wanted, string? cursor, int limit) =>
            call.Service<RequestService>().List(call.Caller, wanted, mine: false, toReview: false, cursor, limit, call.Cancellation);
    }
}
