using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Recordings;
using AccessFunctions.Api.Sessions;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Routing;

/// <summary>The part of the route table that needs no sign-in, or is it; recordings want a link besides.</summary>
internal static class OpenRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new()
        {
            Name = "HealthLive", Method = "GET", Template = "/health/live", Anonymous = true, ResponseType = typeof(HealthView),
            Summary = "The process is there.", Handler = HealthHandlers.Live,
        },
        new()
        {
            Name = "HealthReady", Method = "GET", Template = "/health/ready", Anonymous = true, ResponseType = typeof(HealthView),
            Summary = "It can serve (200), or cannot (503).", Handler = HealthHandlers.Ready,
        },
        Recording("RecordingPage", RecordingHandlers.Template, "A recording, for the person whose link it is. A page.", RecordingHandlers.Show) with { Page = true, ResponseContentType = "text/html" },
        Recording("RecordingMedia", RecordingHandlers.MediaTemplate, "The bytes of that recording; parts of them by `Range`.", RecordingHandlers.Play) with
        {
            Headers = [new QueryParameter("Range", typeof(string), "One range of bytes."), new QueryParameter("If-Range", typeof(string), "The `ETag` or date of what the caller has.")],
            OtherAnswers = new Dictionary<int, string>(RecordingHandlers.Answers)
            {
                [StatusCodes.Status206PartialContent] = "The part that was asked for.",
                [StatusCodes.Status416RangeNotSatisfiable] = "There is no such part.",
            },
        },
        Published("GetAuthority", "/ca/{ca}", "*/*", "Whom servers have to trust: the certificate of a certificate authority, or the public key of one for SSH.", PublicationHandlers.Authority),
        Published("GetCertificateRevocations", "/crl/{ca}", "application/pkix-crl", "The certificates that an authority revoked (RFC 5280, DER).", PublicationHandlers.Certificates),
        Published("GetKeyRevocations", "/krl/{ca}", "application/octet-stream", "The SSH certificates that an authority revoked (OpenSSH's PROTOCOL.krl).", PublicationHandlers.Keys),
        new()
        {
            Name = "GetOpenApi", Method = "GET", Template = "/openapi.json", Anonymous = true,
            Summary = "This description.", Handler = PageHandlers.OpenApi,
        },
        new()
        {
            Name = "ErrorsPage", Method = "GET", Template = "/errors", Anonymous = true, ResponseContentType = "text/html",
            Summary = "What the problem types mean.", Handler = PageHandlers.Errors,
        },
        new()
        {
            Name = "GetAsset", Method = "GET", Template = "/assets/{name}", Anonymous = true, ResponseContentType = "*/*",
            Summary = "A style, script or icon that pages load; its name changes with its content.", Handler = AssetHandlers.Find,
        },
        new()
        {
            Name = "SignInPage", Method = "GET", Template = SignInHandlers.Path, Anonymous = true, Page = true, ResponseContentType = "text/html",
            Query = SignInHandlers.Parameters, OtherAnswers = RouteParts.SeeOther, Summary = "Where people sign in with a browser. A page.", Handler = SignInHandlers.Show,
        },
        new()
        {
            Name = "SignInAsPerson", Method = "POST", Template = SignInHandlers.Path, Anonymous = true, Page = true, EachCallCounts = true, ResponseContentType = "text/html",
            Form = SignInHandlers.PersonFields, OtherAnswers = RouteParts.SeeOther, Summary = "Signs in as a person of a demo; only there.", Handler = SignInHandlers.Choose,
        },
        new()
        {
            Name = "SignInCallback", Method = "GET", Template = SignInHandlers.CallbackPath, Anonymous = true, Page = true, ResponseContentType = "text/html",
            OtherAnswers = RouteParts.SeeOther, Summary = "Where the provider sends the browser back to.", Handler = SignInHandlers.Return,
        },
        new()
        {
            Name = "SignOut", Method = "POST", Template = SignInHandlers.OutPath, Anonymous = true, Page = true, EachCallCounts = true, ResponseContentType = "text/html",
            Form = SignInHandlers.OutFields, OtherAnswers = RouteParts.SeeOther, Summary = "Ends the browser's session.", Handler = SignInHandlers.Leave,
        },
    ];

    /// <summary>The token in the path and a person who is signed in, together.</summary>
    private static ApiRoute Recording(string name, string template, string summary, Func<ApiCall, Task<IResult>> handler) => new()
    {
        Name = name,
        Method = "GET",
        Template = template,
        ResponseContentType = "*/*",
        OtherAnswers = new Dictionary<int, string>(RecordingHandlers.Answers) { [StatusCodes.Status303SeeOther] = RouteParts.ToSignIn[StatusCodes.Status303SeeOther] },
        Otherwise = RecordingHandlers.Unopened,
        Summary = summary,
        Handler = handler,
    };

    /// <summary>What platforms publish for servers.</summary>
    private static ApiRoute Published(string name, string template, string contentType, string summary, Func<ApiCall, Task<IResult>> handler) => new()
    {
        Name = name,
        Method = "GET",
        Template = template,
        Anonymous = true,
        ResponseContentType = contentType,
        Headers = [new QueryParameter("If-None-Match", typeof(string), "The `ETag` of what the caller has.")],
        OtherAnswers = new Dictionary<int, string> { [StatusCodes.Status304NotModified] = "The caller has it." },
        Summary = summary,
        Handler = handler,
    };
}
