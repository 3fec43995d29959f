using System.Text;

namespace AccessFunctions.Integrations.Recordings;

/// <summary>Where recordings lie: a folder, or a container of blobs.</summary>
public sealed record RecordingsOptions
{
    /// <summary>The platform's name, the first segment of its resources.</summary>
    public required string Name { get; init; }

    /// <summary>A folder of this machine; relative to the configuration's folder. Either this or <see cref="Container"/>.</summary>
    public string? Folder { get; init; }

    /// <summary>A container of Azure Blob Storage, such as <c>https://account.blob.core.windows.net/recordings</c>.</summary>
    public Uri? Container { get; init; }

    /// <summary>Only blobs whose names begin with this, such as <c>prod/</c>; it is no part of resources' names.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>A shared access signature that may read and list; null: the app's identity. A secret.</summary>
    public string? Sas { get; init; }

    /// <summary>Under which address links are looked at for the proof; null: the host's public address.</summary>
    public Uri? Address { get; init; }

    /// <summary>Without the secret.</summary>
    private bool PrintMembers(StringBuilder text)
    {
        text.Append($"Name = {Name}, Folder = {Folder}, Container = {Container}, Prefix = {Prefix}");
        return true;
    }
}
