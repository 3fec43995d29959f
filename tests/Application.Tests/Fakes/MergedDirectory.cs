using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Fakes;

/// <summary>People of a file and of sources; of what is set at run time it has product roles.</summary>
internal sealed class MergedDirectory : IDirectory
{
    private readonly IReadOnlyList<Person> _file;
    private readonly ProvisionedPeople _people;
    private PeopleOverlay _set = PeopleOverlay.Empty;

    public MergedDirectory(IReadOnlyList<Person> file, ProvisionedPeople people)
    {
        (_file, _people) = (file, people);
        Current = new PeopleSnapshot(file);
        people.Replaced = _ =>
        {
            Merge();
            return Task.CompletedTask;
        };
    }

    public IPeople Current { get; private set; }

    public event Action? Changed;

    public Task SetDelegation(string person, Delegation? delegation, CancellationToken cancellation) => throw new NotSupportedException();

    public Task SetRoles(string person, IReadOnlyList<string> roles, CancellationToken cancellation)
    {
        _set = _set.With(person, roles);
        Merge();
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> EndRoles(string person, CancellationToken cancellation)
    {
        if (RolesFail) throw new IOException("down");
        var ended = _set.EndingRoles(People().Single(known => known.Id == person));
        if (ended.Count > 0) _set = _set with { EndedRoles = _set.EndedRoles.Append(person).ToHashSet() };
        Merge();
        return Task.FromResult(ended);
    }

    /// <summary>Whether roles cannot be ended.</summary>
    public bool RolesFail { get; set; }

    public Task<bool> SetSlackUser(string person, string? user, CancellationToken cancellation) => throw new NotSupportedException();

    public Task SetIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation) => throw new NotSupportedException();

    private void Merge()
    {
        Current = new PeopleSnapshot(People().Select(person => person with { Roles = _set.RolesOf(person) }));
        Changed?.Invoke();
    }

    private IReadOnlyList<Person> People() => DirectorySources.Merge(_file, _people.Current, _people.Issuers);
}
