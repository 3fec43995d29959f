using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Application.Channels.Replies;

/// <summary>What is configured about replies.</summary>
/// <param name="Address">Where replies go: <c>access@example.com</c>.</param>
/// <param name="AuthservId">The server whose <c>Authentication-Results</c> are believed, or <see cref="AuthenticationResults.Unnamed"/>.</param>
public sealed record ReplySettings(string Address, string AuthservId);

/// <summary>What came of a mail; all that its sender's gateway is told.</summary>
public enum ReplyResult
{
    /// <summary>It was a decision, and it counts.</summary>
    Decided,

    /// <summary>It changed nothing; where it is safe, its sender was told why.</summary>
    Refused,

    /// <summary>No person wrote it, or it could not be read.</summary>
    Ignored,
}

/// <summary>
/// Decides by mail (design, section 6). Token, sender and DMARC result must all agree; then the word goes through the one door as any other
/// decision. What does not agree changes nothing, is audited, and is answered once with help: never to automatic mail, and never to an
/// address that is not proven to be an active person's.
/// </summary>
public sealed partial class MailReplies(
    ReplySettings settings, ReplyTokens tokens, IChannelStore store, RequestService requests, IDirectory directory, IEnumerable<IMailSender> senders,
    RefusedCalls refused, TimeProvider time, ILogger<MailReplies> logger)
{
    /// <summary>How long a mail is told apart from a new one: longer than any gateway tries.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(14);

    /// <summary>Tokens of one unproven mail that are looked up: a mail may name thousands.</summary>
    private const int TokensLookedUp = 3;

    private readonly ReplyAddress _address = new(settings.Address);

    /// <summary>Handles one mail; when it returns, what came of it is durable. The same mail again has the same result and no further effect.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="peer">The network address it came from, for the audit.</param>
    /// <param name="cancellation">Ends the call; the mail can be handled again.</param>
    /// <exception cref="ReplyUnsettledException">The decision was taken and its outcome is not known yet: handle the mail again.</exception>
    public async Task<ReplyResult> Handle(InboundMail mail, string? peer, CancellationToken cancellation)
    {
        var set = $"mail:{mail.Fingerprint[..2]}";
        if (await store.Find(set, mail.Fingerprint, cancellation) is { } before && Enum.TryParse(before.Value, out ReplyResult first)) return first;
        var result = await Judge(mail, peer, cancellation);
        _ = await store.Add(set, mail.Fingerprint, result.ToString(), time.GetUtcNow() + Remembered, cancellation);
        return result;
    }

    /// <summary>Records that something came that is no mail.</summary>
    public async Task<ReplyResult> Unreadable(string why, string? peer)
    {
        await Audit("reply-unreadable", "anonymous", peer, ("why", why));
        return ReplyResult.Ignored;
    }

    private async Task<ReplyResult> Judge(InboundMail mail, string? peer, CancellationToken cancellation)
    {
        if (AutomaticMail.Is(mail) || mail.From.Any(_address.IsOwn))
        {
            await Audit("reply-automatic", "anonymous", peer);
            return ReplyResult.Ignored;
        }

        if (mail.From is not [var from]) return await Silently(mail, "reply-sender", peer, cancellation);
        if (!AuthenticationResults.DmarcPassed(mail, settings.AuthservId, ReplyAddress.DomainOf(from))) return await Silently(mail, "reply-dmarc", peer, cancellation);

        List<Person> people = [.. directory.Current.All.Where(person => person.Active && string.Equals(person.Email, from, StringComparison.OrdinalIgnoreCase))];
        if (people.Count == 0) return await Silently(mail, "reply-sender", peer, cancellation);

        var sender = new Sender(mail, people[0], peer);
        if (_address.Tokens(mail.Recipients) is not [var token]) return await Helped(sender, "reply-token-missing", cancellation);
        if (await tokens.Find(token, cancellation) is not { } binding) return await Helped(sender, "reply-token-unknown", cancellation);
        if (people.Find(person => person.Id == binding.Person) is not { } bound) return await Helped(sender, "reply-sender", cancellation);

        var reply = new BoundReply(sender with { Person = bound }, token, binding);
        if (binding.ExpiresAt <= time.GetUtcNow()) return await Helped(reply.Sender, "reply-token-expired", cancellation, reply);
        var said = ReplyReader.Read(mail.Text.Value);
        return said.Verdict is { } verdict ? await Decide(reply, verdict, said.Comment, cancellation) : await Helped(reply.Sender, "reply-word-missing", cancellation, reply);
    }

    private async Task<ReplyResult> Decide(BoundReply reply, Verdict verdict, string? comment, CancellationToken cancellation)
    {
        var caller = new Caller(reply.Sender.Person, Channel.EmailReply, reply.Sender.Peer);
        if (await requests.Find(caller, reply.Binding.RequestId, cancellation) is not { } request) return await Helped(reply.Sender, "reply-request", cancellation, reply);

        var signal = ReplyTokens.SignalId(reply.Token);
        var answer = await Send(signal);
        if (answer is { ContentDiffers: true, Refusal: not null })
        {
            // The first reply decided nothing, for example because its approval was too weak: another may, such as a denial.
            answer = await Send($"{signal}-{reply.Sender.Mail.Fingerprint[..16]}");
        }

        if (!answer.Settled) throw new ReplyUnsettledException();
        if (answer.ContentDiffers) return await Helped(reply.Sender, "reply-used", cancellation, reply);
        if (answer.Refusal is { } refusal)
        {
            // The refusal is in the request's own chain.
            await Answer(reply.Sender, $"refused-{refusal.Reason}-{verdict}", ReplyWords.Of(refusal, verdict), reply, cancellation);
            return ReplyResult.Refused;
        }

        await Answer(reply.Sender, $"counted-{verdict}", ReplyWords.Counted(verdict), reply, cancellation);
        return ReplyResult.Decided;

        Task<SignalAnswer> Send(string id) => verdict == Verdict.Approve
            ? requests.Approve(caller, request.Id, id, new ApproveInput(reply.Binding.Revision, comment, null, null, null, null, reply.Binding.Level), cancellation)
            : requests.Deny(caller, request.Id, id, new DenyInput(reply.Binding.Revision, comment, reply.Binding.Level), cancellation);
    }

    /// <summary>Audits and says nothing. Whose mail it is remains unproven, but a token in it that is real tells which request somebody is after.</summary>
    private async Task<ReplyResult> Silently(InboundMail mail, string reason, string? peer, CancellationToken cancellation)
    {
        ReplyBinding? binding = null;
        foreach (var token in _address.Tokens(mail.Recipients).Take(TokensLookedUp)) binding ??= await tokens.Find(token, cancellation);
        await Audit(reason, "anonymous", peer, About(binding));
        return ReplyResult.Refused;
    }

    private async Task<ReplyResult> Helped(Sender sender, string reason, CancellationToken cancellation, BoundReply? reply = null)
    {
        await AuditOnce(sender, reason, reply, cancellation);
        await Answer(sender, reason, ReplyWords.Of(reason), reply, cancellation);
        return ReplyResult.Refused;
    }

    /// <summary>Audits a mail, once for each reason: it is handled again for as long as its answer cannot be sent.</summary>
    private async Task AuditOnce(Sender sender, string reason, BoundReply? reply, CancellationToken cancellation)
    {
        var key = Hash($"{reason}\n{sender.Mail.Fingerprint}");
        var set = $"reply-audited:{key[..2]}";
        if (await store.Find(set, key, cancellation) is not null) return;
        await Audit(reason, sender.Person.Id, sender.Peer, About(reply?.Binding));
        _ = await store.Add(set, key, "", time.GetUtcNow() + Remembered, cancellation);
    }

    /// <summary>Answers, once for each reason and token; without a token, once for each reason and sender in <see cref="Remembered"/>.</summary>
    private async Task Answer(Sender sender, string reason, ReplyWords words, BoundReply? reply, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var key = Hash($"{reason}\n{sender.Person.Id}\n{reply?.Token}");
        var set = $"reply-told:{key[..2]}";
        if (await store.Find(set, key, cancellation) is not null) return;
        var transport = senders.LastOrDefault();
        if (transport is null)
        {
            LogNoSender(sender.Person.Id, reason);
            return;
        }

        var mail = sender.Mail;
        await transport.Send(new AnswerMail
        {
            Id = $"reply-{key[..40]}",
            To = sender.Person,
            At = now,
            Subject = SubjectOf(mail),
            Lead = words.Lead,
            Next = words.Next,
            RequestId = reply?.Binding.RequestId,
            ReplyTo = reply is null || reply.Binding.ExpiresAt <= now ? null : _address.With(reply.Token),
            InReplyTo = mail.MessageId,
            References = [.. new[] { reply?.Binding.MessageId }.OfType<string>().Concat(mail.References.TakeLast(10)).Concat(new[] { mail.MessageId }.OfType<string>()).Distinct()],
        }, cancellation);
        var keep = reply is null || reply.Binding.ExpiresAt < now ? now : reply.Binding.ExpiresAt;
        _ = await store.Add(set, key, "", keep + Remembered, cancellation);
    }

    private static string SubjectOf(InboundMail mail)
    {
        var subject = mail.Subject.Length > 200 ? mail.Subject[..200] : mail.Subject;
        return subject.Length == 0 ? "Your reply" : subject.StartsWith("Re:", StringComparison.OrdinalIgnoreCase) ? subject : $"Re: {subject}";
    }

    private Task Audit(string reason, string actor, string? peer, params (string Name, string Text)[] more) =>
        refused.Record(EventTypes.Host.CallRefused, reason, actor, peer, more.Append((RefusedCalls.Route, "mail reply")).ToDictionary(pair => pair.Item1, pair => pair.Item2), Channel.EmailReply);

    private static (string, string)[] About(ReplyBinding? binding) => binding is null ? [] : [(RefusedCalls.Target, binding.RequestId)];

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>A mail whose sender is proven.</summary>
    private sealed record Sender(InboundMail Mail, Person Person, string? Peer);

    /// <summary>A mail that is a reply to one of ours, by its reader.</summary>
    private sealed record BoundReply(Sender Sender, string Token, ReplyBinding Binding);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A reply of {Person} is not answered ({Reason}): no mail transport is configured.")]
    private partial void LogNoSender(string person, string reason);
}

/// <summary>The host took a decision and could not settle it in time.</summary>
public sealed class ReplyUnsettledException() : Exception("The decision is not settled yet; handle the mail again.");
