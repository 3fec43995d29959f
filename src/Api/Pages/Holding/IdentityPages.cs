using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Holding;

/// <summary>Identities on platforms.</summary>
/// <param name="Next">The cursor of further ones; null: there are none.</param>
/// <param name="SeesAll">False: only the reader's own.</param>
public sealed record IdentitiesModel(PageQuery Query, IReadOnlyList<FoundIdentity> Identities, bool First, string? Next, bool SeesAll, IReadOnlyList<string> Platforms);

/// <summary>One identity.</summary>
/// <param name="MemberOf">What it is a member of.</param>
/// <param name="Members">How many are members of it.</param>
/// <param name="MayLink">True: the reader says whose it is.</param>
/// <param name="Person">What was typed.</param>
public sealed record IdentityModel(FoundIdentity Found, IReadOnlyList<MembershipFact> MemberOf, int Members, bool MayLink, string? Person, IReadOnlyList<PageError> Errors, string? Done);

/// <summary>Lists and shows identities; an administrator says whose they are.</summary>
internal static class IdentityPages
{
    public const string PersonField = "person", StepField = "step", Unlink = "unlink", DoneParameter = "done";

    public static IReadOnlyList<FormField> Fields { get; } = [new(StepField, $"`{Unlink}`: it is nobody's; anything else links it."), new(PersonField, "The id of the person.")];

    public static IReadOnlyList<QueryParameter> Parameters { get; } = [new(DoneParameter, typeof(string), "What was done just now.")];

    /// <summary>The page of an identity.</summary>
    public static string AddressOf(FoundIdentity found) => $"{Menu.Access}/identities/{found.Id}";

    public static async Task<IResult> Show(ApiCall call, QueryReader query)
    {
        var meant = InventoryHandlers.Meant(query);
        var page = await query.Page((cursor, limit) => call.Service<IdentitySearch>().List(call.Caller, meant, cursor, limit, call.Cancellation));
        return await call.Show<IdentitiesPage, IdentitiesModel>(new IdentitiesModel(
            PageQuery.Of(call.Http.Request), page.Items, query.Cursor is null, page.Next, call.Caller.IsAdministrator || call.Caller.IsAuditor,
            [.. call.Service<IPlatforms>().All.Select(static one => one.Name).Order(StringComparer.Ordinal)]));
    }

    public static async Task<IResult> One(ApiCall call)
    {
        var done = new QueryReader(call).Text(DoneParameter);
        return await Read(call) is { } model
            ? await call.Show<IdentityPage, IdentityModel>(model with { Done = Words(done, model) })
            : RequestHandlers.NotFound(call);
    }

    public static async Task<IResult> Link(ApiCall call)
    {
        if (await Read(call) is not { } model) return RequestHandlers.NotFound(call);
        var (linking, unlinks, person) = (call.Service<IdentityLinking>(), call.Form[StepField] == Unlink, call.Form[PersonField]);
        if (!unlinks && person is null) return await Again(call, model, [new PageError(PersonField, "Say whose it is, by their id.")]);
        var refusal = unlinks ? await linking.Unlink(call.Caller, call.Id, call.Cancellation) : await linking.Link(call.Caller, call.Id, person!, call.Cancellation);
        if (refusal is { Errors: { Count: > 0 } errors })
            return await Again(call, model with { Person = person }, [.. errors.SelectMany(static field => field.Value.Select(message => new PageError(field.Key == PersonField ? PersonField : null, $"{char.ToUpperInvariant(message[0])}{message[1..]}.")))]);
        return refusal is not null ? Answer.Problem(call.Http, refusal) : Answer.SeeOther($"{AddressOf(model.Found)}?{DoneParameter}={(unlinks ? "unlinked" : "linked")}");
    }

    private static async Task<IResult> Again(ApiCall call, IdentityModel model, IReadOnlyList<PageError> errors) =>
        await call.Show<IdentityPage, IdentityModel>(model with { Errors = errors }, StatusCodes.Status422UnprocessableEntity);

    private static async Task<IdentityModel?> Read(ApiCall call)
    {
        if (await call.Service<IdentitySearch>().Find(call.Caller, call.Id, call.Cancellation) is not { } found) return null;
        var graph = (await call.Service<InventoryGraphs>().Find(found.Identity.Platform, call.Cancellation))?.Graph;
        var name = found.Identity.Name;
        var isLogin = found.Fact is null or { Kind: IdentityKind.Login, Managed: false };
        return new IdentityModel(found, graph?.Above(name) ?? [], graph?.Below(name).Count ?? 0, isLogin && call.Caller.IsAdministrator, null, [], null);
    }

    // An address may say anything: believed where it is so.
    private static string? Words(string? done, IdentityModel model) => done switch
    {
        "linked" when model.Found.People is [var person] => $"It is {person.Name}'s from now on.",
        "unlinked" when model.Found.People.Count == 0 => "It is nobody's any more.",
        _ => null,
    };
}
