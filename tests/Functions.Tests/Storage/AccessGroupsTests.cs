using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Tests.Fakes;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

public abstract class TableAccessGroupsTests : IAsyncLifetime
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;
    protected TableServiceClient Service { get; private set; } = null!;

    protected abstract Task<TableServiceClient> Open();

    public async ValueTask InitializeAsync()
    {
        Service = await Open();
        await new StorageTables(Service).EnsureCreated(Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Save_CreatesAndReplaces_EachVersionOnce()
    {
        using var groups = Instance();
        var created = await groups.Save(Group("b", "one"), null, Cancellation);
        Assert.Equal("one", groups.Find("b")!.Group.Name);
        Assert.Matches("^[0-9a-f]{32}$", created!.Version);
        Assert.Null(await groups.Save(Group("b", "again"), null, Cancellation));

        var replaced = await groups.Save(Group("b", "two"), created.Version, Cancellation);
        Assert.NotEqual(created.Version, replaced!.Version);
        Assert.Null(await groups.Save(Group("b", "late"), created.Version, Cancellation));
        Assert.Null(await groups.Save(Group("none", "nothing to replace"), created.Version, Cancellation));
        await groups.Save(Group("a", "first"), null, Cancellation);
        Assert.Equal(["a first", "b two"], Said(groups));
        Assert.Equal(replaced, groups.Find("b"));
    }

    [Fact]
    public async Task Refresh_ShowsWhatAnotherInstanceSaved_InTheSameVersion()
    {
        using var one = Instance();
        using var other = Instance();
        var saved = await one.Save(Group("a", "one"), null, Cancellation);
        Assert.Null(other.Find("a"));
        await other.Refresh(Cancellation);
        Assert.Equal(saved!.Version, other.Find("a")!.Version);
        Assert.True(await one.Delete("a", saved.Version, Cancellation));
        Assert.Null(one.Find("a"));
        await other.Refresh(Cancellation);
        Assert.Empty(other.All);
    }

    [Fact]
    public async Task TwoWriters_OneIsTold()
    {
        using var one = Instance();
        using var other = Instance();
        var version = (await one.Save(Group("a", "start"), null, Cancellation))!.Version;
        await other.Refresh(Cancellation);
        var answers = await Task.WhenAll(one.Save(Group("a", "mine"), version, Cancellation), other.Save(Group("a", "theirs"), version, Cancellation));
        var kept = Assert.Single(answers, answer => answer is not null);
        await one.Refresh(Cancellation);
        Assert.Equal(kept!.Group.Name, one.Find("a")!.Group.Name);
        Assert.False(await one.Delete("a", version, Cancellation));
        Assert.False(await one.Delete("none", version, Cancellation));
        Assert.True(await other.Delete("a", kept.Version, Cancellation));
    }

    [Fact]
    public async Task Seed_IsDoneOnce_AndTheTableIsTheTruthAfterwards()
    {
        using var groups = Instance();
        Assert.True(await groups.Seed([Group("a", "file"), Group("b", "file")], Cancellation));
        await groups.Refresh(Cancellation);
        Assert.Equal(["a file", "b file"], Said(groups));
        Assert.True(await groups.Delete("a", groups.Find("a")!.Version, Cancellation));
        Assert.NotNull(await groups.Save(Group("b", "edited"), groups.Find("b")!.Version, Cancellation));

        using var next = Instance();
        Assert.False(await next.Seed([Group("a", "file"), Group("b", "file"), Group("c", "file")], Cancellation));
        await next.Refresh(Cancellation);
        Assert.Equal(["b edited"], Said(next));
    }

    [Fact]
    public async Task GroupOfManyMembers_ComesBackWhole()
    {
        using var groups = Instance();
        var large = Group("large", "many") with { Members = [.. Enumerable.Range(0, 1000).Select(i => $"group:{new string('m', 180)}-{i}")], Description = new string('ü', 2000) };
        await groups.Save(large, null, Cancellation);
        using var next = Instance();
        await next.Refresh(Cancellation);
        var read = Assert.Single(next.All).Group;
        Assert.Equal(large.Members, read.Members);
        Assert.Equal(large.Description, read.Description);
    }

    [Fact]
    public async Task RowThatCannotBeRead_LeavesTheGroupAsItWas()
    {
        using var groups = Instance();
        var version = (await groups.Save(Group("a", "good"), null, Cancellation))!.Version;
        await groups.Save(Group("b", "good"), null, Cancellation);
        await Service.GetTableClient(StorageTables.AccessGroups)
            .UpsertEntityAsync(new TableEntity("group", "a") { ["Document"] = "{ \"id\": "u8.ToArray() }, TableUpdateMode.Merge, Cancellation);
        await groups.Refresh(Cancellation);
        Assert.Equal(["a good", "b good"], Said(groups));
        Assert.Equal(version, groups.Find("a")!.Version);
    }

    protected TableAccessGroups Instance() => new(Service, NullLogger<TableAccessGroups>.Instance);

    protected static AccessGroup Group(string id, string name) => new() { Id = id, Name = name, Members = ["alice"], Resources = ["pg-prod/*"], Approvers = ["bob"] };

    protected static IEnumerable<string> Said(TableAccessGroups groups) => groups.All.Select(stored => $"{stored.Group.Id} {stored.Group.Name}");
}

public sealed class AzuriteAccessGroupsTests : TableAccessGroupsTests
{
    protected override Task<TableServiceClient> Open() => TableBackends.Azurite();
}

public sealed class FakeAccessGroupsTests : TableAccessGroupsTests
{
    private readonly FakeTableService _service = new();

    protected override Task<TableServiceClient> Open() => Task.FromResult<TableServiceClient>(_service);

    [Fact]
    public async Task Seed_ThatDiedOnTheWay_IsCompleted()
    {
        using var groups = Instance();
        _service.BeforeCall = static call => call.Operation == TableOperation.Add && call.Keys[0].Row == "b" ? throw new RequestFailedException(503, "busy") : Task.CompletedTask;
        await Assert.ThrowsAsync<TransientException>(() => groups.Seed([Group("a", "file"), Group("b", "file")], Cancellation));
        _service.BeforeCall = null;
        Assert.True(await groups.Seed([Group("a", "file"), Group("b", "file")], Cancellation));
        await groups.Refresh(Cancellation);
        Assert.Equal(["a file", "b file"], Said(groups));
    }

    [Fact]
    public async Task SaveThatTheClientSendsTwice_IsSaved()
    {
        using var groups = Instance();
        _service.Repeats = static call => call.Operation is TableOperation.Update or TableOperation.Delete;
        var created = await groups.Save(Group("a", "one"), null, Cancellation);
        var replaced = await groups.Save(Group("a", "two"), created!.Version, Cancellation);
        Assert.Equal("two", replaced!.Group.Name);
    }

    [Fact]
    public async Task FailedRefresh_LeavesWhatWasRead()
    {
        using var groups = Instance();
        await groups.Save(Group("a", "one"), null, Cancellation);
        _service.BeforeCall = static _ => throw new RequestFailedException(429, "slow down");
        await Assert.ThrowsAsync<TransientException>(() => groups.Refresh(Cancellation));
        Assert.Equal(["a one"], Said(groups));
    }
}
