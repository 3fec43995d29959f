using AccessFunctions.Api.OpenApi;
using AccessFunctions.Api.Pages;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>What is only text: what the problems mean, and the API's description.</summary>
internal static class PageHandlers
{
    public static async Task<IResult> Errors(ApiCall call) => await call.Service<PageRenderer>().Render<ProblemsPage>(StatusCodes.Status200OK);

    public static Task<IResult> OpenApi(ApiCall call) => Task.FromResult<IResult>(Answer.Content(OpenApiDocument.Bytes, "application/json"));
}
