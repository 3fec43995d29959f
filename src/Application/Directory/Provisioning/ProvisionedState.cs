using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>
/// Keeps what this process has in line with the store, one change at a time, and draws the consequences of a change: the directory has it, the audit trail
/// tells who left and who came back, and the requests of those who left hear of it.
/// </summary>
public sealed class ProvisionedState(ProvisionedRows rows, ProvisionedPeople people, IDirectory directory, Leavers leavers, LeaverRoles roles, ProvisioningEvents events) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private string? _version;
    private bool _known;
    private IReadOnlyList<string> _left = [];
    private ProvisioningActor? _broken;
    private bool _writes;

    /// <summary>Reads again what another process may have changed.</summary>
    public Task<ProvisionedSnapshot> Refresh(CancellationToken cancellation) => Alone(null, async () =>
    {
        await Read(cancellation);
        return people.Current;
    }, cancellation);

    /// <summary>Does one thing at a time.</summary>
    /// <param name="by">Whose change it is; null where it only reads.</param>
    internal async Task<T> Alone<T>(ProvisioningActor? by, Func<Task<T>> work, CancellationToken cancellation)
    {
        IReadOnlyList<string> left = [];
        await _gate.WaitAsync(cancellation);
        try
        {
            try
            {
                (_left, _writes) = ([], false);
                return await work();
            }
            catch when (_writes)
            {
                // Rows may be stored that are not in force: the next look loads everything, and tells the other processes to.
                (_known, _version, _broken) = (false, null, by ?? _broken);
                throw;
            }
            finally
            {
                left = _left;
                _gate.Release();
            }
        }
        finally
        {
            // Others need not wait for that.
            _ = await leavers.Tell(left, CancellationToken.None);
        }
    }

    /// <summary>From here on rows are written: the caller hanging up stops nothing, and where it fails everything is read again. Only inside <see cref="Alone"/>.</summary>
    internal CancellationToken Writes()
    {
        _writes = true;
        return CancellationToken.None;
    }

    /// <summary>Reads everything again where something changed. Only inside <see cref="Alone"/>.</summary>
    internal async Task Read(CancellationToken cancellation)
    {
        var version = await rows.Version(cancellation);
        if (_known && version == _version) return;
        var (snapshot, before) = (await rows.Load(cancellation), directory.Current);

        // A process that was ended between a row and the mark left a change that the others would not read; it may have been the first one.
        if (_version is null && (version is not null || snapshot.Users.Any() || snapshot.Groups.Any())) version = await rows.Changed(version, cancellation);
        await people.Set(snapshot, cancellation);
        (_version, _known) = (version, version is not null || !snapshot.Users.Any());
        if (_broken is not { } by) return;

        // What a change that failed has done is in force only now.
        _broken = null;
        await Moved(by, before);
    }

    /// <summary>Reads everything, marked as changed or not, and draws the consequences. Only inside <see cref="Alone"/>.</summary>
    internal Task ReadAnew(ProvisioningActor by, CancellationToken cancellation)
    {
        (_known, _version, _broken) = (false, null, by);
        return Read(cancellation);
    }

    /// <summary>Puts in force what was stored, and draws the consequences; whoever left is told of behind it. Only inside <see cref="Alone"/>.</summary>
    internal async Task InForce(
        ProvisioningActor by, IReadOnlyList<ProvisionedUser> users, IReadOnlyList<ProvisionedGroup> groups, IReadOnlyList<string> withoutGroups, Func<Task> tell)
    {
        // What is stored is stored: the caller hanging up must not stop what follows from it.
        var before = directory.Current;
        _version = await rows.Changed(_version, CancellationToken.None);
        _known = _version is not null;
        await people.Set(people.Current.With(users, groups).WithoutGroups(withoutGroups), CancellationToken.None);
        _left = Left(before);
        await tell();
        await Moved(by, before);
    }

    /// <summary>Audits who left and who came back since; their requests are told when the turn is over.</summary>
    private async Task Moved(ProvisioningActor by, IPeople before)
    {
        var now = directory.Current;
        _left = Left(before);
        foreach (var person in _left) await events.Left(by, person);
        foreach (var person in _left) await roles.End(person, by);
        foreach (var person in before.All.Where(person => !person.Active && now.Find(person.Id) is { Active: true }))
        {
            await events.Returned(by, person.Id);

            // Where that failed when they left.
            await roles.End(person.Id, by);
        }
    }

    private List<string> Left(IPeople before) => [.. before.All.Where(person => person.Active && directory.Current.Find(person.Id) is not { Active: true }).Select(static person => person.Id)];

    /// <summary>The person who has the credential of such a user already; null where nobody has.</summary>
    internal string? PersonOf(ProvisionedUser user) => people.Issuers.CredentialOf(user) is { } credential
        ? people.Current.Users.Where(static other => !other.Deleted).OrderBy(static other => other.Created).FirstOrDefault(other => people.Issuers.CredentialOf(other) == credential)?.Person
        : null;

    /// <summary>Whether another user is the same person, so that a credential of this one would be one more of theirs.</summary>
    internal bool SharesPerson(ProvisionedUser user) => people.Current.Users.Any(other => other.Id != user.Id && other.Person == user.Person);

    /// <summary>Whether the addresses of a user would become those of a person of sources who holds a product role and has none: mails with links that decide go there.</summary>
    internal bool BringsAddress(ProvisionedUser now) =>
        now.Email is not null && PersonOf(now) is { } person && directory.Current.Find(person) is { Roles.Count: > 0, Email: null };

    /// <summary>Whom the directory takes a user for.</summary>
    internal string Whose(ProvisionedUser user) => (people.Issuers.CredentialOf(user) is { } credential ? directory.Current.Find(credential)?.Id : null) ?? user.Person;

    /// <summary>What differs, in the words of the schema.</summary>
    internal static IReadOnlyList<string> Fields(ProvisionedUser before, ProvisionedUser now)
    {
        var fields = new List<string>();
        Compare("userName", before.UserName == now.UserName);
        Compare("externalId", before.ExternalId == now.ExternalId);
        Compare("displayName", before.DisplayName == now.DisplayName);
        Compare("name.givenName", before.GivenName == now.GivenName);
        Compare("name.familyName", before.FamilyName == now.FamilyName);
        Compare("emails", before.Emails.SequenceEqual(now.Emails));
        Compare("manager", before.Manager == now.Manager);
        Compare("active", before.Active == now.Active);
        Compare("deleted", before.Deleted == now.Deleted);
        return fields;

        void Compare(string field, bool same)
        {
            if (!same) fields.Add(field);
        }
    }

    /// <summary>What stays of a user who was deleted: who they were, and whose reviews their manager takes.</summary>
    internal static ProvisionedUser Gone(ProvisionedUser user, DateTimeOffset at) =>
        user with { Active = false, Deleted = true, DisplayName = user.Name, GivenName = null, FamilyName = null, Emails = [], Version = user.Version + 1, Modified = at };

    public void Dispose() => _gate.Dispose();
}
