using Azure;
using Azure.Communication.Email;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>Stands in for Azure Communication Services, which cannot run here: keeps what was handed over, and refuses as told.</summary>
internal sealed class FakeEmailService : EmailClient
{
    public List<(EmailMessage Message, Guid Operation, WaitUntil Wait)> Sent { get; } = [];

    /// <summary>Thrown by every send.</summary>
    public RequestFailedException? Failure { get; set; }

    public override Task<EmailSendOperation> SendAsync(WaitUntil wait, EmailMessage message, Guid operationId, CancellationToken cancellationToken = default)
    {
        if (Failure is not null) return Task.FromException<EmailSendOperation>(Failure);
        lock (Sent) Sent.Add((message, operationId, wait));
        return Task.FromResult(new EmailSendOperation(operationId.ToString(), this));
    }
}
