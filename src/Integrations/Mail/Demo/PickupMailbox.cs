using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Mail.Inbound;

namespace AccessFunctions.Integrations.Mail.Demo;

/// <summary>The mails in a demo's pickup directory. A reply goes the way of any other: written as a mail, read as one, judged as one.</summary>
public sealed class PickupMailbox(string directory, MailReplies replies, ReplySettings settings, TimeProvider time) : IDemoMailbox
{
    private const string Extension = ".eml";
    private readonly MimeMailReader _reader = new();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DemoMail>> List(int most, CancellationToken cancellation)
    {
        var mails = new List<DemoMail>();
        foreach (var file in Files().OrderByDescending(static file => file.LastWriteTimeUtc).ThenByDescending(static file => file.Name, StringComparer.Ordinal).Take(most))
        {
            if (await Read(file, cancellation) is { } mail) mails.Add(mail);
        }

        return mails;
    }

    /// <inheritdoc/>
    public async Task<DemoMail?> Find(string name, CancellationToken cancellation) =>
        // Looked up among the files there are: a name never becomes a path.
        Files().FirstOrDefault(file => Path.GetFileNameWithoutExtension(file.Name) == name) is { } found ? await Read(found, cancellation) : null;

    /// <inheritdoc/>
    public Task<ReplyResult> Reply(DemoMail mail, string words, string? peer, CancellationToken cancellation)
    {
        var raw = DemoReply.Write(mail, words, settings.AuthservId, time.GetUtcNow());
        return _reader.Read(raw).Mail is { } reply
            ? replies.Handle(reply, peer, cancellation)
            : throw new InvalidOperationException("The demo wrote a reply that cannot be read.");
    }

    private FileInfo[] Files() => new DirectoryInfo(directory) is { Exists: true } found ? found.GetFiles("*" + Extension) : [];

    private async Task<DemoMail?> Read(FileInfo file, CancellationToken cancellation)
    {
        var raw = await File.ReadAllBytesAsync(file.FullName, cancellation);
        if (_reader.Read(raw).Mail is not { } mail) return null;
        var replyTo = mail.All("Reply-To").Select(static value => AddressList.Parse(value, out _)).FirstOrDefault(static addresses => addresses.Count == 1)?[0];
        return new DemoMail(Path.GetFileNameWithoutExtension(file.Name), new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero), mail, replyTo);
    }
}
