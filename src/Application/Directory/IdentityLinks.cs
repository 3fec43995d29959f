using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Directory;

/// <summary>Puts links that were made at run time over people as they are configured.</summary>
public static class IdentityLinks
{
    /// <summary>
    /// People with what is theirs: an administrator's word holds against the configuration, and that against an address. Where a person is several
    /// on a platform, access goes to the configured one, else to the first by name.
    /// </summary>
    public static IEnumerable<Person> Over(IReadOnlyCollection<Person> people, IReadOnlyDictionary<PlatformIdentity, IdentityLink> links)
    {
        if (links.Count == 0) return people;
        var configured = people.SelectMany(static person => person.PlatformIdentities()).ToHashSet();
        var linked = links.Where(pair => pair.Value.Person is not null && (pair.Value.Kind == LinkKind.Hand || !configured.Contains(pair.Key)))
            .OrderBy(static pair => pair.Key.Platform, StringComparer.Ordinal).ThenBy(static pair => pair.Key.Name, StringComparer.Ordinal)
            .ToLookup(static pair => pair.Value.Person!, static pair => pair.Key, StringComparer.Ordinal);
        return people.Select(person => Over(person, links, linked[person.Id]));
    }

    private static Person Over(Person person, IReadOnlyDictionary<PlatformIdentity, IdentityLink> links, IEnumerable<PlatformIdentity> linked)
    {
        // What an administrator gave to another, or to nobody, is theirs no more.
        var own = person.PlatformIdentities().Where(identity => !links.TryGetValue(identity, out var link) || link.Kind != LinkKind.Hand || link.Person == person.Id);
        var (first, further) = (new Dictionary<string, string>(StringComparer.Ordinal), new List<PlatformIdentity>());
        foreach (var identity in own.Concat(linked).Distinct())
        {
            if (!first.TryAdd(identity.Platform, identity.Name)) further.Add(identity);
        }

        return person with { Identities = first, FurtherIdentities = further };
    }
}
