using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Application.Directory.Provisioning;

namespace AccessFunctions.Integrations.People.Graph;

/// <summary>
/// Reads users and groups off the objects of delta queries: what an object does not say is as it was before, <c>@removed</c> is gone, and members and managers
/// come as changes (https://learn.microsoft.com/graph/delta-query-users, https://learn.microsoft.com/graph/delta-query-groups).
/// </summary>
internal static class GraphPeople
{
    public const string UserProperties = "id,displayName,givenName,surname,userPrincipalName,mail,accountEnabled,manager";
    public const string GroupProperties = "id,displayName,members";

    /// <summary>Users as they are after these objects, and ids of those that are gone. The last word about each holds.</summary>
    public static (IReadOnlyList<ProvisionedUser> Users, IReadOnlyList<string> Gone) Users(IEnumerable<JsonObject> objects, Func<string, ProvisionedUser?> known)
    {
        var (users, gone) = (new Dictionary<string, ProvisionedUser>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var item in objects)
        {
            if (Text(item, "id") is not { } id) continue;
            if (item.ContainsKey("@removed"))
            {
                users.Remove(id);
                gone.Add(id);
                continue;
            }

            gone.Remove(id);
            users[id] = User(id, item, users.GetValueOrDefault(id) ?? known(id));
        }

        return ([.. users.Values], [.. gone]);
    }

    /// <summary>Groups as they are after these objects; a large one comes in several.</summary>
    public static (IReadOnlyList<ProvisionedGroup> Groups, IReadOnlyList<string> Gone) Groups(IEnumerable<JsonObject> objects, Func<string, ProvisionedGroup?> known)
    {
        var (groups, gone) = (new Dictionary<string, ProvisionedGroup>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var item in objects)
        {
            if (Text(item, "id") is not { } id) continue;
            if (item.ContainsKey("@removed"))
            {
                groups.Remove(id);
                gone.Add(id);
                continue;
            }

            gone.Remove(id);
            var before = groups.GetValueOrDefault(id) ?? known(id) ?? new ProvisionedGroup { Id = id, Source = Sources.Graph, DisplayName = id, Created = default, Modified = default };
            groups[id] = before with { DisplayName = Text(item, "displayName") ?? before.DisplayName, Members = Changed(before.Members, item["members@delta"]) };
        }

        return ([.. groups.Values], [.. gone]);
    }

    private static ProvisionedUser User(string id, JsonObject item, ProvisionedUser? before)
    {
        before ??= new ProvisionedUser { Id = id, Source = Sources.Graph, Person = id, UserName = id, Created = default, Modified = default };
        var manager = Changed(before.Manager is null ? [] : [before.Manager], item["manager@delta"]);
        return before with
        {
            ExternalId = id,
            UserName = Said(item, "userPrincipalName", before.UserName) ?? id,
            DisplayName = Said(item, "displayName", before.DisplayName),
            GivenName = Said(item, "givenName", before.GivenName),
            FamilyName = Said(item, "surname", before.FamilyName),
            Emails = item.ContainsKey("mail") ? Text(item, "mail") is { } mail && IsAddress(mail) ? [new ProvisionedEmail(mail, "work", Primary: true)] : [] : before.Emails,
            Active = item["accountEnabled"] is JsonValue enabled && enabled.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? enabled.GetValue<bool>() : before.Active || before.Deleted,
            Deleted = false,
            Manager = manager.Count > 0 ? manager[^1] : null,
        };
    }

    /// <summary>Ids after changes: each object comes in, or with <c>@removed</c> goes.</summary>
    private static IReadOnlyList<string> Changed(IReadOnlyList<string> before, JsonNode? changes)
    {
        if (changes is not JsonArray list) return before;
        List<string> ids = [.. before];
        var known = ids.ToHashSet(StringComparer.Ordinal);
        foreach (var change in list.OfType<JsonObject>())
        {
            if (Text(change, "id") is not { } id) continue;
            if (change.ContainsKey("@removed"))
            {
                if (known.Remove(id)) ids.Remove(id);
            }
            else if (known.Add(id))
            {
                ids.Add(id);
            }
        }

        return ids;
    }

    private static string? Said(JsonObject item, string name, string? before) => item.ContainsKey(name) ? Text(item, name) : before;

    private static string? Text(JsonObject item, string name) =>
        item[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: > 0 } text ? text : null;

    private static bool IsAddress(string mail) => mail.Count(static c => c == '@') == 1 && !mail.StartsWith('@') && !mail.EndsWith('@') && !mail.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c));
}
