using System.Text.Json.Nodes;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Directory.Provisioning;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Scim;

/// <summary>The SCIM 2.0 service (RFC 7644) that identity providers provision people and groups through.</summary>
internal static class ScimHandlers
{
    private const int Usual = 100;

    public static IReadOnlyList<string> BodyTypes { get; } = [ScimCall.MediaType, "application/json"];

    public static IReadOnlyList<QueryParameter> Shown { get; } =
    [
        new("attributes", typeof(string), "Only these, separated by commas."),
        new("excludedAttributes", typeof(string), "All but these."),
    ];

    public static IReadOnlyList<QueryParameter> Listed { get; } =
    [
        new("filter", typeof(string), "Such as `userName eq \"bob@example.com\"` (RFC 7644, section 3.4.2.2)."),
        new("startIndex", typeof(int), "From 1."),
        new("count", typeof(int), $"At most {ScimDocuments.LongestPage}; {Usual} where it is not said."),
        .. Shown,
    ];

    public static Task<IResult> Config(ApiCall call) => ScimCall.Run(call, static scim => Task.FromResult(ScimCall.Json(200, ScimDocuments.Config(scim.Root))));

    public static Task<IResult> ResourceTypes(ApiCall call) => ScimCall.Run(call, static scim => Task.FromResult(All(ScimDocuments.ResourceTypes(scim.Root))));

    public static Task<IResult> ResourceType(ApiCall call) => ScimCall.Run(call, static scim => Task.FromResult(One(ScimDocuments.ResourceTypes(scim.Root), scim.Id)));

    public static Task<IResult> Schemas(ApiCall call) => ScimCall.Run(call, static scim => Task.FromResult(All(ScimDocuments.Schemas(scim.Root))));

    public static Task<IResult> Schema(ApiCall call) => ScimCall.Run(call, static scim => Task.FromResult(One(ScimDocuments.Schemas(scim.Root), scim.Id)));

    public static Task<IResult> ListUsers(ApiCall call) => ScimCall.Run(call, static async scim =>
    {
        var known = await scim.Provisioner.Refresh(scim.Cancellation);
        var users = known.Users.Where(static user => user is { Source: Sources.Scim, Deleted: false }).OrderBy(static user => user.Created).ThenBy(static user => user.Id, StringComparer.Ordinal);
        return Page(scim, users, ScimSchema.User, user => Written(scim, user, known), static (user, name) => name switch
        {
            "USERNAME" => user.UserName,
            "EXTERNALID" => user.ExternalId,
            "ID" => user.Id,
            _ => null,
        });
    });

    public static Task<IResult> FindUser(ApiCall call) => ScimCall.Run(call, static async scim =>
    {
        var known = await scim.Provisioner.Refresh(scim.Cancellation);
        return known.User(scim.Id) is { Source: Sources.Scim, Deleted: false } user ? scim.Found(Written(scim, user, known)) : throw Missing();
    });

    public static Task<IResult> AddUser(ApiCall call) => ScimCall.Run(call, static async scim =>
        await User(scim, 201, scim.Provisioner.Add(scim.Actor, ScimUsers.Read(await scim.Body(), NoUser), scim.Cancellation)));

    public static Task<IResult> PutUser(ApiCall call) => ScimCall.Run(call, static async scim =>
    {
        var body = await scim.Body();
        return await User(scim, 200, scim.Provisioner.Change(scim.Actor, scim.Id, scim.IfMatch, user => ScimUsers.Read(body, user), scim.Cancellation));
    });

    public static Task<IResult> PatchUser(ApiCall call) => ScimCall.Run(call, static async scim =>
    {
        var body = await scim.Body();
        return await User(scim, 200, scim.Provisioner.Change(scim.Actor, scim.Id, scim.IfMatch, user =>
        {
            var json = ScimUsers.Write(user, scim.Provisioner.Current, scim.Address);
            ScimPatch.Apply(json, ScimSchema.User, body);
            return ScimUsers.Read(json, user);
        }, scim.Cancellation));
    });

    public static Task<IResult> DeleteUser(ApiCall call) => ScimCall.Run(call, static async scim =>
    {
        _ = ScimCall.Done(await scim.Provisioner.Delete(scim.Actor, scim.Id, scim.IfMatch, scim.Cancellation));
        return Answer.Empty(StatusCodes.Status204NoContent);
    });

    public static Task<IResult> ListGroups(ApiCall call) => ScimCall.Run(call, static async scim =>
    {
        var known = await scim.Provisioner.Refresh(scim.Cancellation);
        var groups = known.Groups.Where(static group => group.Source == Sources.Scim).OrderBy(static group => group.Created).ThenBy(static group => group.Id, StringComparer.Ordinal);
        return Page(scim, groups, ScimSchema.Group, group => Written(scim, group, known, members: true), static (group, name) => name switch
        {
            "DISPLAYNAME" => group.DisplayName,
            "EXTERNALID" => group.ExternalId,
            "ID" => group.Id,
            _ => null,
        });
    });

    public static Task<IResult> FindGroup(ApiCall call) => ScimCall.Run(call, static async scim =>
    {
        var known = await scim.Provisioner.Refresh(scim.Cancellation);
        return known.Group(scim.Id) is { Source: Sources.Scim } group
            ? scim.Found(Written(scim, group, known, ScimProjection.Shows("members", scim.Query("attributes"), scim.Query("excludedAttributes"))))
            : throw Missing();
    });

    public static Task<IResult> AddGroup(ApiCall call) => ScimCall.Run(call, static async scim =>
        await Group(scim, 201, scim.Provisioner.Add(scim.Actor, ScimGroups.Read(await scim.Body(), NoGroup), scim.Cancellation)));

