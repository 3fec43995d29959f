using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Json;

namespace AccessFunctions.Application.Audit;

/// <summary>
/// The export of an audit trail: UTF-8 text, one JSON object per line. First a line <c>{"checkpoint":{…}}</c> for each checkpoint in
/// order, then one for each row: <c>{"stream","sequence","body","previous","hash","detail","salt"}</c>. <c>body</c> and <c>detail</c>
/// hold the exact stored text as one JSON string (<c>bodyBase64</c>, <c>detailBase64</c> where the bytes are no UTF-8), <c>salt</c> is hex.
/// A stream that was purged is a line <c>{"tombstone":{"stream","purgedAt","recordedIn","hashes"}}</c>, hashes in Base64.
/// Whoever holds the file can verify it without this installation.
/// </summary>
public static class AuditExport
{
    // The file is read by people too: quotes inside body and detail stay readable.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private const string CheckpointName = "checkpoint";
    private const string TombstoneName = "tombstone";
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes the export. Read the checkpoints before the trail: then every head they name is among its rows.</summary>
    public static async Task Write(Stream to, IEnumerable<Checkpoint> checkpoints, IAsyncEnumerable<TrailPart> trail, CancellationToken cancellation)
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        foreach (var checkpoint in checkpoints)
        {
            Line(buffer, json => Named(json, CheckpointName, checkpoint, DomainJson.Default.Checkpoint));
            await Drain(to, buffer, atLeast: 32 * 1024, cancellation);
        }

        await foreach (var part in trail.WithCancellation(cancellation))
        {
            if (part.Row is { } row) Line(buffer, json => Row(json, row));
            if (part.Tombstone is { } tombstone) Line(buffer, json => Named(json, TombstoneName, tombstone, DomainJson.Default.Tombstone));
            await Drain(to, buffer, atLeast: 32 * 1024, cancellation);
        }

        await Drain(to, buffer, atLeast: 1, cancellation);
        await to.FlushAsync(cancellation);
    }

    /// <summary>Reads an export line by line; a line that cannot be read is given as its fault, and reading goes on.</summary>
    public static async IAsyncEnumerable<ExportLine> Read(Stream from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Damaged UTF-8 becomes replacement characters, which no hash matches.
        using var reader = new StreamReader(from, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var number = 0L;
        while (await reader.ReadLineAsync(cancellation) is { } text)
        {
            number++;
            if (text.Length > 0)
            {
                yield return Parse(number, text);
            }
        }
    }

    private static void Line(ArrayBufferWriter<byte> buffer, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            write(json);
        }

        buffer.Write("\n"u8);
    }

    private static void Named<T>(Utf8JsonWriter json, string name, T what, JsonTypeInfo<T> type)
    {
        json.WriteStartObject();
        json.WritePropertyName(name);
        JsonSerializer.Serialize(json, what, type);
        json.WriteEndObject();
    }

    private static async Task Drain(Stream to, ArrayBufferWriter<byte> buffer, int atLeast, CancellationToken cancellation)
    {
        if (buffer.WrittenCount >= atLeast)
        {
            await to.WriteAsync(buffer.WrittenMemory, cancellation);
            buffer.ResetWrittenCount();
        }
    }

    private static void Row(Utf8JsonWriter json, AuditRow row)
    {
        json.WriteStartObject();
        json.WriteString("stream"u8, row.Stream);
        json.WriteNumber("sequence"u8, row.Sequence);
        Bytes(json, "body", row.Body);
        json.WriteString("previous"u8, row.Previous);
        json.WriteString("hash"u8, row.Hash);
        if (row.Detail is not null)
        {
            Bytes(json, "detail", row.Detail);
        }

        if (row.Salt is not null)
        {
            json.WriteString("salt"u8, Convert.ToHexStringLower(row.Salt));
        }

        json.WriteEndObject();
    }

    private static void Bytes(Utf8JsonWriter json, string name, byte[] bytes)
    {
        string text;
        try
        {
            text = Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            json.WriteBase64String(name + "Base64", bytes);
            return;
        }

        json.WriteString(name, text);
    }

    private static ExportLine Parse(long number, string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.TryGetProperty(CheckpointName, out var checkpoint))
                return new ExportLine(number, null, checkpoint.Deserialize(DomainJson.Default.Checkpoint) ?? throw new FormatException("The checkpoint is null."), null);
            if (json.RootElement.TryGetProperty(TombstoneName, out var tombstone))
                return new ExportLine(number, null, null, null) { Tombstone = tombstone.Deserialize(DomainJson.Default.Tombstone) ?? throw new FormatException("The tombstone is null.") };
            return new ExportLine(number, Row(json.RootElement), null, null);
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return new ExportLine(number, null, null, $"Line {number} is neither a row, a checkpoint nor a tombstone: {unreadable.Message}");
        }
    }

    private static AuditRow Row(JsonElement json) => new()
    {
        Stream = Text(json, "stream"),
        Sequence = json.GetProperty("sequence").GetInt64(),
        Body = Bytes(json, "body") ?? throw new FormatException("The row has no body."),
        Previous = Text(json, "previous"),
        Hash = Text(json, "hash"),
        Detail = Bytes(json, "detail"),
        Salt = json.TryGetProperty("salt", out var salt) ? Convert.FromHexString(salt.GetString() ?? throw new FormatException("The salt is null.")) : null,
    };

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException($"\"{name}\" is null.");

    private static byte[]? Bytes(JsonElement json, string name) =>
        json.TryGetProperty(name, out var text) ? Encoding.UTF8.GetBytes(text.GetString() ?? throw new FormatException($"\"{name}\" is null."))
        : json.TryGetProperty(name + "Base64", out var base64) ? base64.GetBytesFromBase64()
        : null;
}

/// <summary>One line of an export: a row, a checkpoint, a tombstone, or what is wrong with the line. Lines are counted from 1.</summary>
public sealed record ExportLine(long Number, AuditRow? Row, Checkpoint? Checkpoint, string? Fault)
{
    public Tombstone? Tombstone { get; init; }
}
