using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Integrations.Mail;
using Azure;
using Azure.Communication.Email;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Mail;

/// <summary>Sends answers to replies through Azure Communication Services; an answer that the service took is not taken again.</summary>
public sealed partial class EmailAnswers(EmailClient client, AnswerComposer composer, ILogger<EmailAnswers> logger) : IMailSender
{
    /// <inheritdoc/>
    /// <exception cref="TransientException">The service is busy, did not answer, or is not set up; nothing was sent.</exception>
    public async Task Send(AnswerMail mail, CancellationToken cancellation)
    {
        if (composer.Compose(mail) is not { } message) return;
        try
        {
            await client.SendAsync(WaitUntil.Started, EmailChannel.Message(message), OperationId(mail), cancellation);
        }
        catch (RequestFailedException failure) when (failure.Status == 409)
        {
            LogTakenBefore(mail.Id);
        }
        catch (RequestFailedException failure) when (EmailChannel.IsAboutRecipient(failure))
        {
            LogRefused(mail.Id, mail.To.Id, failure.ErrorCode);
        }
        catch (RequestFailedException failure)
        {
            // Its message may quote the address: only status and code go on.
            throw new TransientException($"The e-mail service did not take an answer: {failure.Status} {failure.ErrorCode}.");
        }
    }

    /// <summary>The same for the same answer; a UUID in the form of version 8 (RFC 9562).</summary>
    internal static Guid OperationId(AnswerMail mail)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{mail.Id}\n{mail.To.Id}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Answer {Id} to {Person} was refused by the e-mail service ({Code}) and is not delivered.")]
    private partial void LogRefused(string id, string person, string? code);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Answer {Id} was handed over before.")]
    private partial void LogTakenBefore(string id);
}
