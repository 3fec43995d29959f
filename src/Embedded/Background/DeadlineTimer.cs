using AccessFunctions.Domain.Requests;
using AccessFunctions.Embedded.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Embedded.Background;

/// <summary>
/// Sleeps until the earliest deadline of any request and then tells those that are due, many to a transaction. An earlier deadline wakes
/// it. Only due requests are looked at, however many wait.
/// </summary>
public sealed partial class DeadlineTimer(Database database, SqliteWorkflow workflow, TimeProvider time, ILogger<DeadlineTimer> logger) : BackgroundService
{
    private const int Bulk = 1024;

    /// <summary>How long a request rests whose deadline did not move when it was told: a fault in one must not keep the others waiting.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);
    private readonly Dictionary<string, DateTimeOffset> _resting = new(StringComparer.Ordinal);
    private readonly Wake _wake = new(time);
    private long _sleepsUntil = long.MaxValue;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        database.Writer.Committed += Notice;
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            DateTimeOffset? next;
            // While awake, every deadline that is committed ends the next sleep.
            Volatile.Write(ref _sleepsUntil, long.MaxValue);
            try
            {
                next = Next(await TellDue(stoppingToken));
            }
            catch (Exception failure)
            {
                LogFailed(failure);
                next = time.GetUtcNow() + Rest;
            }

            Volatile.Write(ref _sleepsUntil, next?.UtcTicks ?? long.MaxValue);
            await _wake.Sleep(next, stoppingToken);
        }

        database.Writer.Committed -= Notice;
    }

    private void Notice(Batch batch)
    {
        if (batch.Deadline is { } deadline && deadline.UtcTicks < Volatile.Read(ref _sleepsUntil)) _wake.Set();
    }

    /// <summary>Tells the requests that are due.</summary>
    /// <returns>The instant up to which all are told.</returns>
    private async Task<DateTimeOffset> TellDue(CancellationToken stopping)
    {
        while (true)
        {
            var now = time.GetUtcNow();
            foreach (var (rested, _) in _resting.Where(pair => pair.Value <= now).ToList()) _resting.Remove(rested);
            var due = database.Read(session => session.Query(
                "SELECT id, next_deadline FROM requests WHERE next_deadline <= ?1 ORDER BY next_deadline LIMIT ?2",
                static row => (Id: row.GetString(0), At: row.GetInt64(1)), now.UtcTicks, Bulk + _resting.Count));
            due.RemoveAll(request => _resting.ContainsKey(request.Id));
            if (due.Count == 0 || stopping.IsCancellationRequested) return now;
            await Task.WhenAll(due.Select(request => Tell(request.Id, request.At)));
            foreach (var stuck in StillDue(due)) Postpone(stuck, now);
        }
    }

    private async Task Tell(string request, long deadline)
    {
        try
        {
            await workflow.Deliver(request, new DeadlineReached
            {
                Id = $"deadline-{deadline}",
                By = SystemActors.Timer,
                Channel = Channel.System,
                At = default,
            });
        }
        catch (Exception failure)
        {
            LogNotTold(request, failure);
        }
    }

    private List<string> StillDue(List<(string Id, long At)> told) => database.Read(session => told
        .Where(request => session.Number("SELECT next_deadline FROM requests WHERE id = ?1", request.Id) == request.At)
        .Select(static request => request.Id).ToList());

    private void Postpone(string request, DateTimeOffset now)
    {
        LogStuck(request);
        _resting[request] = now + Rest;
    }

    /// <summary>Counts from the instant of the last look, not from now: what fell due since is not skipped.</summary>
    private DateTimeOffset? Next(DateTimeOffset told)
    {
        var waiting = database.Read(session => session.Number("SELECT min(next_deadline) FROM requests WHERE next_deadline > ?1", told.UtcTicks));
        var rested = _resting.Count == 0 ? (long?)null : _resting.Values.Min().UtcTicks;
        var earliest = waiting is { } at && rested is { } end ? Math.Min(at, end) : waiting ?? rested;
        return earliest is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Due deadlines could not be read; the timer tries again.")]
    private partial void LogFailed(Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {Request} could not be told that a deadline has passed.")]
    private partial void LogNotTold(string request, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {Request} still has the deadline it was told of; it rests for a minute.")]
    private partial void LogStuck(string request);
}
