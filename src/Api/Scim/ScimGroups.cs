using System.Text.Json.Nodes;
using AccessFunctions.Application.Directory.Provisioning;

namespace AccessFunctions.Api.Scim;

/// <summary>Groups as SCIM writes them.</summary>
internal static class ScimGroups
{
    /// <summary>A group as clients see it, without <c>meta</c>. Members who are gone are not shown.</summary>
    public static JsonObject Write(ProvisionedGroup group, ProvisionedSnapshot known, Func<string, string, string> address, bool members)
    {
        var json = new JsonObject { ["schemas"] = new JsonArray(ScimSchema.Group), ["id"] = group.Id };
        if (group.ExternalId is not null) json["externalId"] = group.ExternalId;
        json["displayName"] = group.DisplayName;
        if (!members) return json;
        var list = new JsonArray();
        foreach (var id in group.Members)
        {
            if (known.User(id) is { Deleted: false } user) list.Add(Member(id, "User", user.Name, address("Users", id)));
            else if (known.Group(id) is { } nested) list.Add(Member(id, "Group", nested.DisplayName, address("Groups", id)));
        }

        json["members"] = list;
        return json;
    }

    /// <summary>What a client wrote, put over a group.</summary>
    /// <exception cref="ScimException"><c>invalidValue</c>.</exception>
    public static ProvisionedGroup Read(JsonObject json, ProvisionedGroup before) => before with
    {
        DisplayName = ScimUsers.Text(json, "displayName") ?? throw ScimException.Value("displayName is required."),
        ExternalId = ScimUsers.Text(json, "externalId"),
        Members = [.. (ScimSchema.Get(json, "members") as JsonArray ?? []).OfType<JsonObject>().Select(static member => ScimUsers.Text(member, "value") ?? throw ScimException.Value("members: one has no \"value\"."))],
    };

    private static JsonObject Member(string id, string type, string display, string address) => new() { ["value"] = id, ["type"] = type, ["display"] = display, ["$ref"] = address };
}
