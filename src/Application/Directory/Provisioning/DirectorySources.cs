using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>Whose tokens the users of each source carry: by source the issuer, whose subject is the user's external id. A source without one: its users cannot sign in by it.</summary>
public sealed record SourceIssuers(IReadOnlyDictionary<string, string> BySource)
{
    public static SourceIssuers None { get; } = new(new Dictionary<string, string>());

    /// <summary>The credential of a user; null where their source has no issuer, or they no external id.</summary>
    public Credential? CredentialOf(ProvisionedUser user) =>
        user.ExternalId is { Length: > 0 } subject && BySource.GetValueOrDefault(user.Source) is { } issuer ? new Credential(issuer, subject) : null;
}

/// <summary>
/// The one place that says what comes from where.
/// <list type="number">
/// <item>A user of a source is the person of <c>people.yaml</c> who has the same credential (issuer and subject). Nothing else links them: not a name,
/// not an address, so that no source can become somebody who is trusted already. A file may also name a user by the id that they got here.</item>
/// <item>Users of several sources with the same credential are one person, with the id of the one that was there first.</item>
/// <item>Of a person of the file, what the file says holds; a source names the manager where it names none, and adds groups. Address, credentials,
/// product roles and identities on platforms come from the file, and from what administrators set, alone: links in mails decide for their reader.</item>
/// <item>A person is active where everything that is known of them says so. A deleted user says nothing once there is another with the same credential.</item>
/// <item>A group that the file names is the file's: users of sources are not in it by a group of the same name. Groups of sources by one name are one group.</item>
/// </list>
/// </summary>
public static class DirectorySources
{
    /// <summary>The people of the file and of all sources, as one list with differing ids and credentials.</summary>
    public static IReadOnlyList<Person> Merge(IReadOnlyList<Person> file, ProvisionedSnapshot provisioned, SourceIssuers issuers)
    {
        var users = provisioned.Users.OrderBy(static user => user.Created).ThenBy(static user => user.Id, StringComparer.Ordinal).ToList();
        if (users.Count == 0) return file;
        var ids = file.Select(static person => person.Id).ToHashSet(StringComparer.Ordinal);
        var groups = file.SelectMany(static person => person.Groups).ToHashSet(StringComparer.Ordinal);
        var whole = new Whole(provisioned, issuers, Owners(file, users, issuers), groups);
        var personOf = users.ToDictionary(static user => user.Id, user => whole.PersonOf(user, ids), StringComparer.Ordinal);
        var managers = new ManagerNames(users, personOf);
        var known = users.ToLookup(user => personOf[user.Id], StringComparer.Ordinal);
        var people = file.Select(person => known.Contains(person.Id) ? Over(person, Counting(known[person.Id]), whole, managers) : person).ToList();
        people.AddRange(known.Where(same => !ids.Contains(same.Key)).Select(same => Of(same.Key, Counting(same), whole, managers)));
        return people;
    }

    /// <summary>Whose each credential is: the file's person, else the user's who is there, else the deleted one's.</summary>
    private static Dictionary<Credential, string> Owners(IReadOnlyList<Person> file, IReadOnlyList<ProvisionedUser> users, SourceIssuers issuers)
    {
        var owners = file.SelectMany(static person => person.Credentials.Select(credential => (credential, person.Id))).ToDictionary(static pair => pair.credential, static pair => pair.Id);
        foreach (var user in users.OrderBy(static user => user.Deleted))
        {
            if (issuers.CredentialOf(user) is { } credential) owners.TryAdd(credential, user.Person);
        }

        return owners;
    }

    private static Person Over(Person person, IReadOnlyList<ProvisionedUser> users, Whole whole, ManagerNames managers) => person with
    {
        Manager = person.Manager ?? First(users, managers.Of),
        ManagerIsProvisioned = person.Manager is null,
        Groups = [.. person.Groups.Concat(whole.GroupsOf(users)).Distinct(StringComparer.Ordinal)],
        Active = person.Active && AreThere(users),
    };

    private static Person Of(string id, IReadOnlyList<ProvisionedUser> users, Whole whole, ManagerNames managers) => new()
    {
        Id = id,
        Name = users[0].Name,
        UserName = First(users, static user => Pattern.CanInsert(user.UserName) ? user.UserName : null),
        Email = First(users, static user => user.Email),
        Manager = First(users, managers.Of),
        ManagerIsProvisioned = true,
        Groups = whole.GroupsOf(users),
        Active = AreThere(users),
        Credentials = [.. users.Select(whole.Issuers.CredentialOf).OfType<Credential>().Distinct().Where(credential => whole.Owners.GetValueOrDefault(credential) == id)],
    };

    private static bool AreThere(IReadOnlyList<ProvisionedUser> users) => users.All(static user => user is { Active: true, Deleted: false });

    /// <summary>Those that say what is: deleted ones only where nothing else is left.</summary>
    private static IReadOnlyList<ProvisionedUser> Counting(IEnumerable<ProvisionedUser> users)
    {
        List<ProvisionedUser> all = [.. users];
        return all.Exists(static user => !user.Deleted) ? all.FindAll(static user => !user.Deleted) : all;
    }

    private static string? First(IReadOnlyList<ProvisionedUser> users, Func<ProvisionedUser, string?> said) => users.Select(said).FirstOrDefault(static text => !string.IsNullOrWhiteSpace(text));

    private sealed record Whole(ProvisionedSnapshot Provisioned, SourceIssuers Issuers, Dictionary<Credential, string> Owners, HashSet<string> OwnGroups)
    {
        /// <summary>Whose a user is. One who was deleted is nobody else, and stays who they were while another has their credential.</summary>
        public string PersonOf(ProvisionedUser user, HashSet<string> file)
        {
            if (file.Contains(user.Person) || Issuers.CredentialOf(user) is not { } credential) return user.Person;
            var owner = Owners[credential];
            return user.Deleted && !file.Contains(owner) ? user.Person : owner;
        }

        public IReadOnlyList<string> GroupsOf(IReadOnlyList<ProvisionedUser> users) =>
            [.. users.Where(static user => !user.Deleted).SelectMany(user => Provisioned.GroupNamesOf(user.Id)).Where(name => !OwnGroups.Contains(name)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Finds a manager by what their source calls them: the id of the resource, else the external id, else the user name.</summary>
    private sealed class ManagerNames
    {
        private readonly Dictionary<string, string> _persons = new(StringComparer.Ordinal);

        public ManagerNames(IReadOnlyList<ProvisionedUser> users, Dictionary<string, string> personOf)
        {
            var there = users.Where(static user => !user.Deleted).ToList();
            foreach (var user in there) _persons.TryAdd($"{user.Source} {user.Id}", personOf[user.Id]);
            foreach (var user in there.Where(static user => user.ExternalId is not null)) _persons.TryAdd($"{user.Source} {user.ExternalId}", personOf[user.Id]);
            foreach (var user in there) _persons.TryAdd($"{user.Source} {user.UserName}", personOf[user.Id]);
        }

        /// <summary>The person's id; null where there is none, or it is the person themself.</summary>
        public string? Of(ProvisionedUser user) =>
            user.Manager is { } manager && _persons.TryGetValue($"{user.Source} {manager}", out var person) && person != _persons.GetValueOrDefault($"{user.Source} {user.Id}") ? person : null;
    }
}
