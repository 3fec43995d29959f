using System.Globalization;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>What the audit trail is told of changes by sources. Chained bytes name people and groups by id; names and addresses are in the detail.</summary>
public sealed class ProvisioningEvents(IAuditLog audit, TimeProvider time)
{
    /// <summary>Members named in one event; of more only their number is told.</summary>
    private const int MostNamed = 100;

    public Task Added(ProvisioningActor by, ProvisionedUser user, string person) => Person(by, EventTypes.Host.PersonAdded, person, new() { ["userName"] = user.UserName, ["name"] = user.Name });

    public Task Changed(ProvisioningActor by, ProvisionedUser user, string person, IReadOnlyList<string> fields) =>
        Person(by, EventTypes.Host.PersonChanged, person, new() { ["userName"] = user.UserName, ["changed"] = string.Join(",", fields) });

    public Task Deleted(ProvisioningActor by, ProvisionedUser user, string person) => Person(by, EventTypes.Host.PersonDeleted, person, new() { ["userName"] = user.UserName });

    public Task Left(ProvisioningActor by, string person) => Person(by, EventTypes.Host.PersonLeft, person, []);

    public Task Returned(ProvisioningActor by, string person) => Person(by, EventTypes.Host.PersonReturned, person, []);

    public Task Group(ProvisioningActor by, string type, ProvisionedGroup group, ProvisionedGroup? before = null)
    {
        var more = new Dictionary<string, string> { ["displayName"] = group.DisplayName };
        if (before is not null && before.DisplayName != group.DisplayName) more["before"] = before.DisplayName;
        var (old, now) = (before?.Members ?? [], type == EventTypes.Host.GroupDeleted ? [] : group.Members);
        Name("added", now.Except(old, StringComparer.Ordinal));
        Name("removed", old.Except(now, StringComparer.Ordinal));
        return Append(by, type, $"group/{group.Id}", more);

        void Name(string field, IEnumerable<string> members)
        {
            List<string> all = [.. members];
            if (all.Count > 0) more[field] = all.Count <= MostNamed ? string.Join(",", all) : $"{all.Count}";
        }
    }

    /// <summary>Everything was read, and is not taken over.</summary>
    public Task ReadingRefused(ProvisioningActor by, string reason, int leavers, int there) => Append(
        by, EventTypes.Host.ReadingRefused, $"directory/{by.Source}", new() { ["leavers"] = Number(leavers), ["there"] = Number(there) }, reason);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private Task Person(ProvisioningActor by, string type, string person, Dictionary<string, string> more) => Append(by, type, $"person/{person}", more);

    // What is done is done: the caller hanging up must not leave it untold.
    private Task Append(ProvisioningActor by, string type, string resource, Dictionary<string, string> more, string? refused = null) => audit.Append(new AuditEvent
    {
        Type = type,
        At = time.GetUtcNow(),
        Actor = by.Actor,
        Channel = by.Channel.ToString(),
        Succeeded = refused is null,
        Reason = refused,
        Resource = resource,
        Detail = new AuditDetail { Address = by.Address, More = more },
    }, CancellationToken.None);
}
