using System.Buffers;
using System.Globalization;
using System.Text.Json;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Audit;

/// <summary>How events are written for other systems.</summary>
public sealed record WireOptions
{
    /// <summary>CloudEvents <c>source</c>: which installation speaks.</summary>
    public string Source { get; init; } = "/access-functions";

    /// <summary>The product's version, for <c>metadata.product.version</c>.</summary>
    public string ProductVersion { get; init; } = "1.0.0";

    /// <summary>
    /// True: address and free text go along (<c>src_endpoint.ip</c>, <c>comment</c>). Off by default, because what has left can no longer
    /// be deleted here.
    /// </summary>
    public bool IncludeDetail { get; init; }
}

/// <summary>
/// Audit rows as <see href="https://cloudevents.io">CloudEvents 1.0</see> JSON whose data is
/// <see href="https://schema.ocsf.io/1.8.0">OCSF 1.8</see>. <c>id</c> is <c>{stream}/{sequence}</c>, the same at every repetition; what
/// OCSF has no place for is under <c>unmapped</c>, with hash and previous hash among it.
/// </summary>
public sealed class WireFormat(WireOptions options)
{
    /// <summary>The type under which checkpoints are sent.</summary>
    public const string CheckpointType = "access.audit.checkpoint";

    /// <summary>The type under which a stored row that was damaged is sent.</summary>
    public const string UnreadableType = "access.audit.unreadable";

    private const string Version = "1.8.0";
    private const string Product = "Access Functions";
    private const int Success = 1, Failure = 2, OtherStatus = 99;

    /// <summary>One JSON object, UTF-8, without a line break.</summary>
    public byte[] Line(AuditRow row) => Line(StoredRow.Read(row));

    /// <summary>The same for a row that was read before.</summary>
    public byte[] Line(StoredRow stored) => Written(json => Event(json, stored));

    /// <summary>A checkpoint the same way: number, instant, roots, and how many heads it folds.</summary>
    public byte[] Line(Checkpoint checkpoint) => Written(json => Held(json, checkpoint));

