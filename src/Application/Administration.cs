using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application;

/// <summary>What administrators (and, for stand-ins, people themselves) change: access groups, stand-ins, product roles. Each change is audited.</summary>
public sealed class Administration(IDirectory directory, IAccessGroups groups, IAuditLog audit, TimeProvider time)
{
    private readonly object _dependencies = (directory, groups, audit, time);

    /// <summary>Saves an access group after checking it. Only administrators.</summary>
    /// <param name="ifMatch">The version that is replaced; null creates.</param>
    public Task<GroupSaved> SaveGroup(Caller caller, AccessGroup group, string? ifMatch, CancellationToken cancellation) => throw new NotSupportedException($"{_dependencies}");

    /// <summary>Deletes an access group. Only administrators. Requests made under it keep their copy.</summary>
    public Task<GroupSaved> DeleteGroup(Caller caller, string id, string ifMatch, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Sets a person's stand-in, or clears it with null. That person or an administrator.</summary>
    /// <returns>Null where done; else why not.</returns>
    public Task<Refusal?> SetDelegate(Caller caller, string person, Delegation? delegation, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Replaces a person's product roles. Only administrators.</summary>
    /// <returns>Null where done; else why not.</returns>
    public Task<Refusal?> SetRoles(Caller caller, string person, IReadOnlyList<string> roles, CancellationToken cancellation) => throw new NotSupportedException();
}

/// <summary>What became of a change to an access group: stored (null after a deletion), refused, or changed meanwhile (HTTP 412).</summary>
/// <param name="VersionDiffers">The stored version is not the one that was to be replaced, or one exists where none was expected.</param>
public sealed record GroupSaved(StoredGroup? Stored, Refusal? Refusal = null, bool VersionDiffers = false);
