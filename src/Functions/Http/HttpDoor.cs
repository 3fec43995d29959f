using System.Net;
using System.Runtime.CompilerServices;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Functions.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;

namespace AccessFunctions.Functions.Http;

/// <summary>
/// Where HTTP functions hand their call over. There is one function per entry of the API's route table, named as the entry: the worker
/// finds the function, all else is the pipeline's, so that both hosts answer alike.
/// </summary>
public sealed class HttpDoor(RequestPipeline pipeline, DurableClients clients, IConfiguration configuration)
{
    /// <summary>
    /// The root's route. The worker joins prefix and route with a slash and refuses the two that <c>/</c> would make; an empty route means the
    /// function's name. So it is a placeholder that holds nothing.
    /// </summary>
    public const string Root = "{nothing:maxlength(0)?}";

    /// <summary>Set by App Service, and nowhere else.</summary>
    private readonly bool _behindFrontEnd = !string.IsNullOrEmpty(configuration["WEBSITE_SITE_NAME"]);

    /// <summary>Runs the route that is named as the calling function.</summary>
    public Task<IResult> Run(HttpRequest http, [CallerMemberName] string route = "") => pipeline.Run(route, Seen(http));

    /// <summary>The same for a route that can reach a request's orchestration, and so brings the client of its call.</summary>
    public Task<IResult> Run(HttpRequest http, DurableTaskClient client, [CallerMemberName] string route = "")
    {
        clients.Enter(client);
        return pipeline.Run(route, Seen(http));
    }

    /// <summary>Runs whatever the path and method say: a route, or a problem.</summary>
    public Task<IResult> RunAny(HttpRequest http, DurableTaskClient client)
    {
        clients.Enter(client);
        return pipeline.Run(Seen(http));
    }

    /// <summary>
    /// The connection is the Functions host's own. Behind the platform's front end, who called is the last entry of <c>X-Forwarded-For</c>:
    /// the one that the front end itself added. What stands before it anybody can make up.
    /// </summary>
    private HttpContext Seen(HttpRequest http)
    {
        if (_behindFrontEnd && http.Headers["X-Forwarded-For"] is [.., { } forwarded]
            && IPEndPoint.TryParse(forwarded[(forwarded.LastIndexOf(',') + 1)..].Trim(), out var peer))
        {
            http.HttpContext.Connection.RemoteIpAddress = peer.Address;
        }

        return http.HttpContext;
    }
}
