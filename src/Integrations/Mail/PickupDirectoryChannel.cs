using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Mail;

/// <summary>
/// Writes each notice as an <c>.eml</c> file: for a demo, for development, or for a mail server that picks files up. A notice that is
/// sent again replaces its file, so there are no doubles; a file is there whole or not at all.
/// </summary>
/// <param name="directory">Made where it is missing. Mails are named <c>{notice}-{recipient}.eml</c>; they hold tokens, so only the owner reads them.</param>
public sealed class PickupDirectoryChannel(string directory, MailComposer composer) : INotificationChannel
{
    public string Name => "pickup";

    public async Task<bool> Send(Notice notice, CancellationToken cancellation)
    {
        if (await composer.Compose(notice, cancellation) is not { } message) return false;
        await PickupDirectory.Write(directory, $"{MailIds.FileSafe(notice.Id)}-{MailIds.FileSafe(notice.To.Id)}.eml", EmlWriter.Write(message), cancellation);
        return true;
    }
}

/// <summary>Names of mails that are the same each time the same notice is sent.</summary>
internal static class MailIds
{
    /// <summary>The Message-ID of a notice to one recipient.</summary>
    public static string Message(string noticeId, string recipient, string domain) => $"notice.{Hash($"{noticeId}\n{recipient}")}@{domain}";

    /// <summary>What all mails of a request refer to, so that they are shown together.</summary>
    public static string Thread(string requestId, string domain) => $"request.{Hash(requestId)}@{domain}";

    /// <summary>True for an id that can be written between angle brackets: <c>left@right</c>, printable ASCII, at most 250 characters.</summary>
    public static bool IsId(string id) =>
        id.Length is > 2 and <= 250 && id.Split('@') is [{ Length: > 0 }, { Length: > 0 }] && id.All(c => c is > ' ' and <= '~' and not ('<' or '>'));

    /// <summary>The text as part of a file name: other characters become <c>_</c>, and a hash tells apart what that makes equal.</summary>
    public static string FileSafe(string text)
    {
        var safe = new string([.. text.Take(80).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')]);
        return safe == text && !text.StartsWith('.') ? text : $"{safe.TrimStart('.')}~{Hash(text)[..8]}";
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
}
