using System.Collections.Immutable;

namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>What all sources said, at one moment; never changes.</summary>
public sealed class ProvisionedSnapshot
{
    private readonly ImmutableDictionary<string, ProvisionedUser> _users;
    private readonly ImmutableDictionary<string, ProvisionedGroup> _groups;
    private readonly Lazy<ILookup<string, ProvisionedGroup>> _groupsOf;

    private ProvisionedSnapshot(ImmutableDictionary<string, ProvisionedUser> users, ImmutableDictionary<string, ProvisionedGroup> groups)
    {
        (_users, _groups) = (users, groups);
        _groupsOf = new(() => _groups.Values.SelectMany(static group => group.Members.Distinct(StringComparer.Ordinal).Select(member => (member, group)))
            .ToLookup(static pair => pair.member, static pair => pair.group, StringComparer.Ordinal));
    }

    /// <summary>Nobody.</summary>
    public static ProvisionedSnapshot Empty { get; } = new(
        ImmutableDictionary.Create<string, ProvisionedUser>(StringComparer.Ordinal), ImmutableDictionary.Create<string, ProvisionedGroup>(StringComparer.Ordinal));

    /// <summary>All users, deleted ones too, in no order.</summary>
    public IEnumerable<ProvisionedUser> Users => _users.Values;

    /// <summary>All groups, in no order.</summary>
    public IEnumerable<ProvisionedGroup> Groups => _groups.Values;

    /// <summary>The user of that id, a deleted one too.</summary>
    public ProvisionedUser? User(string id) => _users.GetValueOrDefault(id);

    public ProvisionedGroup? Group(string id) => _groups.GetValueOrDefault(id);

    /// <summary>Groups that have this user or group as a member themselves, in order of their names.</summary>
    public IEnumerable<ProvisionedGroup> GroupsWith(string member) => _groupsOf.Value[member].OrderBy(static group => group.DisplayName, StringComparer.Ordinal).ThenBy(static group => group.Id, StringComparer.Ordinal);

    /// <summary>The same with these in place of those of the same ids.</summary>
    public ProvisionedSnapshot With(IEnumerable<ProvisionedUser> users, IEnumerable<ProvisionedGroup> groups) => new(
        _users.SetItems(users.Select(static user => KeyValuePair.Create(user.Id, user))), _groups.SetItems(groups.Select(static group => KeyValuePair.Create(group.Id, group))));

    /// <summary>The same without a group.</summary>
    public ProvisionedSnapshot WithoutGroups(IEnumerable<string> ids) => new(_users, _groups.RemoveRange(ids));

    /// <summary>Names of all groups that a user is in, through groups too.</summary>
    public IReadOnlyList<string> GroupNamesOf(string user)
    {
        var (seen, waiting) = (new HashSet<string>(StringComparer.Ordinal), new Queue<string>([user]));
        var names = new SortedSet<string>(StringComparer.Ordinal);
        while (waiting.TryDequeue(out var member))
        {
            foreach (var group in _groupsOf.Value[member])
            {
                if (!seen.Add(group.Id)) continue;
                names.Add(group.DisplayName);
                waiting.Enqueue(group.Id);
            }
        }

        return [.. names];
    }
}
