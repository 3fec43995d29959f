using AccessFunctions.Api.Assistants;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Reviewing;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Sessions;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pipeline;

/// <summary>Lets a call in at a route, or says why not: credential, person, role. What is refused is recorded.</summary>
public sealed class Admission(IEnumerable<IAuthenticator> authenticators, Callers callers, SignIns signIns, RefusedCalls refused, SessionTickets tickets)
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
            // Opening a page without a session is no attempt at anything. One that has ended is noted once, not for each call.
            if (signIn is Rejected { IsEnd: true } end && (end.Fingerprint is null || signIns.IsNewsThatEnded(end.Fingerprint))) await Record(EventTypes.Host.SignInFailed, end.Reason, OwnerOf(end));
            if (route.Page && signIn is null && !HttpMethods.IsGet(route.Method)) await Record(EventTypes.Host.SignInFailed, "credential-missing", "anonymous");
            if (route.Page && signIn is null or Rejected { IsEnd: true }) return (null, ToSignIn(http, ended: signIn is not null));
            var (reason, words) = signIn is Rejected rejected ? (rejected.Reason, rejected.Words) : ("credential-missing", "The call carries no credential.");
            if (signIn is not Rejected { IsEnd: true }) await Record(EventTypes.Host.SignInFailed, reason, "anonymous");
            var challenge = "Bearer realm=\"access-functions\"" + (signIn is null ? "" : $", error=\"invalid_token\", error_description=\"{words}\"") + ProtectedResource.Challenge(route.MetadataPath, http);
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

        if (!who.HasSession) await signIns.Note(who, caller, http.RequestAborted);
        http.Features.Set(new Entrance(caller, who));
        if (route.Roles.Count > 0 && !route.Roles.Any(caller.Has))
        {
            await refused.Record(route, http, caller.Id, Problems.Of(Fault.RoleMissing).Slug, http.Request.RouteValues["id"] as string);
            return (null, Answer.Problem(http, Fault.RoleMissing, $"This is for holders of {string.Join(" or ", route.Roles)}."));
        }

        if (who.SentByBrowser && !await IsFromOurPage(route, http, who))
        {
            await refused.Record(route, http, caller.Id, Problems.Of(Fault.NotFromOurPage).Slug, http.Request.RouteValues["id"] as string);
            return (null, Answer.Problem(http, Fault.NotFromOurPage));
        }

        return (caller, null);

        string OwnerOf(Rejected old) => old.Whose is { } whose && callers.Find(new Identified(whose, Channel.SignedIn, []), http) is { } owner ? owner.Id : "anonymous";

        Task Record(string type, string reason, string actor, params (string Name, string Text)[] more) =>
            refused.Record(type, reason, actor, Callers.Address(http),
                more.Append(("route", $"{route.Method} {route.Template}")).ToDictionary(pair => pair.Item1, pair => pair.Item2));
    }

    /// <summary>Whatever changes nothing may come from anywhere; all else needs the ticket of the session's pages.</summary>
    private async Task<bool> IsFromOurPage(ApiRoute route, HttpContext http, Identified who)
    {
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) return true;
        if (!SameSite.Is(http)) return false;
        var ticket = http.Request.Headers[SessionTickets.Header] is [{ } header] ? header
            : route.Form.Count > 0 ? (await PageForm.Read(route, http))[PostForm.FieldName]
            : null;
        return tickets.Takes(ticket, who);
    }

    /// <summary>To the sign-in and back. A call of htmx must not follow to another site by itself, so the browser is told to go.</summary>
    private static Answer ToSignIn(HttpContext http, bool ended)
    {
        var (request, path) = (http.Request, http.Request.Path.Value ?? "/");
        var back = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) ? LocalAddress.Of(PathToken.PathOf(http).ToUriComponent() + request.QueryString) : LocalAddress.Above(path);

        // A part that refreshes itself must not begin a new session behind the reader's back.
        var address = $"{SignInHandlers.Path}?return={Uri.EscapeDataString(back)}{(ended || request.Headers[LivePart.Header].Count > 0 ? "&ended=true" : "")}";
        return request.Headers["HX-Request"].Count > 0 ? Answer.Empty(StatusCodes.Status401Unauthorized).With(("HX-Redirect", address)) : Answer.SeeOther(address);
    }
}

/// <summary>Who came in with a call, and by which credential; kept with it for the page that answers.</summary>
internal sealed record Entrance(Caller Caller, Identified Who);
