using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Mine;

/// <summary>A person's own requests, newest first.</summary>
/// <param name="Filters">As the address gives them.</param>
/// <param name="People">Gives ids their names.</param>
/// <param name="Next">The cursor of older ones; null: there are none.</param>
public sealed record MyRequestsModel(IReadOnlyList<AccessRequest> Requests, RequestPageFilters Filters, IPeople People, string? Next)
{
    /// <summary>What the person may do with each now, in order of <see cref="Requests"/>.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Actions { get; init; }

    /// <summary>Where exactly these come as CSV.</summary>
    public required string Export { get; init; }

    /// <summary>False: newer ones are on the pages before.</summary>
    public required bool First { get; init; }
}

/// <summary>Reads them.</summary>
internal static class MyRequestsHandlers
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
        [.. RequestPageFilters.Parameters.Where(static parameter => parameter.Name != "requester"), .. QueryReader.Paging];

    public static async Task<IResult> Show(ApiCall call)
    {
        var query = new QueryReader(call);
        var filters = RequestPageFilters.Read(call, query);
        var wrong = filters.Errors.Count > 0;
        var found = wrong ? new Page<AccessRequest>([], null) : await query.Page((cursor, limit) =>
            call.Service<RequestService>().List(call.Caller, filters.Filter, mine: true, toReview: false, cursor, limit, call.Cancellation));
        return await call.Show<MyRequestsPage, MyRequestsModel>(
            new MyRequestsModel(found.Items, filters, call.Service<IDirectory>().Current, found.Next)
            {
                Actions = [.. found.Items.Select(request => call.Service<RequestService>().Actions(call.Caller, request))],
                Export = filters.Export("/api/requests.csv", [new("mine", "true")]),
                First = query.Cursor is null,
            },
            wrong ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK);
    }
}
