using System.ComponentModel;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Assistants;

/// <summary>Who is asked about, and what; at least one of the three.</summary>
public sealed record CheckAccessArguments
{
    [Description("Whose access: a person's id, name or e-mail address, or \"me\". Absent: the caller's own; for administrators and auditors everybody's.")]
    public string? Person { get; init; }

    [Description("To what: exactly this resource, as platform/name, such as pg-prod/analytics. Absent: to everything.")]
    public string? Resource { get; init; }

    [Description("Only this identity's, by the id that list_identities gives.")]
    public string? Identity { get; init; }

    [Description("The `next` of the page before.")]
    public string? Cursor { get; init; }
}

/// <summary>What is known of an access.</summary>
public enum KnownAccess
{
    /// <summary>There is at least one way.</summary>
    Yes,

    /// <summary>Neither the platform's facts nor the ledger of grants has a way.</summary>
    No,

    /// <summary>The ledger has none, and a platform that is asked about may know of some: it never told all it has, or a group that has it has members that are not known here.</summary>
    NoneKnown,
}

/// <summary>One way in which somebody has access.</summary>
/// <param name="Via">From the identity through each role to the one that was given the privileges.</param>
/// <param name="Grant">The grant that gave it; null: it stands by itself.</param>
/// <param name="Until">When that grant ends.</param>
/// <param name="FactsAt">How old the platform's facts may be; null: the answer is the grant's alone.</param>
public sealed record AccessWay(
    AssistantPerson? Person, string Platform, string? Identity, string? IdentityId, string Resource, IReadOnlyList<string> Privileges, IReadOnlyList<string> Grantable, IReadOnlyList<string> Via, string? SetRole,
    bool Everyone, string? Request, string? Grant, DateTimeOffset? Until, DateTimeOffset? FactsAt);

/// <summary>Who has access to what.</summary>
/// <param name="Person">Whose access was looked at; null: everybody's.</param>
public sealed record AccessChecked(string? Person, string? Resource, KnownAccess Access, IReadOnlyList<AccessWay> Ways, string? Next) : ToolAnswer;

/// <summary>The tool <c>check_access</c>.</summary>
internal static class AccessTool
{
    public const string Name = "check_access";

    /// <summary>Ways on a page: what assistants read is paid for by the word.</summary>
    private const int PageSize = 25;

    public static AssistantTool<CheckAccessArguments> Tool { get; } = new(Name, "Check access",
        "Who has access to what right now: directly, through which roles, through which grant of which request, until when, and how fresh the facts are. `access` NoneKnown means that the platform was never read, or that a group whose members are not known here has it.", Run);

    private static async Task<ToolAnswer> Run(ApiCall call, CheckAccessArguments asked)
    {
        var people = call.Service<IDirectory>().Current;
        var person = PersonNames.Visible(people, call.Caller, asked.Person);
        if (asked is { Person: null, Resource: null, Identity: null }) throw new ProblemException(Fault.Invalid, "resource", "Name a person, a resource or an identity.");
        var platform = asked.Resource is { } resource ? PlatformOf(call, resource) : asked.Identity is { } identity ? IdentityIds.Read(identity)?.Platform ?? throw NoIdentity() : null;
        var page = await Paging.Read(asked.Cursor, cursor => call.Service<AccessAnswers>().Find(call.Caller, new AccessQuery(person?.Id, asked.Resource, asked.Identity), cursor, PageSize, call.Cancellation));
        var ages = (await call.Service<IInventoryStore>().Progress(call.Cancellation)).Where(one => platform is null || one.Platform == platform)
            .Where(static one => one.FactsAt is not null).ToDictionary(static one => one.Platform, static one => one.FactsAt!.Value, StringComparer.Ordinal);

        // Nothing is only nothing where every platform that was asked about has told all it has, and no group with members that nobody told has it.
        var complete = page.Items.Count == 0 && !await call.Service<UnknownMembers>().MayHave(platform, asked.Resource, call.Cancellation) && (platform is not null ? ages.ContainsKey(platform) : call.Service<IPlatforms>().All.All(one => ages.ContainsKey(one.Name)));
        return new AccessChecked(
            person?.Id, asked.Resource, page.Items.Count > 0 ? KnownAccess.Yes : complete ? KnownAccess.No : KnownAccess.NoneKnown, [.. page.Items.Select(way => Way(people, way))], page.Next)
        {
            AsOf = call.Service<TimeProvider>().GetUtcNow(),
            FactsAt = ages.Count > 0 ? ages.Values.Min() : null,
            Cites = [.. page.Items.Where(static way => way.Request is not null).Select(way => Citations.Of(call, way.Request!, way.Grant)).Distinct()],
        };
    }

    private static AccessWay Way(IPeople people, AccessAnswer way) => new(
        way.Person is { } id ? AssistantPerson.Of(people, id) : null, way.Platform, way.Identity, way.Identity is { } name ? IdentityIds.Of(new PlatformIdentity(way.Platform, name)) : null, way.Resource,
        way.Privileges, way.Grantable, way.Via, way.SetRole, way.Everyone, way.Request, way.Grant, way.Until, way.FactsAt);

    private static string PlatformOf(ApiCall call, string resource)
    {
        var name = Resources.PlatformOf(resource);
        return call.Service<IPlatforms>().Find(name) is not null ? name
            : throw new ProblemException(Fault.Invalid, "resource", $"A resource is platform/name, and no platform of that name is connected; there are {string.Join(", ", call.Service<IPlatforms>().All.Select(static one => one.Name))}.");
    }

    private static ProblemException NoIdentity() => new(Fault.Invalid, "identity", "Not an identity's id; list_identities gives them.");
}

/// <summary>Cursors that tools are given.</summary>
internal static class Paging
{
    /// <summary>Runs a list; a cursor it cannot read is the caller's fault.</summary>
    public static async Task<T> Read<T>(string? cursor, Func<string?, Task<T>> list)
    {
        try
        {
            return await list(cursor);
        }
        catch (FormatException) when (cursor is not null)
        {
            throw new ProblemException(Fault.Invalid, "cursor", "Not a cursor of this list.");
        }
    }
}

/// <summary>What answers rest on.</summary>
internal static class Citations
{
    public static Citation Of(ApiCall call, string request, string? grant) => new(request, grant, Links.To(call, $"/requests/{Uri.EscapeDataString(request)}"));
}

/// <summary>Addresses that people open.</summary>
internal static class Links
{
    /// <summary>The whole address of a page.</summary>
    /// <param name="path">With a leading slash.</param>
    public static string To(ApiCall call, string path) => call.Service<PublicAddress>().Root.AbsoluteUri.TrimEnd('/') + path;
}
