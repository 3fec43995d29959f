using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Domain.Tests.Policy;

/// <summary>A directory written down in a test: people with their managers, groups and roles.</summary>
internal sealed class People : IApproverDirectory
{
    private readonly Dictionary<string, (string? Manager, string[] Groups, bool Active)> _people = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _roles = new(StringComparer.Ordinal);

    public People Add(string id, string? manager = null, string[]? groups = null, bool active = true, string? role = null)
    {
        _people[id] = (manager, groups ?? [], active);
        if (role is not null && active) (_roles.TryGetValue(role, out var holders) ? holders : _roles[role] = []).Add(id);
        return this;
    }

    public IReadOnlyList<string> Everyone => [.. _people.Where(person => person.Value.Active).Select(person => person.Key).Order(StringComparer.Ordinal)];

    public bool IsActive(string person) => _people.TryGetValue(person, out var found) && found.Active;

    public bool IsKnown(string person) => _people.ContainsKey(person);

    public IReadOnlyList<string>? Members(string group)
    {
        var members = _people.Where(person => person.Value.Groups.Contains(group)).ToList();
        return members.Count == 0 ? null : [.. members.Where(person => person.Value.Active).Select(person => person.Key).Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> WithRole(string role) => _roles.TryGetValue(role, out var holders) ? holders : [];

    public string? Manager(string person) => _people.TryGetValue(person, out var found) && found.Manager is { } manager && IsActive(manager) ? manager : null;
}
