using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Audits that this host started and stopped, and that its configuration changed under it or was refused.</summary>
internal sealed partial class HostEvents(IAuditLog audit, ConfigurationFolder folder, TimeProvider time, ILogger<HostEvents> logger) : IHostedService
{
    private const string Actor = SystemActors.Prefix + "host";
    private const string Configuration = "configuration";
    private const int ProblemsTold = 20;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await audit.Append(Event(EventTypes.Host.Started) with { Detail = new AuditDetail { More = folder.InForce } }, cancellationToken);
        folder.Replaced += NoteChange;
        folder.Refused += NoteRefused;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        folder.Replaced -= NoteChange;
        folder.Refused -= NoteRefused;
        await audit.Append(Event(EventTypes.Host.Stopped), cancellationToken);
    }

    private void NoteChange(ConfigurationChange change) => _ = Note(Event(EventTypes.Host.ConfigurationChanged) with
    {
        Resource = Configuration,
        Detail = new AuditDetail { More = change.Things },
    });

    private void NoteRefused(IReadOnlyList<ConfigurationError> problems) => _ = Note(Event(EventTypes.Host.ConfigurationRefused) with
    {
        Succeeded = false,
        Reason = "configuration-broken",
        Resource = Configuration,
        Detail = new AuditDetail { Text = string.Join('\n', problems.Take(ProblemsTold)) },
    });

    private async Task Note(AuditEvent happened)
    {
        try
        {
            await audit.Append(happened, CancellationToken.None);
        }
        catch (Exception failure)
        {
            LogNotNoted(happened.Type, failure);
        }
    }

    private AuditEvent Event(string type) => new() { Type = type, At = time.GetUtcNow(), Actor = Actor, Channel = nameof(Channel.System), Succeeded = true, Resource = "host" };

    [LoggerMessage(Level = LogLevel.Error, Message = "The event {Type} could not be stored.")]
    private partial void LogNotNoted(string type, Exception failure);
}
