using System.Text.Json;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application;

/// <summary>What administrators (and, for stand-ins, people themselves) change: access groups, stand-ins, product roles. Each change is audited.</summary>
/// <remarks>What an access group puts under approval is refused here, whoever asks: it is changed through a request.</remarks>
public sealed class Administration(IDirectory directory, IAccessGroups groups, IAuditLog audit, TimeProvider time, IPlatforms? platforms = null)
{
    private readonly SettingsApproval _approval = new(groups, platforms);

    /// <summary>What the audit trail calls an access group.</summary>
    public static string ResourceOf(string id) => $"access-group/{id}";

    /// <summary>What saving would refuse in a group, by field; empty: nothing.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> CheckGroup(AccessGroup group) => GroupValidation.Validate(group, new ApproverDirectory(directory.Current));

    /// <summary>The resource to ask for where a change of an access group needs approval; null: it may be made at once.</summary>
    public string? ApprovalOfGroup(Caller caller, string id) => _approval.Resource(caller, SettingsPaths.Group(id));

    /// <summary>The resource to ask for where a change of a platform can be asked for; null: platforms are changed in the configuration alone.</summary>
    public string? ApprovalOfPlatform(Caller caller, string name) => _approval.Resource(caller, SettingsPaths.Platform(name));

    /// <summary>Saves an access group after checking it. Only administrators.</summary>
    /// <param name="ifMatch">The version that is replaced; null creates.</param>
    public async Task<GroupSaved> SaveGroup(Caller caller, AccessGroup group, string? ifMatch, CancellationToken cancellation)
    {
        if (!caller.IsAdministrator) return new GroupSaved(null, OnlyAdministrators);
        if (await _approval.Needed(caller, SettingsPaths.Group(group.Id), cancellation) is { } needed) return new GroupSaved(null, needed);
        var errors = CheckGroup(group);
        if (errors.Count > 0) return new GroupSaved(null, Invalid(errors));
        if (await groups.Save(group, ifMatch, cancellation) is not { } stored) return new GroupSaved(null, VersionDiffers: true, Why: groups.Hindrance(group.Id));
        await Record(caller, EventTypes.Host.PolicySaved, ResourceOf(group.Id), Document(caller, stored), cancellation);
        return new GroupSaved(stored);
    }

    /// <summary>Deletes an access group. Only administrators. Requests made under it keep their copy.</summary>
    public async Task<GroupSaved> DeleteGroup(Caller caller, string id, string ifMatch, CancellationToken cancellation)
    {
        if (!caller.IsAdministrator) return new GroupSaved(null, OnlyAdministrators);
        if (await _approval.Needed(caller, SettingsPaths.Group(id), cancellation) is { } needed) return new GroupSaved(null, needed);
        if (groups.Find(id) is not { } stored) return new GroupSaved(null, new Refusal(RefusalReason.NotFound, "There is no such access group."));
        if (!await groups.Delete(id, ifMatch, cancellation)) return new GroupSaved(null, VersionDiffers: true, Why: groups.Hindrance(id));
        await Record(caller, EventTypes.Host.PolicyDeleted, ResourceOf(id), Document(caller, stored), cancellation);
        return new GroupSaved(null);
    }

    /// <summary>Sets a person's stand-in, or clears it with null. That person or an administrator.</summary>
    /// <returns>Null where done; else why not.</returns>
    public async Task<Refusal?> SetDelegate(Caller caller, string person, Delegation? delegation, CancellationToken cancellation)
    {
        // Whether a person exists is not for others to find out here.
        if (caller.Id != person && !caller.IsAdministrator) return new Refusal(RefusalReason.NotPermitted, "Only that person or an administrator sets their stand-in.");
        if (directory.Current.Find(person) is null) return NoSuchPerson;

        // Everybody names their own stand-in; what an administrator does to another is administration.
        if (caller.Id != person && await _approval.Needed(caller, SettingsPaths.Person(person), cancellation) is { } needed) return needed;
        if (delegation is not null && Fault(person, delegation) is { } errors) return errors;
        await directory.SetDelegation(person, delegation, cancellation);
        await Record(caller, EventTypes.Host.DelegationChanged, $"person/{person}", new AuditDetail
        {
            Address = caller.Address,
            More = delegation is null ? new Dictionary<string, string>() : new Dictionary<string, string>
            {
                ["standIn"] = delegation.StandIn,
                ["from"] = delegation.From.ToUniversalTime().ToString("O"),
                ["until"] = delegation.Until.ToUniversalTime().ToString("O"),
            },
        }, cancellation);
        return null;
    }

    /// <summary>Replaces a person's product roles. Only administrators.</summary>
    /// <returns>Null where done; else why not.</returns>
    public async Task<Refusal?> SetRoles(Caller caller, string person, IReadOnlyList<string> roles, CancellationToken cancellation)
    {
        if (!caller.IsAdministrator) return OnlyAdministrators;
        if (directory.Current.Find(person) is null) return NoSuchPerson;
        if (await _approval.Needed(caller, SettingsPaths.Person(person), cancellation) is { } needed) return needed;
        var errors = new FieldErrors();
        PersonRules.CheckRoles(directory.Current, person, roles, errors);
        PersonRules.CheckGiven(directory.Current, person, roles, errors);
        if (errors.ToRefusal() is { } refusal) return refusal;
        List<string> distinct = [.. roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        await directory.SetRoles(person, distinct, cancellation);
        await Record(caller, EventTypes.Host.RolesChanged, $"person/{person}", new AuditDetail
        {
            Address = caller.Address,
            More = new Dictionary<string, string> { ["roles"] = string.Join(",", distinct) },
        }, cancellation);
        return null;
    }

    private static Refusal OnlyAdministrators { get; } = new(RefusalReason.NotPermitted, "Only administrators may do this.");

    private static Refusal NoSuchPerson { get; } = new(RefusalReason.NotFound, "There is no such person.");

    private static Refusal Invalid(IReadOnlyDictionary<string, IReadOnlyList<string>> errors) => new(RefusalReason.InvalidAsk,
        string.Join(" ", errors.SelectMany(field => field.Value.Select(message => $"{field.Key}: {message}")).Take(3)))
    {
        Errors = errors,
    };

    /// <summary>The document that was saved, or is gone: with it a version can be made anew.</summary>
    private static AuditDetail Document(Caller caller, StoredGroup stored) => new()
    {
        Address = caller.Address,
        More = new Dictionary<string, string> { ["document"] = JsonSerializer.Serialize(stored.Group, DomainJson.Default.AccessGroup), ["version"] = stored.Version },
    };

    private Refusal? Fault(string person, Delegation delegation)
    {
        var errors = new FieldErrors();
        PersonRules.CheckStandIn(directory.Current, person, delegation, time.GetUtcNow(), errors);
        return errors.ToRefusal();
    }

    private Task Record(Caller caller, string type, string resource, AuditDetail detail, CancellationToken cancellation) => audit.Append(new AuditEvent
    {
        Type = type,
        At = time.GetUtcNow(),
        Actor = caller.Id,
        Channel = caller.Channel.ToString(),
        Succeeded = true,
        Resource = resource,
        Detail = detail,
    }, cancellation);
}

/// <summary>What became of a change to an access group: stored (null after a deletion), refused, or changed meanwhile (HTTP 412).</summary>
/// <param name="VersionDiffers">The stored version is not the one that was to be replaced, or one exists where none was expected.</param>
/// <param name="Why">With it: why no version can be replaced at all; null: read it again, and repeat the change.</param>
public sealed record GroupSaved(StoredGroup? Stored, Refusal? Refusal = null, bool VersionDiffers = false, string? Why = null);
