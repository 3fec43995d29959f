using System.Text.Json;
using System.Text.Json.Serialization;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Json;

/// <summary>
/// The one JSON form of state, signals, effects and policy: camelCase, enums by name, nulls left out, durations as text (<c>8h</c>,
/// <c>1h30m</c>, <c>7d</c>). Pinned by golden files, because requests in flight outlive upgrades.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(DurationConverter)])]
[JsonSerializable(typeof(AccessRequest))]
[JsonSerializable(typeof(Signal))]
[JsonSerializable(typeof(Effect))]
[JsonSerializable(typeof(AccessGroup))]
[JsonSerializable(typeof(Refusal))]
[JsonSerializable(typeof(AuditEvent))]
[JsonSerializable(typeof(AuditDetail))]
[JsonSerializable(typeof(AuditRow))]
[JsonSerializable(typeof(Checkpoint))]
public sealed partial class DomainJson : JsonSerializerContext;

/// <summary>Durations as people write them.</summary>
public sealed class DurationConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Duration.TryParse(reader.GetString()!, out var duration)
            ? duration
            : throw new JsonException("A duration is text such as \"8h\", \"1h30m\" or \"7d\".");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Duration.Format(value));
}
