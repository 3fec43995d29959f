using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Pages;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Reviewing;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Api.Sessions;

/// <summary>Signing in with a browser, and out again.</summary>
internal static class SignInHandlers
{
    public const string Path = "/signin", CallbackPath = "/signin/callback", OutPath = "/signout";

    /// <summary>What the ticket of the demo's form is issued for.</summary>
    private const string DemoForm = "demo-signin";

    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("return", typeof(string), "The page to go to afterwards."),
        new("issuer", typeof(int), "The number of the issuer to sign in at."),
        new("ended", typeof(bool), "true: a session ended, so the page is shown and nothing begins by itself."),
        new("out", typeof(bool), "true: the reader signed out."),
    ];

    public static IReadOnlyList<FormField> PersonFields { get; } =
    [
        new(PostForm.FieldName, "The field that the page gives; a form without it is refused.", Required: true),
        new("person", "The id of a person of the demo.", Required: true),
        new("return", "The page to go to afterwards."),
    ];

    public static IReadOnlyList<FormField> OutFields { get; } = [new(PostForm.FieldName, "The ticket of the session's pages.", Required: true)];

    /// <summary>Offers what there is; where there is one provider and a page to go to, begins at once.</summary>
    public static async Task<IResult> Show(ApiCall call)
    {
        var (query, providers) = (CallbackQuery.Of(call.Http), call.Service<ConfiguredIssuers>().ForBrowsers);
        var (back, ended) = (LocalAddress.Of(query["return"]), query["ended"] == "true");
        if (int.TryParse(query["issuer"], out var number) && number >= 0 && number < providers.Count) return await Begin(call, providers[number], back);
        if (providers.Count == 1 && query.ContainsKey("return") && !ended && !IsDemo(call)) return await Begin(call, providers[0], back);
        return await Page(call, back, notice: ended ? "Your session has ended. Sign in to go on where you were." : query.ContainsKey("out") ? "You are signed out here." : null);
    }

    /// <summary>Signs in as a person of the demo. Anywhere else there is no such address.</summary>
    public static async Task<IResult> Choose(ApiCall call)
    {
        if (!IsDemo(call)) throw new ProblemException(Fault.UnknownAddress);
        var form = await PageForm.Read(call.Route, call.Http);
        var back = LocalAddress.Of(form["return"]);
        if (!SameSite.Is(call.Http) || !call.Service<FormTickets>().Takes(form[PostForm.FieldName], DemoForm))
        {
            await Record(call, EventTypes.Host.CallRefused, Problems.Of(Fault.NotFromOurPage).Slug);
            throw new ProblemException(Fault.NotFromOurPage);
        }

        var person = form["person"];
        return person is not null && call.Service<IDirectory>().Current.Find(person) is { Active: true }
            ? await Enter(call, new Identified(new Credential(DemoIssuer.IssuerName, person), Channel.SignedIn, []), back)
            : await Nobody(call, back);
    }

    private static async Task<IResult> Nobody(ApiCall call, string back)
    {
        await Record(call, EventTypes.Host.SignInFailed, "stranger", ("issuer", DemoIssuer.IssuerName));
        return await Page(call, back, StatusCodes.Status422UnprocessableEntity, failure: new("Nobody was chosen", "Choose one of the people below."));
    }

    /// <summary>The provider sends the browser back here.</summary>
    public static async Task<IResult> Return(ApiCall call)
    {
        var (result, attempt) = await call.Service<BrowserSignIn>().Finish(call.Http, CallbackQuery.Of(call.Http));
        var back = attempt?.Return ?? LocalAddress.Home;
        if (result is Identified who) return await Enter(call, who, back);
        var rejected = (Rejected)result;
        await Record(call, EventTypes.Host.SignInFailed, rejected.Reason, ("issuer", attempt?.Issuer ?? "unknown"));
        var status = rejected.Reason == "signin-unavailable" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status400BadRequest;
        return await Page(call, back, status, failure: new("You are not signed in", $"{rejected.Words}"));
    }

    /// <summary>Ends the session in this browser.</summary>
    public static async Task<IResult> Leave(ApiCall call)
    {
        var cookies = call.Service<SessionCookies>();
        if (cookies.TryRead(call.Http, out var session) && session is not null)
        {
            var who = new Identified(session.Credential, Channel.SignedIn, session.Roles) { Fingerprint = session.Id, HasSession = true };
            var ticket = (await PageForm.Read(call.Route, call.Http))[PostForm.FieldName];
            var caller = call.Service<Callers>().Find(who, call.Http);
            if (!SameSite.Is(call.Http) || !call.Service<SessionTickets>().Takes(ticket, who))
            {
                CallTrace.Of(call.Http).IsRecorded = true;
                await call.Service<RefusedCalls>().Record(EventTypes.Host.CallRefused, Problems.Of(Fault.NotFromOurPage).Slug, caller?.Id ?? "anonymous", Callers.Address(call.Http), Route(call));
                throw new ProblemException(Fault.NotFromOurPage);
            }

            // The cookie goes first: that the store does not answer must keep nobody signed in here.
            cookies.Close(call.Http);
            await call.Service<EndedSessions>().End(session, call.Cancellation);
            if (caller is not null) await call.Service<SignIns>().NoteEnd(who, caller, call.Cancellation);
        }

        cookies.Close(call.Http);
        return Answer.SeeOther($"{Path}?out=true");
    }

    private static bool IsDemo(ApiCall call) => call.Service<IOptions<ApiOptions>>().Value.Demo;

    private static async Task<IResult> Begin(ApiCall call, ConfiguredIssuer issuer, string back)
    {
        if (!call.Service<SessionCookies>().IsSafe(call.Http))
        {
            await Record(call, EventTypes.Host.SignInFailed, "signin-insecure", ("issuer", issuer.Settings.Issuer));
            return await Page(call, back, StatusCodes.Status503ServiceUnavailable, failure: new("Signing in needs https", "This address is plain http, on which others could take a session. An administrator sets Host:PublicAddress to the https address."));
        }

        if (await call.Service<BrowserSignIn>().Begin(call.Http, issuer, back) is { } address) return Answer.SeeOther(address);
        await Record(call, EventTypes.Host.SignInFailed, "signin-unavailable", ("issuer", issuer.Settings.Issuer));
        return await Page(call, back, StatusCodes.Status503ServiceUnavailable, failure: new("The sign-in provider does not answer", "Try again in a minute. If it stays, tell an administrator."));
    }

    /// <summary>Begins a session for somebody whom the directory knows, and notes it before the browser has it.</summary>
    private static async Task<IResult> Enter(ApiCall call, Identified who, string back)
    {
        var caller = call.Service<Callers>().Find(who, call.Http);
        if (caller is null)
        {
            await Record(call, EventTypes.Host.SignInFailed, "stranger", ("issuer", who.Credential.Issuer), ("subject", who.Credential.Subject));
            return await Page(call, back, StatusCodes.Status403Forbidden, failure: new("You are not known here", $"{Problems.Of(Fault.Stranger).Meaning} {Problems.Of(Fault.Stranger).Remedy} They need to know that you are \"{who.Credential.Subject}\" at {who.Credential.Issuer}."));
        }

        if (!caller.Person.Active)
        {
            CallTrace.Of(call.Http).IsRecorded = true;
            await call.Service<RefusedCalls>().Record(EventTypes.Host.SignInFailed, "not-active", caller.Id, caller.Address, Route(call));
            var problem = Problems.Of(RefusalReason.NotActive);
            return await Page(call, back, StatusCodes.Status403Forbidden, failure: new(problem.Title, $"{problem.Meaning} {problem.Remedy}"));
        }

        // Whoever signs in anew leaves the session that this browser had.
        var cookies = call.Service<SessionCookies>();
        if (cookies.TryRead(call.Http, out var before) && before is not null) await call.Service<EndedSessions>().End(before, call.Cancellation);
        var session = cookies.Open(call.Http, who.Credential, who.Roles);
        await call.Service<SignIns>().Note(who with { Fingerprint = session.Id, HasSession = true }, caller, call.Cancellation);
        return Answer.SeeOther(back);
    }

    private static Task Record(ApiCall call, string type, string reason, params (string Name, string Text)[] more)
    {
        CallTrace.Of(call.Http).IsRecorded = true;
        var all = Route(call);
        foreach (var (name, text) in more) all[name] = text;
        return call.Service<RefusedCalls>().Record(type, reason, "anonymous", Callers.Address(call.Http), all);
    }

    private static Dictionary<string, string> Route(ApiCall call) => new() { ["route"] = $"{call.Route.Method} {call.Route.Template}" };

    private static async Task<IResult> Page(ApiCall call, string back, int status = StatusCodes.Status200OK, string? notice = null, SignInFailure? failure = null)
    {
        var demo = IsDemo(call);
        return await call.Service<PageRenderer>().Render<SignInPage, SignInModel>(status, call.Service<Shells>().Bare(call.Http, null), new SignInModel
        {
            Return = back,
            Notice = notice,
            Failure = failure,
            Issuers =
            [
                .. call.Service<ConfiguredIssuers>().ForBrowsers.Select((issuer, number) =>
                    (issuer.Settings.Name ?? new Uri(issuer.Settings.Issuer).Host, $"{Path}?issuer={number}&return={Uri.EscapeDataString(back)}")),
            ],
            People = demo ? [.. call.Service<IDirectory>().Current.All.Where(static person => person.Active).OrderBy(static person => person.Id, StringComparer.Ordinal)] : [],
            Ticket = demo ? call.Service<FormTickets>().Issue(DemoForm) : "",
        });
    }
}
