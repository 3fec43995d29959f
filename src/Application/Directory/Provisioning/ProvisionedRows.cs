using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>
/// Users and groups of sources as rows of the host's store. Several processes write: each row by the version that was read, and together with it the rows of
/// names that must be one resource's alone. One more row is replaced after every change, so that a look at it says whether there is anything to read again.
/// </summary>
public sealed class ProvisionedRows(IChannelStore store)
{
    private const string UserSet = "directory-users";
    private const string GroupSet = "directory-groups";
    private const int Attempts = 5;
    private const string StateSet = "directory-state";
    private const string Changes = "changes";

    // Ids have none: rows of names lie beside those of whom they name, so that both can be written together.
    private const string Name = "name:";

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
        var users = (await store.All(UserSet, cancellation)).Where(static row => !row.Key.StartsWith(Name, StringComparison.Ordinal));
        var groups = (await store.All(GroupSet, cancellation)).Where(static row => !row.Key.StartsWith(Name, StringComparison.Ordinal));
        return ProvisionedSnapshot.Empty.With(users.Select(static row => Read<ProvisionedUser>(row.Value)), groups.Select(static row => Read<ProvisionedGroup>(row.Value)));
    }

    /// <summary>Writes a user and its names, all or nothing.</summary>
    /// <param name="before">What is replaced; null adds.</param>
    /// <param name="user">As it is then.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<Saving> Save(ProvisionedUser? before, ProvisionedUser user, CancellationToken cancellation) => Save(
        UserSet, user.Id, before, static stored => stored.Version, user, ProvisionedNames.Of(before), ProvisionedNames.Of(user), cancellation);

    /// <summary>The same for a group.</summary>
    public Task<Saving> Save(ProvisionedGroup? before, ProvisionedGroup group, CancellationToken cancellation) => Save(
        GroupSet, group.Id, before, static stored => stored.Version, group, ProvisionedNames.Of(before), ProvisionedNames.Of(group), cancellation);

    /// <summary>Removes a group and gives its names back.</summary>
    public Task<Saving> Remove(ProvisionedGroup group, CancellationToken cancellation) => Save(
        GroupSet, group.Id, group, static stored => stored.Version, null, ProvisionedNames.Of(group), [], cancellation);

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

    /// <summary>A user as the store has it now.</summary>
    public async Task<ProvisionedUser?> User(string id, CancellationToken cancellation) => await store.Find(UserSet, id, cancellation) is { } row ? Read<ProvisionedUser>(row.Value) : null;

    /// <summary>A group as the store has it now.</summary>
    public async Task<ProvisionedGroup?> Group(string id, CancellationToken cancellation) => await store.Find(GroupSet, id, cancellation) is { } row ? Read<ProvisionedGroup>(row.Value) : null;

    private async Task<Saving> Save<T>(
        string set, string id, T? before, Func<T, int> version, T? now, IReadOnlyList<string> oldNames, IReadOnlyList<string> newNames, CancellationToken cancellation) where T : class
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var row = before is null ? null : await store.Find(set, id, cancellation);
            if (before is not null && (row is null || version(Read<T>(row.Value)) != version(before))) return Saving.Differs;
            List<ChannelWrite> writes = [new(id, row, now is null ? null : JsonSerializer.Serialize(now, JsonSerializerOptions.Web))];
            foreach (var name in newNames)
            {
                // Of what is the resource's already nothing is asked: that somebody leaves is never refused.
                var holder = await store.Find(set, Key(name), cancellation);
                if (holder is null) writes.Add(new(Key(name), null, id));
                else if (holder.Value != id && !oldNames.Contains(name)) return Saving.Taken(name);
            }

            foreach (var name in oldNames.Except(newNames, StringComparer.Ordinal))
            {
                if (await store.Find(set, Key(name), cancellation) is { } held && held.Value == id) writes.Add(new(held.Key, held, null));
            }

            if (await store.Write(set, writes, Kept, cancellation)) return Saving.Done;

            // A name was taken or given back meanwhile, or it is another version: the next look says which.
        }

        return Saving.Differs;
    }

    private static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, JsonSerializerOptions.Web)!;

    // Names may be long, and may hold anything.
    private static string Key(string name) => Name + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
