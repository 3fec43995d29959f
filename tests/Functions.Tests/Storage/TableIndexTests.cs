using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Tests.Shared;
using Azure.Data.Tables;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

/// <summary>Index rows are hints: lists are right whatever they say, and those that lie are put right.</summary>
public sealed class TableIndexTests
{
    private static async Task<List<string>> Ids(TableStores stores, RequestFilter filter) =>
        [.. (await stores.Reader.List(filter, null, 50, CancellationToken.None)).Items.Select(request => request.Id)];

    [Fact]
    public async Task Row_OfSomethingThatIsNoLongerSo_IsPassedOver_AndRemoved()
    {
        using var stores = await TableStores.On();
        var submitted = await stores.Send("r-1", Signals.Submit("r-1"));
        await stores.Send("r-1", Signals.Approve("bob"));
        var index = stores.Service.GetTableClient(StorageTables.RequestIndex);
        var stale = RequestIndexRows.Of(submitted.State).Single(row => row.Partition == RequestIndexRows.ToReview("ben"));
        await index.AddEntityAsync(stale.Entity(1), CancellationToken.None);

        Assert.Empty(await Ids(stores, new RequestFilter { ToReview = ["ben"] }));

        await stores.AssertIndexed("r-1");
    }

    [Fact]
    public async Task Row_WithOldColumns_IsPutRight()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1"));
        var denied = await stores.Send("r-1", Signals.Deny("bob"));
        var index = stores.Service.GetTableClient(StorageTables.RequestIndex);
        var right = RequestIndexRows.Of(denied.State).Single(row => row.Partition == RequestIndexRows.Requester("alice"));
        await index.UpsertEntityAsync((right with { Says = right.Says with { Phase = "Open", Status = "Open" } }).Entity(1), TableUpdateMode.Replace);

        Assert.Empty(await Ids(stores, new RequestFilter { Requester = "alice", Status = Status.Open }));
        Assert.Equal(["r-1"], await Ids(stores, new RequestFilter { Requester = "alice", Status = Status.Denied }));
        await stores.AssertIndexed("r-1");
    }

    [Fact]
    public async Task Row_OfARequestThatIsNotThere_IsRemoved()
    {
        using var stores = await TableStores.On();
        var never = (await stores.Order("r-9", Signals.Submit("r-9"))).State;
        var row = RequestIndexRows.Of(never).Single(row => row.Partition == RequestIndexRows.Requester("alice"));
        await stores.Service.GetTableClient(StorageTables.RequestIndex).AddEntityAsync(row.Entity(4));

        Assert.Empty(await Ids(stores, new RequestFilter { Requester = "alice" }));

        Assert.Empty(await stores.Rows(StorageTables.RequestIndex));
    }

    [Fact]
    public async Task Row_ThatANewerSaveWrote_IsNotTouchedByAnOlderOne()
    {
        using var stores = await TableStores.On();
        var table = new RequestIndexTable(stores.Service);
        var first = (await stores.Send("r-1", Signals.Submit("r-1"))).State!;
        var second = (await stores.Send("r-1", Signals.Approve("bob"))).State!;
        var rows = await stores.Rows(StorageTables.RequestIndex, "Sequence");

        // Late runs of the first save: one that sees what is stored now, one that read before it was.
        await table.Update(null, first, second, CancellationToken.None);
        Assert.Equal(rows, await stores.Rows(StorageTables.RequestIndex, "Sequence"));
        await table.Update(second, first, first, CancellationToken.None);
        Assert.Equal(rows["review:carol | " + RequestIndexRows.Key(first)], (await stores.Rows(StorageTables.RequestIndex, "Sequence"))["review:carol | " + RequestIndexRows.Key(first)]);

        foreach (var decided in new[] { "bob", "ben" }) Assert.Empty(await Ids(stores, new RequestFilter { ToReview = [decided] }));
        Assert.Equal(["r-1"], await Ids(stores, new RequestFilter { ToReview = ["carol"] }));
        await stores.AssertIndexed("r-1");
    }

    [Fact]
    public async Task List_OfManyRequestsOfOneInstant_GivesEachOnce()
    {
        using var stores = await TableStores.On();
        string[] ids = [.. Enumerable.Range(1, 30).Select(number => $"r-{number:D2}")];
        foreach (var id in ids) await stores.Send(id, Signals.Submit(id));
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await stores.Reader.List(new RequestFilter { Status = Status.Open }, cursor, 7, CancellationToken.None);
            seen.AddRange(page.Items.Select(request => request.Id));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(ids, seen.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("nonsense"), InlineData(""), InlineData("MTIz"), InlineData("ICAgICAgICAgICAgICAgICAgICAgIQ"), InlineData("' or PartitionKey ne '")]
    public async Task List_WithACursorThatIsNotOurs_SaysSo(string cursor)
    {
        using var stores = await TableStores.On();
        await Assert.ThrowsAsync<FormatException>(() => stores.Reader.List(new RequestFilter(), cursor, 5, CancellationToken.None));
        await Assert.ThrowsAsync<FormatException>(() => stores.Audit.List(new AuditFilter(), cursor, 5, CancellationToken.None));
    }

    [Theory]
    [InlineData("o'neill"), InlineData("a/b\\c#d?e"), InlineData("ü ∆ \t"), InlineData("=002f")]
    public async Task Keys_HoldAnyName(string person)
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1", by: person));
        await stores.Send("r-2", Signals.Submit("r-2"));
        Assert.Equal(["r-1"], await Ids(stores, new RequestFilter { Requester = person }));
        Assert.Equal(["r-1"], await Ids(stores, new RequestFilter { VisibleTo = person }));
        Assert.Single((await stores.Audit.List(new AuditFilter { Actor = person, RequestId = "r-1" }, null, 5, CancellationToken.None)).Items);
    }

    [Fact]
    public async Task Unfinished_SinceTheNewest_HasWhatAnotherProcessStampedByASlowClock()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1"));
        var place = await stores.Reader.Newest(CancellationToken.None);
        // Another process, whose clock is behind.
        stores.Time.SetUtcNow(stores.Time.GetUtcNow() - TimeSpan.FromMinutes(5));
        await stores.Send("r-2", Signals.Submit("r-2"));

        var since = new List<string>();
        await foreach (var id in stores.Reader.Unfinished(place, CancellationToken.None)) since.Add(id);

        Assert.Contains("r-2", since);
    }
}
