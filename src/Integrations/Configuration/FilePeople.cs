using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>The configured people, overlaid with the roles, stand-ins and Slack users set at run time.</summary>
internal sealed class FilePeople(ConfigurationFolder folder, IPeopleOverlay overlay) : IDirectory
{
    public IPeople Current => folder.Current.Directory;

    public event Action? Changed
    {
        add => folder.PeopleChanged += value;
        remove => folder.PeopleChanged -= value;
    }

    public Task SetDelegation(string person, Delegation? delegation, CancellationToken cancellation) => folder.Entered(async () =>
    {
        await overlay.SaveDelegation(person, delegation, cancellation);
        var now = folder.Current.Overlay;
        var others = now.Delegations.Where(other => other.Person != person);
        folder.Read(now with { Delegations = [.. delegation is null ? others : others.Append(delegation)] }, first: false);
    }, cancellation);

    public Task SetRoles(string person, IReadOnlyList<string> roles, CancellationToken cancellation) => folder.Entered(async () =>
    {
        await overlay.SaveRoles(person, roles, cancellation);
        var now = folder.Current.Overlay;
        folder.Read(now.With(person, roles), first: false);
    }, cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> EndRoles(string person, CancellationToken cancellation)
    {
        IReadOnlyList<string> ended = [];
        if (folder.Current.People.FirstOrDefault(known => known.Id == person) is not { } configured || folder.Current.Overlay.EndingRoles(configured).Count == 0) return ended;
        await folder.Entered(async () =>
        {
            // Another process may have done it, or have set others.
            var now = await overlay.Load(cancellation);
            ended = now.EndingRoles(configured);
            if (ended.Count > 0)
            {
                await overlay.EndRoles(person, cancellation);
                now = now with { EndedRoles = now.EndedRoles.Append(person).ToHashSet(StringComparer.Ordinal) };
            }

            folder.Read(now, first: false);
        }, cancellation);
        return ended;
    }

    public async Task<bool> SetSlackUser(string person, string? user, CancellationToken cancellation)
    {
        var set = false;
        await folder.Entered(async () =>
        {
            // Another process may have linked the same user a moment ago.
            var now = await overlay.Load(cancellation);
            if (user is not null && IsOthers(now, person, user)) return;
            await overlay.SaveSlackUser(person, user, cancellation);
            folder.Read(now with { SlackUsers = new Dictionary<string, string?>(now.SlackUsers, StringComparer.Ordinal) { [person] = user } }, first: false);
            set = true;
        }, cancellation);
        return set;
    }

    /// <inheritdoc/>
    public async Task<bool> Replace(PersonSettings read, PersonSettings changed, CancellationToken cancellation)
    {
        var replaced = false;
        await folder.Entered(async () =>
        {
            // Another process may have set something a moment ago.
            var now = await overlay.Load(cancellation);
            var there = PersonSettings.Of(ConfigurationSnapshot.Overlaid(folder.Current.People, now), read.Id);
            if (there is not null && there.Differences(read).Count == 0 && !(changed.SlackUserId is { } user && IsOthers(now, read.Id, user)))
            {
                foreach (var part in there.Differences(changed)) now = await Save(now, read.Id, part, changed, cancellation);
                replaced = true;
            }

            folder.Read(now, first: false);
        }, cancellation);
        return replaced;
    }

    private async Task<PeopleOverlay> Save(PeopleOverlay now, string person, string part, PersonSettings changed, CancellationToken cancellation)
    {
        switch (part)
        {
            case PersonSettings.RolesPart:
                await overlay.SaveRoles(person, changed.Roles, cancellation);
                return now.With(person, changed.Roles);
            case PersonSettings.StandInPart:
                await overlay.SaveDelegation(person, changed.Delegation, cancellation);
                var others = now.Delegations.Where(other => other.Person != person);
                return now with { Delegations = [.. changed.Delegation is { } delegation ? others.Append(delegation) : others] };
            case PersonSettings.SlackUserPart:
                await overlay.SaveSlackUser(person, changed.SlackUserId, cancellation);
                return now with { SlackUsers = new Dictionary<string, string?>(now.SlackUsers, StringComparer.Ordinal) { [person] = changed.SlackUserId } };
            default:
                throw new ArgumentOutOfRangeException(nameof(part), part, "This is no part of what is set of a person.");
        }
    }

    public Task SetIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation) => folder.Entered(async () =>
    {
        await overlay.SaveIdentityLinks(links, cancellation);
        folder.Read(folder.Current.Overlay.With(links), first: false);
    }, cancellation);

    private bool IsOthers(PeopleOverlay now, string person, string user) => folder.Current.People.Any(other =>
        other.Id != person && string.Equals(now.SlackUsers.TryGetValue(other.Id, out var linked) ? linked : other.SlackUserId, user, StringComparison.Ordinal));
}
