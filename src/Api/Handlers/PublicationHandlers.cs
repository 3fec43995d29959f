using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AccessFunctions.Api.Handlers;

/// <summary>What platforms publish for servers that have to know whom to let in. Nobody signs in for it, and caches may keep it for a minute.</summary>
internal static class PublicationHandlers
{
    public static Task<IResult> Authority(ApiCall call) => Of(call, PublicationKind.Authority);

    public static Task<IResult> Certificates(ApiCall call) => Of(call, PublicationKind.CertificateRevocations);

    public static Task<IResult> Keys(ApiCall call) => Of(call, PublicationKind.KeyRevocations);

    private static async Task<IResult> Of(ApiCall call, PublicationKind kind)
    {
        var name = (string)call.Http.Request.RouteValues["ca"]!;
        if (call.Service<IPlatforms>().Find(name) is not IPublisher publisher || await publisher.Publish(kind, call.Cancellation) is not { } published)
            return Answer.Problem(call.Http, Fault.UnknownAddress);

        var tag = $"\"{published.Tag}\"";
        var known = call.Http.Request.Headers.IfNoneMatch.Any(given => given?.Contains(tag, StringComparison.Ordinal) == true);
        return (known ? Answer.Empty(StatusCodes.Status304NotModified) : Answer.Content(published.Content, published.ContentType))
            .With((HeaderNames.ETag, tag), (HeaderNames.CacheControl, "public, max-age=60"), ("Cross-Origin-Resource-Policy", "cross-origin"));
    }
}
