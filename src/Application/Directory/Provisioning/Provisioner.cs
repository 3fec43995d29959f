using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>
/// What sources change: each change is stored, in force in this process when it returns, audited, and told to the requests of whoever left by it. Other
/// processes of a host read it again within seconds.
/// </summary>
public sealed class Provisioner(ProvisionedState state, ProvisionedRows rows, ProvisionedPeople people, IDirectory directory, ProvisioningEvents events, TimeProvider time)
{
    private const int Attempts = 5;

    /// <summary>What this process has; within a change what it is made over.</summary>
    public ProvisionedSnapshot Current => people.Current;

    /// <summary>Reads again what another process may have changed.</summary>
    public Task<ProvisionedSnapshot> Refresh(CancellationToken cancellation) => state.Refresh(cancellation);

    /// <summary>Adds a user; id, person and instants are made here.</summary>
    public Task<Provisioned<ProvisionedUser>> Add(ProvisioningActor by, ProvisionedUser draft, CancellationToken cancellation) => state.Alone(by, async () =>
    {
        await state.Read(cancellation);
        var id = Guid.NewGuid().ToString("D");
        var user = draft with { Id = id, Person = state.PersonOf(draft with { Source = by.Source }) ?? id, Source = by.Source, Created = time.GetUtcNow(), Modified = time.GetUtcNow(), Version = 1, Deleted = false };
        if (state.BringsAddress(user)) return new Provisioned<ProvisionedUser>(null, ProvisioningFault.HoldsRole, RoleAndAddress);
        if (await Taken(null, user, cancellation) is { } taken) return taken;
        if (await rows.Save(null, user, state.Writes()) is { IsDone: false } saving) return saving.TakenName is { } name ? Taken<ProvisionedUser>("user", name) : await Busy<ProvisionedUser>(by, cancellation);
        await state.InForce(by, [user], [], [], () => events.Added(by, user, state.Whose(user)));
        return new Provisioned<ProvisionedUser>(user);
    }, cancellation);

