using AccessFunctions.Application;
using AccessFunctions.Integrations.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Hosting;

/// <summary>What this process holds in memory and other processes change: read again from the store.</summary>
public interface ISharedState
{
    /// <summary>Reads it again.</summary>
    Task Refresh(CancellationToken cancellation);
}

/// <summary>Stand-ins and product roles.</summary>
internal sealed class SharedPeople(ConfigurationFolder folder) : ISharedState
{
    public Task Refresh(CancellationToken cancellation) => folder.ReadOverlayAgain(cancellation);
}

/// <summary>Reads shared state again every <see cref="Period"/>: what one process is told, all know soon.</summary>
internal sealed partial class SharedStateRefresh(IServiceProvider services, TimeProvider time, ILogger<SharedStateRefresh> logger) : BackgroundService
{
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await Refresh(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped();
        }
    }

    /// <summary>Reads everything again; a part that cannot be read stays as it was.</summary>
    internal async Task Refresh(CancellationToken cancellation)
    {
        foreach (var state in (IEnumerable<ISharedState>)services.GetService(typeof(IEnumerable<ISharedState>))!)
        {
            try
            {
                await state.Refresh(cancellation);
            }
#pragma warning disable CA1031 // Logged; the next round tries again.
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogNotRead(state.GetType().Name, failure);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{State} could not be read again and stays as it was.")]
    private partial void LogNotRead(string state, Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Shared state is no longer read.")]
    private partial void LogStopped();
}

/// <summary>Tells requests what changed in the directory, as it is in the store now.</summary>
public sealed class DirectorySweeper(IEnumerable<ISharedState> shared, DirectoryWatch watch)
{
    /// <summary>Reads the directory and sweeps once; where some could not be told, the next run sweeps again.</summary>
    public async Task Run(CancellationToken cancellation)
    {
        foreach (var state in shared) await state.Refresh(cancellation);
        _ = await watch.Sweep(cancellation);
    }
}
