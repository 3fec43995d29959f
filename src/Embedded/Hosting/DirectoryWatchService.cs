using AccessFunctions.Application;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Keeps the directory watch running.</summary>
internal sealed class DirectoryWatchService(DirectoryWatch watch) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => watch.RunAsync(stoppingToken), CancellationToken.None);
}
