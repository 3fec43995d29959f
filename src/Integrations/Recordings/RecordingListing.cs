namespace AccessFunctions.Integrations.Recordings;

/// <summary>A page of a container's names.</summary>
/// <param name="Folders">Whole names, each with a slash at its end; empty where folders are not asked for.</param>
/// <param name="Next">Where the next page begins; null: there is none.</param>
internal sealed record RecordingPage(IReadOnlyList<RecordingFile> Files, IReadOnlyList<string> Folders, string? Next);

/// <summary>
/// Reads a container's names, in bounded time. The service gives them from the first to the last, 5,000 a page, and what is wanted comes last: where a few pages do
/// not reach the end, folders are read one by one, the last first, until there are enough.
/// </summary>
/// <param name="page">Reads a page of what is below a prefix, of folders too, behind a mark.</param>
/// <param name="root">The prefix of everything.</param>
/// <param name="most">So many recordings are wanted.</param>
internal sealed class RecordingListing(Func<string, bool, string?, CancellationToken, Task<RecordingPage>> page, string root, int most)
{
    /// <summary>Pages of all that is below a prefix, before its folders are looked at.</summary>
    internal const int FewPages = 4;

    /// <summary>Pages in all.</summary>
    internal const int MostPages = 24;

    private readonly List<RecordingFile> _files = [];
    private int _pages;
    private bool _more;

    /// <summary>Reads.</summary>
    public async Task<RecordingFiles> Read(CancellationToken cancellation)
    {
        await Below(root, cancellation);
        return new RecordingFiles(_files, _more);
    }

    private async Task Below(string prefix, CancellationToken cancellation)
    {
        if (await Pages(prefix, folders: false, FewPages, cancellation) is { Ended: true } all)
        {
            _files.AddRange(all.Files);
            return;
        }

        var level = await Pages(prefix, folders: true, MostPages, cancellation);
        _files.AddRange(level.Files);
        _more |= !level.Ended;
        foreach (var folder in level.Folders.Where(folder => RecordingFormats.IsPlain($"{folder[root.Length..]}x")).OrderDescending(StringComparer.Ordinal))
        {
            if (_pages >= MostPages || Behind(folder) >= most)
            {
                _more = true;
                return;
            }

            await Below(folder, cancellation);
        }
    }

    /// <summary>How many recordings come behind all that is in a folder.</summary>
    private int Behind(string folder) => _files.Count(file => string.CompareOrdinal(file.Path, folder[root.Length..]) > 0 && RecordingFormats.IsName(file.Path));

    private async Task<(List<RecordingFile> Files, List<string> Folders, bool Ended)> Pages(string prefix, bool folders, int few, CancellationToken cancellation)
    {
        var (files, below, marker) = (new List<RecordingFile>(), new List<string>(), (string?)null);
        for (var read = 0; read < few && _pages < MostPages; read++)
        {
            _pages++;
            var found = await page(prefix, folders, marker, cancellation);
            files.AddRange(found.Files);
            below.AddRange(found.Folders);
            if ((marker = found.Next) is null) return (files, below, true);
        }

        return (files, below, false);
    }
}
