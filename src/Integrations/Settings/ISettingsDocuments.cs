using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Settings;

/// <summary>One kind of documents of this product: how they are read, checked and saved.</summary>
internal interface ISettingsDocuments
{
    /// <summary>The first segment of their paths.</summary>
    string Folder { get; }

    /// <summary>Those that are there, by id, with a word on each.</summary>
    IReadOnlyList<(string Id, string? Words)> All { get; }

    /// <summary>True where a document may have this id.</summary>
    bool MayBe(string id);

    /// <summary>The document as it is stored at this moment.</summary>
    Task<SettingsDocument> Find(string id, CancellationToken cancellation);

    /// <summary>Reads what somebody wrote, JSON or YAML.</summary>
    /// <param name="id">The document's id, which the text may leave out.</param>
    /// <param name="written">The text.</param>
    /// <param name="faults">Gets what is wrong, in sentences.</param>
    /// <returns>The document as every one is written; null where it says <c>null</c> (it goes), or something is wrong.</returns>
    string? Read(string id, string written, List<string> faults);

    /// <summary>What stands against putting a document in force now, in sentences; none: nothing does.</summary>
    /// <param name="id">The document's id.</param>
    /// <param name="text">As <see cref="Read"/> gave it; null: it goes.</param>
    IReadOnlyList<string> Faults(string id, string? text);

    /// <summary>Saves a document where its version is still the given one.</summary>
    /// <param name="id">The document's id.</param>
    /// <param name="text">As <see cref="Read"/> gave it; null: it goes.</param>
    /// <param name="replaces">The version; null: there is none.</param>
    /// <param name="cancellation">Ends the call: it may be saved or not.</param>
    /// <returns>Null where the version is another one.</returns>
    Task<SavedDocument?> Save(string id, string? text, string? replaces, CancellationToken cancellation);

    /// <summary>Why nothing can be saved over the document in force, whatever its version; null: nothing stands against it.</summary>
    string? Hindrance(string id);

    /// <summary>What the audit trail says of a saved document: an event for each part that changed.</summary>
    /// <param name="id">The document's id.</param>
    /// <param name="before">What it said; null: it was not there.</param>
    /// <param name="after">What it says; null: it went.</param>
    /// <param name="version">Its version; null: it went.</param>
    IReadOnlyList<(string Type, string Resource, IReadOnlyDictionary<string, string> More)> Told(string id, string? before, string? after, string? version);
}

/// <summary>A document that was saved.</summary>
/// <param name="Version">Its version now; null: it is gone.</param>
internal sealed record SavedDocument(string? Version);
