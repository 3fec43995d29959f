using System.ComponentModel;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Api.Assistants;

/// <summary>Which identities.</summary>
public sealed record ListIdentitiesArguments
{
    [Description("Only on this platform, by name.")]
    public string? Platform { get; init; }

    [Description("Only whose name, or address there, contains this.")]
    public string? Text { get; init; }

    [Description("Only linked to this person: an id, name or e-mail address, or \"me\".")]
    public string? Person { get; init; }

    [Description("true: only logins that are no active person's; false: only the others.")]
    public bool? Orphan { get; init; }

    [Description("true: only with rights over the whole platform; false: only the others.")]
    public bool? Admin { get; init; }

    [Description("The `next` of the page before.")]
    public string? Cursor { get; init; }
}

/// <summary>A user, role or group on a platform.</summary>
/// <param name="Id">What <c>check_access</c> takes.</param>
/// <param name="Kind">Null where only the directory names it.</param>
/// <param name="Orphan">Somebody can sign in as it, and it is no active person's.</param>
/// <param name="Admin">Rights of its own over the whole platform.</param>
/// <param name="AdminThrough">Roles with such rights that it has or can become.</param>
public sealed record AssistantIdentity(
    string Id, string Platform, string Name, IdentityKind? Kind, Untrusted? Email, IReadOnlyList<AssistantPerson> People, bool Orphan, IReadOnlyList<string> Admin, IReadOnlyList<string> AdminThrough,
    DateTimeOffset? FactsAt);

/// <summary>Identities on platforms.</summary>
public sealed record IdentitiesListed(IReadOnlyList<AssistantIdentity> Identities, string? Next) : ToolAnswer;

/// <summary>The tool <c>list_identities</c>.</summary>
internal static class IdentityTool
{
    public const string Name = "list_identities";
    private const int PageSize = 25;

    public static AssistantTool<ListIdentitiesArguments> Tool { get; } = new(Name, "List identities",
        "Users, roles and groups on the connected platforms, whose they are, and which are nobody's or have rights over the whole platform. The caller's own; for administrators and auditors all.", Run);

    private static async Task<ToolAnswer> Run(ApiCall call, ListIdentitiesArguments asked)
    {
        var people = call.Service<IDirectory>().Current;
        var person = asked.Person is null ? null : PersonNames.Visible(people, call.Caller, asked.Person);
        var query = new IdentityQuery(asked.Platform, asked.Text, null, person?.Id, asked.Orphan, asked.Admin);
        var page = await Paging.Read(asked.Cursor, cursor => call.Service<IdentitySearch>().List(call.Caller, query, cursor, PageSize, call.Cancellation));
        return new IdentitiesListed([.. page.Items.Select(found => Of(people, found))], page.Next)
        {
            AsOf = call.Service<TimeProvider>().GetUtcNow(),
            FactsAt = page.Items.Min(static found => found.FactsAt),
        };
    }

    private static AssistantIdentity Of(IPeople people, FoundIdentity found) => new(
        found.Id, found.Identity.Platform, found.Identity.Name, found.Fact?.Kind, Untrusted.Of(found.Fact?.Email), [.. found.People.Select(person => AssistantPerson.Of(people, person.Id))], found.IsOrphan,
        found.Fact?.Admin ?? [], found.AdminThrough, found.FactsAt);
}
