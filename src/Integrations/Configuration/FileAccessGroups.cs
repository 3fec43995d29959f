using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// Access groups in files, which are the truth: a version is the SHA-256 of the file, so that a change by hand shows as a changed version
/// too. Saving replaces the file as a whole; comments in it are lost.
/// </summary>
internal sealed class FileAccessGroups(ConfigurationFolder folder) : IAccessGroups
{
    public IReadOnlyList<StoredGroup> All => folder.Current.Groups;

    public StoredGroup? Find(string id) => folder.Current.Sources.TryGetValue(id, out var source) ? source.Stored : null;

    /// <inheritdoc/>
    public async Task<StoredGroup?> Read(string id, CancellationToken cancellation)
    {
        await folder.ReadAgain(cancellation);
        return Find(id);
    }

    /// <summary>Writes the group's file whole and puts it in force.</summary>
    /// <exception cref="ConfigurationException">The group is not sound; it is checked before it is offered here.</exception>
    public async Task<StoredGroup?> Save(AccessGroup group, string? ifMatch, CancellationToken cancellation)
    {
        StoredGroup? saved = null;
        await folder.Entered(async () =>
        {
            var faults = GroupValidation.Validate(group, new ApproverDirectory(folder.Current.Directory));
            if (faults.Count > 0)
                throw new ConfigurationException([.. faults.SelectMany(field => field.Value.Select(message => new ConfigurationError(GroupFile.Folder, 0, 0, field.Key, message)))]);

            var path = folder.PathOf(group.Id);
            if (Version(path) != ifMatch) return;
            await Write(path, GroupYaml.Write(group), cancellation);
            folder.Read(folder.Current.Overlay, first: false);
            saved = Find(group.Id);
        }, cancellation);
        return saved;
    }

    public async Task<bool> Delete(string id, string ifMatch, CancellationToken cancellation)
    {
        var deleted = false;
        await folder.Entered(() =>
        {
            var path = folder.PathOf(id);
            if (Find(id) is null || Version(path) != ifMatch) return Task.CompletedTask;
            File.Delete(path);
            folder.Read(folder.Current.Overlay, first: false);
            deleted = true;
            return Task.CompletedTask;
        }, cancellation);
        return deleted;
    }

    /// <inheritdoc />
    public string? Hindrance(string id)
    {
        var path = folder.PathOf(id);
        if (Find(id) is not { } stored || Version(path) is not { } written || written == stored.Version) return null;
        var file = $"{GroupFile.Folder}/{Path.GetFileName(path)}";
        List<string> faults = [.. folder.Problems.Where(problem => problem.File == file).Select(static problem => problem.ToString())];
        return faults.Count == 0 ? null
            : $"The file was changed by hand and is broken, so the last good version stays in force and cannot be replaced from here. Mend the file: {string.Join("; ", faults.Take(3))}.";
    }

    /// <summary>What is on the disk now, which may be newer than what was read; null where there is no file.</summary>
    private static string? Version(string path) =>
        File.Exists(path) ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) : null;

    /// <summary>Replaces the file in one step: whoever reads sees the old text or the new, also after a crash.</summary>
    private static async Task Write(string path, string text, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.new");
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                await file.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
