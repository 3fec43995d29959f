using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Requests;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// Holders of shared privileges, one row each. Entering takes a lease on the row: a lock within this process, and among processes an owner
/// and an expiry in the row itself, so that every change, the lease included, depends on the version last seen. A lease is renewed while it
/// is held, and one whose holder died is taken over once it expired.
/// </summary>
public sealed partial class TableGrantLedger : IGrantLedger
{
    private const string Row = "ledger";
    private const string Owner = "Owner";
    private const string Until = "Until";
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>By how much the clocks of two machines may differ.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);

    private readonly TableClient _table;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _name;
    private readonly KeyedLocks _locks = new();
    private readonly string _me = Guid.NewGuid().ToString("N");

    /// <summary>Creates the ledger of this process.</summary>
    public TableGrantLedger(TableServiceClient tables, TimeProvider time, ILogger<TableGrantLedger> logger) : this(tables, StorageTables.GrantLedger, time, logger)
    {
    }

    /// <summary>The same rows in another table, for whom only the leases count.</summary>
    internal TableGrantLedger(TableServiceClient tables, string table, TimeProvider time, ILogger<TableGrantLedger> logger) =>
        (_table, _name, _time, _logger) = (tables.GetTableClient(table), table, time, logger);

    /// <inheritdoc />
    /// <exception cref="TransientException">The table did not answer; also from the entry's changes, where the lease was lost too: run the work again.</exception>
    public async Task<ILedgerEntry> Enter(string platform, string key, CancellationToken cancellation)
    {
        var partition = TableKeys.Of($"{platform}|{key}");
        var inside = await _locks.Enter(partition, cancellation);
        try
        {
            while (true)
            {
                var row = await ConditionalRows.Find(_table, partition, Row, cancellation);
                if (row is null || IsFree(row))
                {
                    var state = row is null ? LedgerState.Empty : LedgerState.Read(row);
                    // Null: somebody was faster. Look again.
                    if (await ConditionalRows.Put(_table, Held(partition, state), row?.ETag, cancellation) is { } version)
                        return new Entry(this, partition, platform, state, version, inside);
                    continue;
                }

                await Task.Delay(Look, _time, cancellation);
            }
        }
        catch
        {
            inside.Dispose();
            throw;
        }
    }

    // Its own name in the row while nobody in this process is inside: a lease whose answer or release got lost.
    private bool IsFree(TableEntity row) =>
        row.GetString(Owner) is var owner && (string.IsNullOrEmpty(owner) || owner == _me) || row.GetDateTimeOffset(Until) + Skew <= _time.GetUtcNow();

    private TableEntity Held(string partition, LedgerState state)
    {
        var row = new TableEntity(partition, Row) { [Owner] = _me, [Until] = _time.GetUtcNow() + Lease };
        state.Write(row);
        return row;
    }

    private sealed class Entry : ILedgerEntry
    {
        private readonly TableGrantLedger _ledger;
        private readonly string _partition;
        private readonly string _platform;
        private readonly IDisposable _inside;
        private readonly SemaphoreSlim _oneAtATime = new(1, 1);
        private readonly PeriodicTimer _timer;
        private readonly Task _renewing;
        private LedgerState _state;
        private ETag _version;
        private bool _lost;
        private bool _left;

        public Entry(TableGrantLedger ledger, string partition, string platform, LedgerState state, ETag version, IDisposable inside)
        {
            (_ledger, _partition, _platform, _state, _version, _inside) = (ledger, partition, platform, state, version, inside);
            _timer = new PeriodicTimer(Renewal, ledger._time);
            _renewing = Renew();
        }

        public IReadOnlyList<LedgerHolder> Holders => _state.Holders;
        public string? Standing => _state.Standing;

        public Task Add(LedgerHolder holder, string? standing, CancellationToken cancellation) => Change(state => state.With(holder, standing), cancellation);
        public Task Leave(string grantId, CancellationToken cancellation) => Change(state => state.Leaving(grantId), cancellation);
        public Task Remove(string grantId, CancellationToken cancellation) => Change(state => state.Without(grantId), cancellation);

        public async ValueTask DisposeAsync()
        {
            if (_left) return;
            _left = true;
            _timer.Dispose();
            try
            {
                await _renewing;
                if (!_lost) await Release();
            }
            catch (Exception failure) when (failure is TransientException or RequestFailedException)
            {
                // Nothing is wrong but that others in other processes wait for the lease to expire.
                _ledger.LogNotReleased(_ledger._name, _platform, failure);
            }
            finally
            {
                _inside.Dispose();
                _oneAtATime.Dispose();
            }
        }

        private async Task Release()
        {
            var row = new TableEntity(_partition, Row) { [Owner] = "" };
            _state.Write(row);
            if (_state.IsEmpty) await ConditionalRows.Delete(_ledger._table, row, _version, CancellationToken.None);
            else await ConditionalRows.Put(_ledger._table, row, _version, CancellationToken.None);
        }

        private async Task Change(Func<LedgerState, LedgerState> change, CancellationToken cancellation)
        {
            ObjectDisposedException.ThrowIf(_left, this);
            await _oneAtATime.WaitAsync(cancellation);
            try
            {
                await Write(change(_state), cancellation);
            }
            finally
            {
                _oneAtATime.Release();
            }
        }

        // Every write is a renewal too.
        private async Task Write(LedgerState state, CancellationToken cancellation)
        {
            if (!_lost && await ConditionalRows.Put(_ledger._table, _ledger.Held(_partition, state), _version, cancellation) is { } version)
            {
                (_state, _version) = (state, version);
                return;
            }

            _lost = true;
            throw new TransientException($"The lease on an entry of {_platform} in {_ledger._name} was lost to another process.");
        }

        private async Task Renew()
        {
            while (!_lost && await _timer.WaitForNextTickAsync())
            {
                await _oneAtATime.WaitAsync();
                try
                {
                    await Write(_state, CancellationToken.None);
                }
                catch (Exception failure) when (failure is TransientException or RequestFailedException)
                {
                    _ledger.LogNotRenewed(_ledger._name, _platform, failure);
                }
                finally
                {
                    _oneAtATime.Release();
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease on an entry of {Platform} in {Table} was not renewed; it is tried again until it is lost.")]
    private partial void LogNotRenewed(string table, string platform, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease on an entry of {Platform} in {Table} was not released; it expires by itself.")]
    private partial void LogNotReleased(string table, string platform, Exception failure);
}
