using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Application.Effects;

/// <summary>
/// Runs one effect with one port call (plus the ledger around it). Platform effects never throw but for cancellation of the host: their
/// failure is an outcome. A notice that no channel took throws, and the host tries again.
/// </summary>
public sealed class EffectRunner(
    IPlatforms platforms, IGrantLedger ledger, IRequestReader requests, IDirectory directory, IEnumerable<INotificationChannel> channels, TimeProvider time,
    ILogger<EffectRunner> logger)
{
    private readonly object _dependencies = (platforms, ledger, requests, directory, channels, time, logger);

    /// <summary>The hard time-out of one platform attempt; leases of hosts must be longer.</summary>
    public static TimeSpan AttemptTimeout { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Runs the effect.</summary>
    /// <returns>The signal that reports the outcome (its id stable per effect, its instant the host's to stamp), or null where none is awaited.</returns>
    public Task<Signal?> Run(string requestId, Effect effect, CancellationToken cancellation) => throw new NotSupportedException($"{_dependencies}");
}
