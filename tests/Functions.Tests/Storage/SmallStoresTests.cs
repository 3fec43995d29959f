using System.Security.Cryptography;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Audit;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Integrations.Configuration;
using AccessFunctions.Tests.Shared;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

/// <summary>The overlay of people, the mark of the sweep, the last good files, and how the changes of one instance reach another.</summary>
public abstract class SmallStoresTests : IAsyncLifetime
{
    private static readonly Delegation Absence = new("alice", "bob", new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.FromHours(1)), new DateTimeOffset(2026, 3, 9, 0, 0, 0, TimeSpan.Zero));
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("access-functions-");
    private TableServiceClient _service = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected abstract Task<TableServiceClient> Open();

    public async ValueTask InitializeAsync()
    {
        _service = await Open();
        await new StorageTables(_service).EnsureCreated(Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Overlay_KeepsTheLastOfEachPerson()
    {
        var overlay = new TablePeopleOverlay(_service);
        Assert.True((await overlay.Load(Cancellation)).SaysTheSameAs(PeopleOverlay.Empty));
        await overlay.SaveRoles("alice", ["Admin", "Auditor"], Cancellation);
        await overlay.SaveRoles("müller / x", [], Cancellation);
        await overlay.SaveRoles("alice", ["Auditor"], Cancellation);
        await overlay.SaveDelegation("bob", Absence with { Person = "bob", StandIn = "alice" }, Cancellation);
        await overlay.SaveDelegation("alice", Absence with { StandIn = "carol" }, Cancellation);
        await overlay.SaveDelegation("alice", Absence, Cancellation);
        await overlay.SaveDelegation("nobody", null, Cancellation);
        await overlay.SaveDelegation("bob", null, Cancellation);

        var saved = await new TablePeopleOverlay(_service).Load(Cancellation);
        Assert.Equal(["Auditor"], saved.Roles["alice"]);
        Assert.Empty(saved.Roles["müller / x"]);
        Assert.Equal(2, saved.Roles.Count);
        Assert.Equal([Absence], saved.Delegations);
    }

    [Fact]
    public async Task SweepMark_IsReplaced()
    {
        var mark = new TableSweepMark(_service);
        Assert.Null(await mark.Find(Cancellation));
        await mark.Save(new SweepMark("facts", "r-1"), Cancellation);
        Assert.Equal(new SweepMark("facts", "r-1"), await new TableSweepMark(_service).Find(Cancellation));
        await mark.Save(new SweepMark("others", null), Cancellation);
        Assert.Equal(new SweepMark("others", null), await mark.Find(Cancellation));
    }

    [Fact]
    public async Task SinkBacklogs_OfStreamsAndCheckpoints_AreToldTogether_ToEveryInstance()
    {
        var clock = new ManualTimeProvider(Some.Morning);
        var here = new TableSinkBacklogs(_service, clock);
        var there = new TableSinkBacklogs(_service, clock);
        await there.Refresh(Cancellation);
        Assert.Null(await there.Of("siem", Cancellation));

        await here.Keep("siem", ISinkReports.Checkpoints, new SinkBacklog(1, Some.Morning.AddHours(-2), 1), Cancellation);
        Assert.Equal(new SinkBacklog(1, Some.Morning.AddHours(-2), 1), await here.Of("siem", Cancellation));
        await here.Keep("siem", ISinkReports.Streams, new SinkBacklog(4, Some.Morning.AddHours(-1), 2), Cancellation);
        await there.Refresh(Cancellation);
        Assert.Equal(new SinkBacklog(5, Some.Morning.AddHours(-2), 3, Some.Morning), await there.Of("siem", Cancellation));

        await here.Keep("siem", ISinkReports.Checkpoints, new SinkBacklog(0, null, 0), Cancellation);
        Assert.Equal(new SinkBacklog(4, Some.Morning.AddHours(-1), 2, Some.Morning), await here.Of("siem", Cancellation));
        Assert.Null(await here.Of("other", Cancellation));
    }

    [Fact]
    public async Task Refresher_FillsTheTableFromTheFiles_AndBringsWhatAnotherInstanceChanged()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "people.yaml"), "people: [{ id: alice, name: Alice }, { id: bob, name: Bob }]");
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "access-groups"));
        File.WriteAllText(
            Path.Combine(_folder.FullName, "access-groups", "readers.yaml"), "{ id: readers, members: [alice], resources: [pg-prod/*], rules: { Session: { mode: Approve } }, approvers: [bob] }");
        var clock = new ManualTimeProvider();
        using var configuration = await ConfigurationFolder.Open(
            _folder.FullName, new TablePeopleOverlay(_service), static _ => null, TimeProvider.System, NullLogger<ConfigurationFolder>.Instance, Cancellation);
        using var groups = new TableAccessGroups(_service, NullLogger<TableAccessGroups>.Instance);
        using var lastGood = Kept();
        var backlogs = new TableSinkBacklogs(_service, clock);
        using var provisioned = Some.Provisioned(_service, configuration.Directory, clock);
        using var refresher = new StoreRefresher(groups, configuration, lastGood, backlogs, provisioned, clock, NullLogger<StoreRefresher>.Instance);
        await refresher.Prepare(Cancellation);
        var version = groups.Find("readers")!.Version;
        await refresher.StartAsync(Cancellation);
        await clock.WaitForTimers(1, Cancellation);
        var peopleChanges = 0;
        configuration.Directory.Changed += () => peopleChanges++;

        using var other = new TableAccessGroups(_service, NullLogger<TableAccessGroups>.Instance);
        Assert.NotNull(await other.Save(groups.Find("readers")!.Group with { Name = "Readers" }, version, Cancellation));
        await new TablePeopleOverlay(_service).SaveRoles("alice", ["Auditor"], Cancellation);
        await new TablePeopleOverlay(_service).SaveDelegation("alice", Absence, Cancellation);
        lastGood.Keep("people.yaml", [1]);
        await new TableSinkBacklogs(_service, clock).Keep("siem", ISinkReports.Streams, new SinkBacklog(3, Some.Morning, 0), Cancellation);
        Assert.Null(await backlogs.Of("siem", Cancellation));
        clock.Advance(TimeSpan.FromSeconds(15));
        await Wait.Until(() => configuration.Directory.Current.WithRole("Auditor").Count == 1, TimeSpan.FromSeconds(20), "the role to be seen");
        Assert.Equal("Readers", groups.Find("readers")!.Group.Name);
        Assert.Equal([Absence], configuration.Directory.Current.Delegations);

        await configuration.ReadOverlayAgain(Cancellation);
        Assert.Equal(1, peopleChanges);
        await Wait.Until(IsKept, TimeSpan.FromSeconds(20), "the file to be kept");
        await Wait.Until(async () => await backlogs.Of("siem", Cancellation) is not null, TimeSpan.FromSeconds(20), "the report to be read");
        await refresher.StopAsync(Cancellation);

        async Task<bool> IsKept()
        {
            using var kept = await Reopened();
            return kept.Find("people.yaml") is not null;
        }
    }

    [Fact]
    public async Task LastGoodFiles_AreKeptAsTheyWere_OnlyTheLast()
    {
        var large = RandomNumberGenerator.GetBytes(200_000);
        using var kept = Kept();
        kept.Keep("people.yaml", large);
        kept.Keep("access-groups/readers.yaml", "id: readers"u8.ToArray());
        kept.Keep("platforms-old.yaml", []);
        await kept.Save(Cancellation);
        using (var again = await Reopened())
        {
            Assert.Equal(large, again.Find("people.yaml"));
            Assert.Empty(again.Find("platforms-old.yaml")!);
            again.Forget("platforms-old.yaml");
            again.Forget("platforms-never.yaml");
            again.Keep("access-groups/readers.yaml", "id: readers2"u8.ToArray());
            await again.Save(Cancellation);
        }

        using var last = await Reopened();
        Assert.Equal(large, last.Find("people.yaml"));
        Assert.Equal("id: readers2"u8.ToArray(), last.Find("access-groups/readers.yaml"));
        Assert.Null(last.Find("platforms-old.yaml"));
    }

    [Fact]
    public async Task LastGoodFile_ThatIsTooLargeForARow_IsNotKept_NorAnOlderOne_AndTheLogSaysSo()
    {
        var log = new LogLines<TableLastGoodFiles>();
        using var kept = new TableLastGoodFiles(_service, log);
        kept.Keep("people.yaml", "people: []"u8.ToArray());
        await kept.Save(Cancellation);
        kept.Keep("people.yaml", RandomNumberGenerator.GetBytes(1_000_000));
        await kept.Save(Cancellation);
        Assert.Contains("people.yaml is not kept", Assert.Single(log.Lines).Line, StringComparison.Ordinal);
        using var again = await Reopened();
        Assert.Null(again.Find("people.yaml"));
    }

    private TableLastGoodFiles Kept() => new(_service, NullLogger<TableLastGoodFiles>.Instance);

    private async Task<TableLastGoodFiles> Reopened()
    {
        var kept = Kept();
        await kept.Load(Cancellation);
        return kept;
    }
}

public sealed class FakeSmallStoresTests : SmallStoresTests
{
    protected override Task<TableServiceClient> Open() => TableBackends.Fake();
}

public sealed class AzuriteSmallStoresTests : SmallStoresTests
{
    protected override Task<TableServiceClient> Open() => TableBackends.Azurite();
}
