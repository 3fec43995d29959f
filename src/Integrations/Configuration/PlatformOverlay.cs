namespace AccessFunctions.Integrations.Configuration;

/// <summary>The platforms of the files with what was set at run time over them.</summary>
/// <param name="Platforms">Those in force, as the files order them, and those that were taken away at run time.</param>
/// <param name="Outdated">What this process saw the files change over, as it is to be stored from now on: the files hold, and they do so for good.</param>
internal sealed record PlatformOverlay(IReadOnlyList<PlatformSettings> Platforms, IReadOnlyList<RunTimePlatform> Outdated)
{
    /// <summary>Lays what was set over the files.</summary>
    /// <param name="files">The platforms of the files.</param>
    /// <param name="set">What was set at run time.</param>
    /// <param name="before">What was in force until now: a platform whose document cannot be used any more stays as it was. Null at a start.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="broken">Gets why a platform cannot be made of what was set.</param>
    /// <param name="lost">Gets the same of platforms that were taken away.</param>
    public static PlatformOverlay Over(
        IReadOnlyList<PlatformSettings> files, IReadOnlyList<RunTimePlatform> set, ConfigurationSnapshot? before, Func<string, string?> variable,
        List<ConfigurationError> broken, List<ConfigurationError> lost)
    {
        var all = files.ToDictionary(static platform => platform.Name, StringComparer.Ordinal);
        var outdated = new List<RunTimePlatform>();
        foreach (var stored in set.Where(static platform => platform.Document is not null))
        {
            var (platform, written) = (stored, Named(files, stored.Name));
            if (!Fingerprint.Is(platform.Over, written))
            {
                // What was given through a platform that went from the files is taken through what it was last.
                platform = written is null ? platform with { Gone = true, Over = null } : platform with { Document = null, Gone = false, Over = null };
                if (Saw(before, stored, written)) outdated.Add(platform with { Revision = platform.Revision + 1 });
            }

            if (platform.Document is not { } document) continue;
            var errors = new List<ConfigurationError>();
            if ((PlatformDocument.Settings(platform.Name, document, written, variable, errors) ?? Named(before?.Platforms, platform.Name) ?? written) is { } settings)
                all[platform.Name] = settings with { Gone = platform.Gone, Revision = platform.Revision };
            (platform.Gone ? lost : broken).AddRange(errors);
        }

        outdated.AddRange(Vanished(files, set, before));
        List<string> names = [.. files.Select(static file => file.Name), .. set.Select(static platform => platform.Name)];
        return new PlatformOverlay([.. names.Distinct(StringComparer.Ordinal).Where(all.ContainsKey).Select(name => all[name])], outdated);
    }

    /// <summary>
    /// Whether the files changed here, and not that another process has other files, or that files are missing for a while: at a start what the files say
    /// holds, afterwards what they say instead of what was set over.
    /// </summary>
    private static bool Saw(ConfigurationSnapshot? before, RunTimePlatform stored, PlatformSettings? written) =>
        before is null ? written is not null : Fingerprint.Is(stored.Over, Named(before.FilePlatforms, stored.Name));

    /// <summary>Platforms that just went from the files, and of which nothing was ever set: their names stay theirs.</summary>
    private static IEnumerable<RunTimePlatform> Vanished(IReadOnlyList<PlatformSettings> files, IReadOnlyList<RunTimePlatform> set, ConfigurationSnapshot? before) =>
        from gone in before?.FilePlatforms ?? []
        where Named(files, gone.Name) is null && set.All(row => row.Name != gone.Name)
        select new RunTimePlatform(gone.Name, PlatformDocument.Text(gone), Gone: true, Over: null, Revision: 1) { Type = gone.Type, System = PlatformDocument.SystemOf(gone) };

    private static PlatformSettings? Named(IReadOnlyList<PlatformSettings>? platforms, string name) => platforms?.FirstOrDefault(platform => platform.Name == name);
}
