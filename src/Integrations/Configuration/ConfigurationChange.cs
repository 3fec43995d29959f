using System.Security.Cryptography;
using System.Text.Json;
using AccessFunctions.Application.Directory;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>What a change of the configuration replaced, for the audit trail.</summary>
/// <param name="Things">
/// By name (<c>access-group/analysts</c>, <c>platform/pg-prod</c>, <c>person/alice</c>, <c>run-time</c> for roles, stand-ins and Slack users): of a
/// group its versions before and after, of the rest whether it was added, changed or removed. Never what is in it: settings hold secrets.
/// </param>
public sealed record ConfigurationChange(IReadOnlyDictionary<string, string> Things)
{
    internal static ConfigurationChange Between(ConfigurationSnapshot before, ConfigurationSnapshot now)
    {
        var things = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Compare("access-group", Groups(before), Groups(now), static (one, other) => $"{one ?? "none"} -> {other ?? "none"}");
        Compare("platform", Platforms(before), Platforms(now), Word);
        if (!ReferenceEquals(before.Written, now.Written)) Compare("person", People(before), People(now), Word);
        if (!before.Overlay.SaysTheSameAs(now.Overlay)) things["run-time"] = "changed";
        return new ConfigurationChange(things);

        void Compare(string kind, Dictionary<string, string> old, Dictionary<string, string> current, Func<string?, string?, string> word)
        {
            foreach (var name in old.Keys.Union(current.Keys, StringComparer.Ordinal))
            {
                var (one, other) = (old.GetValueOrDefault(name), current.GetValueOrDefault(name));
                if (one != other) things[$"{kind}/{name}"] = word(one, other);
            }
        }
    }

    /// <summary>What is in force: the version of each group, the type of each platform, and a SHA-256 over the people.</summary>
    internal static IReadOnlyDictionary<string, string> InForce(ConfigurationSnapshot snapshot)
    {
        var things = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var group in snapshot.Groups) things[$"access-group/{group.Group.Id}"] = group.Version;
        foreach (var platform in snapshot.Platforms.Where(static platform => !platform.Gone)) things[$"platform/{platform.Name}"] = platform.Type;
        things["people"] = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(snapshot.Written)));
        return things;
    }

    private static string Word(string? before, string? now) => before is null ? "added" : now is null ? "removed" : "changed";

    private static Dictionary<string, string> Groups(ConfigurationSnapshot snapshot) => snapshot.Groups.ToDictionary(static group => group.Group.Id, static group => group.Version, StringComparer.Ordinal);

    private static Dictionary<string, string> Platforms(ConfigurationSnapshot snapshot) =>
        snapshot.Platforms.Where(static platform => !platform.Gone).ToDictionary(static platform => platform.Name, static platform => platform.Written, StringComparer.Ordinal);

    private static Dictionary<string, string> People(ConfigurationSnapshot snapshot) =>
        snapshot.Written.ToDictionary(static person => person.Id, static person => JsonSerializer.Serialize<Person>(person), StringComparer.Ordinal);
}
