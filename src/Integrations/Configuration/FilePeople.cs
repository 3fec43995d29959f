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
        folder.Read(now with { Roles = new Dictionary<string, IReadOnlyList<string>>(now.Roles, StringComparer.Ordinal) { [person] = roles } }, first: false);
    }, cancellation);

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

    public Task SetIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation) => folder.Entered(async () =>
    {
        await overlay.SaveIdentityLinks(links, cancellation);
        folder.Read(folder.Current.Overlay.With(links), first: false);
    }, cancellation);

    private bool IsOthers(PeopleOverlay now, string person, string user) => folder.Current.People.Any(other =>
        other.Id != person && string.Equals(now.SlackUsers.TryGetValue(other.Id, out var linked) ? linked : other.SlackUserId, user, StringComparison.Ordinal));
}
