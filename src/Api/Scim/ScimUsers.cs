using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Application.Directory.Provisioning;

namespace AccessFunctions.Api.Scim;

/// <summary>Users as SCIM writes them.</summary>
internal static class ScimUsers
{
    private const int Longest = 320;
    private const int MostEmails = 20;

    /// <summary>A user as clients see them, without <c>meta</c>.</summary>
    public static JsonObject Write(ProvisionedUser user, ProvisionedSnapshot known, Func<string, string, string> address)
    {
        var json = new JsonObject { ["schemas"] = new JsonArray(ScimSchema.User, ScimSchema.Enterprise), ["id"] = user.Id };
        if (user.ExternalId is not null) json["externalId"] = user.ExternalId;
        json["userName"] = user.UserName;
        var name = new JsonObject { ["formatted"] = user.Name };
        if (user.GivenName is not null) name["givenName"] = user.GivenName;
        if (user.FamilyName is not null) name["familyName"] = user.FamilyName;
        json["name"] = name;
        if (user.DisplayName is not null) json["displayName"] = user.DisplayName;
        json["active"] = user.Active;
        if (user.Emails.Count > 0) json["emails"] = new JsonArray([.. user.Emails.Select(Write)]);
        if (known.GroupsWith(user.Id).Select(group => (JsonNode)new JsonObject { ["value"] = group.Id, ["display"] = group.DisplayName, ["$ref"] = address("Groups", group.Id) }).ToArray() is { Length: > 0 } groups) json["groups"] = new JsonArray(groups);
        if (user.Manager is not null)
        {
            var manager = new JsonObject { ["value"] = user.Manager };
            if (known.User(user.Manager) is { Deleted: false } person) (manager["$ref"], manager["displayName"]) = (address("Users", person.Id), person.Name);
            json[ScimSchema.Enterprise] = new JsonObject { ["manager"] = manager };
        }

        return json;
    }

    /// <summary>What a client wrote, put over a user.</summary>
    /// <param name="before">Whose ids stay, and who is active where the client does not say.</param>
    /// <exception cref="ScimException"><c>invalidValue</c>.</exception>
    public static ProvisionedUser Read(JsonObject json, ProvisionedUser before)
    {
        var name = ScimSchema.Get(json, "name") as JsonObject ?? [];
        var enterprise = ScimSchema.Get(json, ScimSchema.Enterprise) as JsonObject ?? [];
        return before with
        {
            UserName = Text(json, "userName") ?? throw ScimException.Value("userName is required."),
            ExternalId = Text(json, "externalId"),
            DisplayName = Text(json, "displayName"),
            GivenName = Text(name, "givenName"),
            FamilyName = Text(name, "familyName"),
            Emails = Emails(ScimSchema.Get(json, "emails")),
            Active = Flag(json, "active") ?? before.Active,
            Manager = ScimSchema.Get(enterprise, "manager") switch
            {
                JsonObject manager => Text(manager, "value"),
                JsonValue => Text(enterprise, "manager"),
                _ => null,
            },
        };
    }

    /// <summary>A text; null where there is none.</summary>
    internal static string? Text(JsonObject of, string name) => ScimSchema.Get(of, name) switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is var text => string.IsNullOrWhiteSpace(text) ? null
            : text.Length > Longest || text.Any(char.IsControl) ? throw ScimException.Value($"{name} has at most {Longest} characters and no control characters.")
            : text,
        _ => throw ScimException.Value($"{name} is a text."),
    };

    private static JsonNode Write(ProvisionedEmail email)
    {
        var json = new JsonObject { ["value"] = email.Value };
        if (email.Type is not null) json["type"] = email.Type;
        if (email.Primary) json["primary"] = true;
        return json;
    }

    /// <summary>Truth, also as the text that Entra writes.</summary>
    private static bool? Flag(JsonObject of, string name) => ScimSchema.Get(of, name) switch
    {
        null => null,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValue<bool>(),
        JsonValue value when value.GetValueKind() == JsonValueKind.String && bool.TryParse(value.GetValue<string>(), out var flag) => flag,
        _ => throw ScimException.Value($"{name} is true or false."),
    };

    private static List<ProvisionedEmail> Emails(JsonNode? node)
    {
        var emails = new List<ProvisionedEmail>();
        foreach (var item in node is JsonArray list ? list.OfType<JsonObject>() : [])
        {
            if (Text(item, "value") is not { } value) continue;
            if (value.Count(static c => c == '@') != 1 || value.StartsWith('@') || value.EndsWith('@') || value.Any(char.IsWhiteSpace)) throw ScimException.Value("emails: one is not an e-mail address.");
            emails.Add(new ProvisionedEmail(value, Text(item, "type"), Flag(item, "primary") is true && !emails.Exists(static email => email.Primary)));
        }

        return emails.Count <= MostEmails ? emails : throw ScimException.Value($"A user has at most {MostEmails} addresses.");
    }
}
