using System.Collections.Frozen;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Directory;

/// <summary>People at one moment, indexed; never changes. Ids, groups and roles compare ordinally.</summary>
public sealed class PeopleSnapshot : IPeople
{
    private readonly FrozenDictionary<string, Person> _byId;
    private readonly FrozenDictionary<Credential, Person> _byCredential;
    private readonly FrozenDictionary<string, IReadOnlyList<string>> _groups;
    private readonly FrozenDictionary<string, IReadOnlyList<string>> _roles;
    private readonly FrozenDictionary<PlatformIdentity, IReadOnlyList<Person>> _linked;

    /// <summary>Indexes people; their ids and credentials must differ.</summary>
    /// <param name="links">Links of identities that were made at run time; the people have them already.</param>
    public PeopleSnapshot(IEnumerable<Person> people, IReadOnlyList<Delegation>? delegations = null, IReadOnlyDictionary<PlatformIdentity, IdentityLink>? links = null)
    {
        All = [.. people.OrderBy(person => person.Id, StringComparer.Ordinal)];
        Delegations = delegations ?? [];
        _byId = All.ToFrozenDictionary(person => person.Id, StringComparer.Ordinal);
        _byCredential = All.SelectMany(person => person.Credentials.Select(credential => (credential, person))).ToFrozenDictionary(pair => pair.credential, pair => pair.person);
        _groups = Index(All, person => person.Groups);
        _roles = Index(All, person => person.Roles);
        _linked = All.SelectMany(static person => person.PlatformIdentities().Select(identity => (identity, person)))
            .GroupBy(static pair => pair.identity, static pair => pair.person)
            .ToFrozenDictionary(static group => group.Key, static IReadOnlyList<Person> (group) => [.. group.Distinct()]);
        Links = links ?? FrozenDictionary<PlatformIdentity, IdentityLink>.Empty;
        Everyone = [.. All.Where(person => person.Active).Select(person => person.Id)];
    }

    public static PeopleSnapshot Empty { get; } = new([]);

    public IReadOnlyCollection<Person> All { get; }
    public IReadOnlyList<Delegation> Delegations { get; }

    /// <summary>Ids of every active person, in id order.</summary>
    public IReadOnlyList<string> Everyone { get; }

    public IReadOnlyDictionary<PlatformIdentity, IdentityLink> Links { get; }

    public IReadOnlyList<Person> LinkedTo(PlatformIdentity identity) => _linked.GetValueOrDefault(identity, []);

    public Person? Find(string id) => _byId.GetValueOrDefault(id);

    public Person? Find(Credential credential) => _byCredential.GetValueOrDefault(credential);

    public IReadOnlyList<string> Members(string group) => _groups.GetValueOrDefault(group, []);

    /// <summary>True where somebody, active or not, is in that group: an empty group is not known to the directory.</summary>
    public bool HasGroup(string group) => _groups.ContainsKey(group);

    public IReadOnlyList<string> WithRole(string role) => _roles.GetValueOrDefault(role, []);

    // People come in id order, so that every list is; those who left keep a group known but are not in it.
    private static FrozenDictionary<string, IReadOnlyList<string>> Index(IReadOnlyCollection<Person> people, Func<Person, IReadOnlyList<string>> keys) => people
        .SelectMany(person => keys(person).Distinct(StringComparer.Ordinal).Select(key => (key, person)))
        .GroupBy(pair => pair.key, pair => pair.person, StringComparer.Ordinal)
        .ToFrozenDictionary(group => group.Key, IReadOnlyList<string> (group) => [.. group.Where(person => person.Active).Select(person => person.Id)], StringComparer.Ordinal);
}
