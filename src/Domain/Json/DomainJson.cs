using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Json;

/// <summary>
/// The one JSON form of state, signals, effects and policy: camelCase, enums by name, nulls left out, durations as text (<c>8h</c>,
/// <c>1h30m</c>, <c>7d</c>), times of day as <c>08:00</c>, weekdays as <c>Mon</c>. Pinned by golden files, because requests in flight outlive upgrades.
/// </summary>
public sealed class DomainJson
{
    // Read by reflection: generated readers would leave a member that a document does not name at null or zero, not at its own default,
    // and documents written before a member was added do not name it.
    private DomainJson()
    {
        Options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            Converters = { new DurationConverter(), new TimeOfDayConverter(), new WeekdayConverter(), new JsonStringEnumConverter() },
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        };
        Options.MakeReadOnly();
        AccessRequest = For<AccessRequest>();
        Signal = For<Signal>();
        Effect = For<Effect>();
        AccessGroup = For<AccessGroup>();
        Refusal = For<Refusal>();
        AuditEvent = For<AuditEvent>();
        AuditDetail = For<AuditDetail>();
        AuditRow = For<AuditRow>();
        Checkpoint = For<Checkpoint>();
        Tombstone = For<Tombstone>();

        JsonTypeInfo<T> For<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
    }

    public static DomainJson Default { get; } = new();

    /// <summary>For types without a member of their own here; never changes.</summary>
    public JsonSerializerOptions Options { get; }
    public JsonTypeInfo<AccessRequest> AccessRequest { get; }
    public JsonTypeInfo<Signal> Signal { get; }
    public JsonTypeInfo<Effect> Effect { get; }
    public JsonTypeInfo<AccessGroup> AccessGroup { get; }
    public JsonTypeInfo<Refusal> Refusal { get; }
    public JsonTypeInfo<AuditEvent> AuditEvent { get; }
    public JsonTypeInfo<AuditDetail> AuditDetail { get; }
    public JsonTypeInfo<AuditRow> AuditRow { get; }
    public JsonTypeInfo<Checkpoint> Checkpoint { get; }
    public JsonTypeInfo<Tombstone> Tombstone { get; }
}

/// <summary>Durations as people write them.</summary>
public sealed class DurationConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Duration.TryParse(reader.GetString()!, out var duration)
            ? duration
            : throw new JsonException("A duration is text such as \"8h\", \"1h30m\" or \"7d\".");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Duration.Format(value));
}

/// <summary>Times of day as <c>08:00</c>; seconds only where there are some.</summary>
public sealed class TimeOfDayConverter : JsonConverter<TimeOnly>
{
    private static readonly string[] Forms = ["HH:mm", "HH:mm:ss"];

    public override TimeOnly Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TimeOnly.TryParseExact(reader.GetString(), Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw new JsonException("A time of day is text such as \"08:00\"; midnight is \"00:00\".");

    public override void Write(Utf8JsonWriter writer, TimeOnly value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString(value.Second == 0 ? Forms[0] : Forms[1], CultureInfo.InvariantCulture));
}

/// <summary>Weekdays by their first three letters; whole names are read too.</summary>
public sealed class WeekdayConverter : JsonConverter<DayOfWeek>
{
    private static readonly DayOfWeek[] All = Enum.GetValues<DayOfWeek>();

    public override DayOfWeek Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        foreach (var day in All)
        {
            if (text.Equals(day.ToString(), StringComparison.OrdinalIgnoreCase) || text.Equals(Short(day), StringComparison.OrdinalIgnoreCase)) return day;
        }

        throw new JsonException("A weekday is one of Mon, Tue, Wed, Thu, Fri, Sat, Sun.");
    }

    public override void Write(Utf8JsonWriter writer, DayOfWeek value, JsonSerializerOptions options) => writer.WriteStringValue(Short(value));

    private static string Short(DayOfWeek day) => day.ToString()[..3];
}
