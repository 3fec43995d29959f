using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>What a source was found to hold: users and groups as they are now, and ids of those that are gone.</summary>
/// <param name="Users">Ids are the source's own; persons, instants and versions are made here.</param>
/// <param name="Whole">True: whoever of the source is not among them is gone.</param>
public sealed record ImportedChanges(
    IReadOnlyList<ProvisionedUser> Users, IReadOnlyList<string> GoneUsers, IReadOnlyList<ProvisionedGroup> Groups, IReadOnlyList<string> GoneGroups, bool Whole)
{
    /// <summary>How many people may leave by it where it is <see cref="Whole"/>; null: 10, or a fifth of those who are there, whatever is more.</summary>
    public int? MostLeavers { get; init; }
}

/// <summary>What became of a reading.</summary>
/// <param name="Changes">How many users and groups differed.</param>
/// <param name="Skipped">Ids of groups with more members than are stored: they are as they were before.</param>
public sealed record Imported(int Changes, IReadOnlyList<string> Skipped);

/// <summary>Takes over what a source that is read holds, all of a reading at once.</summary>
public sealed class DirectoryImport(ProvisionedState state, ProvisionedRows rows, ProvisionedPeople people, ProvisioningEvents events, TimeProvider time)
{
    private const int FewLeavers = 10;
    private const int OneLeaverOf = 5;

    private bool _refused;

    /// <summary>What is known of everybody, as another process may have left it.</summary>
    public Task<ProvisionedSnapshot> Known(CancellationToken cancellation) => state.Refresh(cancellation);

    /// <summary>Stores what differs, those who left first, puts it in force, audits it and tells the requests of whoever left by it.</summary>
    /// <exception cref="InvalidOperationException">
    /// Another process is at it: read again. Or everything was read, and so many are missing that the reading is rather wrong; nothing of it is taken over.
    /// </exception>
    public Task<Imported> Apply(ProvisioningActor by, ImportedChanges found, CancellationToken cancellation) => state.Alone(by, async () =>
    {
        await state.Read(cancellation);
        List<Step> users = [.. Users(by, found)];
        if (found.Whole) await Check(by, found, users);
        _refused = false;
        List<string> skipped = [.. found.Groups.Where(static group => !ProvisionedRows.Fits(group)).Select(static group => group.Id)];
        List<Step> done = [];
        try
        {
            foreach (var step in users.OrderBy(static step => step.User!.Active).Concat([.. Groups(by, found, skipped)]))
            {
                await step.Store();
                done.Add(step);
            }
        }
        finally
        {
            // What is stored is in force, whatever came of the rest.
            if (done.Count > 0) await InForce(by, done);
        }

        return new Imported(done.Count, skipped);
    }, cancellation);

    private IEnumerable<Step> Users(ProvisioningActor by, ImportedChanges found)
    {
        var known = people.Current;
        foreach (var user in found.Users)
        {
            var before = known.User(user.Id) is { } own && own.Source == by.Source ? own : null;
            var now = user with { Source = by.Source, Person = before?.Person ?? state.PersonOf(user with { Source = by.Source }) ?? user.Id, Created = before?.Created ?? time.GetUtcNow(), Modified = time.GetUtcNow(), Version = (before?.Version ?? 0) + 1 };
            if (before is null) yield return new Step(Save(null, now), () => events.Added(by, now, state.Whose(now))) { User = now };
            else if (ProvisionedState.Fields(before, now) is { Count: > 0 } fields) yield return new Step(Save(before, now), fields is ["active"] ? null : () => events.Changed(by, now, state.Whose(now), fields)) { User = now };
        }

        var there = found.Users.Select(static user => user.Id).ToHashSet(StringComparer.Ordinal);
        var named = found.GoneUsers.ToHashSet(StringComparer.Ordinal);
        foreach (var user in known.Users.Where(user => user.Source == by.Source && !user.Deleted && (found.Whole ? !there.Contains(user.Id) : named.Contains(user.Id))))
        {
            var (left, whose) = (ProvisionedState.Gone(user, time.GetUtcNow()), state.Whose(user));
            yield return new Step(Save(user, left), () => events.Deleted(by, user, whose)) { User = left };
        }
    }

