using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Application.Directory;

/// <summary>Shows people to policy: who is active, in which group, with which role, under which manager.</summary>
public sealed class ApproverDirectory(IPeople people) : IApproverDirectory
{
    private IReadOnlyList<string>? _everyone;

    public IReadOnlyList<string> Everyone => _everyone ??= people is PeopleSnapshot snapshot ? snapshot.Everyone
        : [.. people.All.Where(person => person.Active).Select(person => person.Id).Order(StringComparer.Ordinal)];

    public bool IsActive(string person) => people.Find(person) is { Active: true };

    public bool IsKnown(string person) => people.Find(person) is not null;

    public IReadOnlyList<string>? Members(string group)
    {
        var known = people is PeopleSnapshot snapshot ? snapshot.HasGroup(group) : people.All.Any(person => person.Groups.Contains(group, StringComparer.Ordinal));
        return known ? people.Members(group) : null;
    }

    public IReadOnlyList<string> WithRole(string role) => people.WithRole(role);

    public string? Manager(string person) => people.Find(person)?.Manager is { } manager && IsActive(manager) ? manager : null;
}
