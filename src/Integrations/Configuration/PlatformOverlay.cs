namespace AccessFunctions.Integrations.Configuration;

/// <summary>Lays what was set at run time over the platforms of the files.</summary>
internal static class PlatformOverlay
{
    /// <summary>The platforms in force: those that the files name first, in their order.</summary>
    /// <param name="files">Those of the files.</param>
    /// <param name="set">What was set at run time.</param>
    /// <param name="known">Those in force until now: one whose document cannot be used any more stays as it was.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="broken">Gets why a platform cannot be made of what was set.</param>
    /// <param name="lost">Gets the same of platforms that were taken away.</param>
    public static IReadOnlyList<PlatformSettings> Over(
        IReadOnlyList<PlatformSettings> files, IReadOnlyList<RunTimePlatform> set, IReadOnlyList<PlatformSettings> known, Func<string, string?> variable,
        List<ConfigurationError> broken, List<ConfigurationError> lost)
    {
        var all = files.ToDictionary(static platform => platform.Name, StringComparer.Ordinal);
        foreach (var platform in set)
        {
            var written = files.FirstOrDefault(file => file.Name == platform.Name);
            if (platform.Document is not { } document || platform.Over != PlatformDocument.Version(written)) continue;
            var errors = new List<ConfigurationError>();
            if (PlatformDocument.Settings(platform.Name, document, written, variable, errors) is { } settings) all[platform.Name] = settings with { Gone = platform.Gone };
            else if (platform.Gone) all.Remove(platform.Name);
            else if (known.FirstOrDefault(other => other.Name == platform.Name) is { } before) all[platform.Name] = before;
            (platform.Gone ? lost : broken).AddRange(errors);
        }

        List<string> names = [.. files.Select(static file => file.Name), .. set.Select(static platform => platform.Name)];
        return [.. names.Distinct(StringComparer.Ordinal).Where(all.ContainsKey).Select(name => all[name])];
    }
}
