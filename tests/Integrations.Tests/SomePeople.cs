using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Tests;

/// <summary>A directory of given people that nobody changes.</summary>
public sealed class SomePeople(params IReadOnlyCollection<Person> people) : IPeople, IDirectory
{
    public IReadOnlyCollection<Person> All => people;

    public IReadOnlyList<Delegation> Delegations => [];

    public IReadOnlyDictionary<PlatformIdentity, IdentityLink> Links => new Dictionary<PlatformIdentity, IdentityLink>();

    public IReadOnlyList<Person> LinkedTo(PlatformIdentity identity) => [.. All.Where(person => person.PlatformIdentities().Contains(identity))];

    public IPeople Current => this;

    public event Action? Changed
    {
        add => throw new NotSupportedException("These people never change.");
        remove => throw new NotSupportedException("These people never change.");
    }

    public Person? Find(string id) => people.FirstOrDefault(person => person.Id == id);

    public Person? Find(Credential credential) => people.FirstOrDefault(person => person.Credentials.Contains(credential));

    public IReadOnlyList<string> Members(string group) => Those(person => person.Groups.Contains(group));

    public IReadOnlyList<string> WithRole(string role) => Those(person => person.Roles.Contains(role));

    public Task SetDelegation(string person, Delegation? delegation, CancellationToken cancellation) => throw new NotSupportedException("These people never change.");

    public Task SetRoles(string person, IReadOnlyList<string> roles, CancellationToken cancellation) => throw new NotSupportedException("These people never change.");

    public Task<bool> SetSlackUser(string person, string? user, CancellationToken cancellation) => throw new NotSupportedException("These people never change.");

    public Task SetIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation) => throw new NotSupportedException("These people never change.");

    private List<string> Those(Func<Person, bool> are) => [.. people.Where(person => person.Active && are(person)).Select(person => person.Id).Order(StringComparer.Ordinal)];
}
