using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace AccessFunctions.Domain.Audit;

/// <summary>
/// What verification asks of a body, read without making the event. It knows only bodies as <see cref="AuditBody.Write"/> makes them, in that
/// order and without escapes; whatever else, <see cref="AuditBody.Read(ReadOnlySpan{byte})"/> has the say.
/// </summary>
public readonly ref struct AuditGlance
{
    private enum Kind { Version, Stream, Sequence, Text, Instant, Flag, Number, Detail }

    private static readonly (byte[] Name, Kind Kind, bool Required)[] Members =
    [
        ("v"u8.ToArray(), Kind.Version, true), ("stream"u8.ToArray(), Kind.Stream, true), ("sequence"u8.ToArray(), Kind.Sequence, true),
        ("type"u8.ToArray(), Kind.Text, true), ("at"u8.ToArray(), Kind.Instant, true), ("actor"u8.ToArray(), Kind.Text, true),
        ("channel"u8.ToArray(), Kind.Text, true), ("succeeded"u8.ToArray(), Kind.Flag, true), ("signalId"u8.ToArray(), Kind.Text, false),
        ("requestId"u8.ToArray(), Kind.Text, false), ("requester"u8.ToArray(), Kind.Text, false), ("revision"u8.ToArray(), Kind.Number, false),
        ("level"u8.ToArray(), Kind.Number, false), ("phase"u8.ToArray(), Kind.Text, false), ("outcome"u8.ToArray(), Kind.Text, false),
        ("reason"u8.ToArray(), Kind.Text, false), ("kind"u8.ToArray(), Kind.Text, false), ("resource"u8.ToArray(), Kind.Text, false),
        ("role"u8.ToArray(), Kind.Text, false), ("identity"u8.ToArray(), Kind.Text, false), ("grantId"u8.ToArray(), Kind.Text, false),
        ("emergency"u8.ToArray(), Kind.Flag, true), ("periodStart"u8.ToArray(), Kind.Instant, false), ("periodEnd"u8.ToArray(), Kind.Instant, false),
        ("detail"u8.ToArray(), Kind.Detail, false),
    ];

    private AuditGlance(bool own, long sequence, ReadOnlySpan<byte> detailHash)
    {
        OfStream = own;
        Sequence = sequence;
        DetailHash = detailHash;
    }

    /// <summary>True where the body says the stream that was asked for.</summary>
    public bool OfStream { get; }

    /// <summary>The sequence that the body says.</summary>
    public long Sequence { get; }

    /// <summary>Hex, as it stands there; empty where the event has no detail.</summary>
    public ReadOnlySpan<byte> DetailHash { get; }

    /// <summary>False where the body is not of the form that is known here, which says nothing yet.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, string stream, out AuditGlance glance)
    {
        glance = default;
        if (!Ascii.IsValid(body) || body.Contains((byte)'\\')) return false;
        try
        {
            var (own, sequence, next) = (false, 0L, 0);
            ReadOnlySpan<byte> detail = default;
            var json = new Utf8JsonReader(body);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                while (next < Members.Length && !json.ValueTextEquals(Members[next].Name))
                {
                    if (Members[next++].Required) return false;
                }

                if (next == Members.Length || !json.Read()) return false;
                switch (Members[next++].Kind)
                {
                    case Kind.Version when json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var version) && version == AuditBody.Version: break;
                    case Kind.Stream when json.TokenType == JsonTokenType.String: own = json.ValueTextEquals(stream); break;
                    case Kind.Sequence when json.TokenType == JsonTokenType.Number && json.TryGetInt64(out sequence): break;
                    case Kind.Number when json.TokenType == JsonTokenType.Number && json.TryGetInt32(out _): break;
                    case Kind.Text when json.TokenType == JsonTokenType.String: break;
                    case Kind.Flag when json.TokenType is JsonTokenType.True or JsonTokenType.False: break;
                    case Kind.Instant when json.TokenType == JsonTokenType.String && IsInstant(json.ValueSpan): break;
                    case Kind.Detail when json.TokenType == JsonTokenType.String && json.ValueSpan.Length > 0: detail = json.ValueSpan; break;
                    default: return false;
                }
            }

            while (next < Members.Length)
            {
                if (Members[next++].Required) return false;
            }

            if (json.TokenType != JsonTokenType.EndObject || json.Read()) return false;
            glance = new AuditGlance(own, sequence, detail);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsInstant(ReadOnlySpan<byte> text) =>
        text.Length == AuditBody.InstantLength && text[^1] == (byte)'Z' && Utf8Parser.TryParse(text, out DateTime _, out var read, 'O') && read == text.Length;
}
