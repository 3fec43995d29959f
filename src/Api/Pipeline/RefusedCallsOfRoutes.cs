using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Audit;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pipeline;

/// <summary>Refused calls as the pipeline knows them.</summary>
internal static class RefusedCallsOfRoutes
{
    /// <summary>Records that somebody was refused at a route.</summary>
    /// <param name="person">Their id, or <c>anonymous</c>.</param>
    /// <param name="target">The <c>{id}</c> of the path or of the item; null where there is none.</param>
    public static Task Record(this RefusedCalls refused, ApiRoute route, HttpContext http, string person, string reason, string? target)
    {
        var more = new Dictionary<string, string> { ["route"] = $"{route.Method} {route.Template}" };
        if (target is not null) more[RefusedCalls.Target] = target;
        CallTrace.Of(http).IsRecorded = true;
        return refused.Record(EventTypes.Host.CallRefused, reason, person, Callers.Address(http), more, route.Channel);
    }
}
