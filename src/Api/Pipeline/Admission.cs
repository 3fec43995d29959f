using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pipeline;

/// <summary>Lets a call in at a route, or says why not: credential, person, role. What is refused is recorded.</summary>
public sealed class Admission(IEnumerable<IAuthenticator> authenticators, Callers callers, SignIns signIns, RefusedCalls refused)
{
    private readonly IReadOnlyList<IAuthenticator> _authenticators = [.. authenticators];

    /// <summary>The caller, or the problem that is the answer. Who was let in stays with the call (<see cref="Entrance"/>).</summary>
    internal async Task<(Caller? Caller, Answer? Refusal)> Admit(ApiRoute route, HttpContext http)
    {
        SignIn? signIn = null;
        foreach (var authenticator in _authenticators)
        {
            signIn = await authenticator.Authenticate(http);
            if (signIn is not null) break;
        }

        if (signIn is not Identified who)
        {
            var (reason, words) = signIn is Rejected rejected ? (rejected.Reason, rejected.Words) : ("credential-missing", "The call carries no credential.");
            await Record(EventTypes.Host.SignInFailed, reason, "anonymous");
            var challenge = "Bearer realm=\"access-functions\"" + (signIn is null ? "" : $", error=\"invalid_token\", error_description=\"{words}\"");
            return (null, Answer.Problem(http, Fault.Unauthenticated, words, null, ("WWW-Authenticate", challenge)));
        }

        if (callers.Find(who, http) is not { } caller)
        {
            await Record(EventTypes.Host.SignInFailed, "stranger", "anonymous", ("issuer", who.Credential.Issuer), ("subject", who.Credential.Subject));
            return (null, Answer.Problem(http, Fault.Stranger));
        }

        if (!caller.Person.Active)
        {
            await Record(EventTypes.Host.SignInFailed, "not-active", caller.Id);
            return (null, Answer.Problem(http, new Refusal(RefusalReason.NotActive, "")));
        }

        await signIns.Note(who, caller, http.RequestAborted);
        http.Features.Set(new Entrance(caller));
        if (route.Roles.Count > 0 && !route.Roles.Any(caller.Has))
        {
            await refused.Record(route, http, caller.Id, Problems.Of(Fault.RoleMissing).Slug, http.Request.RouteValues["id"] as string);
            return (null, Answer.Problem(http, Fault.RoleMissing, $"This is for holders of {string.Join(" or ", route.Roles)}."));
        }

        return (caller, null);

        Task Record(string type, string reason, string actor, params (string Name, string Text)[] more) =>
            refused.Record(type, reason, actor, Callers.Address(http),
                more.Append(("route", $"{route.Method} {route.Template}")).ToDictionary(pair => pair.Item1, pair => pair.Item2));
    }
}

/// <summary>Who came in with a call, kept with it for the page that answers.</summary>
internal sealed record Entrance(Caller Caller);
