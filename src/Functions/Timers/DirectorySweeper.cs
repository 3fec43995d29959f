using AccessFunctions.Application;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Integrations.Configuration;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Timers;

/// <summary>Tells requests what changed in the directory, as it is in the store now, whichever process changed it.</summary>
public sealed partial class DirectorySweeper(TableAccessGroups groups, ConfigurationFolder folder, ProvisionedState provisioned, DirectoryWatch watch, TimeProvider time, ILogger<DirectorySweeper> logger)
{
    /// <summary>
    /// How long one sweep may take, less than a function may. One that is cut short leaves no mark, so the next begins anew; it gets further,
    /// because requests that were told are only read. Within this time millions are.
    /// </summary>
    public static TimeSpan Budget { get; } = TimeSpan.FromHours(1);

    /// <summary>Reads again and sweeps once; where some could not be told, the next run sweeps again.</summary>
    /// <exception cref="Requests.TransientException">The store did not answer.</exception>
    public async Task Run(CancellationToken cancellation)
    {
        await groups.Refresh(cancellation);
        await folder.ReadOverlayAgain(cancellation);
        _ = await provisioned.Refresh(cancellation);
        using var late = new CancellationTokenSource(Budget, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            _ = await watch.Sweep(linked.Token);
        }
#pragma warning disable CA1031 // Whatever a call that was cut short throws.
        catch (Exception failure) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogCutShort(failure.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "There was no time to tell every request what changed in the directory ({Failure}); the next run sweeps again.")]
    private partial void LogCutShort(string failure);
}
