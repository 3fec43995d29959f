using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Tests.Support;

/// <summary>A directory that a test can change.</summary>
internal sealed class MemoryDirectory(params IReadOnlyList<Person> people) : IDirectory
{
    private IReadOnlyList<Person> _people = people;
    private IReadOnlyList<Delegation> _delegations = [];
    private IReadOnlyDictionary<PlatformIdentity, IdentityLink> _links = new Dictionary<PlatformIdentity, IdentityLink>();

    private readonly Dictionary<string, IReadOnlyList<string>> _roles = [];

    public IPeople Current => new PeopleSnapshot(
        IdentityLinks.Over([.. Provisioned is { } sources ? DirectorySources.Merge(_people, sources.Current, sources.Issuers) : _people], _links)
            .Select(person => person with { Roles = _roles.GetValueOrDefault(person.Id, person.Roles) }),
        _delegations, _links);

    /// <summary>What sources say beside the people it was made of.</summary>
    public ProvisionedPeople? Provisioned { get; set; }

    public event Action? Changed;

    public Task SetDelegation(string person, Delegation? delegation, CancellationToken cancellation)
    {
        _delegations = [.. _delegations.Where(other => other.Person != person), .. delegation is null ? Array.Empty<Delegation>() : [delegation]];
        Changed?.Invoke();
        return Task.CompletedTask;
    }

    public Task SetRoles(string person, IReadOnlyList<string> roles, CancellationToken cancellation)
    {
        _roles[person] = roles;
        Changed?.Invoke();
        return Task.CompletedTask;
    }

    public Task<bool> SetSlackUser(string person, string? user, CancellationToken cancellation)
    {
        if (user is not null && Current.All.Any(other => other.Id != person && other.SlackUserId == user)) return Task.FromResult(false);
        Set(person, found => found with { SlackUserId = user });
        return Task.FromResult(true);
    }

    public Task SetIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation)
    {
        _links = (PeopleOverlay.Empty with { IdentityLinks = _links }).With(links).IdentityLinks;
        Changed?.Invoke();
        return Task.CompletedTask;
    }

    public void Set(string id, Func<Person, Person> change)
    {
        _people = [.. _people.Select(person => person.Id == id ? change(person) : person)];
        Changed?.Invoke();
    }
}
