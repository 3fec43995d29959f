using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Reviewing;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.One;

/// <summary>One request as a page shows it.</summary>
/// <param name="People">Gives ids their names.</param>
public sealed record OneRequestModel(AccessRequest Request, IPeople People, IReadOnlyList<PageFact> Facts);

/// <summary>Reads it, where the caller may see it.</summary>
internal static class OneRequestHandlers
{
    public static async Task<IResult> Show(ApiCall call)
    {
        if (await call.Service<RequestService>().Find(call.Caller, call.Id, call.Cancellation) is not { } request) return RequestHandlers.NotFound(call);
        var people = call.Service<IDirectory>().Current;
        return await call.Show<OneRequestPage, OneRequestModel>(new OneRequestModel(request, people, RequestFacts.Of(request, people)));
    }
}
