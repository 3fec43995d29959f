using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Sessions;
using AccessFunctions.Application;
using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Api.Pages.Profile;

/// <summary>The page of the reader themselves, and what its forms send.</summary>
internal static class ProfilePages
{
    public const string DoneParameter = "done";

    /// <summary>More people than this are not proposed one by one.</summary>
    private const int MostProposed = 300;

    public static IReadOnlyList<QueryParameter> Parameters { get; } = [new(DoneParameter, typeof(string), "What was done just now.")];

    public static async Task<IResult> Show(ApiCall call)
    {
        var model = await Read(call);
        return await Show(call, model with { Done = Words(call.Http.Request.Query[DoneParameter], model) }, StatusCodes.Status200OK);
    }

    public static async Task<IResult> SetStandIn(ApiCall call)
    {
        var (administration, input) = (call.Service<Administration>(), StandInInput.Read(call.Form));
        var clears = call.Form[StandInInput.StepField] == StandInInput.Clear;
        if (!clears && input.Errors() is { Count: > 0 } errors) return await Again(call, input, errors);
        var delegation = clears ? null : input.Delegation(call.Caller.Id, call.Service<TimeProvider>().GetUtcNow());
        if (await administration.SetDelegate(call.Caller, call.Caller.Id, delegation, call.Cancellation) is { } refusal)
            return refusal.Errors is { Count: > 0 } fields ? await Again(call, input, Errors(fields)) : Answer.Problem(call.Http, refusal);
        return Answer.SeeOther($"{Menu.Profile}?{DoneParameter}={(clears ? "stand-in-cleared" : "stand-in-set")}");
    }

    private static async Task<IResult> Again(ApiCall call, StandInInput input, IReadOnlyList<PageError> errors) =>
        await Show(call, await Read(call) with { Input = input, Errors = errors }, StatusCodes.Status422UnprocessableEntity);

    private static List<PageError> Errors(IReadOnlyDictionary<string, IReadOnlyList<string>> fields) =>
        [.. fields.SelectMany(static field => field.Value.Select(message => new PageError(field.Key, $"{char.ToUpperInvariant(message[0])}{message[1..]}.")))];

    // The address stays that of the page: a reload asks for it and sends nothing again.
    internal static async Task<IResult> Show(ApiCall call, ProfileModel model, int status) =>
        ((Answer)await call.Show<ProfilePage, ProfileModel>(model, status)).With(("HX-Push-Url", Menu.Profile));

    internal static async Task<ProfileModel> Read(ApiCall call)
    {
        var slack = call.Service<SlackLinking>();
        var (people, now, me) = (call.Service<IDirectory>().Current, call.Service<TimeProvider>().GetUtcNow(), call.Caller.Id);
        var colleagues = people.All.Where(person => person.Active && person.Id != me).Take(MostProposed + 1).ToList();
        return new ProfileModel
        {
            Person = call.Caller.Person,
            People = people,
            SignedIn = SignedIn(call),
            StandIn = people.Delegations.FirstOrDefault(delegation => delegation.Person == me && delegation.Until > now),
            StandsInFor = [.. people.Delegations.Where(delegation => delegation.StandIn == me && delegation.Until > now).OrderBy(static delegation => delegation.From)],
            Slack = new SlackModel(slack.IsSetUp, people.Find(me)?.SlackUserId, await slack.Awaited(me, call.Cancellation)),
            Colleagues = colleagues.Count > MostProposed ? [] : colleagues,
        };
    }

    private static SignedInBy SignedIn(ApiCall call)
    {
        var who = call.Http.Features.Get<Entrance>()!.Who;
        var provider = Provider(call, who.Credential.Issuer);
        if (!who.HasSession || !call.Service<SessionCookies>().TryRead(call.Http, out var session) || session is null) return new SignedInBy(provider);
        var limits = call.Service<IOptions<SessionOptions>>().Value;
        return new SignedInBy(provider, session.SignedInAt, session.SignedInAt + limits.Absolute, limits.Idle);
    }

    private static string Provider(ApiCall call, string issuer) =>
        issuer == DemoIssuer.IssuerName ? "this demo, without a password"
        : call.Service<ConfiguredIssuers>().All.FirstOrDefault(known => known.Settings.Issuer == issuer)?.Settings.Name is { } name ? $"{name} ({issuer})"
        : issuer;

    // An address may say anything: believed where it is so.
    private static string? Words(string? done, ProfileModel model) => done switch
    {
        "stand-in-set" when model.StandIn is not null => "Your stand-in is named.",
        "stand-in-cleared" when model.StandIn is null => "Nobody stands in for you any more.",
        SlackPart.SentWord when model.Slack.Awaited is not null => "The code is on its way: look for a message from the app in Slack, and type it below.",
        SlackPart.LinkedWord when model.Slack.Linked is not null => "Your Slack user is linked.",
        SlackPart.UnlinkedWord when model.Slack.Linked is null => "No Slack user is linked to you any more.",
        _ => null,
    };
}
