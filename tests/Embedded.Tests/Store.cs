using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Embedded.Background;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Embedded.Tests;

/// <summary>The store's parts on a directory of their own, as the host puts them together, without the web around them.</summary>
internal sealed class Store : IAsyncDisposable
{
    private readonly DataDirectory _directory;
    private readonly bool _temporary;

    public Store(string? path = null, ManualTimeProvider? time = null, Rules? rules = null)
    {
        _temporary = path is null;
        _directory = DataDirectory.Take(path ?? NewPath());
        Time = time ?? new ManualTimeProvider();
        Database = Database.Open(_directory, DataKind.Real, NullLogger<Writer>.Instance);
        Cache = new RequestCache(1000);
        Workflow = new SqliteWorkflow(Database, Cache, Host, rules ?? Rules.Domain, Time);
        Reader = new SqliteRequestReader(Database, Cache);
        Audit = new SqliteAuditLog(Database, Host, Time);
        Feed = new SqliteAuditFeed(Database);
        Retention = new SqliteRetentionStore(Database, [new Sink()], rules ?? Rules.Domain);
    }

    /// <summary>The sink that retention waits for.</summary>
    public const string SinkName = "siem";

    public string Path => _directory.Path;
    public HostStream Host { get; } = new();
    public ManualTimeProvider Time { get; }
    public Database Database { get; }
    public RequestCache Cache { get; }
    public SqliteWorkflow Workflow { get; }
    public SqliteRequestReader Reader { get; }
    public SqliteAuditLog Audit { get; }
    public SqliteAuditFeed Feed { get; }
    public SqliteRetentionStore Retention { get; }

    public static string NewPath() => System.IO.Path.Combine(System.IO.Path.GetTempPath(), "access-store-" + Guid.NewGuid().ToString("N"));

    public DeadlineTimer Timer() => new(Database, Workflow, Time, NullLogger<DeadlineTimer>.Instance);

    public Outbox Outbox(RunEffect run, OutboxOptions? options = null) => new(Database, Workflow, run, options ?? new OutboxOptions(), Time, NullLogger<Outbox>.Instance);

    /// <summary>The directory as a process that dies now leaves it behind: the files as they are, nothing closed.</summary>
    public string CopyAsAfterACrash()
    {
        var copy = NewPath();
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(Path, "access.db*"))
        {
            // The shared-memory index is not durable: SQLite rebuilds it from the log.
            if (!file.EndsWith("-shm", StringComparison.Ordinal)) File.Copy(file, System.IO.Path.Combine(copy, System.IO.Path.GetFileName(file)));
        }

        return copy;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _directory.Dispose();
        if (_temporary) Directory.Delete(Path, recursive: true);
    }

    private sealed class Sink : IAuditSink
    {
        public string Name => SinkName;

        public Task Send(IReadOnlyList<AuditRow> rows, CancellationToken cancellation) => Task.CompletedTask;

        public Task Send(Checkpoint checkpoint, CancellationToken cancellation) => Task.CompletedTask;
    }
}
