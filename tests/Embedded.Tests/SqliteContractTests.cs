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