    public static Task<IResult> PutGroup(ApiCall call) => ScimCall.Run(call, static async scim =>
    {
        var body = await scim.Body();
        return await Group(scim, 200, scim.Provisioner.ChangeGroup(scim.Actor, scim.Id, scim.IfMatch, group => ScimGroups.Read(body, group), scim.Cancellation));
    });

    /// <summary>Answers without a body, as large groups want it, but where attributes are asked for.</summary>
    public static Task<IResult> PatchGroup(ApiCall call) => ScimCall.Run(call, static async scim =>
    {
        var body = await scim.Body();
        var change = scim.Provisioner.ChangeGroup(scim.Actor, scim.Id, scim.IfMatch, group =>
        {
            var json = ScimGroups.Write(group, scim.Provisioner.Current, scim.Address, members: true);
            ScimPatch.Apply(json, ScimSchema.Group, body);
            return ScimGroups.Read(json, group);
        }, scim.Cancellation);
        if (scim.Query("attributes") is not null) return await Group(scim, 200, change);
        _ = ScimCall.Done(await change);
        return Answer.Empty(StatusCodes.Status204NoContent);
    });

    public static Task<IResult> DeleteGroup(ApiCall call) => ScimCall.Run(call, static async scim =>
    {
        _ = ScimCall.Done(await scim.Provisioner.DeleteGroup(scim.Actor, scim.Id, scim.IfMatch, scim.Cancellation));
        return Answer.Empty(StatusCodes.Status204NoContent);
    });

    private static ProvisionedUser NoUser { get; } = new() { Id = "", Source = "", Person = "", UserName = "", Created = default, Modified = default };

    private static ProvisionedGroup NoGroup { get; } = new() { Id = "", Source = "", DisplayName = "", Created = default, Modified = default };

    private static async Task<Answer> User(ScimCall scim, int status, Task<Provisioned<ProvisionedUser>> change)
    {
        var user = ScimCall.Done(await change);
        return scim.Resource(status, Written(scim, user, await scim.Provisioner.Refresh(scim.Cancellation)));
    }

    private static async Task<Answer> Group(ScimCall scim, int status, Task<Provisioned<ProvisionedGroup>> change)
    {
        var group = ScimCall.Done(await change);
        return scim.Resource(status, Written(scim, group, await scim.Provisioner.Refresh(scim.Cancellation), members: true));
    }

    private static JsonObject Written(ScimCall scim, ProvisionedUser user, ProvisionedSnapshot known)
    {
        var json = ScimUsers.Write(user, known, scim.Address);
        return scim.WithMeta(json, "User", "Users", user.Id, user.Created, user.Modified, user.Version, json["groups"], json[ScimSchema.Enterprise]?["manager"]);
    }

    private static JsonObject Written(ScimCall scim, ProvisionedGroup group, ProvisionedSnapshot known, bool members)
    {
        var json = ScimGroups.Write(group, known, scim.Address, members);
        return scim.WithMeta(json, "Group", "Groups", group.Id, group.Created, group.Modified, group.Version, json["members"]);
    }

    /// <summary>The page of a list that the query asks for.</summary>
    /// <param name="plain">What a resource has at a name in capitals, for filters that look for one: those need not write everybody down.</param>
    private static Answer Page<T>(ScimCall scim, IEnumerable<T> all, string schema, Func<T, JsonObject> write, Func<T, string, string?> plain)
    {
        var (from, count) = (Math.Max(1, scim.Number("startIndex", 1)), Math.Clamp(scim.Number("count", Usual), 0, ScimDocuments.LongestPage));
        var (attributes, excluded) = (scim.Query("attributes"), scim.Query("excludedAttributes"));
        if (scim.Query("filter") is not { } text)
        {
            List<T> everything = [.. all];
            return ScimCall.List([.. everything.Skip(from - 1).Take(count).Select(item => ScimProjection.Of(write(item), attributes, excluded))], everything.Count, from);
        }

        var filter = ScimFilter.Parse(text);
        List<JsonObject> found = [.. Likely(filter, all, plain).Select(write).Where(json => ScimMatch.Is(filter, json, schema))];
        return ScimCall.List([.. found.Skip(from - 1).Take(count).Select(json => ScimProjection.Of(json, attributes, excluded))], found.Count, from);
    }

    private static IEnumerable<T> Likely<T>(ScimFilter filter, IEnumerable<T> all, Func<T, string, string?> plain) => filter switch
    {
        ScimAnd both => Likely(both.Right, Likely(both.Left, all, plain), plain),
        ScimCompare { Operator: ScimOperator.Eq, Value: string wanted, Path: { Schema: null, Filter: null, Part: null } path } when path.Attribute.ToUpperInvariant() is "USERNAME" or "EXTERNALID" or "DISPLAYNAME" or "ID" =>
            all.Where(item => plain(item, path.Attribute.ToUpperInvariant()) is not { } text || text.Equals(wanted, StringComparison.OrdinalIgnoreCase)),
        _ => all,
    };

    private static Answer All(IReadOnlyList<JsonObject> documents) => ScimCall.List(documents, documents.Count, 1);

    private static Answer One(IReadOnlyList<JsonObject> documents, string id) =>
        ScimCall.Json(200, documents.FirstOrDefault(document => string.Equals((string)document["id"]!, id, StringComparison.OrdinalIgnoreCase)) ?? throw Missing());

    private static ScimException Missing() => new(StatusCodes.Status404NotFound, null, "There is no such resource.");
}
