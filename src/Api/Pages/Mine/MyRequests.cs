using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Mine;

/// <summary>A person's own requests, newest first.</summary>
/// <param name="People">Gives ids their names.</param>
/// <param name="Next">The cursor of older ones; null: there are none.</param>
public sealed record MyRequestsModel(IReadOnlyList<AccessRequest> Requests, IPeople People, string? Next)
{
    /// <summary>What the person may do with each now, in order of <see cref="Requests"/>.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Actions { get; init; }
}

/// <summary>Reads them.</summary>
internal static class MyRequestsHandlers
{
    public static async Task<IResult> Show(ApiCall call)
    {
        var found = await new QueryReader(call).Page((cursor, limit) =>
            call.Service<RequestService>().List(call.Caller, new RequestFilter(), mine: true, toReview: false, cursor, limit, call.Cancellation));
        return await call.Show<MyRequestsPage, MyRequestsModel>(new MyRequestsModel(found.Items, call.Service<IDirectory>().Current, found.Next)
        {
            Actions = [.. found.Items.Select(request => call.Service<RequestService>().Actions(call.Caller, request))],
        });
    }
}
