using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Integrations.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// Brings what other instances saved: access groups, the roles and stand-ins of people, whom sources of the directory told of, what the audit sinks have not taken. Keeps what configuration files were changed to while
/// the process lives.
/// </summary>
public sealed partial class StoreRefresher(
    TableAccessGroups groups, ConfigurationFolder configuration, TableLastGoodFiles lastGood, TableSinkBacklogs backlogs, ProvisionedState provisioned, TimeProvider time, ILogger<StoreRefresher> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>Fills the table of access groups where that was never done, and reads it: before the first request is served.</summary>
    /// <exception cref="TransientException">The tables did not answer.</exception>
    public async Task Prepare(CancellationToken cancellation)
    {
        await groups.Seed(configuration.Groups.All.Select(stored => stored.Group), cancellation);
        await groups.Refresh(cancellation);
        await backlogs.Refresh(cancellation);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await groups.Refresh(stoppingToken);
                await configuration.ReadOverlayAgain(stoppingToken);
                _ = await provisioned.Refresh(stoppingToken);
                await lastGood.Save(stoppingToken);
                await backlogs.Refresh(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // What was read before stays in force, what is to be kept is still known; the next round tries again.
                LogNotRefreshed(failure);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What other instances changed could not be read, or good configuration files not be kept; it is tried again.")]
    private partial void LogNotRefreshed(Exception failure);
}