    private IEnumerable<Step> Groups(ProvisioningActor by, ImportedChanges found, List<string> skipped)
    {
        var known = people.Current;
        foreach (var group in found.Groups.Where(group => !skipped.Contains(group.Id)))
        {
            var before = known.Group(group.Id) is { } own && own.Source == by.Source ? own : null;
            var now = group with { Source = by.Source, Created = before?.Created ?? time.GetUtcNow(), Modified = time.GetUtcNow(), Version = (before?.Version ?? 0) + 1 };
            if (before is not null && before.DisplayName == now.DisplayName && before.Members.ToHashSet(StringComparer.Ordinal).SetEquals(now.Members)) continue;
            yield return new Step(Save(before, now), () => events.Group(by, before is null ? EventTypes.Host.GroupAdded : EventTypes.Host.GroupChanged, now, before)) { Group = now };
        }

        var named = found.Groups.Select(static group => group.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var group in known.Groups.Where(group => group.Source == by.Source && (found.Whole ? !named.Contains(group.Id) : found.GoneGroups.Contains(group.Id, StringComparer.Ordinal))))
            yield return new Step(() => Stored(rows.Remove(group, state.Writes())), () => events.Group(by, EventTypes.Host.GroupDeleted, group)) { GoneGroup = group.Id };
    }

    /// <summary>A reading of everything that misses everybody, or many at once, is rather a fault of the source, and would end everybody's access.</summary>
    private async Task Check(ProvisioningActor by, ImportedChanges found, List<Step> users)
    {
        var known = people.Current;
        var there = known.Users.Count(user => user.Source == by.Source && user.Active);
        var leavers = users.Count(step => step.User is { Active: false } user && known.User(user.Id) is { Active: true });
        var most = found.MostLeavers ?? Math.Max(FewLeavers, there / OneLeaverOf);
        var empty = found.Users.Count == 0 && there > 0;
        if (!empty && leavers <= most) return;
        if (!_refused) await events.ReadingRefused(by, empty ? "empty" : "too-many-leavers", leavers, there);
        _refused = true;
        throw new InvalidOperationException(empty
            ? $"The source \"{by.Source}\" was read and holds nobody, of {there} people who were there. Nothing is taken over."
            : $"By a reading of everything in the source \"{by.Source}\" {leavers} of {there} people would leave, of whom {most} may at once. Nothing is taken over. Where they did leave, an administrator lets it through by a setting.");
    }

    private Task InForce(ProvisioningActor by, List<Step> done) => state.InForce(
        by, [.. done.Select(static step => step.User).OfType<ProvisionedUser>()], [.. done.Select(static step => step.Group).OfType<ProvisionedGroup>()], [.. done.Select(static step => step.GoneGroup).OfType<string>()], async () =>
        {
            foreach (var step in done) await (step.Tell?.Invoke() ?? Task.CompletedTask);
        });

    private Func<Task> Save(ProvisionedUser? before, ProvisionedUser now) => () => Stored(rows.Save(before, now, state.Writes()));

    private Func<Task> Save(ProvisionedGroup? before, ProvisionedGroup now) => () => Stored(rows.Save(before, now, state.Writes()));

    private static async Task Stored(Task<Saving> saving)
    {
        if (!(await saving).IsDone) throw new InvalidOperationException("Another process changes what this source said.");
    }

    /// <summary>One row to write, and what the audit trail hears of it.</summary>
    private sealed record Step(Func<Task> Store, Func<Task>? Tell)
    {
        public ProvisionedUser? User { get; init; }
        public ProvisionedGroup? Group { get; init; }
        public string? GoneGroup { get; init; }
    }
}
