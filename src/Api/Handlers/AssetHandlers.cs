using AccessFunctions.Api.Assets;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AccessFunctions.Api.Handlers;

/// <summary>What pages load. The name is the content's, so it may be kept for good.</summary>
internal static class AssetHandlers
{
    public static Task<IResult> Find(ApiCall call) => Task.FromResult<IResult>(
        PageAssets.Find((string)call.Http.Request.RouteValues["name"]!) is { } asset
            ? Of(asset, TakesBrotli(call.Http.Request))
            : Answer.Problem(call.Http, Fault.UnknownAddress));

    private static Answer Of(PageAsset asset, bool brotli)
    {
        var answer = Answer.Content(brotli ? asset.Brotli : asset.Plain, asset.Type).With((HeaderNames.CacheControl, "public, max-age=31536000, immutable"), (HeaderNames.Vary, HeaderNames.AcceptEncoding));
        return brotli ? answer.With((HeaderNames.ContentEncoding, "br")) : answer;
    }

    private static bool TakesBrotli(HttpRequest request) =>
        request.Headers.AcceptEncoding.ToString().Split(',').Select(static coding => coding.Trim()).Any(static coding => coding is "br" or "br;q=1.0");
}
