using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Inventory;

/// <summary>
/// Says whose identities are: an administrator by hand, or the platform's address for them. What is linked is linked for the deciding rules:
/// access goes to the requester's identity, and nobody directs access to their own. Each change is audited.
/// </summary>
public sealed class IdentityLinking(IdentitySearch search, IInventoryStore store, IDirectory directory, IAuditLog audit, TimeProvider time)
{
    /// <summary>Makes an identity a person's, from now on also against the configuration. Only administrators.</summary>
    /// <param name="id">Of <see cref="IdentityIds"/>.</param>
    /// <returns>Null where done; else why not.</returns>
    public async Task<Refusal?> Link(Caller caller, string id, string person, CancellationToken cancellation)
    {
        if (!caller.IsAdministrator) return OnlyAdministrators;
        if (await search.Find(caller, id, cancellation) is not { } found) return NoSuchIdentity;
        var errors = new FieldErrors();
        if (directory.Current.Find(person) is not { Active: true }) errors.Add("person", "there is no such active person");
        if (found.Fact is { Kind: not IdentityKind.Login }) errors.Add("id", "this is no login: nobody signs in as it");
        if (found.Fact is { Managed: true }) errors.Add("id", "this product made it, or works as it");
        if (errors.ToRefusal() is { } refusal) return refusal;
        var link = new IdentityLink(person, LinkKind.Hand);
        if (directory.Current.Links.GetValueOrDefault(found.Identity) == link) return null;
        await Set(new Dictionary<PlatformIdentity, IdentityLink?> { [found.Identity] = link }, caller, cancellation);
        return null;
    }

    /// <summary>Makes an identity nobody's, also where the configuration or an address names somebody. Only administrators.</summary>
    /// <returns>Null where done, or where it was nobody's; else why not.</returns>
    public async Task<Refusal?> Unlink(Caller caller, string id, CancellationToken cancellation)
    {
        if (!caller.IsAdministrator) return OnlyAdministrators;
        if (await search.Find(caller, id, cancellation) is not { } found) return NoSuchIdentity;
        if (found.People.Count == 0) return null;
        await Set(new Dictionary<PlatformIdentity, IdentityLink?> { [found.Identity] = new(null, LinkKind.Hand) }, caller, cancellation);
        return null;
    }

    /// <summary>
    /// Links identities whose address the platform vouches for to the one active person who has it, and takes back what an address linked before and
    /// links no more. What an administrator said and what is configured stays.
    /// </summary>
    internal async Task ByEmail(string platform, IEnumerable<IdentityFact> facts, CancellationToken cancellation)
    {
        var people = directory.Current;
        var changes = new Dictionary<PlatformIdentity, IdentityLink?>();
        ILookup<string, Person>? byEmail = null;
        foreach (var fact in facts)
        {
            var identity = new PlatformIdentity(platform, fact.Name);
            var link = people.Links.GetValueOrDefault(identity);
            var email = fact is { Kind: IdentityKind.Login, Managed: false, EmailVerified: true } ? fact.Email : null;
            if (link is { Kind: not LinkKind.Email } || (link is null && (email is null || people.LinkedTo(identity).Count > 0))) continue;
            byEmail ??= people.All.Where(static person => person is { Active: true, Email.Length: > 0 }).ToLookup(static person => person.Email!, StringComparer.OrdinalIgnoreCase);
            var owner = email is not null && byEmail[email].ToList() is [var only] ? new IdentityLink(only.Id, LinkKind.Email) : null;
            if (owner != link) changes[identity] = owner;
        }

        if (changes.Count > 0) await Set(changes, null, cancellation);
    }

    /// <summary>Takes back what addresses linked to identities that are gone: who comes under the same name later may be somebody else.</summary>
    internal async Task ForgetGone(string platform, CancellationToken cancellation)
    {
        List<PlatformIdentity> linked = [.. directory.Current.Links.Where(pair => pair.Value.Kind == LinkKind.Email && pair.Key.Platform == platform).Select(static pair => pair.Key)];
        if (linked.Count == 0) return;
        var graph = await store.Graph(platform, cancellation);
        var gone = linked.Where(identity => graph.Find(identity.Name) is null).ToDictionary(static identity => identity, static IdentityLink? (_) => null);
        if (gone.Count > 0) await Set(gone, null, cancellation);
    }

    private static Refusal OnlyAdministrators { get; } = new(RefusalReason.NotPermitted, "Only administrators may do this.");

    private static Refusal NoSuchIdentity { get; } = new(RefusalReason.NotFound, "There is no such identity.");

    private async Task Set(Dictionary<PlatformIdentity, IdentityLink?> links, Caller? caller, CancellationToken cancellation)
    {
        var before = links.Keys.ToDictionary(static identity => identity, identity => directory.Current.LinkedTo(identity));
        await directory.SetIdentityLinks(links, cancellation);
        foreach (var identity in links.Keys)
        {
            var now = directory.Current.LinkedTo(identity);
            foreach (var person in before[identity].ExceptBy(now.Select(static one => one.Id), static one => one.Id))
                await Record(EventTypes.Host.IdentityUnlinked, identity, person.Id, caller, cancellation);
            foreach (var person in now.ExceptBy(before[identity].Select(static one => one.Id), static one => one.Id))
                await Record(EventTypes.Host.IdentityLinked, identity, person.Id, caller, cancellation);
        }
    }

    private Task Record(string type, PlatformIdentity identity, string person, Caller? caller, CancellationToken cancellation) => audit.Append(new AuditEvent
    {
        Type = type,
        At = time.GetUtcNow(),
        Actor = caller?.Id ?? SystemActors.Ingester,
        Channel = (caller?.Channel ?? Channel.System).ToString(),
        Succeeded = true,
        Reason = caller is null ? "email" : "hand",
        Resource = $"person/{person}",
        Identity = $"{identity.Platform}/{identity.Name}",
        Detail = new AuditDetail { Address = caller?.Address },
    }, cancellation);
}
