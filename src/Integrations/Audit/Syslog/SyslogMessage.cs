using System.Globalization;
using System.Text;
using AccessFunctions.Application.Audit;

namespace AccessFunctions.Integrations.Audit.Syslog;

/// <summary>
/// One message of RFC 5424: <c>&lt;PRI&gt;1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID - MSG</c>. The text goes without a byte order mark,
/// which the standard would have before UTF-8 and which readers of CEF stumble over.
/// </summary>
internal static class SyslogMessage
{
    public const string AppName = "access-functions";
    private const int LongestHostName = 255, LongestMessageId = 32;
    private const string TypePrefix = "access.";

    /// <summary>The message's bytes, without a frame.</summary>
    /// <param name="type">The event's type, which becomes MSGID without what all begin with, cut to 32 characters.</param>
    public static byte[] Of(int facility, Severity severity, DateTimeOffset at, string hostName, string type, string text)
    {
        var id = type.StartsWith(TypePrefix, StringComparison.Ordinal) ? type[TypePrefix.Length..] : type;
        var priority = (facility * 8) + Level(severity);
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"<{priority}>1 {at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'} {Printable(hostName, LongestHostName)} {AppName} {Environment.ProcessId} {Printable(id, LongestMessageId)} - {text}"));
    }

    /// <summary>The frame of octet counting (RFC 6587): length, a space, the message.</summary>
    public static byte[] Framed(byte[] message) => [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{message.Length} ")), .. message];

    /// <summary>2 critical, 4 warning, 5 notice, 6 informational.</summary>
    private static int Level(Severity severity) => severity switch
    {
        Severity.High => 2,
        Severity.Medium => 4,
        Severity.Low => 5,
        _ => 6,
    };

    /// <summary>Header fields are visible ASCII, and <c>-</c> where there is nothing to say.</summary>
    private static string Printable(string text, int longest)
    {
        var kept = new string([.. text.Where(static one => one is > ' ' and < '\x7f').Take(longest)]);
        return kept.Length == 0 ? "-" : kept;
    }
}
