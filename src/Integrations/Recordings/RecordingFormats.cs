using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Integrations.Recordings;

/// <summary>Which files are recordings, and what they are sent as. Nothing that a browser would run is among them.</summary>
internal static class RecordingFormats
{
    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        [".mp4"] = "video/mp4",
        [".webm"] = "video/webm",
        [".mkv"] = "video/x-matroska",
        [".cast"] = "application/x-asciicast",
        [".txt"] = "text/plain; charset=utf-8",
    };

    /// <summary>Endings of files that say something about the recording of the same name.</summary>
    public static IReadOnlyList<string> Sidecars { get; } = [".yaml", ".json"];

    /// <summary>What a file is sent as; null where it is no recording.</summary>
    public static string? TypeOf(string path) => Types.GetValueOrDefault(Path.GetExtension(path));

    public static bool IsSidecar(string path) => Sidecars.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The name without its ending, under which recording and sidecar meet.</summary>
    public static string Stem(string path) => path[..^Path.GetExtension(path).Length];

    /// <summary>
    /// True where a path may name a recording: one that a resource can have, no part of it hidden, and none that another system of files
    /// would read as a way elsewhere.
    /// </summary>
    public static bool IsName(string path) => ResourceName.Fault($"x/{path}") is null && TypeOf(path) is not null && IsPlain(path);

    /// <summary>True where no part of a path is hidden or leads elsewhere.</summary>
    public static bool IsPlain(string path) => !path.Contains('\\', StringComparison.Ordinal) && !path.Contains(':', StringComparison.Ordinal)
        && path.Split('/').All(static segment => segment.Length > 0 && segment[0] != '.');
}