    /// <summary>Changes a user.</summary>
    /// <param name="by">Who tells of it.</param>
    /// <param name="id">The resource's id.</param>
    /// <param name="ifVersion">Only where it is at this version; null: at any.</param>
    /// <param name="change">Makes the user as it should be; ids and instants stay.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<Provisioned<ProvisionedUser>> Change(ProvisioningActor by, string id, int? ifVersion, Func<ProvisionedUser, ProvisionedUser> change, CancellationToken cancellation) => Changing(by, ifVersion, async () =>
    {
        if (Found(by, id) is not { } before) return Missing<ProvisionedUser>();
        if (ifVersion is { } version && version != before.Version) return Differs<ProvisionedUser>();
        var wanted = change(before);

        // That somebody leaves is never refused: what their role keeps as it is stays as it is.
        if (before.Active && !wanted.Active && Guarded(before, wanted) is not null) wanted = wanted with { ExternalId = before.ExternalId, Emails = before.Emails };
        var now = wanted with { Id = id, Person = before.Person, Source = before.Source, Created = before.Created, Deleted = false, Version = before.Version + 1, Modified = time.GetUtcNow() };
        var fields = ProvisionedState.Fields(before, now);
        if (fields.Count == 0) return new Provisioned<ProvisionedUser>(before);
        if (Guarded(before, now) is { } refused) return refused;
        if (await Taken(before, now, cancellation) is { } taken) return taken;
        if (await rows.Save(before, now, state.Writes()) is { IsDone: false } saving) return saving.TakenName is { } name ? Taken<ProvisionedUser>("user", name) : Differs<ProvisionedUser>();
        await state.InForce(by, [now], [], [], () => fields is ["active"] ? Task.CompletedTask : events.Changed(by, now, state.Whose(now), fields));
        return new Provisioned<ProvisionedUser>(now);
    }, cancellation);

    /// <summary>Deletes a user: the person left. The name stays, the addresses go.</summary>
    public Task<Provisioned<ProvisionedUser>> Delete(ProvisioningActor by, string id, int? ifVersion, CancellationToken cancellation) => Changing(by, ifVersion, async () =>
    {
        if (Found(by, id) is not { } before) return Missing<ProvisionedUser>();
        if (ifVersion is { } version && version != before.Version) return Differs<ProvisionedUser>();
        var (gone, whose) = (ProvisionedState.Gone(before, time.GetUtcNow()), state.Whose(before));
        if (!(await rows.Save(before, gone, state.Writes())).IsDone) return Differs<ProvisionedUser>();
        await state.InForce(by, [gone], [], [], () => events.Deleted(by, before, whose));
        return new Provisioned<ProvisionedUser>(gone);
    }, cancellation);

    /// <summary>Adds a group.</summary>
    public Task<Provisioned<ProvisionedGroup>> Add(ProvisioningActor by, ProvisionedGroup draft, CancellationToken cancellation) => state.Alone(by, async () =>
    {
        await state.Read(cancellation);
        var group = draft with { Id = Guid.NewGuid().ToString("D"), Source = by.Source, Created = time.GetUtcNow(), Modified = time.GetUtcNow(), Version = 1 };
        if ((Members(null, group) ?? await Save(by, null, WithMembersThere(group), cancellation)) is var made && made.Fault != ProvisioningFault.Changed) return made;
        return await Busy<ProvisionedGroup>(by, cancellation);
    }, cancellation);

    /// <summary>Changes a group, as a user is changed.</summary>
    public Task<Provisioned<ProvisionedGroup>> ChangeGroup(ProvisioningActor by, string id, int? ifVersion, Func<ProvisionedGroup, ProvisionedGroup> change, CancellationToken cancellation) => Changing(by, ifVersion, async () =>
    {
        if (people.Current.Group(id) is not { } before || before.Source != by.Source) return Missing<ProvisionedGroup>();
        if (ifVersion is { } version && version != before.Version) return Differs<ProvisionedGroup>();
        var now = change(before) with { Id = id, Source = before.Source, Created = before.Created, Version = before.Version + 1, Modified = time.GetUtcNow() };
        if (Members(before, now) is { } fault) return fault;
        now = WithMembersThere(now);
        var same = before.DisplayName == now.DisplayName && before.ExternalId == now.ExternalId && before.Members.ToHashSet(StringComparer.Ordinal).SetEquals(now.Members);
        return same ? new Provisioned<ProvisionedGroup>(before) : await Save(by, before, now, cancellation);
    }, cancellation);

    /// <summary>Deletes a group.</summary>
    public Task<Provisioned<ProvisionedGroup>> DeleteGroup(ProvisioningActor by, string id, int? ifVersion, CancellationToken cancellation) => Changing(by, ifVersion, async () =>
    {
        if (people.Current.Group(id) is not { } before || before.Source != by.Source) return Missing<ProvisionedGroup>();
        if (ifVersion is { } version && version != before.Version) return Differs<ProvisionedGroup>();
        if (!(await rows.Remove(before, state.Writes())).IsDone) return Differs<ProvisionedGroup>();
        await state.InForce(by, [], [], [id], () => events.Group(by, EventTypes.Host.GroupDeleted, before));
        return new Provisioned<ProvisionedGroup>(before);
    }, cancellation);

    /// <summary>Makes a change over what is stored. One that did not say over which version is made again where another process was faster.</summary>
    private Task<Provisioned<T>> Changing<T>(ProvisioningActor by, int? ifVersion, Func<Task<Provisioned<T>>> change, CancellationToken cancellation) where T : class => state.Alone(by, async () =>
    {
        await state.Read(cancellation);
        for (var attempt = 1; attempt < Attempts; attempt++)
        {
            var made = await change();
            if (made.Fault != ProvisioningFault.Changed || ifVersion is not null) return made;
            await state.ReadAnew(by, cancellation);
        }

        var last = await change();
        return last.Fault == ProvisioningFault.Changed && ifVersion is null ? await Busy<T>(by, cancellation) : last;
    }, cancellation);

    /// <summary>Others change it all the time, or it was stored and the store's answer was lost: the next look says.</summary>
    private async Task<Provisioned<T>> Busy<T>(ProvisioningActor by, CancellationToken cancellation) where T : class
    {
        await state.ReadAnew(by, cancellation);
        return new Provisioned<T>(null, ProvisioningFault.Busy, "Others are changing it; repeat the call.");
    }

    private async Task<Provisioned<ProvisionedGroup>> Save(ProvisioningActor by, ProvisionedGroup? before, ProvisionedGroup now, CancellationToken cancellation)
    {
        if (!ProvisionedRows.Fits(now))
            return new Provisioned<ProvisionedGroup>(null, ProvisioningFault.TooLarge, "The group has more members than are stored in one (about 20,000): split it.");
        if (await Taken(before, now, cancellation) is { } taken) return taken;
        if (await rows.Save(before, now, state.Writes()) is { IsDone: false } saving) return saving.TakenName is { } name ? Taken<ProvisionedGroup>("group", name) : Differs<ProvisionedGroup>();
        await state.InForce(by, [], [now], [], () => events.Group(by, before is null ? EventTypes.Host.GroupAdded : EventTypes.Host.GroupChanged, now, before));
        return new Provisioned<ProvisionedGroup>(now);
    }

    /// <summary>Members that were never told of are a mistake; those that are gone are left out.</summary>
    private Provisioned<ProvisionedGroup>? Members(ProvisionedGroup? before, ProvisionedGroup now)
    {
        var known = before?.Members.ToHashSet(StringComparer.Ordinal) ?? [];
        return now.Members.FirstOrDefault(member => !known.Contains(member) && people.Current.User(member)?.Source != now.Source && people.Current.Group(member)?.Source != now.Source) is { } unknown
            ? new Provisioned<ProvisionedGroup>(null, ProvisioningFault.NoSuchMember, $"members: there is no user or group \"{unknown}\"; a member is named by the id that it got here.")
            : null;
    }

    private ProvisionedGroup WithMembersThere(ProvisionedGroup group) => group with
    {
        Members = [.. group.Members.Distinct(StringComparer.Ordinal).Where(member => member != group.Id && (people.Current.User(member) is { Deleted: false } || people.Current.Group(member) is not null))],
    };

    private ProvisionedUser? Found(ProvisioningActor by, string id) => people.Current.User(id) is { Deleted: false } user && user.Source == by.Source ? user : null;

    private const string RoleAndCredential = "This person holds a product role here, which would go to whoever has the other external id. Take the role from them first (an administrator does), then change it.";
    private const string RoleAndAddress = "This person holds a product role here, and mails that decide go to their address. Take the role from them first (an administrator does), then change it.";

    /// <summary>Whether another has a name already. Rows of names say so at the write; this is for those who were stored before there were such rows.</summary>
    private async Task<Provisioned<ProvisionedUser>?> Taken(ProvisionedUser? before, ProvisionedUser now, CancellationToken cancellation)
    {
        var names = ProvisionedNames.Of(now).Except(ProvisionedNames.Of(before), StringComparer.Ordinal).ToList();
        foreach (var (id, name) in names.Count == 0 ? [] : Holders(people.Current.Users.Where(user => user.Id != now.Id), static user => user.Id, ProvisionedNames.Of, names))
        {
            if (ProvisionedNames.Of(await rows.User(id, cancellation)).Contains(name)) return Taken<ProvisionedUser>("user", name);
        }

        return null;
    }

    private async Task<Provisioned<ProvisionedGroup>?> Taken(ProvisionedGroup? before, ProvisionedGroup now, CancellationToken cancellation)
    {
        var names = ProvisionedNames.Of(now).Except(ProvisionedNames.Of(before), StringComparer.Ordinal).ToList();
        foreach (var (id, name) in names.Count == 0 ? [] : Holders(people.Current.Groups.Where(group => group.Id != now.Id), static group => group.Id, ProvisionedNames.Of, names))
        {
            if (ProvisionedNames.Of(await rows.Group(id, cancellation)).Contains(name)) return Taken<ProvisionedGroup>("group", name);
        }

        return null;
    }

    private static List<(string Id, string Name)> Holders<T>(IEnumerable<T> all, Func<T, string> id, Func<T, IReadOnlyList<string>> has, List<string> names) =>
        [.. all.SelectMany(item => has(item).Where(names.Contains).Select(name => (id(item), name)))];

    /// <summary>Why a user's credential or addresses stay as they are; null where they may change.</summary>
    private Provisioned<ProvisionedUser>? Guarded(ProvisionedUser before, ProvisionedUser now)
    {
        var (credential, addresses) = (before.ExternalId != now.ExternalId, !before.Emails.SequenceEqual(now.Emails));
        if (!credential && !addresses) return null;

        // The address of a person of the file is the file's.
        if (directory.Current.Find(state.Whose(before)) is { Roles.Count: > 0 } holder && (credential || holder.Id == before.Person))
            return new Provisioned<ProvisionedUser>(null, ProvisioningFault.HoldsRole, credential ? RoleAndCredential : RoleAndAddress);
        if (credential && state.SharesPerson(before)) return new Provisioned<ProvisionedUser>(null, ProvisioningFault.SamePerson, "Another user is the same person, who would have both credentials. Delete this one, and add it with the other external id.");
        return state.BringsAddress(now) ? new Provisioned<ProvisionedUser>(null, ProvisioningFault.HoldsRole, RoleAndAddress) : null;
    }

    private static Provisioned<T> Missing<T>() where T : class => new(null, ProvisioningFault.NotFound, "There is no such resource.");

    private static Provisioned<T> Differs<T>() where T : class => new(null, ProvisioningFault.Changed, "It changed meanwhile; read it again, and repeat the change.");

    private static Provisioned<T> Taken<T>(string kind, string name) where T : class => new(null, ProvisioningFault.Taken, $"Another {kind} has this {name.Split(' ').First(static word => word is "userName" or "externalId" or "displayName")} already.");
}
