
namespace AccessFunctions.Integrations.Mail.Inbound;

/// <summary>Undoes a <c>Content-Transfer-Encoding</c> (RFC 2045, section 6). What is not well-formed is taken as it is; nothing throws.</summary>
internal static class TransferEncoding
{
    /// <summary>The bytes behind an encoding; those of an unknown one as they are.</summary>
    public static byte[] Decode(ReadOnlySpan<byte> bytes, string? encoding) => encoding?.Trim().ToLowerInvariant() switch
    {
        "quoted-printable" => QuotedPrintable(bytes, underscoreIsBlank: false),
        "base64" => Base64(bytes),
        _ => bytes.ToArray(),
    };

    /// <summary>Quoted-printable; in encoded words an underscore stands for a blank.</summary>
    public static byte[] QuotedPrintable(ReadOnlySpan<byte> bytes, bool underscoreIsBlank)
    {
        var decoded = new byte[bytes.Length];
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            if (b == '=' && i + 2 < bytes.Length && Hex(bytes[i + 1]) is >= 0 and var high && Hex(bytes[i + 2]) is >= 0 and var low)
            {
                decoded[length++] = (byte)((high << 4) | low);
                i += 2;
            }
            else if (b == '=' && SoftBreak(bytes[(i + 1)..]) is > 0 and var skipped)
            {
                i += skipped;
            }
            else
            {
                decoded[length++] = underscoreIsBlank && b == '_' ? (byte)' ' : b;
            }
        }

        return decoded[..length];
    }

    /// <summary>Base64; other characters than its own are passed over, and what is left incomplete at the end is dropped.</summary>
    public static byte[] Base64(ReadOnlySpan<byte> bytes)
    {
        var clean = new byte[bytes.Length + 3];
        var length = 0;
        foreach (var b in bytes)
        {
            if (b == '=') break;
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'+' or (byte)'/') clean[length++] = b;
        }

        if (length % 4 == 1) length--;
        while (length % 4 != 0) clean[length++] = (byte)'=';
        var decoded = new byte[Base64Of(length)];
        return System.Buffers.Text.Base64.DecodeFromUtf8(clean.AsSpan(0, length), decoded, out _, out var written) == System.Buffers.OperationStatus.Done ? decoded[..written] : [];
    }

    private static int Base64Of(int length) => System.Buffers.Text.Base64.GetMaxDecodedFromUtf8Length(length);

    /// <summary>Bytes of the line end behind an equals sign, with blanks before it; 0 where there is none.</summary>
    private static int SoftBreak(ReadOnlySpan<byte> rest)
    {
        var blanks = rest.IndexOfAnyExcept((byte)' ', (byte)'\t');
        if (blanks < 0) return rest.Length;
        return rest[blanks..] is [(byte)'\r', (byte)'\n', ..] ? blanks + 2 : rest[blanks] == '\n' ? blanks + 1 : 0;
    }

    private static int Hex(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        _ => -1,
    };
}
