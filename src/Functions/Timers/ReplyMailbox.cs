using AccessFunctions.Integrations.Mail.Graph;

namespace AccessFunctions.Functions.Timers;

/// <summary>The mailbox that replies arrive in, where one is configured.</summary>
/// <param name="pollers">One or none.</param>
public sealed class ReplyMailbox(IEnumerable<MailboxPoller> pollers)
{
    /// <summary>Handles what is unread.</summary>
    public async Task Run(CancellationToken cancellation)
    {
        foreach (var poller in pollers) await poller.RunOnce(cancellation);
    }
}
