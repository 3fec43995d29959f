using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Audit;

/// <summary>
/// Makes links: <c>hash = SHA-256(32 bytes of the previous hash ‖ body)</c>, where the body holds <c>SHA-256(salt ‖ detail)</c> in the
/// detail's place. Pure: the salt comes from the caller.
/// </summary>
public static class AuditLink
{
    internal const int SaltLength = 16;
    internal const int HashLength = SHA256.HashSizeInBytes;

    /// <summary>The hash before the first link.</summary>
    public static string Origin { get; } = new('0', 64);

    /// <summary>Makes the next link of a stream.</summary>
    /// <param name="stream">A request's id, or a host stream's name.</param>
    /// <param name="previous">The stream's head; null before the first.</param>
    /// <param name="happened">What happened.</param>
    /// <param name="salt">16 random bytes; used only where the event has a detail.</param>
    /// <exception cref="ArgumentException">The event has a detail and the salt is not 16 bytes long.</exception>
    public static AuditRow Next(string stream, AuditHead? previous, AuditEvent happened, ReadOnlySpan<byte> salt)
    {
        byte[]? detail = null;
        byte[]? kept = null;
        Span<byte> detailHash = stackalloc byte[HashLength];
        if (happened.Detail is not null)
        {
            if (salt.Length != SaltLength)
            {
                throw new ArgumentException($"A salt is {SaltLength} bytes long, not {salt.Length}.", nameof(salt));
            }

            var salted = Scratch.Salted(salt, happened.Detail);
            SHA256.HashData(salted, detailHash);
            detail = salted[SaltLength..].ToArray();
            kept = salt.ToArray();
        }
        else
        {
            detailHash = default;
        }

        var sequence = (previous?.Sequence ?? 0) + 1;
        var before = previous?.Hash ?? Origin;
        var linked = Scratch.Linked(before, stream, sequence, happened, detailHash);
        Span<byte> hash = stackalloc byte[HashLength];
        SHA256.HashData(linked, hash);
        return new AuditRow
        {
            Stream = stream,
            Sequence = sequence,
            Body = linked[HashLength..].ToArray(),
            Previous = before,
            Hash = Convert.ToHexStringLower(hash),
            Detail = detail,
            Salt = kept,
        };
    }

    /// <summary>
    /// True where a stored row says the same as this event would (salt and chain position aside): a repeated append accepts it. Where the
    /// stored detail was deleted, any detail of the event counts as the same.
    /// </summary>
    public static bool SameEvent(AuditRow stored, AuditEvent happened)
    {
        Span<byte> detailHash = stackalloc byte[HashLength];
        if (happened.Detail is null)
        {
            detailHash = default;
        }
        else if (stored.Salt is not null)
        {
            SHA256.HashData(Scratch.Salted(stored.Salt, happened.Detail), detailHash);
        }
        else if (!Hex.TryRead(StoredDetailHash(stored), detailHash))
        {
            return false;
        }

        return Scratch.Linked(Origin, stored.Stream, stored.Sequence, happened, detailHash)[HashLength..].SequenceEqual(stored.Body);
    }

    /// <summary>SHA-256(first ‖ second), lower-case hex.</summary>
    internal static string Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var length = first.Length + second.Length;
        Span<byte> bytes = length <= 2048 ? stackalloc byte[length] : new byte[length];
        first.CopyTo(bytes);
        second.CopyTo(bytes[first.Length..]);
        Span<byte> hash = stackalloc byte[HashLength];
        SHA256.HashData(bytes, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>True where a text is SHA-256(first ‖ second) in lower-case hex.</summary>
    internal static bool IsHash(string? text, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        Span<byte> hash = stackalloc byte[HashLength];
        return Hex.TryRead(text, hash) && IsHash(hash, first, second);
    }

    /// <summary>True where a hash is SHA-256(first ‖ second).</summary>
    internal static bool IsHash(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var length = first.Length + second.Length;
        Span<byte> bytes = length <= 2048 ? stackalloc byte[length] : new byte[length];
        first.CopyTo(bytes);
        second.CopyTo(bytes[first.Length..]);
        Span<byte> found = stackalloc byte[HashLength];
        SHA256.HashData(bytes, found);
        return found.SequenceEqual(hash);
    }

    private static string? StoredDetailHash(AuditRow stored)
    {
        try
        {
            return AuditBody.Read(stored.Body.AsSpan()).DetailHash;
        }
        catch (FormatException)
        {
            return null; // Not an event at all, so not the same one.
        }
    }

    // One buffer and writer per thread: every signal makes links, and only the row itself should be allocated.
    private static class Scratch
    {
        // The default encoder escapes everything outside ASCII, so the bytes do not depend on a Unicode version.
        private static readonly JsonWriterOptions Compact = new() { SkipValidation = true };

        [ThreadStatic]
        private static ArrayBufferWriter<byte>? _buffer;

        [ThreadStatic]
        private static Utf8JsonWriter? _json;

        /// <summary>Salt ‖ detail; valid until the next call.</summary>
        public static ReadOnlySpan<byte> Salted(ReadOnlySpan<byte> salt, AuditDetail detail)
        {
            AuditDetailText.Write(Start(salt), detail);
            return _buffer!.WrittenSpan;
        }

        /// <summary>Previous hash ‖ body; valid until the next call.</summary>
        /// <exception cref="FormatException">The previous hash is not 64 lower-case hex digits.</exception>
        public static ReadOnlySpan<byte> Linked(string previous, string stream, long sequence, AuditEvent happened, ReadOnlySpan<byte> detailHash)
        {
            Span<byte> before = stackalloc byte[HashLength];
            if (!Hex.TryRead(previous, before))
            {
                throw new FormatException($"The head of {stream} is not a hash.");
            }

            AuditBody.Write(Start(before), stream, sequence, happened, detailHash);
            return _buffer!.WrittenSpan;
        }

        private static Utf8JsonWriter Start(ReadOnlySpan<byte> prefix)
        {
            _buffer ??= new ArrayBufferWriter<byte>(2048);
            _buffer.ResetWrittenCount();
            _buffer.Write(prefix);
            _json ??= new Utf8JsonWriter(_buffer, Compact);
            _json.Reset(_buffer);
            return _json;
        }
    }
}

/// <summary>SHA-256 hashes as stored: 64 lower-case hex digits, and nothing else that means the same.</summary>
internal static class Hex
{
    public static bool TryRead(string? text, Span<byte> hash) =>
        text is { Length: 64 }
        && !text.AsSpan().ContainsAnyInRange('A', 'F')
        && Convert.FromHexString(text, hash, out _, out var written) == OperationStatus.Done
        && written == 32;

    public static bool TryRead(ReadOnlySpan<byte> utf8, Span<byte> hash) =>
        utf8.Length == 64
        && !utf8.ContainsAnyInRange((byte)'A', (byte)'F')
        && Convert.FromHexString(utf8, hash, out _, out var written) == OperationStatus.Done
        && written == 32;
}
