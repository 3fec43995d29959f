using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Ports;

/// <summary>
/// A platform whose access is the change of a document of this product. What is asked for is read when it is submitted, shown as a difference to
/// those who decide, and applied as it was read.
/// </summary>
public interface ISettingsPlatform : IPlatform
{
    /// <summary>The document as it is now. Its version and text are null where it is not there and could be made.</summary>
    /// <param name="path">The resource's path on this platform, such as <c>access-groups/analysts</c>.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>Null where the path names no document.</returns>
    Task<SettingsDocument?> Find(string path, CancellationToken cancellation);

    /// <summary>The person whose settings the document holds, who does not decide on a change of them; null where it is nobody's.</summary>
    string? Concerns(string path) => null;

    /// <summary>Reads a proposed change: the document has to be sound, and made against the version that is there now.</summary>
    /// <param name="path">As in <see cref="Find"/>.</param>
    /// <param name="parameters">Those of the ask: <see cref="SettingsChange.DocumentParameter"/> and <see cref="SettingsChange.BaseParameter"/>.</param>
    /// <param name="errors">Gets what is wrong, by the ask's fields.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>Null where something is wrong.</returns>
    Task<SettingsChange?> Read(string path, IReadOnlyDictionary<string, string> parameters, FieldErrors errors, CancellationToken cancellation);
}

/// <summary>A document that a change of settings is made to.</summary>
/// <param name="Version">Opaque; another one after each change. Null: the document is not there.</param>
/// <param name="Text">The document, written as every document is; null with <paramref name="Version"/>.</param>
public sealed record SettingsDocument(string? Version, string? Text);
