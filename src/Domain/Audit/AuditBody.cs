using System.Globalization;
using System.Text.Json;

namespace AccessFunctions.Domain.Audit;

/// <summary>
/// What the chained bytes of a row say. The form is fixed for good: compact UTF-8 JSON, <c>"v":1</c> first, then the members in the order
/// of <see cref="Write"/>, nulls left out, instants in UTC with seven digits, everything outside ASCII escaped. A new member means a new
/// <c>v</c>; what was chained before stays readable and keeps its hash.
/// </summary>
/// <param name="Event">The event; its detail only where the row still has it.</param>
/// <param name="DetailHash">SHA-256(salt ‖ detail), lower-case hex; null where the event had no detail.</param>
public sealed record AuditBody(string Stream, long Sequence, AuditEvent Event, string? DetailHash)
{
    internal const int Version = 1;
    internal const int InstantLength = 28;
    internal const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    /// <summary>Reads a row's body, and its detail where that was not deleted.</summary>
    /// <exception cref="FormatException">The body or the detail is not in this form.</exception>
    public static AuditBody Read(AuditRow row)
    {
        var body = Read(row.Body);
        return row.Detail is null ? body : body with { Event = body.Event with { Detail = AuditDetailText.Read(row.Detail) } };
    }

    /// <summary>Reads chained bytes.</summary>
    /// <exception cref="FormatException">They are not in this form.</exception>
    public static AuditBody Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return new Draft().Read(body);
        }
        // InvalidOperationException: a value of another kind than expected, or text that is no valid UTF-8.
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            throw new FormatException($"The body is not an audit event: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>Writes the chained bytes.</summary>
    internal static void Write(Utf8JsonWriter json, string stream, long sequence, AuditEvent happened, ReadOnlySpan<byte> detailHash)
    {
        json.WriteStartObject();
        json.WriteNumber(Names.V, Version);
        json.WriteString(Names.Stream, stream);
        json.WriteNumber(Names.Sequence, sequence);
        json.WriteString(Names.Type, happened.Type);
        Instant(json, Names.At, happened.At);
        json.WriteString(Names.Actor, happened.Actor);
        json.WriteString(Names.Channel, happened.Channel);
        json.WriteBoolean(Names.Succeeded, happened.Succeeded);
        Text(json, Names.SignalId, happened.SignalId);
        Text(json, Names.RequestId, happened.RequestId);
        Text(json, Names.Requester, happened.Requester);
        Number(json, Names.Revision, happened.Revision);
        Number(json, Names.Level, happened.Level);
        Text(json, Names.Phase, happened.Phase);
        Text(json, Names.Outcome, happened.Outcome);
        Text(json, Names.Reason, happened.Reason);
        Text(json, Names.Kind, happened.Kind);
        Text(json, Names.Resource, happened.Resource);
        Text(json, Names.Role, happened.Role);
        Text(json, Names.Identity, happened.Identity);
        Text(json, Names.GrantId, happened.GrantId);
        json.WriteBoolean(Names.Emergency, happened.Emergency);
        Instant(json, Names.PeriodStart, happened.PeriodStart);
        Instant(json, Names.PeriodEnd, happened.PeriodEnd);
        if (!detailHash.IsEmpty)
        {
            Span<byte> hex = stackalloc byte[2 * 32];
            Convert.TryToHexStringLower(detailHash, hex, out _);
            json.WriteString(Names.Detail, hex);
        }

        json.WriteEndObject();
        json.Flush();
    }

    /// <summary>The instant as chained bytes hold it: 28 ASCII bytes.</summary>
    internal static void Instant(DateTimeOffset at, Span<byte> utf8) =>
        at.UtcDateTime.TryFormat(utf8, out _, "O", CultureInfo.InvariantCulture);

    private static void Instant(Utf8JsonWriter json, JsonEncodedText name, DateTimeOffset? at)
    {
        if (at is null)
        {
            return;
        }

        Span<byte> utf8 = stackalloc byte[InstantLength];
        Instant(at.Value, utf8);
        json.WriteString(name, utf8);
    }

    private static void Text(Utf8JsonWriter json, JsonEncodedText name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Number(Utf8JsonWriter json, JsonEncodedText name, int? value)
    {
        if (value is not null)
        {
            json.WriteNumber(name, value.Value);
        }
    }

    private static class Names
    {
        public static readonly JsonEncodedText V = JsonEncodedText.Encode("v");
        public static readonly JsonEncodedText Stream = JsonEncodedText.Encode("stream");
        public static readonly JsonEncodedText Sequence = JsonEncodedText.Encode("sequence");
        public static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
        public static readonly JsonEncodedText At = JsonEncodedText.Encode("at");
        public static readonly JsonEncodedText Actor = JsonEncodedText.Encode("actor");
        public static readonly JsonEncodedText Channel = JsonEncodedText.Encode("channel");
        public static readonly JsonEncodedText Succeeded = JsonEncodedText.Encode("succeeded");
        public static readonly JsonEncodedText SignalId = JsonEncodedText.Encode("signalId");
        public static readonly JsonEncodedText RequestId = JsonEncodedText.Encode("requestId");
        public static readonly JsonEncodedText Requester = JsonEncodedText.Encode("requester");
        public static readonly JsonEncodedText Revision = JsonEncodedText.Encode("revision");
        public static readonly JsonEncodedText Level = JsonEncodedText.Encode("level");
        public static readonly JsonEncodedText Phase = JsonEncodedText.Encode("phase");
        public static readonly JsonEncodedText Outcome = JsonEncodedText.Encode("outcome");
        public static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
        public static readonly JsonEncodedText Kind = JsonEncodedText.Encode("kind");
        public static readonly JsonEncodedText Resource = JsonEncodedText.Encode("resource");
        public static readonly JsonEncodedText Role = JsonEncodedText.Encode("role");
        public static readonly JsonEncodedText Identity = JsonEncodedText.Encode("identity");
        public static readonly JsonEncodedText GrantId = JsonEncodedText.Encode("grantId");
        public static readonly JsonEncodedText Emergency = JsonEncodedText.Encode("emergency");
        public static readonly JsonEncodedText PeriodStart = JsonEncodedText.Encode("periodStart");
        public static readonly JsonEncodedText PeriodEnd = JsonEncodedText.Encode("periodEnd");
        public static readonly JsonEncodedText Detail = JsonEncodedText.Encode("detail");
    }

    /// <summary>Collects the members while reading.</summary>
    private sealed class Draft
    {
        private static readonly string[] Required = ["v", "stream", "sequence", "type", "at", "actor", "channel", "succeeded", "emergency"];

        private readonly Dictionary<string, object> _members = new(StringComparer.Ordinal);

        public AuditBody Read(ReadOnlySpan<byte> body)
        {
            var json = new Utf8JsonReader(body);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                throw new FormatException("The body is not a JSON object.");
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString()!;
                json.Read();
                if (!_members.TryAdd(name, Value(ref json, name)))
                {
                    throw new FormatException($"The body has \"{name}\" twice.");
                }
            }

            json.Read(); // Throws where something follows the object.
            if (Array.Find(Required, name => !_members.ContainsKey(name)) is { } missing)
            {
                throw new FormatException($"The body has no \"{missing}\".");
            }

            return Body();
        }

        private static object Value(ref Utf8JsonReader json, string name) => name switch
        {
            "v" => json.GetInt32() is var version && version == Version ? version : throw new FormatException($"The body has format version {version}; this reads {Version}."),
            "sequence" => json.GetInt64(),
            "revision" or "level" => json.GetInt32(),
            "succeeded" or "emergency" => json.GetBoolean(),
            "at" or "periodStart" or "periodEnd" => Instant(json.GetString(), name),
            "stream" or "type" or "actor" or "channel" or "signalId" or "requestId" or "requester" or "phase" or "outcome" or "reason"
                or "kind" or "resource" or "role" or "identity" or "grantId" or "detail" =>
                json.GetString() ?? throw new FormatException($"The body's \"{name}\" is null."),
            _ => throw new FormatException($"The body has an unknown member \"{name}\"."),
        };

        private static DateTimeOffset Instant(string? text, string name) =>
            DateTimeOffset.TryParseExact(text, InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
                ? at
                : throw new FormatException($"The body's \"{name}\" is not an instant such as 2026-11-21T09:00:00.0000000Z.");

        private T? Get<T>(string name) => _members.TryGetValue(name, out var value) ? (T)value : default;

        private AuditBody Body() => new(Get<string>("stream")!, Get<long>("sequence"), Event(), Get<string>("detail"));

        private AuditEvent Event() => new()
        {
            Type = Get<string>("type")!,
            At = Get<DateTimeOffset>("at"),
            Actor = Get<string>("actor")!,
            Channel = Get<string>("channel")!,
            Succeeded = Get<bool>("succeeded"),
            SignalId = Get<string>("signalId"),
            RequestId = Get<string>("requestId"),
            Requester = Get<string>("requester"),
            Revision = Get<int?>("revision"),
            Level = Get<int?>("level"),
            Phase = Get<string>("phase"),
            Outcome = Get<string>("outcome"),
            Reason = Get<string>("reason"),
            Kind = Get<string>("kind"),
            Resource = Get<string>("resource"),
            Role = Get<string>("role"),
            Identity = Get<string>("identity"),
            GrantId = Get<string>("grantId"),
            Emergency = Get<bool>("emergency"),
            PeriodStart = Get<DateTimeOffset?>("periodStart"),
            PeriodEnd = Get<DateTimeOffset?>("periodEnd"),
        };
    }
}
