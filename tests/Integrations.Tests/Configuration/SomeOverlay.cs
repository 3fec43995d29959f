using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Tests.Configuration;

/// <summary>Remembers what was set, as a host's store does.</summary>
internal sealed class SomeOverlay : IPeopleOverlay
{
    private PeopleOverlay _saved = PeopleOverlay.Empty;

    public Task<PeopleOverlay> Load(CancellationToken cancellation) => Task.FromResult(_saved);

    public Task SaveRoles(string person, IReadOnlyList<string> roles, CancellationToken cancellation)
    {
        _saved = _saved.With(person, roles);
        return Task.CompletedTask;
    }

    public Task EndRoles(string person, CancellationToken cancellation)
    {
        if (_saved.Roles.ContainsKey(person)) _saved = _saved with { EndedRoles = _saved.EndedRoles.Append(person).ToHashSet() };
        return Task.CompletedTask;
    }

    public Task SaveDelegation(string person, Delegation? delegation, CancellationToken cancellation)
    {
        var others = _saved.Delegations.Where(other => other.Person != person);
        _saved = _saved with { Delegations = [.. delegation is null ? others : others.Append(delegation)] };
        return Task.CompletedTask;
    }

    public Task SaveSlackUser(string person, string? user, CancellationToken cancellation)
    {
        _saved = _saved with { SlackUsers = new Dictionary<string, string?>(_saved.SlackUsers) { [person] = user } };
        return Task.CompletedTask;
    }

    public Task SaveIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation)
    {
        _saved = _saved.With(links);
        return Task.CompletedTask;
    }
}
