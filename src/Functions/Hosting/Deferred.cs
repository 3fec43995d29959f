using Microsoft.Extensions.Hosting;

namespace AccessFunctions.Functions.Hosting;

/// <summary>
/// A background service that is made when it is started, and not with all the others before: what it needs is there only once
/// <see cref="StartUp"/> has run.
/// </summary>
internal sealed class Deferred(Func<IHostedService> make) : IHostedService
{
    private IHostedService? _made;

    public Task StartAsync(CancellationToken cancellationToken) => (_made = make()).StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => _made?.StopAsync(cancellationToken) ?? Task.CompletedTask;
}
