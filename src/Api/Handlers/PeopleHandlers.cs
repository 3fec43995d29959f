using System.Text;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Views;
using AccessFunctions.Application;
using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>The directory: names for everyone, more for administrators and auditors; stand-ins, product roles and Slack users.</summary>
internal static class PeopleHandlers
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
        [new("q", typeof(string), "Only whose id or name contains this, in any case."), .. QueryReader.Paging];

    public static async Task<IResult> List(ApiCall call)
    {
        var query = new QueryReader(call);
        var sought = query.Text("q");
        return Answer.Json(await query.Page((cursor, limit) => Task.FromResult(Page(call, sought, cursor, limit))));
    }

    public static async Task<IResult> SetDelegate(ApiCall call)
    {
        var body = call.Body<DelegateBody>();
        var refusal = await call.Service<Administration>()
            .SetDelegate(call.Caller, call.Id, new Delegation(call.Id, body.StandIn, body.From, body.Until), call.Cancellation);
        return refusal is null ? One(call) : Answer.Problem(call.Http, refusal);
    }

    public static async Task<IResult> ClearDelegate(ApiCall call)
    {
        var refusal = await call.Service<Administration>().SetDelegate(call.Caller, call.Id, null, call.Cancellation);
        return refusal is null ? Answer.Empty(StatusCodes.Status204NoContent) : Answer.Problem(call.Http, refusal);
    }

    public static async Task<IResult> SetRoles(ApiCall call)
    {
        var roles = call.Body<RolesBody>().Roles;
        if (roles.FirstOrDefault(role => !Roles.All.Contains(role, StringComparer.Ordinal)) is { } unknown)
            throw new ProblemException(Fault.Invalid, "roles", $"\"{unknown}\" is none of {string.Join(", ", Roles.All)}.");
        var refusal = await call.Service<Administration>().SetRoles(call.Caller, call.Id, [.. roles.Distinct(StringComparer.Ordinal)], call.Cancellation);
        return refusal is null ? One(call) : Answer.Problem(call.Http, refusal);
    }

    public static async Task<IResult> LinkSlack(ApiCall call)
    {
        var refusal = await call.Service<SlackLinking>().Link(call.Caller, call.Id, call.Body<SlackUserBody>().SlackUserId, call.Cancellation);
        return refusal is null ? One(call) : Answer.Problem(call.Http, refusal);
    }

    public static async Task<IResult> UnlinkSlack(ApiCall call)
    {
        var refusal = await call.Service<SlackLinking>().Unlink(call.Caller, call.Id, call.Cancellation);
        return refusal is null ? Answer.Empty(StatusCodes.Status204NoContent) : Answer.Problem(call.Http, refusal);
    }

    private static ListView<PersonView> Page(ApiCall call, string? sought, string? cursor, int limit)
    {
        var people = call.Service<IDirectory>().Current;
        var after = cursor is null ? null : Encoding.UTF8.GetString(Convert.FromHexString(cursor));
        var everyone = call.Caller.IsAdministrator || call.Caller.IsAuditor;
        List<Person> found = [.. people.All
            .Where(person => (everyone || person.Active) && (after is null || string.CompareOrdinal(person.Id, after) > 0) && Matches(person, sought))
            .OrderBy(person => person.Id, StringComparer.Ordinal)
            .Take(limit + 1)];
        var next = found.Count > limit ? Convert.ToHexStringLower(Encoding.UTF8.GetBytes(found[limit - 1].Id)) : null;
        return new ListView<PersonView>([.. found.Take(limit).Select(person => View(call, people, person))], next);
    }

    private static bool Matches(Person person, string? sought) =>
        sought is null || person.Id.Contains(sought, StringComparison.OrdinalIgnoreCase) || person.Name.Contains(sought, StringComparison.OrdinalIgnoreCase);

    private static IResult One(ApiCall call)
    {
        var people = call.Service<IDirectory>().Current;
        return people.Find(call.Id) is { } person ? Answer.Json(View(call, people, person)) : RequestHandlers.NotFound(call);
    }

    private static PersonView View(ApiCall call, IPeople people, Person person)
    {
        var view = new PersonView(person.Id, person.Name);
        var all = call.Caller.IsAdministrator || call.Caller.IsAuditor;
        if (!all && call.Caller.Id != person.Id) return view;
        var delegation = people.Delegations.FirstOrDefault(delegation => delegation.Person == person.Id);
        return view with
        {
            UserName = person.UserName,
            Email = person.Email,
            Manager = person.Manager is { } manager ? PersonRef.Of(people, manager) : null,
            Active = person.Active,
            Groups = person.Groups,
            Roles = person.Roles,
            SlackUserId = person.SlackUserId,
            Identities = person.Identities,
            Delegate = delegation is null ? null : new DelegateView(PersonRef.Of(people, delegation.StandIn), delegation.From, delegation.Until),
        };
    }
}
