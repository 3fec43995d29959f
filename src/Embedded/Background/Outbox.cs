using System.Collections.Concurrent;
using AccessFunctions.Application.Effects;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Embedded.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Embedded.Background;

/// <summary>Runs one effect; the signal that reports its outcome, or null.</summary>
public delegate Task<Signal?> RunEffect(string requestId, Effect effect, CancellationToken cancellation);

/// <summary>How effects are run.</summary>
public sealed record OutboxOptions
{
    /// <summary>Effects of one lane (a platform, or notices) that run at the same time.</summary>
    public int Parallel { get; init; } = 8;

    /// <summary>How long one run may take before it is given up and run again; measured by the machine's clock.</summary>
    public TimeSpan Lease { get; init; } = 2 * EffectRunner.AttemptTimeout;

    /// <summary>Wait after the first failed run; doubled with each further one.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between runs on a platform, which go on for ever.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest wait between runs of a notice: people wait for it once its channel is back.</summary>
    public TimeSpan LongestNoticeRetry { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a stop waits for effects that are running before it cancels them. They run again at the next start.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(20);
}

/// <summary>
/// Runs effects after their decisions are durable: at least once each, a lane per platform and one for notices. This process alone has the
/// store, so what is in hand is known here and nowhere else; after a crash all that is not done is run again.
/// </summary>
public sealed partial class Outbox(
    Database database, SqliteWorkflow workflow, RunEffect run, OutboxOptions options, TimeProvider time, ILogger<Outbox> logger) : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<string, OutboxLane> _lanes = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _cancelling = new();

    /// <summary>The run, its bounds and the clock, for lanes.</summary>
    internal RunEffect Run => run;
    internal OutboxOptions Options => options;
    internal TimeProvider Time => time;
    internal Database Database => database;
    internal SqliteWorkflow Workflow => workflow;

    /// <summary>Ends waits and new runs.</summary>
    internal CancellationToken Stopping => _stopping.Token;

    /// <summary>Ends runs.</summary>
    internal CancellationToken Cancelling => _cancelling.Token;

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Listening first: a lane that gets its first row in between is then started twice by name, and once in fact.
        database.Writer.Committed += Notice;
        foreach (var lane in database.Read(OutboxTable.Lanes)) Lane(lane).Notify();
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        database.Writer.Committed -= Notice;
        await _stopping.CancelAsync();
        var ended = Task.WhenAll(_lanes.Values.Select(static lane => lane.Ended));
        try
        {
            await ended.WaitAsync(options.StopWithin, cancellationToken);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            LogCutShort(late);
            await _cancelling.CancelAsync();
            // Cancelled runs end at once; one that does not listen is left behind, and its effect runs again at the next start.
            await Task.WhenAny(ended, Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None));
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stopping.Dispose();
        _cancelling.Dispose();
    }

    /// <summary>Waits by the machine's clock; a stop that cancels runs ends it.</summary>
    internal async Task Pause(TimeSpan wait) =>
        await Task.Delay(wait, Cancelling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    private void Notice(Batch batch)
    {
        foreach (var lane in batch.Lanes) Lane(lane).Notify();
    }

    private OutboxLane Lane(string name) => _lanes.GetOrAdd(name, static (name, outbox) => new OutboxLane(name, outbox, outbox.Logger), this);

    private ILogger Logger => logger;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Effects were still running when the time to stop was over; they run again at the next start.")]
    private partial void LogCutShort(Exception late);
}
