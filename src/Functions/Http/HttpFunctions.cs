using System.Runtime.CompilerServices;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Functions.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Http;

/// <summary>
/// One function per entry of the API's route table, named as the entry: the worker finds the function, all else is the pipeline's, so that
/// both hosts answer alike.
/// </summary>
public abstract class HttpFunctions(RequestPipeline pipeline)
{
    /// <summary>Runs the route that is named as the calling function.</summary>
    protected Task<IResult> Run(HttpRequest http, [CallerMemberName] string route = "") => pipeline.Run(route, http.HttpContext);
}

/// <summary>Functions that can reach a request's orchestration, and so bring the client of their call.</summary>
public abstract class SignalFunctions(RequestPipeline pipeline, DurableClients clients) : HttpFunctions(pipeline)
{
    /// <summary>Runs the route that is named as the calling function, with the orchestration service at hand.</summary>
    protected Task<IResult> Run(HttpRequest http, DurableTaskClient client, [CallerMemberName] string route = "")
    {
        clients.Enter(client);
        return Run(http, route);
    }
}
