using System.Text;
using System.Text.Json;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Audit;

/// <summary>
/// What a sink holds of an audit trail, read from its copy of the events: CloudEvents lines as the sinks get them, in any order and with
/// repetitions. Of each chain only the last event is kept: a chain that is sound up to it has all that came before.
/// </summary>
public sealed class SinkCopy
{
    private readonly Dictionary<string, StreamHead> _heads = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, string> _roots = [];

    /// <summary>The last event of each chain.</summary>
    public IReadOnlyCollection<StreamHead> Heads => _heads.Values;

    /// <summary>Roots of checkpoints by number.</summary>
    public IReadOnlyDictionary<long, string> Roots => _roots;

    /// <summary>When the newest of them happened; null where there is none.</summary>
    public DateTimeOffset? Newest { get; private set; }

    /// <summary>Lines that are no events of ours.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Reads the parts of a copy to their ends, in any order, and disposes them.</summary>
    public static async Task<SinkCopy> Read(IEnumerable<Stream> parts, CancellationToken cancellation)
    {
        var copy = new SinkCopy();
        foreach (var part in parts)
        {
            using var reader = new StreamReader(part, Encoding.UTF8);
            while (await reader.ReadLineAsync(cancellation) is { } line)
            {
                if (line.Length > 0 && !copy.Add(line)) copy.Unreadable++;
            }
        }

        return copy;
    }

    private bool Add(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var unmapped = json.RootElement.GetProperty("data").GetProperty("unmapped");
            var at = json.RootElement.GetProperty("time").GetDateTimeOffset();
            if (json.RootElement.GetProperty("type").GetString() == WireFormat.CheckpointType)
            {
                _roots[unmapped.GetProperty("number").GetInt64()] = unmapped.GetProperty("root").GetString() ?? "";
            }
            else
            {
                var head = new StreamHead(unmapped.GetProperty("stream").GetString() ?? "", unmapped.GetProperty("sequence").GetInt64(), unmapped.GetProperty("hash").GetString() ?? "");
                if (!_heads.TryGetValue(head.Stream, out var known) || known.Sequence < head.Sequence) _heads[head.Stream] = head;
            }

            if (Newest is null || at > Newest) Newest = at;
            return true;
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }
}
