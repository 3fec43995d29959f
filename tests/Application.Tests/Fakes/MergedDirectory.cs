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
    private readonly Dictionary<string, IReadOnlyList<string>> _roles = [];

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
        _roles[person] = roles;
        Merge();
        return Task.CompletedTask;
    }

    public Task<bool> SetSlackUser(string person, string? user, CancellationToken cancellation) => throw new NotSupportedException();

    public Task SetIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation) => throw new NotSupportedException();

    private void Merge()
    {
        Current = new PeopleSnapshot(DirectorySources.Merge(_file, _people.Current, _people.Issuers).Select(person => person with { Roles = _roles.GetValueOrDefault(person.Id, person.Roles) }));
        Changed?.Invoke();
    }
}
