using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Application.Tests.Audit;

public sealed class AuditDeliveryTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Store _store = new();
    private readonly ManualTimeProvider _time = new();
    private readonly Sink _siem = new("siem");
    private readonly Sink _file = new("file");
    private AuditDelivery? _delivery;

    [Fact]
    public async Task WhatIsCommitted_ReachesEverySinkInOrder()
    {
        _store.Commit(Samples.Chain("r-1", 3));
        await Start();
        await Wait.Until(() => _siem.Taken.Count == 3, Patience, "the rows from before the start");
        _store.Commit(Samples.Chain("r-2", 1200));

        await Wait.Until(() => _siem.Taken.Count == 1203 && _file.Taken.Count == 1203, Patience, "all rows");
        Assert.Equal(_store.Ids, _siem.Taken);
        Assert.Equal(_store.Ids, _file.Taken);
    }

    [Fact]
    public async Task ACheckpoint_IsSentAfterTheRowsItCovers()
    {
        var rows = Samples.Chain("r-1", 700);
        _store.Commit(rows);
        _store.Commit(Checkpoints.Make(1, Samples.Morning, [Samples.Head(rows[^1])], null));
        await Start();

        await Wait.Until(() => _siem.Taken.Count == 701, Patience, "rows and checkpoint");
        Assert.Equal("checkpoint/1", _siem.Taken[^1]);
        await Wait.Until(() => _store.Cursor("siem") == new AuditCursor(700, 1), Patience, "the cursor");
    }

    [Fact]
    public async Task ASinkThatIsDown_StopsNothing_AndMissesNothing()
    {
        _siem.Down = true;
        await Start();
        _store.Commit(Samples.Chain("r-1", 3));
        await Wait.Until(() => _file.Taken.Count == 3, Patience, "the other sink");
        await _time.WaitForTimers(1);
        _store.Commit(Samples.Chain("r-2", 2));
        await Wait.Until(() => _file.Taken.Count == 5, Patience, "the other sink to go on");
        Assert.Empty(_siem.Taken);
        Assert.Equal(AuditCursor.Start, _store.Cursor("siem"));

        _siem.Down = false;
        _time.Advance(TimeSpan.FromMinutes(1));

        await Wait.Until(() => _siem.Taken.Count == 5, Patience, "the sink to catch up");
        Assert.Equal(_store.Ids, _siem.Taken);
    }

    [Fact]
    public async Task ABatchThatFailedHalfWay_IsSentAgainBeforeAnythingElse()
    {
        _store.Commit(Samples.Chain("r-1", 4));
        _siem.FailAfter = 2;
        await Start();
        await _time.WaitForTimers(1);
        _store.Commit(Samples.Chain("r-2", 1));
        _siem.FailAfter = null;
        _time.Advance(TimeSpan.FromMinutes(1));

        await Wait.Until(() => _siem.Taken.Count == 7, Patience, "all rows");
        Assert.Equal(["r-1/1", "r-1/2", "r-1/1", "r-1/2", "r-1/3", "r-1/4", "r-2/1"], _siem.Taken);
    }

    [Fact]
    public async Task AfterARestart_DeliveryGoesOnWhereItWasAcknowledged()
    {
        _store.Commit(Samples.Chain("r-1", 3));
        await Start();
        await Wait.Until(() => _store.Cursor("siem").Position == 3, Patience, "the first rows");
        await Stop();
        _store.Commit(Samples.Chain("r-2", 2));
        await Start();

        await Wait.Until(() => _siem.Taken.Count == 5, Patience, "the new rows");
        Assert.Equal(_store.Ids, _siem.Taken);
    }

    [Fact]
    public async Task AStop_EndsTheWaitOfASinkThatIsDown()
    {
        _siem.Down = true;
        _store.Commit(Samples.Chain("r-1", 1));
        await Start();
        await _time.WaitForTimers(1);

        await Stop();

        Assert.Equal(0, _store.Listeners);
    }

    [Fact]
    public async Task ARowThatIsRefused_HoldsUpItsStreamAlone_AndIsSentInOrderOnceItIsTaken()
    {
        _siem.Refuses = "r-1/2";
        _store.Commit(Samples.Chain("r-1", 3));
        _store.Commit(Samples.Chain("r-2", 2));
        await Start();
        await Wait.Until(() => _siem.Taken.Count == 3, Patience, "the others");
        Assert.Equal(["r-1/1", "r-2/1", "r-2/2"], _siem.Taken);
        _store.Commit(Samples.Chain("r-1", 4)[3..]);
        _store.Commit(Samples.Chain("r-3", 1));
        await Wait.Until(() => _siem.Taken.Contains("r-3/1"), Patience, "what came later");
        Assert.Equal(["r-1/1", "r-2/1", "r-2/2", "r-3/1"], _siem.Taken);
        await Wait.Until(() => _store.Cursor("siem").Position == 7, Patience, "the cursor");

        _siem.Refuses = null;
        await _time.WaitForTimers(1);
        _time.Advance(TimeSpan.FromMinutes(10));

        await Wait.Until(() => _siem.Taken.Count == 7, Patience, "what waited");
        Assert.Equal(["r-1/2", "r-1/3", "r-1/4"], _siem.Taken.Skip(4));
        _store.Commit(Samples.Chain("r-1", 5)[4..]);
        await Wait.Until(() => _siem.Taken.Count == 8, Patience, "the next of the stream");
    }

    [Fact]
    public async Task WhatIsHeldBack_IsRememberedOverARestart_AndTriedAtOnce()
    {
        _siem.Refuses = "r-1/1";
        _store.Commit(Samples.Chain("r-1", 2));
        await Start();
        await Wait.Until(() => _store.Cursor("siem").Position == 2, Patience, "the cursor");
        await Stop();
        _store.Commit(Samples.Chain("r-1", 3)[2..]);
        _siem.Refuses = null;
        await Start();

        await Wait.Until(() => _siem.Taken.Count == 3, Patience, "what waited");
        Assert.Equal(["r-1/1", "r-1/2", "r-1/3"], _siem.Taken);
    }

    [Fact]
    public async Task ACheckpointThatIsRefused_HoldsUpCheckpointsAlone()
    {
        _siem.Refuses = "checkpoint/1";
        var rows = Samples.Chain("r-1", 2);
        _store.Commit(rows);
        var first = Checkpoints.Make(1, Samples.Morning, [Samples.Head(rows[0])], null);
        _store.Commit(first);
        await Start();
        await Wait.Until(() => _store.Cursor("siem").Checkpoint == 1, Patience, "the cursor");
        _store.Commit(Checkpoints.Make(2, Samples.Morning, [Samples.Head(rows[1])], first.Root));
        _store.Commit(Samples.Chain("r-2", 1));
        await Wait.Until(() => _siem.Taken.Contains("r-2/1") && _store.Cursor("siem").Checkpoint == 2, Patience, "what came later");
        Assert.Equal(["r-1/1", "r-1/2", "r-2/1"], _siem.Taken);

        _siem.Refuses = null;
        await _time.WaitForTimers(1);
        _time.Advance(TimeSpan.FromMinutes(10));

        await Wait.Until(() => _siem.Taken.Count == 5, Patience, "the checkpoints");
        Assert.Equal(["checkpoint/1", "checkpoint/2"], _siem.Taken.Skip(3));
    }

    [Fact]
    public void Pause_GrowsToAMinute() =>
        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], new[] { 1, 2, 3, 4, 5, 6, 7, 1000 }.Select(failures => (int)AuditDelivery.Pause(failures).TotalSeconds));

    public async ValueTask DisposeAsync() => await Stop();

    private async Task Start()
    {
        _delivery = new AuditDelivery(_store, _store, [_siem, _file], _time, NullLogger<AuditDelivery>.Instance);
        await _delivery.StartAsync(CancellationToken.None);
    }

    private async Task Stop()
    {
        if (_delivery is not null)
        {
            await _delivery.StopAsync(CancellationToken.None);
            _delivery.Dispose();
            _delivery = null;
        }
    }

    /// <summary>The store's part of the ports, in memory.</summary>
    private sealed class Store : IAuditFeed, IAuditCursors
    {
        private readonly Lock _gate = new();
        private readonly List<FeedRow> _rows = [];
        private readonly List<Checkpoint> _checkpoints = [];
        private readonly Dictionary<string, AuditCursor> _cursors = [];
        private readonly Dictionary<(string Sink, string Stream), HeldStream> _held = [];

        public event Action? Appended;

        public int Listeners => Appended?.GetInvocationList().Length ?? 0;

        public IReadOnlyList<string> Ids
        {
            get
            {
                lock (_gate) return [.. _rows.Select(row => $"{row.Row.Stream}/{row.Row.Sequence}")];
            }
        }

        public void Commit(IEnumerable<AuditRow> rows)
        {
            lock (_gate) _rows.AddRange(rows.Select((row, i) => new FeedRow(_rows.Count + i + 1, row)).ToList());
            Appended?.Invoke();
        }

        public void Commit(Checkpoint checkpoint)
        {
            lock (_gate) _checkpoints.Add(checkpoint);
            Appended?.Invoke();
        }

        public AuditCursor Cursor(string sink)
        {
            lock (_gate) return _cursors.GetValueOrDefault(sink, AuditCursor.Start);
        }

        public Task<IReadOnlyList<FeedRow>> Rows(long position, int limit, CancellationToken cancellation)
        {
            lock (_gate) return Task.FromResult<IReadOnlyList<FeedRow>>([.. _rows.Where(row => row.Position > position).Take(limit)]);
        }

        public Task<IReadOnlyList<Checkpoint>> Checkpoints(long number, int limit, CancellationToken cancellation)
        {
            lock (_gate) return Task.FromResult<IReadOnlyList<Checkpoint>>([.. _checkpoints.Where(checkpoint => checkpoint.Number > number).Take(limit)]);
        }

        public Task<IReadOnlyList<AuditRow>> Stream(string stream, long from, long position, int limit, CancellationToken cancellation)
        {
            lock (_gate) return Task.FromResult<IReadOnlyList<AuditRow>>([.. _rows.Where(row => row.Row.Stream == stream && row.Row.Sequence >= from && row.Position <= position).Select(row => row.Row).Take(limit)]);
        }

        public Task<AuditBacklog> Backlog(long position, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<HeldStream>> Held(string sink, CancellationToken cancellation)
        {
            lock (_gate) return Task.FromResult<IReadOnlyList<HeldStream>>([.. _held.Where(held => held.Key.Sink == sink).Select(held => held.Value)]);
        }

        public Task Hold(string sink, HeldStream held, CancellationToken cancellation)
        {
            lock (_gate) _held[(sink, held.Stream)] = held;
            return Task.CompletedTask;
        }

        public Task Release(string sink, string stream, CancellationToken cancellation)
        {
            lock (_gate) _held.Remove((sink, stream));
            return Task.CompletedTask;
        }

        public Task<AuditCursor> Get(string sink, CancellationToken cancellation) => Task.FromResult(Cursor(sink));

        public Task Advance(string sink, AuditCursor cursor, CancellationToken cancellation)
        {
            lock (_gate) _cursors[sink] = cursor;
            return Task.CompletedTask;
        }
    }

    private sealed class Sink(string name) : IAuditSink
    {
        private readonly Lock _gate = new();
        private readonly List<string> _taken = [];

        public string Name => name;
        public volatile bool Down;
        public int? FailAfter { get; set; }

        /// <summary>A row or checkpoint, as <c>stream/sequence</c>, that it refuses.</summary>
        public volatile string? Refuses;

        public IReadOnlyList<string> Taken
        {
            get
            {
                lock (_gate) return [.. _taken];
            }
        }

        public Task Send(IReadOnlyList<AuditRow> rows, CancellationToken cancellation)
        {
            var some = FailAfter is { } count ? rows.Take(count) : rows;
            if (Refuses is { } refused && rows.FirstOrDefault(row => $"{row.Stream}/{row.Sequence}" == refused) is { } row)
            {
                Take(rows.TakeWhile(before => before != row).Select(before => $"{before.Stream}/{before.Sequence}"));
                throw new AuditRefusedException(row.Stream, row.Sequence, "too odd");
            }

            Take(some.Select(row => $"{row.Stream}/{row.Sequence}"));
            return FailAfter is null ? Task.CompletedTask : throw new IOException("The sink broke off.");
        }

        public Task Send(Checkpoint checkpoint, CancellationToken cancellation)
        {
            if (Refuses == $"checkpoint/{checkpoint.Number}") throw new AuditRefusedException(AuditRefusedException.Checkpoints, checkpoint.Number, "too odd");
            Take([$"checkpoint/{checkpoint.Number}"]);
            return Task.CompletedTask;
        }

        private void Take(IEnumerable<string> ids)
        {
            if (Down)
            {
                throw new IOException("The sink is down.");
            }

            lock (_gate) _taken.AddRange(ids);
        }
    }
}
