using AccessFunctions.Integrations.Mail.Graph;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Reads the reply mailbox every <see cref="GraphOptions.EverySeconds"/>.</summary>
internal sealed class MailboxService(MailboxPoller poller, GraphOptions options, TimeProvider time, ILogger<MailboxService> logger)
    : PeriodicService("Reading the reply mailbox", time, logger)
{
    protected override TimeSpan? Every => TimeSpan.FromSeconds(options.EverySeconds);

    protected override Task RunOnce(CancellationToken stopping) => poller.RunOnce(stopping);
}
