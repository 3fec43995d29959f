using System.Text;
using System.Text.Json;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>What a source was found to hold: users and groups as they are now, and ids of those that are gone.</summary>
/// <param name="Users">Ids are the source's own; persons, instants and versions are made here.</param>
/// <param name="Whole">True: whoever of the source is not among them is gone.</param>
public sealed record ImportedChanges(
    IReadOnlyList<ProvisionedUser> Users, IReadOnlyList<string> GoneUsers, IReadOnlyList<ProvisionedGroup> Groups, IReadOnlyList<string> GoneGroups, bool Whole);

/// <summary>Takes over what a source that is read holds, all of a reading at once.</summary>
public sealed class DirectoryImport(ProvisionedState state, ProvisionedRows rows, ProvisionedPeople people, ProvisioningEvents events, TimeProvider time)
{
    /// <summary>What is known of everybody, as another process may have left it.</summary>
    public Task<ProvisionedSnapshot> Known(CancellationToken cancellation) => state.Refresh(cancellation);

    /// <summary>Stores what differs, puts it in force, audits it and tells the requests of whoever left by it.</summary>
    /// <returns>How many users and groups differed.</returns>
    /// <exception cref="InvalidOperationException">Another process is at it; read again.</exception>
    public Task<int> Apply(ProvisioningActor by, ImportedChanges found, CancellationToken cancellation) => state.Alone(async () =>
    {
        await state.Read(cancellation);
        var known = people.Current;
        var (users, groups, gone, tell) = (new List<ProvisionedUser>(), new List<ProvisionedGroup>(), new List<string>(), new List<Func<Task>>());
        foreach (var user in found.Users)
        {
            var before = Own(known.User(user.Id), by);
            var now = user with { Source = by.Source, Person = before?.Person ?? state.PersonOf(user with { Source = by.Source }) ?? user.Id, Created = before?.Created ?? time.GetUtcNow(), Modified = time.GetUtcNow(), Version = (before?.Version ?? 0) + 1 };
            if (before is null)
            {
                await Stored(rows.Save(null, now, cancellation));
                tell.Add(() => events.Added(by, now, state.Whose(now)));
            }
            else if (ProvisionedState.Fields(before, now) is { Count: > 0 } fields)
            {
                await Stored(rows.Save(before, now, cancellation));
                if (fields is not ["active"]) tell.Add(() => events.Changed(by, now, state.Whose(now), fields));
            }
            else
            {
                continue;
            }

            users.Add(now);
        }

        var there = found.Users.Select(static user => user.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var user in known.Users.Where(user => user.Source == by.Source && !user.Deleted && (found.Whole ? !there.Contains(user.Id) : found.GoneUsers.Contains(user.Id, StringComparer.Ordinal))))
        {
            var left = ProvisionedState.Gone(user, time.GetUtcNow());
            var whose = state.Whose(user);
            await Stored(rows.Save(user, left, cancellation));
            tell.Add(() => events.Deleted(by, user, whose));
            users.Add(left);
        }

        foreach (var group in found.Groups)
        {
            var before = known.Group(group.Id) is { } own && own.Source == by.Source ? own : null;
            var now = group with { Source = by.Source, Created = before?.Created ?? time.GetUtcNow(), Modified = time.GetUtcNow(), Version = (before?.Version ?? 0) + 1 };
            if (before is not null && before.DisplayName == now.DisplayName && before.Members.ToHashSet(StringComparer.Ordinal).SetEquals(now.Members)) continue;
            if (Encoding.UTF8.GetByteCount(JsonSerializer.Serialize(now, JsonSerializerOptions.Web)) > ProvisionedRows.LongestRow)
                throw new InvalidOperationException($"Group {now.Id} has more members than are stored in one.");
            await Stored(rows.Save(before, now, cancellation));
            tell.Add(() => events.Group(by, before is null ? EventTypes.Host.GroupAdded : EventTypes.Host.GroupChanged, now, before));
            groups.Add(now);
        }

        var named = found.Groups.Select(static group => group.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var group in known.Groups.Where(group => group.Source == by.Source && (found.Whole ? !named.Contains(group.Id) : found.GoneGroups.Contains(group.Id, StringComparer.Ordinal))))
        {
            await rows.RemoveGroup(group.Id, cancellation);
            tell.Add(() => events.Group(by, EventTypes.Host.GroupDeleted, group));
            gone.Add(group.Id);
        }

        var changes = users.Count + groups.Count + gone.Count;
        if (changes == 0) return 0;
        await state.InForce(by, users, groups, gone, async () =>
        {
            foreach (var one in tell) await one();
        });
        return changes;
    }, cancellation);

    private static ProvisionedUser? Own(ProvisionedUser? user, ProvisioningActor by) => user?.Source == by.Source ? user : null;

    private static async Task Stored(Task<bool> saving)
    {
        if (!await saving) throw new InvalidOperationException("Another process changes what this source said.");
    }
}
