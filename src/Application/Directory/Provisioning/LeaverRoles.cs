using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>
/// Ends the product roles of people who left, as far as they were set at run time: whoever brings somebody back, and however late, brings back nobody who
/// decides or administers. The audit trail has each role that ended, because who left by mistake gets it back by an administrator alone.
/// </summary>
public sealed class LeaverRoles(IDirectory directory, IAuditLog audit, TimeProvider time)
{
    /// <summary>Ends them and audits it; nothing where that happened already.</summary>
    /// <param name="person">Who left.</param>
    /// <param name="by">Who told that they left; null: it was seen in the directory.</param>
    public async Task End(string person, ProvisioningActor? by)
    {
        // Done once it is begun: the caller hanging up must not leave it untold.
        var ended = await directory.EndRoles(person, CancellationToken.None);
        if (ended.Count == 0) return;
        var more = new Dictionary<string, string> { ["ended"] = string.Join(",", ended.Order(StringComparer.Ordinal)) };
        if (directory.Current.Find(person)?.Roles.Except(ended, StringComparer.Ordinal).Order(StringComparer.Ordinal) is { } kept) more["roles"] = string.Join(",", kept);
        await audit.Append(new AuditEvent
        {
            Type = EventTypes.Host.RolesChanged,
            At = time.GetUtcNow(),
            Actor = by?.Actor ?? SystemActors.Directory,
            Channel = (by?.Channel ?? Channel.System).ToString(),
            Succeeded = true,
            Reason = "left",
            Resource = $"person/{person}",
            Detail = new AuditDetail { Address = by?.Address, More = more },
        }, CancellationToken.None);
    }
}
