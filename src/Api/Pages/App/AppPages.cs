using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.App;

/// <summary>How a handler answers with a page.</summary>
internal static class AppPages
{
    /// <summary>Renders a page for the caller.</summary>
    public static async Task<IResult> Show<TPage, TModel>(this ApiCall call, TModel model, int status = StatusCodes.Status200OK) where TPage : AppPage<TModel> =>
        await call.Service<PageRenderer>().Render<TPage, TModel>(status, await call.Service<Shells>().For(call.Http, call.Http.Features.Get<Entrance>()), model);
}
