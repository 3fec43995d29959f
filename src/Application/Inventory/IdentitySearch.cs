using System.Buffers.Text;
using System.Text.Json;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Inventory;

/// <summary>Which identities are meant; null: whatever it is.</summary>
/// <param name="Text">The name, or the address on the platform, contains it, in any case.</param>
/// <param name="Person">Linked to this person.</param>
/// <param name="Orphan">True: logins that are no active person's; false: all others.</param>
/// <param name="Admin">True: with rights over the whole platform, its own or by membership; false: all others.</param>
public sealed record IdentityQuery(string? Platform = null, string? Text = null, IdentityKind? Kind = null, string? Person = null, bool? Orphan = null, bool? Admin = null);

/// <summary>An identity as it was found.</summary>
/// <param name="Fact">What the platform says; null: only the directory names it.</param>
/// <param name="People">Whose it is, people who left too.</param>
/// <param name="Link">How it came to be theirs; null: it is nobody's.</param>
/// <param name="AdminThrough">Roles with rights over the whole platform that it has or can become.</param>
/// <param name="FactsAt">How old the facts may be; null: there are none.</param>
public sealed record FoundIdentity(
    PlatformIdentity Identity, IdentityFact? Fact, IReadOnlyList<Person> People, LinkKind? Link, IReadOnlyList<string> AdminThrough, DateTimeOffset? FactsAt)
{
    /// <summary>Opaque, safe in addresses.</summary>
    public string Id => IdentityIds.Of(Identity);

    /// <summary>Somebody can sign in as it, and it is no active person's.</summary>
    public bool IsOrphan => Fact is { Kind: IdentityKind.Login, Managed: false } && !People.Any(static person => person.Active);

    public bool IsAdmin => Fact is { Admin.Count: > 0 } || AdminThrough.Count > 0;
}

/// <summary>Finds identities: those that platforms were found to have, and those that only the directory names. A caller sees their own; administrators and auditors see all.</summary>
public sealed class IdentitySearch(InventoryGraphs graphs, IDirectory directory)
{
    /// <summary>A page, in order of platform and name.</summary>
    /// <param name="cursor">The page before's; null: the first page.</param>
    /// <exception cref="FormatException">It is no cursor of this list.</exception>
    public async Task<Page<FoundIdentity>> List(Caller caller, IdentityQuery query, string? cursor, int limit, CancellationToken cancellation)
    {
        var after = Read(cursor);
        var people = directory.Current;
        var oversees = caller.IsAdministrator || caller.IsAuditor;
        if (!oversees && query.Person is { } other && other != caller.Id) return new Page<FoundIdentity>([], null);
        var whose = oversees ? query.Person : caller.Id;
        var mine = whose is null ? null : people.Find(whose)?.PlatformIdentities().ToHashSet() ?? [];
        var found = new List<FoundIdentity>();
        await foreach (var identity in All(people, query.Platform, after, mine, cancellation))
        {
            if (!Matches(query, identity)) continue;
            if (found.Count == limit) return new Page<FoundIdentity>(found, Write(found[^1].Identity));
            found.Add(identity);
        }

        return new Page<FoundIdentity>(found, null);
    }

    /// <summary>One identity; null: there is none, or the caller may not see it.</summary>
    public async Task<FoundIdentity?> Find(Caller caller, string id, CancellationToken cancellation)
    {
        if (IdentityIds.Read(id) is not { } identity) return null;
        var people = directory.Current;
        var whose = people.LinkedTo(identity);
        if (!(caller.IsAdministrator || caller.IsAuditor) && whose.All(person => person.Id != caller.Id)) return null;
        var inventory = await graphs.Find(identity.Platform, cancellation);
        var fact = inventory?.Graph.Find(identity.Name);
        return fact is null && whose.Count == 0 ? null : Found(people, inventory, identity, fact);
    }

    private async IAsyncEnumerable<FoundIdentity> All(
        IPeople people, string? platform, PlatformIdentity? after, HashSet<PlatformIdentity>? only, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var named = (only ?? people.All.SelectMany(static person => person.PlatformIdentities())).ToLookup(static identity => identity.Platform, static identity => identity.Name, StringComparer.Ordinal);
        var ingested = (await graphs.All(cancellation)).ToDictionary(static inventory => inventory.Platform, StringComparer.Ordinal);
        var platforms = ingested.Keys.Concat(named.Select(static group => group.Key)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(name => (platform is null || name == platform) && (after is null || string.CompareOrdinal(name, after.Platform) >= 0));
        foreach (var name in platforms)
        {
            var inventory = ingested.GetValueOrDefault(name);
            foreach (var (one, fact) in Merged(inventory?.Graph, named[name], only is not null))
            {
                if (after is null || name != after.Platform || string.CompareOrdinal(one, after.Name) > 0) yield return Found(people, inventory, new PlatformIdentity(name, one), fact);
            }
        }
    }

    /// <summary>The names of both in order, with what the platform says of each.</summary>
    private static IEnumerable<(string Name, IdentityFact? Fact)> Merged(InventoryGraph? graph, IEnumerable<string> named, bool onlyNamed)
    {
        var names = named.Distinct(StringComparer.Ordinal);
        if (graph is null || onlyNamed) return names.Order(StringComparer.Ordinal).Select(name => (name, graph?.Find(name)));
        List<string> missing = [.. names.Where(name => graph.Find(name) is null)];
        var facts = graph.Identities.Select(static fact => (fact.Name, (IdentityFact?)fact));
        return missing.Count == 0 ? facts : facts.Concat(missing.Select(static name => (name, (IdentityFact?)null))).OrderBy(static pair => pair.Item1, StringComparer.Ordinal);
    }

    private static FoundIdentity Found(IPeople people, Inventoried? inventory, PlatformIdentity identity, IdentityFact? fact)
    {
        var whose = people.LinkedTo(identity);
        LinkKind? link = whose.Count == 0 ? null
            : people.Links.TryGetValue(identity, out var made) && made.Person is { } person && whose is [var only] && only.Id == person ? made.Kind
            : LinkKind.Configured;
        return new FoundIdentity(
            identity, fact, whose, link, inventory?.Graph.AdminThrough(identity.Name) ?? [], fact is null ? null : inventory!.Progress.FactsAt ?? inventory.Progress.Started);
    }

    private static bool Matches(IdentityQuery query, FoundIdentity found) =>
        (query.Text is not { } text || Contains(found.Identity.Name, text) || (found.Fact?.Email is { } email && Contains(email, text)))
        && (query.Kind is not { } kind || found.Fact?.Kind == kind)
        && (query.Orphan is not { } orphan || found.IsOrphan == orphan)
        && (query.Admin is not { } admin || found.IsAdmin == admin);

    private static bool Contains(string name, string text) => name.Contains(text, StringComparison.OrdinalIgnoreCase);

    private static string Write(PlatformIdentity identity) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes<string[]>([identity.Platform, identity.Name]));

    private static PlatformIdentity? Read(string? cursor)
    {
        if (cursor is null) return null;
        try
        {
            return JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(cursor)) is [var platform, var name] ? new PlatformIdentity(platform, name) : throw new FormatException("Not a cursor of this list.");
        }
        catch (JsonException broken)
        {
            throw new FormatException("Not a cursor of this list.", broken);
        }
    }
}
