using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Fakes;

/// <summary>People of a file and of sources; nothing is set at run time.</summary>
internal sealed class MergedDirectory : IDirectory
{
    private readonly IReadOnlyList<Person> _file;
    private readonly ProvisionedPeople _people;

    public MergedDirectory(IReadOnlyList<Person> file, ProvisionedPeople people)
    {
        (_file, _people) = (file, people);
        Current = new PeopleSnapshot(file);
        people.Replaced = _ =>
        {
            Current = new PeopleSnapshot(DirectorySources.Merge(_file, _people.Current, _people.Issuers));
            Changed?.Invoke();
            return Task.CompletedTask;
        };
    }

    public IPeople Current { get; private set; }

    public event Action? Changed;

    public Task SetDelegation(string person, Delegation? delegation, CancellationToken cancellation) => throw new NotSupportedException();

    public Task SetRoles(string person, IReadOnlyList<string> roles, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<bool> SetSlackUser(string person, string? user, CancellationToken cancellation) => throw new NotSupportedException();

    public Task SetIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation) => throw new NotSupportedException();
}
