using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Embedded.Tests;

public sealed class SqliteRequestStoreTests : RequestStoreContract, IAsyncDisposable
{
    private readonly Store _store = new();

    protected override IRequestWorkflow Workflow => _store.Workflow;
    protected override IRequestReader Reader => _store.Reader;
    protected override IAuditLog Audit => _store.Audit;
    protected override ManualTimeProvider Time => _store.Time;
    protected override int LookedAtForAPage => 1000;

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

public sealed class SqliteEnvelopeStoreTests : EnvelopeStoreContract, IAsyncDisposable
{
    private readonly Store _store = new();

    protected override IEnvelopeStore Store => new SqliteEnvelopeStore(_store.Database);

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

public sealed class SqliteChannelStoreTests : ChannelStoreContract, IAsyncDisposable
{
    private readonly Store _store = new();

    protected override IChannelStore Store => new SqliteChannelStore(_store.Database);

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

public sealed class SqlitePeopleOverlayTests : PeopleOverlayContract, IAsyncDisposable
{
    private readonly Store _store = new();

    protected override IPeopleOverlay Opened => new SqlitePeopleOverlay(_store.Database);

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

public sealed class SqliteNoticeLogTests : NoticeLogContract, IAsyncDisposable
{
    private readonly Store _store = new();

    protected override INoticeLog Log => new SqliteNoticeLog(_store.Database);

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

public sealed class SqliteLedgerTests : GrantLedgerContract, IAsyncDisposable
{
    private readonly Store _store = new();
    private IGrantLedger? _ledger;

    protected override IGrantLedger Ledger => _ledger ??= new SqliteLedger(_store.Database);

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

public sealed class SqliteAuditLogTests : AuditLogContract, IAsyncDisposable
{
    private readonly Store _store = new();

    protected override IAuditLog Audit => _store.Audit;
    protected override IRequestWorkflow Workflow => _store.Workflow;
    protected override ManualTimeProvider Time => _store.Time;

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

public sealed class SqliteAuditFeedTests : AuditFeedContract, IAsyncDisposable
{
    private readonly Store _store = new();

    protected override IAuditLog Audit => _store.Audit;
    protected override IAuditFeed Feed => _store.Feed;
    protected override IAuditCursors Cursors => _store.Feed;
    protected override IRequestWorkflow Workflow => _store.Workflow;
    protected override ManualTimeProvider Time => _store.Time;

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

public sealed class SqliteReconcileMemoryTests : ReconcileMemoryContract, IAsyncDisposable
{
    private readonly Store _store = new();

    protected override IReconcileMemory Opened => new SqliteReconcileMemory(_store.Database);

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

public sealed class SqliteInventoryStoreTests : InventoryStoreContract, IAsyncDisposable
{
    private readonly Store _store = new();

    protected override IInventoryStore Opened => field ??= new SqliteInventoryStore(_store.Database);

    public ValueTask DisposeAsync() => _store.DisposeAsync();
}

public sealed class SqliteRetentionTests : RetentionContract, IAsyncDisposable
{
    private readonly Store _store = new();

    protected override IRequestWorkflow Workflow => _store.Workflow;
    protected override IRequestReader Reader => _store.Reader;
    protected override IAuditLog Audit => _store.Audit;
    protected override IRetentionStore Retention => _store.Retention;
    protected override ILegalHolds Holds => new SqliteLegalHolds(_store.Database);
    protected override HostStream Host => _store.Host;
    protected override ManualTimeProvider Time => _store.Time;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    protected override async Task Deliver()
    {
        var rows = await _store.Feed.Rows(0, int.MaxValue, CancellationToken.None);
        await _store.Feed.Advance(Store.SinkName, new AuditCursor(rows[^1].Position, 0), CancellationToken.None);
    }

    protected override Task SendNotices(string request) => _store.Database.Writer.Write(batch => { batch.Session.Run("DELETE FROM outbox WHERE request = ?1", request); });

    protected override Task Damage(string stream) => _store.Database.Writer.Write(batch => { batch.Session.Run("UPDATE audit SET body = CAST(replace(CAST(body AS TEXT), 'alice', 'carol') AS BLOB) WHERE stream = ?1 AND sequence = 1", stream); });
}
