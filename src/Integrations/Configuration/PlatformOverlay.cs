namespace AccessFunctions.Integrations.Configuration;

/// <summary>The platforms of the files with what was set at run time over them.</summary>
/// <param name="Platforms">Those in force, as the files order them, and those that were taken away at run time.</param>
/// <param name="Outdated">What was set before the files changed, as it is to be stored from now on: the files hold, and they do so for good.</param>
internal sealed record PlatformOverlay(IReadOnlyList<PlatformSettings> Platforms, IReadOnlyList<RunTimePlatform> Outdated)
{
    /// <summary>Lays what was set over the files.</summary>
    /// <param name="files">The platforms of the files.</param>
    /// <param name="set">What was set at run time.</param>
    /// <param name="known">Those in force until now: one whose document cannot be used any more stays as it was.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="broken">Gets why a platform cannot be made of what was set.</param>
    /// <param name="lost">Gets the same of platforms that were taken away.</param>
    public static PlatformOverlay Over(
        IReadOnlyList<PlatformSettings> files, IReadOnlyList<RunTimePlatform> set, IReadOnlyList<PlatformSettings> known, Func<string, string?> variable,
        List<ConfigurationError> broken, List<ConfigurationError> lost)
    {
        var all = files.ToDictionary(static platform => platform.Name, StringComparer.Ordinal);
        var outdated = new List<RunTimePlatform>();
        foreach (var stored in set.Where(static platform => platform.Document is not null))
        {
            var (platform, written) = (stored, files.FirstOrDefault(file => file.Name == stored.Name));
            if (!FileEntry.Is(platform.Over, written))
            {
                // What was given through a platform that went from the files is taken through what it was last.
                platform = written is null ? platform with { Gone = true, Over = null } : platform with { Document = null, Gone = false, Over = null };
                outdated.Add(platform with { Revision = platform.Revision + 1 });
            }

            if (platform.Document is not { } document) continue;
            var errors = new List<ConfigurationError>();
            var before = known.FirstOrDefault(other => other.Name == platform.Name);
            if ((PlatformDocument.Settings(platform.Name, document, written, variable, errors) ?? before) is { } settings) all[platform.Name] = settings with { Gone = platform.Gone, Revision = platform.Revision };
            else if (platform.Gone) all.Remove(platform.Name);
            (platform.Gone ? lost : broken).AddRange(errors);
        }

        List<string> names = [.. files.Select(static file => file.Name), .. set.Select(static platform => platform.Name)];
        return new PlatformOverlay([.. names.Distinct(StringComparer.Ordinal).Where(all.ContainsKey).Select(name => all[name])], outdated);
    }
}