    private static byte[] Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using var json = new Utf8JsonWriter(buffer);
        write(json);
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private void Event(Utf8JsonWriter json, StoredRow stored)
    {
        var row = stored.Row;
        if (stored.Body is not { } body)
        {
            Unreadable(json, row, stored.Why!);
            return;
        }

        var happened = body.Event;
        Envelope(json, $"{row.Stream}/{row.Sequence}", happened.Type, happened.RequestId, happened.At);
        var type = AuditEventTypes.Of(happened.Type);
        json.WriteStartObject("data"u8);
        Classification(json, type, happened);
        Metadata(json, row.Stream, row.Sequence, happened.RequestId ?? row.Stream, happened.Type);
        Actor(json, happened.Actor);
        Subject(json, type, happened, row);
        var comment = options.IncludeDetail ? happened.Detail?.Text : null;

        // Only this class has a comment; elsewhere it is one more thing that OCSF has no place for.
        var mapped = type.Class == AuditEventTypes.EntityManagement;
        if (mapped) Optional(json, "comment", comment);
        Unmapped(json, row, body, mapped ? null : comment);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Envelope(Utf8JsonWriter json, string id, string type, string? subject, DateTimeOffset at)
    {
        json.WriteStartObject();
        json.WriteString("specversion"u8, "1.0"u8);
        json.WriteString("id"u8, id);
        json.WriteString("source"u8, options.Source);
        json.WriteString("type"u8, type);
        Optional(json, "subject", subject);
        json.WriteString("time"u8, at.UtcDateTime);
        json.WriteString("datacontenttype"u8, "application/json"u8);
    }

    private static void Classification(Utf8JsonWriter json, AuditEventType type, AuditEvent happened)
    {
        var (status, word) = type.Pending && happened.Succeeded ? (OtherStatus, "Pending") : happened.Succeeded ? (Success, "Success") : (Failure, "Failure");
        Classified(json, type, AuditEventTypes.SeverityOf(type, happened), happened.At);
        json.WriteNumber("status_id"u8, status);
        json.WriteString("status"u8, word);
        Optional(json, "status_detail", happened.Reason);
    }

    private static void Classified(Utf8JsonWriter json, AuditEventType type, Severity severity, DateTimeOffset at)
    {
        json.WriteNumber("category_uid"u8, type.Category);
        json.WriteNumber("class_uid"u8, type.Class);
        json.WriteNumber("activity_id"u8, type.Activity);
        json.WriteString("activity_name"u8, AuditEventTypes.ActivityName(type));
        json.WriteNumber("type_uid"u8, type.TypeUid);
        json.WriteNumber("severity_id"u8, (int)severity);
        json.WriteNumber("time"u8, at.ToUnixTimeMilliseconds());
        json.WriteString("message"u8, type.Meaning);
    }

    private void Metadata(Utf8JsonWriter json, string stream, long sequence, string correlation, string type)
    {
        json.WriteStartObject("metadata"u8);
        json.WriteString("version"u8, Version);
        json.WriteStartObject("product"u8);
        json.WriteString("name"u8, Product);
        json.WriteString("vendor_name"u8, Product);
        json.WriteString("version"u8, options.ProductVersion);
        json.WriteEndObject();
        json.WriteString("uid"u8, $"{stream}/{sequence}");
        json.WriteNumber("sequence"u8, sequence);
        json.WriteString("correlation_uid"u8, correlation);
        json.WriteString("event_code"u8, type);
        json.WriteEndObject();
    }

    private static void Actor(Utf8JsonWriter json, string actor)
    {
        json.WriteStartObject("actor"u8);
        User(json, actor);
        json.WriteEndObject();
    }

    private static void User(Utf8JsonWriter json, string person)
    {
        json.WriteStartObject("user"u8);
        json.WriteString("uid"u8, person);
        if (person.StartsWith(SystemActors.Prefix, StringComparison.Ordinal))
        {
            json.WriteNumber("type_id"u8, 3); // System
        }

        json.WriteEndObject();
    }

    /// <summary>What the class asks for: user and privileges, entity, or the call.</summary>
    private void Subject(Utf8JsonWriter json, AuditEventType type, AuditEvent happened, AuditRow row)
    {
        switch (type.Class)
        {
            case AuditEventTypes.UserAccess:
                User(json, happened.Requester ?? happened.Actor);
                json.WriteStartArray("privileges"u8);
                json.WriteStringValue(happened.Role ?? happened.Kind ?? "access");
                json.WriteEndArray();
                Resources(json, happened);
                break;
            case AuditEventTypes.Authentication:
                User(json, happened.Actor);
                json.WriteStartObject("service"u8);
                json.WriteString("name"u8, Product);
                json.WriteEndObject();
                break;
            case AuditEventTypes.ApiActivity:
                json.WriteStartObject("api"u8);
                // The route is a template, so it names nobody.
                json.WriteString("operation"u8, happened.Detail?.More.GetValueOrDefault("route") ?? happened.Resource ?? happened.Type);
                json.WriteEndObject();
                Resources(json, happened);
                break;
            default:
                Entity(json, type.Entity, happened.RequestId ?? happened.Resource ?? row.Stream);
                break;
        }

        Source(json, type, happened);
    }

    private static void Resources(Utf8JsonWriter json, AuditEvent happened)
    {
        if (happened.Resource is not null)
        {
            json.WriteStartArray("resources"u8);
            json.WriteStartObject();
            json.WriteString("uid"u8, happened.Resource);
            Optional(json, "type", happened.Kind);
            json.WriteEndObject();
            json.WriteEndArray();
        }
    }

    /// <summary>The address only where it may leave; calls must name some source, so there the channel stands in.</summary>
    private void Source(Utf8JsonWriter json, AuditEventType type, AuditEvent happened)
    {
        var address = options.IncludeDetail ? happened.Detail?.Address : null;
        if (address is not null || type.Class == AuditEventTypes.ApiActivity)
        {
            json.WriteStartObject("src_endpoint"u8);
            Optional(json, "ip", address);
            json.WriteString("svc_name"u8, happened.Channel);
            json.WriteEndObject();
        }
    }

    private static void Unmapped(Utf8JsonWriter json, AuditRow row, AuditBody body, string? comment)
    {
        var happened = body.Event;
        json.WriteStartObject("unmapped"u8);
        Links(json, row);
        json.WriteBoolean("emergency"u8, happened.Emergency);
        json.WriteString("channel"u8, happened.Channel);
        Optional(json, "signalId", happened.SignalId);
        Optional(json, "requestId", happened.RequestId);
        Optional(json, "requester", happened.Requester);
        Optional(json, "revision", happened.Revision);
        Optional(json, "level", happened.Level);
        Optional(json, "phase", happened.Phase);
        Optional(json, "outcome", happened.Outcome);
        Optional(json, "reason", happened.Reason);
        Optional(json, "kind", happened.Kind);
        Optional(json, "resource", happened.Resource);
        Optional(json, "role", happened.Role);
        Optional(json, "identity", happened.Identity);
        Optional(json, "grantId", happened.GrantId);
        Optional(json, "periodStart", happened.PeriodStart);
        Optional(json, "periodEnd", happened.PeriodEnd);
        Optional(json, "detailHash", body.DetailHash);
        Optional(json, "comment", comment);
        json.WriteEndObject();
    }

    private static void Links(Utf8JsonWriter json, AuditRow row)
    {
        json.WriteString("stream"u8, row.Stream);
        json.WriteNumber("sequence"u8, row.Sequence);
        json.WriteString("hash"u8, row.Hash);
        json.WriteString("previous"u8, row.Previous);
    }

    /// <summary>A stored row that was damaged must not hold up what follows it: it is sent as what it is.</summary>
    private void Unreadable(Utf8JsonWriter json, AuditRow row, string why)
    {
        var type = new AuditEventType(AuditEventTypes.EntityManagement, 99, Severity.High, "A stored audit row is unreadable.", "audit row");
        Envelope(json, $"{row.Stream}/{row.Sequence}", UnreadableType, null, DateTimeOffset.UnixEpoch);
        json.WriteStartObject("data"u8);
        Classified(json, type, type.Severity, DateTimeOffset.UnixEpoch);
        json.WriteNumber("status_id"u8, Failure);
        json.WriteString("status_detail"u8, why);
        Metadata(json, row.Stream, row.Sequence, row.Stream, UnreadableType);
        Entity(json, type.Entity, $"{row.Stream}/{row.Sequence}");
        json.WriteStartObject("unmapped"u8);
        Links(json, row);
        json.WriteBase64String("body"u8, row.Body);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Held(Utf8JsonWriter json, Checkpoint checkpoint)
    {
        const string Stream = "checkpoint";
        var type = new AuditEventType(AuditEventTypes.EntityManagement, 1, Severity.Informational, "A checkpoint of the audit trail was made.", "audit checkpoint");
        Envelope(json, $"{Stream}/{checkpoint.Number}", CheckpointType, null, checkpoint.At);
        json.WriteStartObject("data"u8);
        Classified(json, type, type.Severity, checkpoint.At);
        json.WriteNumber("status_id"u8, Success);
        Metadata(json, Stream, checkpoint.Number, Stream, CheckpointType);
        Entity(json, type.Entity, checkpoint.Number.ToString(CultureInfo.InvariantCulture));
        json.WriteStartObject("unmapped"u8);
        json.WriteNumber("number"u8, checkpoint.Number);
        json.WriteString("root"u8, checkpoint.Root);
        json.WriteString("previous"u8, checkpoint.Previous);
        json.WriteNumber("heads"u8, checkpoint.Heads.Count);
        json.WriteStartArray("signatures"u8);
        foreach (var signature in checkpoint.Signatures)
        {
            json.WriteStartObject();
            json.WriteString("keyId"u8, signature.KeyId);
            json.WriteString("publicKey"u8, signature.PublicKey);
            json.WriteString("value"u8, signature.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Entity(Utf8JsonWriter json, string type, string uid)
    {
        json.WriteStartObject("entity"u8);
        json.WriteString("type"u8, type);
        json.WriteString("uid"u8, uid);
        json.WriteEndObject();
    }

    private static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Optional(Utf8JsonWriter json, string name, int? value)
    {
        if (value is not null)
        {
            json.WriteNumber(name, value.Value);
        }
    }

    private static void Optional(Utf8JsonWriter json, string name, DateTimeOffset? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value.Value.UtcDateTime);
        }
    }
}
