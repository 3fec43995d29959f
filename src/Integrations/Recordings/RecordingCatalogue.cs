using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Configuration;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Recordings;

/// <summary>The recordings of a source with what is said beside them. What was read of a sidecar is kept as long as it is the same.</summary>
internal sealed partial class RecordingCatalogue(string platform, IRecordingSource source, ILogger logger)
{
    /// <summary>So many recordings are listed: those whose names come last, which are the newest where names begin with dates.</summary>
    public const int Most = 10_000;

    /// <summary>The largest sidecar, in bytes.</summary>
    private const int LargestSidecar = 64 * 1024;

    private const int AtOnce = 8;
    private readonly ConcurrentDictionary<string, (string Tag, RecordingAbout About)> _read = new(StringComparer.Ordinal);
    private volatile bool _more;

    /// <summary>There are more recordings than were listed last.</summary>
    public bool More => _more;

    /// <summary>The recordings by name, the last first.</summary>
    public async Task<IReadOnlyList<(RecordingFile File, RecordingAbout About)>> All(CancellationToken cancellation)
    {
        List<RecordingFile> recordings = [];
        var sidecars = new Dictionary<string, RecordingFile>(StringComparer.Ordinal);
        var listed = await source.List(Most, cancellation);
        foreach (var file in listed.Files)
        {
            if (RecordingFormats.IsName(file.Path)) recordings.Add(file);
            else if (RecordingFormats.IsSidecar(file.Path)) sidecars.TryAdd(RecordingFormats.Stem(file.Path), file);
        }

        recordings.Sort(static (left, right) => string.CompareOrdinal(right.Path, left.Path));
        _more = listed.More || recordings.Count > Most;
        if (_more) LogMore(platform, Math.Min(recordings.Count, Most));
        if (recordings.Count > Most) recordings.RemoveRange(Most, recordings.Count - Most);
        var wanted = recordings.Select(file => sidecars.GetValueOrDefault(RecordingFormats.Stem(file.Path))).OfType<RecordingFile>().DistinctBy(static file => file.Path);
        var about = new ConcurrentDictionary<string, RecordingAbout>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(wanted, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (file, token) => about[RecordingFormats.Stem(file.Path)] = await About(file, token));
        foreach (var gone in _read.Keys.Except(sidecars.Values.Select(static file => file.Path)).ToList()) _read.TryRemove(gone, out _);
        return [.. recordings.Select(file => (file, about.GetValueOrDefault(RecordingFormats.Stem(file.Path), RecordingAbout.Nothing)))];
    }

    /// <summary>One recording; null where there is none of that name.</summary>
    public async Task<(RecordingFile File, RecordingAbout About)?> Find(string path, CancellationToken cancellation)
    {
        if (!RecordingFormats.IsName(path) || await source.Find(path, cancellation) is not { } file) return null;
        foreach (var ending in RecordingFormats.Sidecars)
        {
            if (await source.Find(RecordingFormats.Stem(path) + ending, cancellation) is { } sidecar) return (file, await About(sidecar, cancellation));
        }

        return (file, RecordingAbout.Nothing);
    }

    /// <summary>What a list says of a recording, in a line; null where nothing is known.</summary>
    public static string? Words(RecordingAbout about)
    {
        var where = string.Join(", ", new[] { about.Host, about.Platform }.Where(static part => !string.IsNullOrWhiteSpace(part)));
        var who = (about.User, where) switch
        {
            ({ Length: > 0 } user, { Length: > 0 }) => $"{user} on {where}",
            ({ Length: > 0 } user, _) => user,
            (_, { Length: > 0 }) => $"on {where}",
            _ => null,
        };
        var when = about switch
        {
            { Started: { } started, Ended: { } ended } => $"{Utc(started)} to {(ended.UtcDateTime.Date == started.UtcDateTime.Date ? ended.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture) : Utc(ended))} UTC",
            { Started: { } started } => $"{Utc(started)} UTC",
            _ => null,
        };
        var parts = new[] { about.Description, who, when }.Where(static part => !string.IsNullOrWhiteSpace(part)).ToList();
        return parts.Count == 0 ? null : string.Join(" · ", parts);

        static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    private async Task<RecordingAbout> About(RecordingFile sidecar, CancellationToken cancellation)
    {
        if (_read.TryGetValue(sidecar.Path, out var known) && known.Tag == sidecar.Tag) return known.About;
        var about = RecordingAbout.Nothing;
        if (sidecar.Length <= LargestSidecar)
        {
            await using var stream = await source.Read(sidecar, 0, sidecar.Length, cancellation);
            using var reader = new StreamReader(stream);
            about = Parse(await reader.ReadToEndAsync(cancellation)) is { } read ? read : Unreadable();
        }
        else
        {
            about = Unreadable();
        }

        _read[sidecar.Path] = (sidecar.Tag, about);
        return about;

        RecordingAbout Unreadable()
        {
            LogUnreadable(platform, sidecar.Path);
            return RecordingAbout.Nothing;
        }
    }

    /// <summary>Reads what is known and passes over the rest: other programs write these files. Null where it is neither YAML nor JSON.</summary>
    internal static RecordingAbout? Parse(string text)
    {
        var document = YamlDocument.Parse("", text);
        if (document.Errors.Count > 0 || document.Root is not JsonObject fields) return null;
        return new RecordingAbout
        {
            User = Text("user"),
            Host = Text("host"),
            Platform = Text("platform"),
            Description = Text("description"),
            Started = Instant("started"),
            Ended = Instant("ended"),
        };

        string? Text(string name) => fields[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Trim() is { Length: > 0 } found
            ? new string([.. found.Take(500).Select(static c => char.IsControl(c) ? ' ' : c)]) : null;

        DateTimeOffset? Instant(string name) =>
            DateTimeOffset.TryParse(Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant.ToUniversalTime() : null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Platform}: there are more recordings than the {Listed} that are listed; the others can be asked for by name.")]
    private partial void LogMore(string platform, int listed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Platform}: {File} is neither YAML nor JSON with fields, or larger than 64 KiB; its recording is listed without what it says.")]
    private partial void LogUnreadable(string platform, string file);
}
