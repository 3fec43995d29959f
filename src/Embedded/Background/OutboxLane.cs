using System.Diagnostics;
using AccessFunctions.Application.Effects;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Embedded.Sqlite;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Embedded.Background;

/// <summary>The effects of one platform, or the notices: several at a time, those of one request on a platform one after another.</summary>
internal sealed partial class OutboxLane
{
    private const int Fetch = 128;
    private const int SettleAttempts = 4;

    /// <summary>Rows in hand at most: those that run, and those that ran and wait to be marked done.</summary>
    private const int MostInHand = 512;
    private readonly string _name;
    private readonly Outbox _outbox;
    private readonly ILogger _logger;
    private readonly Wake _wake;
    private readonly Lazy<Task> _loop;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, string> _inHand = [];
    private readonly Queue<OutboxRow> _ready = [];
    private int _running;
    private volatile bool _news;
    private bool _more;
    private long _lastRead;

    /// <summary>The instant of the last look: what falls due after it is what is next, however late it is asked.</summary>
    private DateTimeOffset _readTo;
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
                await NotTooSoon();
                if (_outbox.Stopping.IsCancellationRequested) break;
                if (Start(runs)) next = _outbox.Database.Read(session => OutboxTable.NextDue(session, _name, _readTo));
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
        await _marking;
    }

    /// <summary>Under load each transaction brings news: one look at the store then serves many of them.</summary>
    private async Task NotTooSoon()
    {
        if (!_news || _more || _ready.Count > 0 || _lastRead == 0) return;
        var wait = Gather - Stopwatch.GetElapsedTime(_lastRead);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, _outbox.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
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
        lock (_lock) inHand = [.. _inHand.Keys];
        _readTo = _outbox.Time.GetUtcNow();
        var due = _outbox.Database.Read(session => OutboxTable.Due(session, _name, _readTo, inHand, Fetch));
        lock (_lock)
        {
            foreach (var row in due.Where(row => !IsBlocked(row))) _ready.Enqueue(row);
        }

        _lastRead = Stopwatch.GetTimestamp();
        _more = due.Count >= Fetch && _ready.Count > 0;
        if (_more) _news = true;
    }

    private bool Take(OutboxRow row)
    {
        lock (_lock)
        {
            if (IsBlocked(row)) return false;
            _inHand.Add(row.Id, row.RequestId);
            _running++;
            return true;
        }
    }

    /// <summary>On a platform, the effects of one request run one after another: the end of a run looks for those that were passed over.</summary>
    private bool IsBlocked(OutboxRow row)
    {
        if (!OutboxTable.IsPlatform(_name) || !_inHand.ContainsValue(row.RequestId)) return false;
        _passedOver = true;
        return true;
    }

    private bool HasPlace()
    {
        lock (_lock) return _running < _outbox.Options.Parallel && _inHand.Count < MostInHand;
    }

    private async Task RunOne(OutboxRow row)
    {
        await Task.Yield();
        Ran? ran = null;
        await Noted([row], async () =>
        {
            ran = await Attempt(row);
            if (ran?.Outcome is { } outcome) await Settle([row], () => _outbox.Workflow.Deliver(row.RequestId, outcome, row.Id));
        });
        lock (_lock)
        {
            _running--;
            if (ran is { Outcome: null }) Mark(row);
            else Release(row);
        }

        _wake.Set();
    }

    /// <summary>The row is in hand no more. Under the lock.</summary>
    private void Release(OutboxRow row)
    {
        _inHand.Remove(row.Id);
        if (_passedOver) (_passedOver, _news) = (false, true);
    }

    private async Task Noted(IReadOnlyList<OutboxRow> rows, Func<Task> noting)
    {
        try
        {
            await noting();
        }
        catch (OperationCanceledException) when (_outbox.Cancelling.IsCancellationRequested)
        {
            foreach (var row in rows) LogLeft(row.Effect.Id, row.RequestId);
        }
        catch (Exception failure)
        {
            // Not even the failure could be noted. The rows wait as they are; a pause keeps a broken disk from turning into a flood of mail.
            foreach (var row in rows) LogNotNoted(row.Effect.Id, row.RequestId, failure);
            await _outbox.Pause(TimeSpan.FromSeconds(30));
            _news = true;
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
            if (failure is NoticeNotTakenException { Outcome: { } reached }) await Settle([], () => _outbox.Workflow.Deliver(row.RequestId, reached));
            await Again(row);
            return null;
        }
    }

    /// <summary>Makes what came of runs durable. The effects ran: so this is tried a few times before they are run again.</summary>
    private async Task Settle(IReadOnlyList<OutboxRow> rows, Func<Task> store)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await store();
                return;
            }
            catch (Exception failure)
            {
                foreach (var row in rows) LogNotSettled(row.Effect.Id, row.RequestId, attempt, failure);
            }

            if (attempt == SettleAttempts) break;
            await _outbox.Pause(TimeSpan.FromSeconds(attempt));
        }

        foreach (var row in rows) await Again(row);
    }

    private Task Again(OutboxRow row)
    {
        var options = _outbox.Options;
        var wait = options.FirstRetry * Math.Pow(2, Math.Min(row.Attempts, 30));
        var longest = OutboxTable.IsPlatform(_name) ? options.LongestRetry : options.LongestNoticeRetry;
        var at = _outbox.Time.GetUtcNow() + (wait < longest ? wait : longest);
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
