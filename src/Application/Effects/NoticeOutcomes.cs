using System.Text.Json;
using System.Text.Json.Serialization;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Effects;

/// <summary>Outcomes of notices as hosts store them: one text for each notice.</summary>
public static class NoticeOutcomes
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>What is kept after another run: what was sent before stays, with its instant.</summary>
    public static IReadOnlyList<NoticeOutcome> Merge(IReadOnlyList<NoticeOutcome> before, IReadOnlyList<NoticeOutcome> now) =>
    [
        .. before.Where(static kept => kept.Result == NoticeResult.Sent),
        .. now.Where(outcome => !before.Any(kept => kept.Result == NoticeResult.Sent && kept.To == outcome.To && kept.Channel == outcome.Channel)),
    ];

    /// <summary>The text of the outcomes of one notice.</summary>
    public static byte[] Write(IReadOnlyList<NoticeOutcome> outcomes) => JsonSerializer.SerializeToUtf8Bytes(outcomes, Json);

    /// <summary>Reads such a text.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static IReadOnlyList<NoticeOutcome> Read(ReadOnlySpan<byte> text) => JsonSerializer.Deserialize<IReadOnlyList<NoticeOutcome>>(text, Json) ?? [];
}
