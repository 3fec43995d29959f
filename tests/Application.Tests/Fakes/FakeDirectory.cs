using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Fakes;

/// <summary>A directory whose people a test replaces.</summary>
internal sealed class FakeDirectory(params Person[] people) : IDirectory
{
    private IReadOnlyCollection<Person> _people = people;
    private IReadOnlyDictionary<PlatformIdentity, IdentityLink> _links = new Dictionary<PlatformIdentity, IdentityLink>();

    public IPeople Current { get; private set; } = new PeopleSnapshot(people);

    public event Action? Changed;

    public int Watchers => Changed?.GetInvocationList().Length ?? 0;

    public Task SetDelegation(string person, Delegation? delegation, CancellationToken cancellation)
    {
        var others = Current.Delegations.Where(other => other.Person != person);
        Replace(_people, delegation is null ? [.. others] : [.. others, delegation]);
        return Task.CompletedTask;
    }

    public Task SetRoles(string person, IReadOnlyList<string> roles, CancellationToken cancellation)
    {
        Change(person, found => found with { Roles = roles });
        return Task.CompletedTask;
    }

    public Task<bool> SetSlackUser(string person, string? user, CancellationToken cancellation)
    {
        if (user is not null && Current.All.Any(other => other.Id != person && other.SlackUserId == user)) return Task.FromResult(false);
        Change(person, found => found with { SlackUserId = user });
        return Task.FromResult(true);
    }

    public Task SetIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation)
    {
        _links = (PeopleOverlay.Empty with { IdentityLinks = _links }).With(links).IdentityLinks;
        Replace(_people, Current.Delegations);
        return Task.CompletedTask;
    }

    public void Change(string person, Func<Person, Person> change) =>
        Replace([.. _people.Select(other => other.Id == person ? change(other) : other)], Current.Delegations);

    private void Replace(IReadOnlyCollection<Person> everyone, IReadOnlyList<Delegation> delegations)
    {
        _people = everyone;
        Current = new PeopleSnapshot(IdentityLinks.Over(everyone, _links), delegations, _links);
        Changed?.Invoke();
    }
}

internal sealed class FakeGroups(params AccessGroup[] groups) : IAccessGroups
{
    private readonly Dictionary<string, StoredGroup> _groups = groups.ToDictionary(group => group.Id, group => new StoredGroup(group, "1"));

    public IReadOnlyList<StoredGroup> All => [.. _groups.Values.OrderBy(stored => stored.Group.Id, StringComparer.Ordinal)];

    public StoredGroup? Find(string id) => _groups.GetValueOrDefault(id);

    public Task<StoredGroup?> Save(AccessGroup group, string? ifMatch, CancellationToken cancellation)
    {
        var current = Find(group.Id);
        if (current?.Version != ifMatch) return Task.FromResult<StoredGroup?>(null);
        return Task.FromResult<StoredGroup?>(_groups[group.Id] = new StoredGroup(group, $"{int.Parse(ifMatch ?? "0") + 1}"));
    }

    public Task<bool> Delete(string id, string ifMatch, CancellationToken cancellation) => Task.FromResult(Find(id)?.Version == ifMatch && _groups.Remove(id));
}

internal sealed class FakeMark : ISweepMark
{
    public SweepMark? Saved { get; private set; }

    public Task<SweepMark?> Find(CancellationToken cancellation) => Task.FromResult(Saved);

    public Task Save(SweepMark mark, CancellationToken cancellation)
    {
        Saved = mark;
        return Task.CompletedTask;
    }
}

internal sealed class FakeAudit : IAuditLog
{
    public List<AuditEvent> Events { get; } = [];

    public Task Append(AuditEvent happened, CancellationToken cancellation)
    {
        lock (Events) Events.Add(happened);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<AuditRow>> Stream(string stream, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Page<AuditRow>> List(AuditFilter filter, string? cursor, int limit, CancellationToken cancellation) => throw new NotSupportedException();

    public IAsyncEnumerable<AuditRow> Export(CancellationToken cancellation) => throw new NotSupportedException();

    public IAsyncEnumerable<Tombstone> Tombstones(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyList<Checkpoint>> Checkpoints(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Checkpoint?> MakeCheckpoint(CancellationToken cancellation) => throw new NotSupportedException();
}

/// <summary>A channel that keeps what it sends, once per notice and recipient, as every channel must.</summary>
internal sealed class FakeChannel(string name = "mail") : INotificationChannel
{
    public Dictionary<(string Notice, string Person), Notice> Sent { get; } = [];
    public Exception? Failure { get; set; }

    /// <summary>Neither answers nor listens.</summary>
    public bool Hangs { get; set; }
    public string Name => name;

    public Task<bool> Send(Notice notice, CancellationToken cancellation)
    {
        if (Failure is { } failure) throw failure;
        if (Hangs) return new TaskCompletionSource<bool>().Task;
        if (notice.To.Email is null) return Task.FromResult(false);
        Sent[(notice.Id, notice.To.Id)] = notice;
        return Task.FromResult(true);
    }
}
