using AccessFunctions.Domain.Requests;
using AccessFunctions.Embedded.Sqlite;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Embedded.Background;

/// <summary>The effects of one platform, or the notices: several at a time, those of one request on a platform one after another.</summary>
internal sealed partial class OutboxLane
{
    private const int Fetch = 64;
    private const int SettleAttempts = 4;
    private readonly string _name;
    private readonly Outbox _outbox;
    private readonly ILogger _logger;
    private readonly Wake _wake;
    private readonly Lazy<Task> _loop;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, string> _running = [];
    private readonly Queue<OutboxRow> _ready = [];
    private volatile bool _news;
    private bool _passedOver;

    public OutboxLane(string name, Outbox outbox, ILogger logger)
    {
        (_name, _outbox, _logger) = (name, outbox, logger);
        _wake = new Wake(outbox.Time);
        _loop = new Lazy<Task>(() => Task.Run(Loop));
    }

    /// <summary>Completes once the lane was stopped and nothing of it runs any more.</summary>
    public Task Ended => _loop.Value;

    /// <summary>Something was entered into this lane.</summary>
    public void Notify()
    {
        _news = true;
        _wake.Set();
        _ = _loop.Value;
    }

    private async Task Loop()
    {
        DateTimeOffset? next = null;
        var runs = new HashSet<Task>();
        while (!_outbox.Stopping.IsCancellationRequested)
        {
            try
            {
                runs.RemoveWhere(static run => run.IsCompleted);
                if (next is { } due && due <= _outbox.Time.GetUtcNow()) _news = true;
                if (Start(runs)) next = _outbox.Database.Read(session => OutboxTable.NextDue(session, _name, _outbox.Time.GetUtcNow()));
            }
            catch (Exception failure)
            {
                LogLaneFailed(_name, failure);
                _news = true;
                next = _outbox.Time.GetUtcNow() + _outbox.Options.FirstRetry;
            }

            // With every place taken, only the end of a run can start another.
            await _wake.Sleep(HasPlace() ? next : null, _outbox.Stopping);
        }

        await Task.WhenAll(runs);
    }

    /// <summary>Starts what may start.</summary>
    /// <returns>True where the store was read.</returns>
    private bool Start(HashSet<Task> runs)
    {
        var read = false;
        while (HasPlace())
        {
            if (_ready.Count == 0)
            {
                if (!_news) return read;
                read = true;
                Read();
                if (_ready.Count == 0) return read;
            }

            var row = _ready.Dequeue();
            if (Take(row)) runs.Add(RunOne(row));
        }

        return read;
    }

    private void Read()
    {
        _news = false;
        HashSet<long> inHand;
        lock (_lock) inHand = [.. _running.Keys];
        var due = _outbox.Database.Read(session => OutboxTable.Due(session, _name, _outbox.Time.GetUtcNow(), inHand, Fetch));
        lock (_lock)
        {
            foreach (var row in due.Where(row => !IsBlocked(row))) _ready.Enqueue(row);
        }

        if (due.Count >= Fetch && _ready.Count > 0) _news = true;
    }

    private bool Take(OutboxRow row)
    {
        lock (_lock)
        {
            if (IsBlocked(row)) return false;
            _running.Add(row.Id, row.RequestId);
            return true;
        }
    }

    /// <summary>On a platform, the effects of one request run one after another: the end of a run looks for those that were passed over.</summary>
    private bool IsBlocked(OutboxRow row)
    {
        if (!OutboxTable.IsPlatform(_name) || !_running.ContainsValue(row.RequestId)) return false;
        _passedOver = true;
        return true;
    }

    private bool HasPlace()
    {
        lock (_lock) return _running.Count < _outbox.Options.Parallel;
    }

    private async Task RunOne(OutboxRow row)
    {
        await Task.Yield();
        try
        {
            if (await Attempt(row) is { } result) await Settle(row, result.Outcome);
        }
        catch (OperationCanceledException) when (_outbox.Cancelling.IsCancellationRequested)
        {
            LogLeft(row.Effect.Id, row.RequestId);
        }
        catch (Exception failure)
        {
            // Not even the failure could be noted. The row waits as it is; a pause keeps a broken disk from turning into a flood of mail.
            LogNotNoted(row.Effect.Id, row.RequestId, failure);
            await _outbox.Pause(TimeSpan.FromSeconds(30));
            _news = true;
        }
        finally
        {
            lock (_lock)
            {
                _running.Remove(row.Id);
                if (_passedOver) (_passedOver, _news) = (false, true);
            }

            _wake.Set();
        }
    }

    /// <summary>Runs the effect.</summary>
    /// <returns>Null where it failed, which is then noted.</returns>
    private async Task<Ran?> Attempt(OutboxRow row)
    {
        using var lease = CancellationTokenSource.CreateLinkedTokenSource(_outbox.Cancelling);
        try
        {
            var run = _outbox.Run(row.RequestId, row.Effect, lease.Token);
            try
            {
                return new Ran(await run.WaitAsync(_outbox.Options.Lease, _outbox.Cancelling));
            }
            catch (TimeoutException) when (!run.IsCompleted)
            {
                // Given up, not awaited: whatever it still says is ignored, and the effect is run again.
                await lease.CancelAsync();
                _ = run.ContinueWith(static ended => ended.Exception, TaskScheduler.Default);
                throw;
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !_outbox.Cancelling.IsCancellationRequested)
        {
            LogFailed(row.Effect.Id, row.RequestId, row.Attempts + 1, failure);
            await Again(row);
            return null;
        }
    }

    /// <summary>Makes the outcome durable. The effect ran: so the outcome is offered a few times before it is run again.</summary>
    private async Task Settle(OutboxRow row, Signal? outcome)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (outcome is null) await _outbox.Database.Writer.Write(batch => OutboxTable.Done(batch.Session, row.Id, _outbox.Time.GetUtcNow()));
                else await _outbox.Workflow.Deliver(row.RequestId, outcome, row.Id);
                return;
            }
            catch (Exception failure) when (attempt < SettleAttempts)
            {
                LogNotSettled(row.Effect.Id, row.RequestId, attempt, failure);
            }
            catch (Exception failure)
            {
                LogNotSettled(row.Effect.Id, row.RequestId, attempt, failure);
                await Again(row);
                return;
            }

            await _outbox.Pause(TimeSpan.FromSeconds(attempt));
        }
    }

    private Task Again(OutboxRow row)
    {
        var options = _outbox.Options;
        var wait = options.FirstRetry * Math.Pow(2, Math.Min(row.Attempts, 30));
        var at = _outbox.Time.GetUtcNow() + (wait < options.LongestRetry ? wait : options.LongestRetry);
        return _outbox.Database.Writer.Write(batch => OutboxTable.Again(batch, _name, row, at));
    }

    /// <summary>An ended run; null where no outcome is awaited.</summary>
    private sealed record Ran(Signal? Outcome);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Effect {Effect} of request {Request} failed (run {Attempt}) and runs again later.")]
    private partial void LogFailed(string effect, string request, int attempt, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Effect {Effect} of request {Request} ran, but its outcome could not be stored (attempt {Attempt}).")]
    private partial void LogNotSettled(string effect, string request, int attempt, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Effect {Effect} of request {Request}: not even the failure could be stored.")]
    private partial void LogNotNoted(string effect, string request, Exception failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "Effect {Effect} of request {Request} was cut short and runs again at the next start.")]
    private partial void LogLeft(string effect, string request);

    [LoggerMessage(Level = LogLevel.Error, Message = "The lane {Lane} could not read its effects and tries again.")]
    private partial void LogLaneFailed(string lane, Exception failure);
}
