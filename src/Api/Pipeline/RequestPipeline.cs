using System.Security.Cryptography;
using AccessFunctions.Api.Pages;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Api.Pipeline;

/// <summary>
/// What happens around every handler, in ordinary code so that both hosts do the same (design, section 2): headers, the demo's guard,
/// authentication, roles, the idempotency key, the body, and exceptions turned into problems.
/// A host on Kestrel needs one line, <c>app.Run(pipeline.Serve)</c>; a host with its own routing calls <c>Run</c> with the name per entry of
/// <see cref="ApiRoutes.All"/> and executes the result.
/// </summary>
public sealed partial class RequestPipeline(
    IOptions<ApiOptions> options, Admission admission, RefusedCalls refused, PageRenderer pages, Shells shells, ILogger<RequestPipeline> logger)
{
    private static readonly RouteMatcher Matcher = new(ApiRoutes.All);
    private static readonly Dictionary<string, ApiRoute> ByName = ApiRoutes.All.ToDictionary(route => route.Name, StringComparer.Ordinal);

    /// <summary>Finds the route, runs it and writes the answer; unknown paths and methods are problems too.</summary>
    public async Task Serve(HttpContext http)
    {
        var result = await Run(http);
        await result.ExecuteAsync(http);
    }

    /// <summary>Finds the route and runs it; unknown paths and methods are problems too. The result still has to be executed.</summary>
    public async Task<IResult> Run(HttpContext http)
    {
        var (route, values, allowed) = Matcher.Match(http.Request.Method, http.Request.Path);
        return route is not null ? await Run(route, values, http) : await Unmatched(http, allowed);
    }

    /// <summary>
    /// Runs the route of that name, for a host that found it by its own routing. What is in the path is read here all the same, so that
    /// every host reads it alike: a path that is not the route's is an unknown address. The result still has to be executed.
    /// </summary>
    /// <exception cref="KeyNotFoundException">No route has that name.</exception>
    public async Task<IResult> Run(string routeName, HttpContext http)
    {
        var route = ByName[routeName];
        return RouteMatcher.Read(route, http.Request.Path) is { } values ? await Run(route, values, http) : await Unmatched(http, []);
    }

    private Task<IResult> Run(ApiRoute route, RouteValueDictionary values, HttpContext http)
    {
        foreach (var (name, value) in values) http.Request.RouteValues[name] = value;
        return Run(route, http);
    }

    /// <summary>Runs one route. Route values must be in <see cref="HttpRequest.RouteValues"/>; the result still has to be executed.</summary>
    public async Task<IResult> Run(ApiRoute route, HttpContext http)
    {
        SecurityHeaders.Set(http);
        try
        {
            var answer = await Answered(route, http);
            return new Guarded(answer is Answer problem ? await Paged(route, http, problem) : answer, this, route);
        }
#pragma warning disable CA1031 // The last stop: nothing but a problem may leave here.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var problem = Problem(route, http, exception);
            await Record(route, http, problem);
            return await Paged(route, http, problem);
        }
    }

    private async Task<IResult> Answered(ApiRoute route, HttpContext http)
    {
        if (options.Value.Demo) DemoGuard.Check(http);
        Caller? caller = null;
        if (!route.Anonymous)
        {
            (caller, var refusal) = await admission.Admit(route, http);
            if (refusal is not null) return route.Otherwise is { } otherwise ? await otherwise(new ApiCall(route, http, null, null, "")) ?? refusal : refusal;
            if (route.Form.Count > 0) _ = await PageForm.Read(route, http);
        }

        var key = HttpMethods.IsPost(route.Method) ? IdempotencyKey(http) : "";
        var body = await BodyReader.Read(route, http);
        var answer = await route.Handler(new ApiCall(route, http, caller, body, key));
        if (answer is Answer answered) await Record(route, http, answered);
        return answer;
    }

    /// <summary>
    /// Records a refusal that no event tells of yet: of every call that would have changed something, and of reading what is not for this
    /// caller, or not there (they are told the same, the audit tells who tried what).
    /// </summary>
    private async Task Record(ApiRoute route, HttpContext http, Answer answer)
    {
        var (trace, entrance) = (CallTrace.Of(http), http.Features.Get<Entrance>());
        if (trace.IsRecorded || answer.Status is < 400 or >= 499 || answer.Slug == UnknownAddress) return;
        var reads = HttpMethods.IsGet(route.Method);
        if (reads && (entrance is null || !(answer.Status == StatusCodes.Status403Forbidden || answer.Slug == NotFound))) return;
        var person = trace.Person ?? entrance?.Caller.Id ?? "anonymous";
        await refused.Record(route, http, person, trace.Reason ?? answer.Slug ?? Invalid, http.Request.RouteValues["id"] as string);
    }

    private static string NotFound { get; } = Problems.Of(RefusalReason.NotFound).Slug;
    private static string Invalid { get; } = Problems.Of(RefusalReason.InvalidAsk).Slug;

    /// <summary>Nothing is refused where there is nothing: whoever scans for addresses leaves no trace here.</summary>
    private static string UnknownAddress { get; } = Problems.Of(Fault.UnknownAddress).Slug;

    /// <summary>The sender's key, that of the form, or a random one: then a lost answer cannot be asked for again.</summary>
    private static string IdempotencyKey(HttpContext http)
    {
        var given = http.Request.Headers["Idempotency-Key"];
        if (given.Count == 0 && http.Features.Get<PageForm>()?[PostForm.KeyName] is { } field) given = field;
        if (given.Count == 0) return Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        return given is [{ Length: >= 1 and <= 128 } key] && key.All(c => c is >= '!' and <= '~')
            ? key
            : throw new ProblemException(Fault.IdempotencyKeyInvalid);
    }

    private async Task<IResult> Unmatched(HttpContext http, IReadOnlyList<string> allowed)
    {
        SecurityHeaders.Set(http);
        var problem = Problem();

        // Who follows a stale link with a browser gets words, programs the document.
        return problem.Value is ProblemView view && http.Request.Headers.Accept.Any(static accept => accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true)
            ? await pages.Problem(view, Headers(problem))
            : problem;

        Answer Problem()
        {
            try
            {
                if (options.Value.Demo) DemoGuard.Check(http);
            }
            catch (ProblemException problem)
            {
                return Answer.Problem(http, problem.Fault, problem.Detail, problem.Errors);
            }

            return allowed.Count == 0
                ? Answer.Problem(http, Fault.UnknownAddress)
                : Answer.Problem(http, Fault.MethodNotAllowed, null, null, ("Allow", string.Join(", ", allowed)));
        }
    }

    private async Task<Answer> Caught(ApiRoute route, HttpContext http, Exception exception) => await Paged(route, http, Problem(route, http, exception));

    /// <summary>A problem at a route that people open is a page: with the navigation for those who are signed in.</summary>
    private async Task<Answer> Paged(ApiRoute route, HttpContext http, Answer answer)
    {
        if (!route.Page || answer.Value is not ProblemView view) return answer;
        if (http.Features.Get<Entrance>() is not { } entrance) return await pages.Problem(view, Headers(answer));
        return (await pages.Render<ProblemPage, ProblemView>(view.Status, shells.Bare(http, entrance), view)).With(Headers(answer));
    }

    private static (string, string)[] Headers(Answer answer) => [.. answer.Headers.Select(static header => (header.Key, header.Value))];

    private Answer Problem(ApiRoute route, HttpContext http, Exception exception)
    {
        switch (exception)
        {
            case ProblemException problem:
                return Answer.Problem(http, problem.Fault, problem.Detail, problem.Errors);
            case OperationCanceledException when http.RequestAborted.IsCancellationRequested:
                return Answer.Empty(StatusCodes.Status499ClientClosedRequest);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Answer.Problem(http, Fault.BodyTooLarge);
            case BadHttpRequestException:
                return Answer.Problem(http, Fault.Malformed, "The body could not be read.");
            case PlatformException platform:
                PlatformFailed(logger, platform, route.Name, ProblemView.TraceOf(http));
                return Answer.Problem(http, Fault.PlatformUnavailable, null, null, ("Retry-After", "30"));
            default:
                Failed(logger, exception, route.Name, ProblemView.TraceOf(http));
                return route.Page
                    ? Answer.Problem(http, Fault.Unavailable, "The page could not be made now. Open it again in a minute: it says what was recorded.", null, ("Retry-After", "30"))
                    : Answer.Problem(http, Fault.Internal);
        }
    }

    /// <summary>
    /// Writes an answer; what fails before its first byte is a problem, what fails later breaks the connection, so that nobody takes a part
    /// for the whole.
    /// </summary>
    private sealed class Guarded(IResult inner, RequestPipeline pipeline, ApiRoute route) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            try
            {
                await inner.ExecuteAsync(httpContext);
            }
#pragma warning disable CA1031 // As above: the last stop.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                var problem = await pipeline.Caught(route, httpContext, exception);
                if (httpContext.Response.HasStarted)
                {
                    httpContext.Abort();
                    return;
                }

                httpContext.Response.Headers.ContentDisposition = default;
                await problem.ExecuteAsync(httpContext);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Route} failed; trace {Trace}.")]
    private static partial void Failed(ILogger logger, Exception exception, string route, string trace);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Route}: a platform did not answer; trace {Trace}.")]
    private static partial void PlatformFailed(ILogger logger, Exception exception, string route, string trace);
}
