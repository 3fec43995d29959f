using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>The configured people, overlaid with the roles and stand-ins set at run time.</summary>
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
}
