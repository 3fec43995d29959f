using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application.Ports;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Mail;

/// <summary>Where mails are put, and who they are from.</summary>
public sealed record PickupOptions
{
    /// <summary>The directory; made where it is missing. Mails are named <c>{notice}-{recipient}.eml</c>.</summary>
    public required string Directory { get; init; }

    public string FromName { get; init; } = "Access Functions";

    public string FromAddress { get; init; } = "access-functions@localhost";
}

/// <summary>
/// Writes each notice as an <c>.eml</c> file: for a demo, for development, or for a mail server that picks files up. A notice that is
/// sent again replaces its file, so there are no doubles; a file is there whole or not at all.
/// </summary>
public sealed partial class PickupDirectoryChannel : INotificationChannel
{
    private readonly PickupOptions _options;
    private readonly PublicAddress _address;
    private readonly ILogger<PickupDirectoryChannel> _logger;
    private readonly Mailbox _from;

    /// <summary>Creates the channel.</summary>
    /// <exception cref="ArgumentException">The sender's address is not an address.</exception>
    public PickupDirectoryChannel(PickupOptions options, PublicAddress address, ILogger<PickupDirectoryChannel> logger)
    {
        (_options, _address, _logger) = (options, address, logger);
        _from = Mailbox.TryCreate(options.FromName, options.FromAddress, out var from)
            ? from
            : throw new ArgumentException("fromAddress is not an e-mail address such as access@example.com.", nameof(options));
    }

    public string Name => "pickup";

    public async Task<bool> Send(Notice notice, CancellationToken cancellation)
    {
        if (!Mailbox.TryCreate(notice.To.Name, notice.To.Email, out var to))
        {
            if (!string.IsNullOrEmpty(notice.To.Email)) Unusable(notice.Id, notice.To.Id);
            return false;
        }

        var message = new MailMessage(
            _from,
            to,
            MailIds.Message(notice.Id, notice.To.Id, _from.Domain),
            MailIds.Thread(notice.Request.Id, _from.Domain),
            notice.Effect.At,
            NoticeMail.Render(notice, _address));
        await Write($"{MailIds.FileSafe(notice.Id)}-{MailIds.FileSafe(notice.To.Id)}.eml", EmlWriter.Write(message), cancellation);
        return true;
    }

    private async Task Write(string name, byte[] mail, CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(_options.Directory);
        else Directory.CreateDirectory(_options.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var temporary = Path.Combine(_options.Directory, $".{Guid.NewGuid():n}.tmp");
        try
        {
            var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
            if (!OperatingSystem.IsWindows()) file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using (var stream = new FileStream(temporary, file))
            {
                await stream.WriteAsync(mail, cancellation);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, Path.Combine(_options.Directory, name), overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notice {NoticeId} is not mailed: the e-mail address of {Person} cannot be used.")]
    private partial void Unusable(string noticeId, string person);
}

/// <summary>Names of mails that are the same each time the same notice is sent.</summary>
internal static class MailIds
{
    /// <summary>The Message-ID of a notice to one recipient.</summary>
    public static string Message(string noticeId, string recipient, string domain) => $"notice.{Hash($"{noticeId}\n{recipient}")}@{domain}";

    /// <summary>What all mails of a request refer to, so that they are shown together.</summary>
    public static string Thread(string requestId, string domain) => $"request.{Hash(requestId)}@{domain}";

    /// <summary>The text as part of a file name: other characters become <c>_</c>, and a hash tells apart what that makes equal.</summary>
    public static string FileSafe(string text)
    {
        var safe = new string([.. text.Take(80).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')]);
        return safe == text && !text.StartsWith('.') ? text : $"{safe.TrimStart('.')}~{Hash(text)[..8]}";
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
}
