using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Views;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>Who lives on platforms, whose they are, and who has access to what.</summary>
internal static class InventoryHandlers
{
    public static IReadOnlyList<QueryParameter> IdentityParameters { get; } =
    [
        new("platform", typeof(string), "Only on this platform."),
        new("text", typeof(string), "Only whose name, or address there, contains this, in any case."),
        new("kind", typeof(IdentityKind), "Only this kind."),
        new("person", typeof(string), "Only linked to this person id."),
        new("orphan", typeof(bool), "true: only logins that are no active person's; false: only the others."),
        new("admin", typeof(bool), "true: only with rights over the whole platform, its own or by membership; false: only the others."),
        .. QueryReader.Paging,
    ];

    public static IReadOnlyList<QueryParameter> AccessParameters { get; } =
    [
        new("person", typeof(string), "Only this person's access, by id."),
        new("resource", typeof(string), "Only to exactly this resource, and through what covers everything on its platform."),
        new("identity", typeof(string), "Only this identity's, by its id."),
        .. QueryReader.Paging,
    ];

    public static async Task<IResult> Identities(ApiCall call)
    {
        var query = new QueryReader(call);
        var meant = Meant(query);
        var page = await query.Page((cursor, limit) => call.Service<IdentitySearch>().List(call.Caller, meant, cursor, limit, call.Cancellation));
        return Answer.Json(new ListView<IdentityView>([.. page.Items.Select(IdentityView.Of)], page.Next));
    }

    public static async Task<IResult> Link(ApiCall call)
    {
        var refusal = await call.Service<IdentityLinking>().Link(call.Caller, call.Id, call.Body<IdentityLinkBody>().Person, call.Cancellation);
        return refusal is not null ? Answer.Problem(call.Http, refusal)
            : await call.Service<IdentitySearch>().Find(call.Caller, call.Id, call.Cancellation) is { } found ? Answer.Json(IdentityView.Of(found))
            : RequestHandlers.NotFound(call);
    }

    public static async Task<IResult> Unlink(ApiCall call)
    {
        var refusal = await call.Service<IdentityLinking>().Unlink(call.Caller, call.Id, call.Cancellation);
        return refusal is null ? Answer.Empty(StatusCodes.Status204NoContent) : Answer.Problem(call.Http, refusal);
    }

    public static async Task<IResult> Access(ApiCall call)
    {
        var query = new QueryReader(call);
        var asked = new AccessQuery(query.Text("person"), query.Text("resource"), query.Text("identity"));
        var page = await query.Page((cursor, limit) => call.Service<AccessAnswers>().Find(call.Caller, asked, cursor, limit, call.Cancellation));
        var people = call.Service<IDirectory>().Current;
        return Answer.Json(new ListView<AccessView>([.. page.Items.Select(answer => AccessView.Of(people, answer))], page.Next));
    }

    internal static IdentityQuery Meant(QueryReader query) => new(
        query.Text("platform"), query.Text("text"), query.Choice<IdentityKind>("kind"), query.Text("person"), query.Flag("orphan"), query.Flag("admin"));
}
