using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>
/// Does all writing on one thread. Whatever waits shares one transaction (group commit), in order of arrival; a piece of work that fails is
/// undone alone. Nobody hears an answer before the transaction is on disk.
/// </summary>
public sealed partial class Writer : IAsyncDisposable
{
    private const int MaxBatch = 512;
    private const int MaxWaiting = 8192;
    private readonly Session _session;
    private readonly ILogger _logger;

    // What goes on synchronously is the waking of this thread, or the start of a wait for the answer; both would else take a detour by the pool.
    private readonly Channel<Work> _waiting =
        Channel.CreateBounded<Work>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true, AllowSynchronousContinuations = true });
    private readonly Thread _thread;

    internal Writer(Session session, ILogger<Writer> logger)
    {
        _session = session;
        _logger = logger;
        _thread = new Thread(Loop) { Name = "store writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Raised on the writer's thread after a transaction is durable, before its callers hear; handlers only take note.</summary>
    public event Action<Batch>? Committed;

    /// <summary>Does the work in the next transaction.</summary>
    /// <param name="work">Writes to the batch alone: where another piece of work fails, it is undone and done a second time.</param>
    /// <returns>Its result, once durable; faults alone where it throws, with the others where the transaction fails.</returns>
    public async Task<T> Write<T>(Func<Batch, T> work)
    {
        var item = new Work<T>(work);
        await _waiting.Writer.WriteAsync(item);
        return await item.Task;
    }

    /// <summary>Does the work in the next transaction.</summary>
    public Task Write(Action<Batch> work) => Write<object?>(batch =>
    {
        work(batch);
        return null;
    });

    /// <summary>Finishes what waits, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await Task.Run(_thread.Join);
    }

    private void Loop()
    {
        var works = new List<Work>(MaxBatch);
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            works.Clear();
            while (works.Count < MaxBatch && _waiting.Reader.TryRead(out var work)) works.Add(work);
            Commit(works);
        }

        _session.Dispose();
    }

    private void Commit(List<Work> works)
    {
        if ((Together(works) ?? OneByOne(works)) is not { } batch) return;
        try
        {
            Committed?.Invoke(batch);
        }
        catch (Exception failure)
        {
            LogListenerFailed(failure);
        }

        foreach (var work in works) work.Answer();
    }

    /// <summary>
    /// Does all or nothing, without savepoints: within one, SQLite keeps a copy of every page that each piece of work touches, which costs
    /// more than the work itself.
    /// </summary>
    /// <returns>Null where something failed: then nothing was done, and each must be done by itself.</returns>
    private Batch? Together(List<Work> works)
    {
        var batch = new Batch(_session);
        try
        {
            _session.Run("BEGIN IMMEDIATE");
            foreach (var work in works) work.Run(batch);
            _session.Run("COMMIT");
            return batch;
        }
        catch (Exception failure)
        {
            LogAgain(works.Count, failure);
            Undo();
            return null;
        }
    }

    /// <summary>Does each piece of work in a savepoint, so that those that fail leave the others as they are.</summary>
    /// <returns>Null where the transaction itself failed, which all have then heard.</returns>
    private Batch? OneByOne(List<Work> works)
    {
        var batch = new Batch(_session);
        try
        {
            _session.Run("BEGIN IMMEDIATE");
            foreach (var work in works) Apply(work, batch);
            _session.Run("COMMIT");
            return batch;
        }
        catch (Exception failure)
        {
            LogCommitFailed(works.Count, failure);
            Undo();
            foreach (var work in works) work.Fail(failure);
            return null;
        }
    }

    private void Apply(Work work, Batch batch)
    {
        _session.Run("SAVEPOINT work");
        try
        {
            work.Run(batch);
        }
        catch (Exception failure)
        {
            LogWorkFailed(failure);
            work.Fail(failure);
            _session.Run("ROLLBACK TO work");
        }

        _session.Run("RELEASE work");
    }

    private void Undo()
    {
        try
        {
            _session.Run("ROLLBACK");
        }
        catch (Microsoft.Data.Sqlite.SqliteException failure)
        {
            // SQLite has rolled back by itself on some errors; then there is nothing to undo.
            LogNothingToUndo(failure);
        }
    }

    private abstract class Work
    {
        public abstract void Run(Batch batch);
        public abstract void Answer();
        public abstract void Fail(Exception failure);
    }

    private sealed class Work<T>(Func<Batch, T> work) : Work
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;
        private Exception? _failure;

        public Task<T> Task => _answer.Task;

        public override void Run(Batch batch) => _result = work(batch);

        public override void Answer()
        {
            if (_failure is null) _answer.TrySetResult(_result);
            else _answer.TrySetException(_failure);
        }

        public override void Fail(Exception failure)
        {
            _failure ??= failure;
            _answer.TrySetException(_failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Of {Count} pieces of work that shared a transaction one failed; each is done again by itself.")]
    private partial void LogAgain(int count, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "A transaction of {Count} pieces of work failed; none of them is stored.")]
    private partial void LogCommitFailed(int count, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "One piece of work failed and was undone; the others of its transaction are not affected.")]
    private partial void LogWorkFailed(Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "A listener of the store failed after a commit.")]
    private partial void LogListenerFailed(Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "There was no transaction left to roll back.")]
    private partial void LogNothingToUndo(Exception failure);
}

/// <summary>One transaction: the connection to write with, and what its listeners must know once it is durable.</summary>
public sealed class Batch(Session session)
{
    /// <summary>The writing connection.</summary>
    public Session Session { get; } = session;

    /// <summary>Requests as this transaction leaves them. A piece of work enters one only as its last step.</summary>
    public Dictionary<string, StoredRequest> Requests { get; } = new(StringComparer.Ordinal);

    /// <summary>Requests that this transaction purges.</summary>
    public HashSet<string> Gone { get; } = new(StringComparer.Ordinal);

    /// <summary>Outbox lanes that got rows.</summary>
    public HashSet<string> Lanes { get; } = new(StringComparer.Ordinal);

    /// <summary>The earliest deadline set.</summary>
    public DateTimeOffset? Deadline { get; private set; }

    /// <summary>Audit rows or checkpoints were appended.</summary>
    public bool Audited { get; set; }

    /// <summary>Takes note of a deadline.</summary>
    public void Await(DateTimeOffset? deadline)
    {
        if (deadline is { } at && (Deadline is not { } earliest || at < earliest)) Deadline = at;
    }
}
