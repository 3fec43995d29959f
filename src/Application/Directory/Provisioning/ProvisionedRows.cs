using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>
/// Users and groups of sources as rows of the host's store. Several processes write: each row by the version that was read, and a name that must be one
/// resource's alone by a row of its own. One more row is replaced after every change, so that a look at it says whether there is anything to read again.
/// </summary>
public sealed class ProvisionedRows(IChannelStore store)
{
    private const string UserSet = "directory-users";
    private const string GroupSet = "directory-groups";
    private const string NameSet = "directory-names";
    private const string StateSet = "directory-state";
    private const string Changes = "changes";

    /// <summary>Bytes of a group as it is stored: what a row of a table holds.</summary>
    public const int LongestRow = 800 * 1024;

    /// <summary>Whether a group can be stored.</summary>
    public static bool Fits(ProvisionedGroup group) => Encoding.UTF8.GetByteCount(JsonSerializer.Serialize(group, JsonSerializerOptions.Web)) <= LongestRow;

    private static readonly DateTimeOffset Kept = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The version of all rows together; null before the first change.</summary>
    public async Task<string?> Version(CancellationToken cancellation) => (await store.Find(StateSet, Changes, cancellation))?.Version;

    /// <summary>Reads everything.</summary>
    public async Task<ProvisionedSnapshot> Load(CancellationToken cancellation)
    {
        var users = await store.All(UserSet, cancellation);
        var groups = await store.All(GroupSet, cancellation);
        return ProvisionedSnapshot.Empty.With(users.Select(static row => Read<ProvisionedUser>(row.Value)), groups.Select(static row => Read<ProvisionedGroup>(row.Value)));
    }

    /// <summary>Writes a user.</summary>
    /// <param name="before">What is replaced; null adds.</param>
    /// <returns>False where it is not as it was read.</returns>
    public Task<bool> Save(ProvisionedUser? before, ProvisionedUser user, CancellationToken cancellation) => Save(UserSet, user.Id, before, static stored => stored.Version, user, cancellation);

    /// <summary>The same for a group.</summary>
    public Task<bool> Save(ProvisionedGroup? before, ProvisionedGroup group, CancellationToken cancellation) => Save(GroupSet, group.Id, before, static stored => stored.Version, group, cancellation);

    public Task RemoveGroup(string id, CancellationToken cancellation) => store.Remove(GroupSet, id, cancellation);

    /// <summary>Says that something changed.</summary>
    /// <param name="read">The version before the change.</param>
    /// <returns>The version now; null where something else changed besides, so that all is to be read again.</returns>
    public async Task<string?> Changed(string? read, CancellationToken cancellation)
    {
        while (true)
        {
            var row = await store.Find(StateSet, Changes, cancellation);
            var mark = Guid.NewGuid().ToString("N");
            var done = row is null ? await store.Add(StateSet, Changes, mark, Kept, cancellation) : await store.Replace(StateSet, row, mark, Kept, cancellation);
            if (!done) continue;
            var now = await store.Find(StateSet, Changes, cancellation);
            return row?.Version == read && now?.Value == mark ? now.Version : null;
        }
    }

    /// <summary>Takes a name for a resource. One whose owner has another name by now, or is gone, is free.</summary>
    /// <param name="holds">Whether the resource of that id has the name still.</param>
    public async Task<bool> Take(string name, string id, Func<string, CancellationToken, Task<bool>> holds, CancellationToken cancellation)
    {
        var key = Key(name);
        while (true)
        {
            if (await store.Find(NameSet, key, cancellation) is not { } row)
            {
                if (await store.Add(NameSet, key, id, Kept, cancellation)) return true;
                continue;
            }

            if (row.Value == id) return true;
            if (await holds(row.Value, cancellation)) return false;
            if (await store.Replace(NameSet, row, id, Kept, cancellation)) return true;
        }
    }

    /// <summary>Gives a name back.</summary>
    public async Task Release(string name, string id, CancellationToken cancellation)
    {
        if (await store.Find(NameSet, Key(name), cancellation) is { } row && row.Value == id) await store.Remove(NameSet, Key(name), cancellation);
    }

    /// <summary>A user as the store has it now.</summary>
    public async Task<ProvisionedUser?> User(string id, CancellationToken cancellation) => await store.Find(UserSet, id, cancellation) is { } row ? Read<ProvisionedUser>(row.Value) : null;

    /// <summary>A group as the store has it now.</summary>
    public async Task<ProvisionedGroup?> Group(string id, CancellationToken cancellation) => await store.Find(GroupSet, id, cancellation) is { } row ? Read<ProvisionedGroup>(row.Value) : null;

    private async Task<bool> Save<T>(string set, string id, T? before, Func<T, int> version, T now, CancellationToken cancellation) where T : class
    {
        var text = JsonSerializer.Serialize(now, JsonSerializerOptions.Web);
        if (before is null) return await store.Add(set, id, text, Kept, cancellation);
        return await store.Find(set, id, cancellation) is { } row && version(Read<T>(row.Value)) == version(before) && await store.Replace(set, row, text, Kept, cancellation);
    }

    private static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, JsonSerializerOptions.Web)!;

    // Names may be long, and may hold anything.
    private static string Key(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
