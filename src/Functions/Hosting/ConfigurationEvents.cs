using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Hosting;

/// <summary>
/// Audits which configuration a process began with, and that it changed under the process or was refused. That processes end is the
/// platform's business here, and no event.
/// </summary>
internal sealed partial class ConfigurationEvents(IServiceProvider services, TimeProvider time, ILogger<ConfigurationEvents> logger) : IHostedService
{
    private const string Actor = SystemActors.Prefix + "host";
    private const string Configuration = "configuration";
    private const int ProblemsTold = 20;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var folder = services.GetRequiredService<ConfigurationFolder>();
        folder.Replaced += NoteChange;
        folder.Refused += NoteRefused;
        _ = Note(Event(EventTypes.Host.Started) with { Detail = new AuditDetail { More = folder.InForce } });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        var folder = services.GetRequiredService<ConfigurationFolder>();
        folder.Replaced -= NoteChange;
        folder.Refused -= NoteRefused;
        return Task.CompletedTask;
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
            await services.GetRequiredService<IAuditLog>().Append(happened, CancellationToken.None);
        }
#pragma warning disable CA1031 // Raised by a watch that must go on; the operator gets this line.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogNotNoted(happened.Type, failure);
        }
    }

    private AuditEvent Event(string type) => new() { Type = type, At = time.GetUtcNow(), Actor = Actor, Channel = nameof(Channel.System), Succeeded = true, Resource = "host" };

    [LoggerMessage(Level = LogLevel.Error, Message = "The event {Type} could not be stored.")]
    private partial void LogNotNoted(string type, Exception failure);
}
