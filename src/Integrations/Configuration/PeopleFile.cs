using System.Text.Json.Nodes;
using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>Reads <c>people.yaml</c>: <c>people:</c> and a list of persons.</summary>
public static class PeopleFile
{
    public const string Name = "people.yaml";
    private const int MaxId = 100;

    /// <summary>The people; null where there are errors.</summary>
    public static IReadOnlyList<Person>? Read(YamlDocument document, List<ConfigurationError> errors)
    {
        var before = errors.Count;
        errors.AddRange(document.Errors);
        if (errors.Count > before) return null;
        if (document.Root is not JsonObject { Count: 1 } root || root["people"] is not JsonArray list)
        {
            errors.Add(document.ErrorAt("people", "write \"people:\" and below it a list of persons, each with id and name"));
            return null;
        }

        var people = new List<Person>(list.Count);
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        var credentials = new Dictionary<Credential, string>();
        var slack = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < list.Count; i++)
        {
            var path = $"people[{i}]";
            if (TypedReader.Read(document, list[i], path, ConfigurationJson.Person, errors) is not { } person) continue;
            Check(document, path, person, errors);
            if (!paths.TryAdd(person.Id, path)) errors.Add(document.ErrorAt($"{path}.id", $"\"{person.Id}\" is also {paths[person.Id]}: ids must differ"));
            for (var c = 0; c < person.Credentials.Count; c++)
            {
                if (!credentials.TryAdd(person.Credentials[c], person.Id))
                    errors.Add(document.ErrorAt($"{path}.credentials[{c}]", $"this credential is also \"{credentials[person.Credentials[c]]}\"'s: one credential names one person"));
            }

            if (person.SlackUserId is { } user && !slack.TryAdd(user, person.Id))
                errors.Add(document.ErrorAt($"{path}.slackUserId", $"this Slack user is also \"{slack[user]}\"'s: one Slack user is one person"));

            people.Add(person);
        }

        foreach (var person in people.Where(person => person.Manager is { } manager && !paths.ContainsKey(manager)))
            errors.Add(document.ErrorAt($"{paths[person.Id]}.manager", $"there is no person \"{person.Manager}\""));
        return errors.Count > before ? null : people;
    }

    private static void Check(YamlDocument document, string path, Person person, List<ConfigurationError> errors)
    {
        if (!IsId(person.Id))
            Add("id", $"an id has 1 to {MaxId} characters without blanks, ':', '/' or control characters, and is neither \"manager\" nor \"everyone\"");
        if (string.IsNullOrWhiteSpace(person.Name)) Add("name", "a name is missing");
        if (person.UserName is { } userName && !Pattern.CanInsert(userName)) Add("userName", "a user name cannot be empty or hold '*', '/', brackets or control characters");
        if (person.Email is { } email && (email.Count(c => c == '@') != 1 || email.StartsWith('@') || email.EndsWith('@') || email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))))
            Add("email", "this is not an e-mail address");
        if (person.SlackUserId is { } slack && !SlackUsers.IsId(slack)) Add("slackUserId", "this is not a Slack member id such as U0123456789 (in Slack: profile, \"Copy member ID\"), nor a name");
        for (var i = 0; i < person.Groups.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(person.Groups[i]) || person.Groups[i].Any(char.IsControl)) Add($"groups[{i}]", "a group's name is missing");
        }

        for (var i = 0; i < person.Roles.Count; i++)
        {
            if (!Roles.All.Contains(person.Roles[i], StringComparer.Ordinal)) Add($"roles[{i}]", $"must be one of: {string.Join(", ", Roles.All)}");
        }

        for (var i = 0; i < person.Credentials.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(person.Credentials[i].Issuer)) Add($"credentials[{i}].issuer", "the issuer's address is missing");
            if (string.IsNullOrWhiteSpace(person.Credentials[i].Subject)) Add($"credentials[{i}].subject", "the subject is missing");
        }

        foreach (var (platform, identity) in person.Identities)
        {
            if (ResourceName.PlatformFault(platform) is { } fault) Add($"identities.{platform}", fault);
            else if (string.IsNullOrWhiteSpace(identity)) Add($"identities.{platform}", "the user's name on this platform is missing");
        }

        void Add(string field, string message) => errors.Add(document.ErrorAt($"{path}.{field}", message));
    }

    private static bool IsId(string id) =>
        id is { Length: > 0 and <= MaxId } and not (Approvers.Manager or Approvers.Everyone) && !id.Any(c => c is ':' or '/' || char.IsWhiteSpace(c) || char.IsControl(c));
}
