using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Ports;

/// <summary>A consistent view of who is who, at one moment.</summary>
public interface IPeople
{
    IReadOnlyCollection<Person> All { get; }

    /// <summary>By id; people who left are found too (<see cref="Person.Active"/>).</summary>
    Person? Find(string id);

    /// <summary>By credential; null for strangers.</summary>
    Person? Find(Credential credential);

    /// <summary>Active members of a directory group, in id order.</summary>
    IReadOnlyList<string> Members(string group);

    /// <summary>Active holders of a product role, in id order.</summary>
    IReadOnlyList<string> WithRole(string role);

    IReadOnlyList<Delegation> Delegations { get; }

    /// <summary>Links of identities that were made at run time; one that is not in it is as configured.</summary>
    IReadOnlyDictionary<PlatformIdentity, IdentityLink> Links { get; }

    /// <summary>Whose an identity is, in id order, people who left too; several where the configuration says so of an account that is shared.</summary>
    IReadOnlyList<Person> LinkedTo(PlatformIdentity identity);
}

/// <summary>The directory: configured people, with the roles, stand-ins and Slack users assigned at run time.</summary>
public interface IDirectory
{
    IPeople Current { get; }

    /// <summary>Raised after <see cref="Current"/> was replaced.</summary>
    event Action? Changed;

    /// <summary>Sets or clears a person's stand-in.</summary>
    Task SetDelegation(string person, Delegation? delegation, CancellationToken cancellation);

    /// <summary>Replaces the product roles of a person.</summary>
    Task SetRoles(string person, IReadOnlyList<string> roles, CancellationToken cancellation);

    /// <summary>Ends the product roles that were set of a person at run time: they hold no more once the person is back. Those that are configured stay.</summary>
    /// <returns>The roles that end by it; empty where none were set, or they had ended already.</returns>
    Task<IReadOnlyList<string>> EndRoles(string person, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Links a person to a Slack user; null: to none.</summary>
    /// <returns>False where that user is linked to another person: then nothing changed.</returns>
    Task<bool> SetSlackUser(string person, string? user, CancellationToken cancellation);

    /// <summary>Replaces what is set of a person, where all of it still is as it was read.</summary>
    /// <returns>False where it is not, or the Slack user is another person's: then nothing changed.</returns>
    async Task<bool> Replace(PersonSettings read, PersonSettings changed, CancellationToken cancellation)
    {
        if (PersonSettings.Of(Current, read.Id) is not { } now || now.Differences(read).Count > 0) return false;
        var parts = now.Differences(changed);
        if (parts.Contains(PersonSettings.SlackUserPart) && !await SetSlackUser(read.Id, changed.SlackUserId, cancellation)) return false;
        if (parts.Contains(PersonSettings.RolesPart)) await SetRoles(read.Id, changed.Roles, cancellation);
        if (parts.Contains(PersonSettings.StandInPart)) await SetDelegation(read.Id, changed.Delegation, cancellation);
        return true;
    }

    /// <summary>Sets links of identities; null: it is as configured again. What is linked is linked for the deciding rules too.</summary>
    Task SetIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation);
}

/// <summary>The access groups in force.</summary>
public interface IAccessGroups
{
    /// <summary>All, in id order.</summary>
    IReadOnlyList<StoredGroup> All { get; }

    StoredGroup? Find(string id);

    /// <summary>Brings what other processes of the host saved.</summary>
    Task Refresh(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>As it is stored at this moment, which may be newer than what is in force here; null where there is none.</summary>
    Task<StoredGroup?> Read(string id, CancellationToken cancellation) => Task.FromResult(Find(id));

    /// <summary>Saves when <paramref name="ifMatch"/> is the stored version; null creates and fails where one exists.</summary>
    /// <returns>The stored document, or null where the version did not match.</returns>
    Task<StoredGroup?> Save(AccessGroup group, string? ifMatch, CancellationToken cancellation);

    /// <summary>Deletes when the version matches; false where it did not.</summary>
    Task<bool> Delete(string id, string ifMatch, CancellationToken cancellation);

    /// <summary>
    /// Why the version in force can be neither replaced nor deleted, where it is not that somebody saved another one: what is stored is
    /// broken. Null: nothing stands against it.
    /// </summary>
    string? Hindrance(string id) => null;
}

/// <summary>An access group and the version (ETag) it was read at.</summary>
public sealed record StoredGroup(AccessGroup Group, string Version);
