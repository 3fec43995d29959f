using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Api.Recordings;

/// <summary>The beginning of a recording that is text.</summary>
/// <param name="Text">As a page may show it.</param>
/// <param name="Whole">False: the recording goes on.</param>
public sealed record Transcript(string Text, bool Whole);

/// <summary>Reads recordings that are text: plain ones, and those of terminals (asciicast).</summary>
internal static partial class Transcripts
{
    /// <summary>So many bytes a page shows.</summary>
    public const int Shown = 256 * 1024;

    private const string Terminal = "application/x-asciicast";

    public static bool Is(Recording recording) => recording.ContentType == Terminal || recording.ContentType.StartsWith("text/plain", StringComparison.Ordinal);

    public static async Task<Transcript> Read(Recording recording, CancellationToken cancellation)
    {
        var bytes = new byte[Math.Min(Shown, recording.Length)];
        await using (var stream = await recording.Read(0, bytes.Length, cancellation)) await stream.ReadExactlyAsync(bytes, cancellation);
        var (text, whole) = (Encoding.UTF8.GetString(bytes), bytes.Length == recording.Length);
        return new Transcript(Plain(recording.ContentType == Terminal ? Output(text) : text), whole);
    }

    /// <summary>What a terminal showed, by the lines of an asciicast (versions 2 and 3): a header, then <c>[time, "o", text]</c>. A line cut off is left out.</summary>
    internal static string Output(string lines)
    {
        var output = new StringBuilder();
        foreach (var line in lines.Split('\n').Skip(1))
        {
            try
            {
                using var entry = JsonDocument.Parse(line);
                if (entry.RootElement is { ValueKind: JsonValueKind.Array } fields && fields.GetArrayLength() >= 3
                    && fields[1].ValueKind == JsonValueKind.String && fields[1].GetString() == "o" && fields[2].ValueKind == JsonValueKind.String) output.Append(fields[2].GetString());
            }
            catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
            {
                // An empty line, a comment, the end of what is shown; or half of a character that a recorder cut in two.
                continue;
            }
        }

        return output.ToString();
    }

    /// <summary>Without what moves a terminal's cursor and colours its words, and without other control characters.</summary>
    internal static string Plain(string text) =>
        new([.. Sequences().Replace(text, "").Replace("\r\n", "\n", StringComparison.Ordinal).Where(static c => c is '\n' or '\t' || !char.IsControl(c))]);

    [GeneratedRegex(@"\u001B(\[[0-9;:?<=>!]*[ -/]*[@-~]|\][^\u0007\u001B]*(\u0007|\u001B\\)?|[ -/]*[0-~])", RegexOptions.NonBacktracking)]
    private static partial Regex Sequences();
}
