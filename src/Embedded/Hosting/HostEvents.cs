using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Audits that this host started and stopped, and that its configuration changed under it.</summary>
internal sealed partial class HostEvents(IAuditLog audit, ConfigurationFolder folder, TimeProvider time, ILogger<HostEvents> logger) : IHostedService
{
    private const string Actor = SystemActors.Prefix + "host";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await audit.Append(Event(EventTypes.Host.Started), cancellationToken);
        folder.Changed += NoteChange;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        folder.Changed -= NoteChange;
        await audit.Append(Event(EventTypes.Host.Stopped), cancellationToken);
    }

    private void NoteChange() => _ = Note(EventTypes.Host.ConfigurationChanged);

    private async Task Note(string type)
    {
        try
        {
            await audit.Append(Event(type), CancellationToken.None);
        }
        catch (Exception failure)
        {
            LogNotNoted(type, failure);
        }
    }

    private AuditEvent Event(string type) => new() { Type = type, At = time.GetUtcNow(), Actor = Actor, Channel = nameof(Channel.System), Succeeded = true };

    [LoggerMessage(Level = LogLevel.Error, Message = "The event {Type} could not be stored.")]
    private partial void LogNotNoted(string type, Exception failure);
}
