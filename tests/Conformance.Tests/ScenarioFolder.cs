using System.Text.Json;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Conformance.Tests;

/// <summary>Writes the configuration folder of a scenario host: the people, platforms and groups of <see cref="World"/>.</summary>
public static class ScenarioFolder
{
    /// <summary>Writes it.</summary>
    /// <param name="config">The folder; made where it is missing.</param>
    /// <param name="groups">Null: those of the world.</param>
    /// <param name="platforms">Platforms besides <c>vault</c>, <c>desk</c> and <c>settings</c>, as items of the YAML list.</param>
    /// <param name="identities">Identities by person, as YAML flow mappings.</param>
    public static async Task Write(string config, IReadOnlyList<AccessGroup>? groups = null, string platforms = "", IReadOnlyDictionary<string, string>? identities = null)
    {
        Directory.CreateDirectory(Path.Combine(config, "access-groups"));

        // JSON is YAML: the documents are written as the API writes them.
        foreach (var group in groups ?? World.Groups)
            await File.WriteAllTextAsync(Path.Combine(config, "access-groups", group.Id + ".yaml"), JsonSerializer.Serialize(group, DomainJson.Default.AccessGroup));
        await File.WriteAllTextAsync(Path.Combine(config, "people.yaml"), "people:\n" + string.Concat(World.People.Select(person => Person(person, identities))));
        await File.WriteAllTextAsync(Path.Combine(config, "platforms.yaml"), $$"""
            platforms:
              - name: vault
                type: vault
                secrets: [{{string.Join(", ", World.Secrets.Select(secret => $"{{ name: {secret}, owners: [dave] }}"))}}]
              - name: desk
                type: manual
                fulfillers: [frank]
                resources: [{ name: badge }]
              - name: settings
                type: settings
            {{platforms}}
            """);
    }

    private static string Person(string person, IReadOnlyDictionary<string, string>? identities)
    {
        var roles = person switch { "dave" => "[Admin]", "erin" => "[Auditor]", _ => "[]" };
        var slack = World.LinkedToSlack.Contains(person) ? $" slackUserId: U0{person.ToUpperInvariant()}," : "";
        return $"  - {{ id: {person},{slack} name: {person}, email: {person}@example.org, roles: {roles}, identities: {identities?.GetValueOrDefault(person) ?? "{}"} }}\n";
    }
}
