using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Retention;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Tests.Shared;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

public class TableRetentionTests : RetentionContract, IAsyncLifetime
{
    private TableStores _stores = null!;

    protected override IRequestWorkflow Workflow => _stores.Workflow;
    protected override IRequestReader Reader => _stores.Reader;
    protected override IAuditLog Audit => _stores.Audit;
    protected override IRetentionStore Retention => _stores.Retention;
    protected override ILegalHolds Holds => _stores.Holds;
    protected override HostStream Host => _stores.Host;
    protected override ManualTimeProvider Time => _stores.Time;

    // Notices are the orchestration's, which tries them beside whatever the store holds.
    protected override bool KnowsOfNotices => false;
    protected virtual Task<TableServiceClient> Open() => TableBackends.Fake();

    public async ValueTask InitializeAsync() => _stores = await TableStores.On(await Open());

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _stores?.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override Task Deliver() => _stores.Deliver();

    protected override Task SendNotices(string request) => Task.CompletedTask;

    protected override async Task Damage(string stream)
    {
        var table = _stores.Service.GetTableClient(StorageTables.Requests);
        var row = (await table.GetEntityAsync<TableEntity>(TableKeys.Of(stream), "a-0000000001")).Value;
        row["Body"] = row.GetBinary("Body").Reverse().ToArray();
        await table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace);
    }
}

/// <summary>The process ends after each single call of a purge; the next run ends where an undisturbed one ends.</summary>
public sealed class TableRetentionCrashTests
{
    private static readonly RetentionRules Rules = new(Requests: TimeSpan.FromDays(365), Events: TimeSpan.FromDays(365), PersonalData: TimeSpan.FromDays(100));

    [Fact]
    public async Task Run_AfterACrashAnywhere_EndsTheSame()
    {
        using var undisturbed = await Given();
        _ = await Run(undisturbed);
        var expected = await Left(undisturbed);
        Assert.DoesNotContain(expected, static row => row.StartsWith("requests | r-old | a-", StringComparison.Ordinal));
        for (var calls = 0; ; calls++)
        {
            using var stores = await Given();
            if (!await stores.DiesAfter(calls, () => Run(stores)))
            {
                Assert.True(calls > 30, "Nothing was cut off.");
                return;
            }

            _ = await Run(stores);
            Assert.Equal(expected, await Left(stores));
            await stores.AssertVerifies();
        }
    }

    [Fact]
    public async Task WordsInStoredNotices_GoToo()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1"));
        var deny = await stores.Order("r-1", Signals.Deny("bob") with { Comment = "bob's words" });
        var notice = new Notify { Id = "n-1", Kind = NoticeKind.Denied, To = "alice", Revision = 1, By = "bob", At = stores.Time.GetUtcNow(), Text = "bob's words" };
        await stores.Save(deny with { Notices = [notice] });
        stores.Time.Advance(TimeSpan.FromDays(200));
        await stores.Deliver();
        _ = await Run(stores);
        Assert.Equal([notice with { Text = null }], await stores.Requests.Notices("r-1", default));
    }

    [Fact]
    public async Task AStateFromBefore_DoesNotBringWordsBack()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1"));
        await stores.Send("r-1", Signals.Deny("bob"));
        stores.Time.Advance(TimeSpan.FromDays(200));
        await stores.Deliver();
        var late = await stores.Order("r-1", Signals.Approve("carol"));
        _ = await Run(stores);
        Assert.False((await stores.Save(late)).Applied);
        Assert.Equal(Pseudonymisation.Removed, (await stores.Find("r-1"))!.Justification);
        await stores.Send("r-1", Signals.Approve("carol"));
        Assert.Equal(Pseudonymisation.Removed, (await stores.Find("r-1"))!.Justification);
    }

    [Fact]
    public async Task ADayOfMoreEventsThanARowHasHashesFor_IsPurged()
    {
        using var stores = await TableStores.On();
        var day = stores.Host.At(stores.Time.GetUtcNow());
        for (var many = 0; many < 1200; many++)
            await stores.Audit.Append(new AuditEvent { Type = EventTypes.Host.CallRefused, At = stores.Time.GetUtcNow(), Actor = "mallory", Channel = nameof(Channel.SignedIn), Succeeded = false }, default);
        var last = (await stores.Audit.Stream(day, default))[^1];
        stores.Time.Advance(TimeSpan.FromDays(400));
        await stores.Audit.MakeCheckpoint(default);
        await stores.Deliver();
        Assert.Equal(1, (await Run(stores)).EventStreams);
        Assert.Equal(new AuditHead(1200, last.Hash), (await stores.Audit.Tombstones(default).SingleAsync()).Head());
        await stores.AssertVerifies();
    }

    [Fact]
    public async Task RefusedSubmissions_GoWithTheEvents()
    {
        using var stores = await Given();
        _ = await Run(stores);
        Assert.Empty(await stores.Audit.Stream("r-refused", default));
        Assert.Contains(await stores.Audit.Tombstones(default).ToListAsync(), static tombstone => tombstone.Stream == "r-refused");
        Assert.Null(await stores.Find("r-old"));
        Assert.NotNull((await stores.Find("r-newer"))!.PseudonymisedAt);
        await stores.AssertVerifies(await stores.Find("r-newer"));
    }

    /// <summary>One request that is due, one whose words are due, a refused submission and a host's day that are due.</summary>
    private static async Task<TableStores> Given()
    {
        var stores = await TableStores.On();
        await stores.Send("r-old", Signals.Submit("r-old"));
        await stores.Send("r-old", Signals.Deny("bob"));
        await stores.Send("r-refused", Signals.Submit("r-refused", ask: Signals.Ask with { Justification = null }));
        await stores.Audit.Append(new AuditEvent { Type = EventTypes.Host.AuditExported, At = stores.Time.GetUtcNow(), Actor = "erin", Channel = nameof(Channel.SignedIn), Succeeded = true, Resource = "audit", Detail = new AuditDetail { Address = "192.0.2.1" } }, default);
        stores.Time.Advance(TimeSpan.FromDays(200));
        await stores.Send("r-newer", Signals.Submit("r-newer"));
        await stores.Send("r-newer", Signals.Deny("bob"));
        stores.Time.Advance(TimeSpan.FromDays(200));
        await stores.Audit.MakeCheckpoint(default);
        await stores.Deliver();
        return stores;
    }

    // Failures of single streams are logged and left for the next run; here they end it, as the end of a process does.
    private static async Task<RetentionRun> Run(TableStores stores)
    {
        var run = await new RetentionKeeper(stores.Retention, stores.Host, Rules, stores.Time, NullLogger<RetentionKeeper>.Instance).RunOnce(TimeSpan.FromHours(1), default);
        return run;
    }

    /// <summary>What is there, but for streams of the host, to which a repetition adds.</summary>
    private static async Task<IReadOnlyList<string>> Left(TableStores stores) =>
        [.. (await stores.Everything()).Where(static row => !row.Contains("host:", StringComparison.Ordinal) && !row.StartsWith("hoststate", StringComparison.Ordinal)
            && !row.StartsWith("auditmarkers", StringComparison.Ordinal))];
}

public sealed class AzuriteRetentionTests : TableRetentionTests
{
    protected override Task<TableServiceClient> Open() => TableBackends.Azurite();
}
