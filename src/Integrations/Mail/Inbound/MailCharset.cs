using System.Text;
using System.Text.Unicode;

namespace AccessFunctions.Integrations.Mail.Inbound;

/// <summary>Turns the bytes of a text into characters. What is not valid becomes the replacement character; nothing throws.</summary>
internal static class MailCharset
{
    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);
    private static readonly Encoding Western = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>The text. A character set that is not known is taken for UTF-8 where the bytes are that, else for windows-1252.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, string? charset) => Of(charset, bytes).GetString(bytes);

    private static Encoding Of(string? charset, ReadOnlySpan<byte> bytes) => charset?.Trim().ToLowerInvariant() switch
    {
        "utf-8" or "utf8" => Utf8,
        // Programs that say iso-8859-1 mean windows-1252 where the two differ (WHATWG Encoding Standard).
        "iso-8859-1" or "latin1" or "windows-1252" or "cp1252" => Western,
        "iso-8859-15" or "latin9" or "latin-9" => CodePagesEncodingProvider.Instance.GetEncoding(28605)!,
        _ => Utf8Is(bytes) ? Utf8 : Western,
    };

    private static bool Utf8Is(ReadOnlySpan<byte> bytes) => System.Text.Unicode.Utf8.IsValid(bytes);
}
