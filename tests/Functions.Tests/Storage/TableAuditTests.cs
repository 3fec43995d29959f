using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Audit;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

/// <summary>Audit rows: which count, which are sent, which are in checkpoints.</summary>
public sealed class TableAuditTests
{
    private static AuditEvent Event(TableStores stores, string? text = null) => new()
    {
        Type = EventTypes.Host.AuditExported,
        At = stores.Time.GetUtcNow(),
        Actor = "erin",
        Channel = nameof(Channel.SignedIn),
        Succeeded = true,
        Detail = text is null ? null : new AuditDetail { Text = text },
    };

    private static async Task<List<string>> Behind(TableStores stores)
    {
        var streams = new List<string>();
        await foreach (var stream in stores.Streams.Behind(CancellationToken.None)) streams.Add(stream);
        return streams;
    }

    [Fact]
    public async Task Rows_WrittenAheadOfTheHead_AreReadByNobody()
    {
        using var stores = await TableStores.On();
        var submitted = await stores.Send("r-1", Signals.Submit("r-1"));
        var large = Large.Of(await stores.Order("r-1", Signals.Approve("bob")), events: 220);
        var ahead = 0;
        stores.Fake.BeforeCall = call => call is { Operation: TableOperation.Transaction, Table: StorageTables.Requests } && ahead++ == 1
            ? throw TableErrors.Error(503, "ServerBusy", "ended")
            : Task.CompletedTask;
        await Assert.ThrowsAsync<TransientException>(() => stores.Save(large));
        stores.Fake.BeforeCall = null;
        Assert.True((await stores.Rows(StorageTables.Requests)).Count > 50);

        var head = submitted.State!.AuditHead!.Sequence;
        Assert.Equal(head, (await stores.Audit.Stream("r-1", CancellationToken.None)).Count);
        Assert.Equal(head, (await stores.Streams.Rows("r-1", 0, 200, CancellationToken.None)).Count);
        Assert.Equal(head, (await stores.Audit.List(new AuditFilter(), null, 500, CancellationToken.None)).Items.Count);
        await stores.AssertVerifies(submitted.State);
    }

    [Fact]
    public async Task List_OfEventsOfOneInstant_GivesTheLastFirst()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1"));
        await stores.Save(Large.Of(await stores.Order("r-1", Signals.Approve("bob")), events: 20));
        var expected = (await stores.Audit.Stream("r-1", CancellationToken.None)).Select(row => row.Sequence).Reverse();
        foreach (var filter in new[] { new AuditFilter(), new AuditFilter { RequestId = "r-1" } })
        {
            var seen = new List<long>();
            string? cursor = null;
            do
            {
                var page = await stores.Audit.List(filter, cursor, 4, CancellationToken.None);
                seen.AddRange(page.Items.Select(row => row.Sequence));
                cursor = page.Next;
            }
            while (cursor is not null);
            Assert.Equal(expected, seen);
        }
    }

    [Fact]
    public async Task Append_ManyAtOnce_ChainsEachOnce()
    {
        using var stores = await TableStores.On();
        await Task.WhenAll(Enumerable.Range(0, 30).Select(number => stores.Audit.Append(Event(stores, $"{number}"), CancellationToken.None)));
        Assert.Equal(30, (await stores.Audit.List(new AuditFilter { Actor = "erin" }, null, 100, CancellationToken.None)).Items.Count);
        await stores.AssertVerifies();
    }

    [Fact]
    public async Task Append_WhoseAnswerGotLost_IsNotDoubled()
    {
        using var stores = await TableStores.On();
        await stores.Audit.Append(Event(stores, "first"), CancellationToken.None);
        var lost = false;
        stores.Fake.AfterCall = call => call is { Operation: TableOperation.Transaction, Table: StorageTables.Requests } && !lost && (lost = true) ? throw TableErrors.Changed() : Task.CompletedTask;

        await stores.Audit.Append(Event(stores, "second"), CancellationToken.None);

        Assert.True(lost);
        Assert.Equal(2, (await stores.Audit.List(new AuditFilter(), null, 10, CancellationToken.None)).Items.Count);
    }

    [Fact]
    public async Task Append_OfALongDetail_IsKeptWhole()
    {
        using var stores = await TableStores.On();
        await stores.Audit.Append(Event(stores, new string('d', 200_000)), CancellationToken.None);
        var row = Assert.Single((await stores.Audit.List(new AuditFilter(), null, 10, CancellationToken.None)).Items);
        Assert.True(row.Detail!.Length > 200_000);
        await stores.AssertVerifies();
    }

    [Fact]
    public async Task Delivery_SendsEveryStreamThatIsBehind_OnceEach()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1"));
        await stores.Audit.Append(Event(stores), CancellationToken.None);
        var behind = await Behind(stores);
        Assert.Equal(2, behind.Count);
        var streamer = new AuditStreamer(stores.Streams, [stores.Hub], NullLogger<AuditStreamer>.Instance);

        foreach (var stream in behind) await streamer.Deliver(stream, CancellationToken.None);

        Assert.Empty(await Behind(stores));
        Assert.Equal(await stores.Audit.Export(CancellationToken.None).CountAsync(), stores.Hub.Taken.Count);
        await stores.Send("r-1", Signals.Approve("bob"));
        Assert.Equal(["r-1"], await Behind(stores));
        await streamer.Deliver("r-1", CancellationToken.None);
        Assert.Equal((await stores.Audit.Stream("r-1", CancellationToken.None)).Select(row => row.Sequence), stores.Hub.Taken.Where(row => row.Stream == "r-1").Select(row => row.Sequence));
    }

    [Fact]
    public async Task Stream_IsBehind_UntilTheLastSinkHasCaughtUp()
    {
        using var stores = await TableStores.On();
        var other = new RecordingSink("siem") { Down = true };
        IAuditSink[] sinks = [stores.Hub, other];
        var streams = new TableAuditStreams(stores.Service, sinks, stores.Time);
        await stores.Send("r-1", Signals.Submit("r-1"));
        var streamer = new AuditStreamer(streams, sinks, NullLogger<AuditStreamer>.Instance);

        await Assert.ThrowsAsync<TransientException>(() => streamer.Deliver("r-1", CancellationToken.None));
        Assert.Equal(["r-1"], await Behind(stores));

        other.Down = false;
        await streamer.Deliver("r-1", CancellationToken.None);
        Assert.Empty(await Behind(stores));
    }

    [Fact]
    public async Task Waiting_CountsWhatASinkHasNotTaken_AndSaysSinceWhen()
    {
        using var stores = await TableStores.On();
        Assert.Equal(new AuditBacklog(0, null), await stores.Streams.Waiting("hub", "r-1", CancellationToken.None));
        await stores.Send("r-1", Signals.Submit("r-1"));
        var first = stores.Time.GetUtcNow();
        stores.Time.Advance(TimeSpan.FromMinutes(1));
        await stores.Send("r-1", Signals.Approve("bob"));
        var head = (await stores.Find("r-1"))!.AuditHead!.Sequence;
        Assert.Equal(new AuditBacklog(head, first), await stores.Streams.Waiting("hub", "r-1", CancellationToken.None));

        _ = await stores.Streams.Advance("hub", "r-1", new StreamCursor(0, null), head - 1, CancellationToken.None);
        Assert.Equal(new AuditBacklog(1, stores.Time.GetUtcNow()), await stores.Streams.Waiting("hub", "r-1", CancellationToken.None));
        Assert.Equal(head, (await stores.Streams.Waiting("siem", "r-1", CancellationToken.None)).Rows);
    }

    [Fact]
    public async Task Stream_IsNamedAsBehind_BeforeItsRowsAreWritten_AndForgottenWhereTheyNeverCome()
    {
        using var stores = await TableStores.On();
        var order = await stores.Order("r-1", Signals.Submit("r-1"));
        stores.Fake.BeforeCall = call => call is { Operation: TableOperation.Transaction, Table: StorageTables.Requests } ? throw TableErrors.Error(503, "ServerBusy", "ended") : Task.CompletedTask;
        await Assert.ThrowsAsync<TransientException>(() => stores.Save(order));
        stores.Fake.BeforeCall = null;
        var streamer = new AuditStreamer(stores.Streams, [stores.Hub], NullLogger<AuditStreamer>.Instance);

        await streamer.Deliver("r-1", CancellationToken.None);
        Assert.Equal(["r-1"], await Behind(stores));

        stores.Time.Advance(TimeSpan.FromHours(2));
        await streamer.Deliver("r-1", CancellationToken.None);
        Assert.Empty(await Behind(stores));
        Assert.Null(await stores.Audit.MakeCheckpoint(CancellationToken.None));
        Assert.Empty(await stores.Rows(StorageTables.AuditMarkers));
    }

    [Fact]
    public async Task Cursor_MovedByAnotherMeanwhile_IsTheirs()
    {
        using var stores = await TableStores.On();
        var start = await stores.Streams.Cursor("hub", "r-1", CancellationToken.None);
        Assert.Equal(0, start.Sequence);
        var moved = await stores.Streams.Advance("hub", "r-1", start, 2, CancellationToken.None);
        Assert.Equal(2, moved!.Sequence);
        Assert.Null(await stores.Streams.Advance("hub", "r-1", start, 2, CancellationToken.None));
        Assert.Equal(5, (await stores.Streams.Advance("hub", "r-1", moved, 5, CancellationToken.None))!.Sequence);
        Assert.Null(await stores.Streams.Advance("hub", "r-1", moved, 6, CancellationToken.None));
        Assert.Equal(0, (await stores.Streams.Cursor("siem", "r-1", CancellationToken.None)).Sequence);
    }

    [Fact]
    public async Task Checkpoints_MadeByTwoProcessesAtOnce_CoverEachHeadOnce()
    {
        using var stores = await TableStores.On();
        foreach (var round in Enumerable.Range(0, 5))
        {
            await stores.Send($"r-{round}", Signals.Submit($"r-{round}"));
            await Task.WhenAll(stores.Audit.MakeCheckpoint(CancellationToken.None), stores.Audit.MakeCheckpoint(CancellationToken.None));
        }

        Assert.Equal(5, (await stores.Audit.Checkpoints(CancellationToken.None)).Count);
        await stores.AssertVerifies();
    }

    [Fact]
    public async Task CheckpointsAfterANumber_AreReadPieceByPiece_OldestFirst()
    {
        using var stores = await TableStores.On();
        for (var number = 1; number <= 12; number++)
        {
            await stores.Send($"r-{number}", Signals.Submit($"r-{number}"));
            Assert.Equal(number, (await stores.Audit.MakeCheckpoint(CancellationToken.None))!.Number);
        }

        Assert.Equal(Enumerable.Range(1, 12).Select(number => (long)number), await Numbers(0));
        Assert.Equal([3, 4, 5, 6, 7, 8, 9, 10, 11, 12], await Numbers(2));
        Assert.Equal([12], await Numbers(11));
        Assert.Empty(await Numbers(12));

        // One page for the newest number, one for the first piece: nobody reads on who stops.
        var before = stores.Fake.Count(TableOperation.Query, StorageTables.AuditCheckpoints);
        Assert.Equal(1, (await stores.Audit.CheckpointsAfter(0, CancellationToken.None).FirstAsync()).Number);
        Assert.Equal(before + 2, stores.Fake.Count(TableOperation.Query, StorageTables.AuditCheckpoints));

        async Task<List<long>> Numbers(long after) => await stores.Audit.CheckpointsAfter(after, CancellationToken.None).Select(made => made.Number).ToListAsync();
    }

    [Fact]
    public async Task Checkpoint_DoesNotRepeatAHead_WhereWhatWasAnnouncedNeverCame()
    {
        using var stores = await TableStores.On();
        await stores.Send("r-1", Signals.Submit("r-1"));
        Assert.NotNull(await stores.Audit.MakeCheckpoint(CancellationToken.None));
        var order = await stores.Order("r-1", Signals.Approve("bob"));
        stores.Fake.BeforeCall = call => call is { Operation: TableOperation.Transaction, Table: StorageTables.Requests } ? throw TableErrors.Error(500, "InternalError", "ended") : Task.CompletedTask;
        await Assert.ThrowsAsync<TransientException>(() => stores.Save(order));
        stores.Fake.BeforeCall = null;

        Assert.Null(await stores.Audit.MakeCheckpoint(CancellationToken.None));
        await stores.Save(order);
        Assert.Equal(["r-1"], (await stores.Audit.MakeCheckpoint(CancellationToken.None))!.Heads.Select(head => head.Stream));
        await stores.AssertVerifies();
    }

    [Fact]
    public async Task UnsettledSignals_AreKeptOnce_UntilTheyAreRemoved()
    {
        using var stores = await TableStores.On();
        var unsettled = new TableUnsettledSignals(stores.Service);
        var (first, second) = (Signals.Approve("bob"), Signals.Submit("r-2"));
        await unsettled.Add("r-1", first, CancellationToken.None);
        await unsettled.Add("r-1", first, CancellationToken.None);
        await unsettled.Add("r-2", second, CancellationToken.None);

        var kept = await unsettled.All(CancellationToken.None).ToListAsync();
        Assert.Equal(["r-1", "r-2"], kept.Select(one => one.RequestId).Order(StringComparer.Ordinal));
        Assert.Equivalent(first, kept.Single(one => one.RequestId == "r-1").Signal, strict: true);

        await unsettled.Remove("r-1", first, CancellationToken.None);
        await unsettled.Remove("r-1", first, CancellationToken.None);
        Assert.Equal(["r-2"], (await unsettled.All(CancellationToken.None).ToListAsync()).Select(one => one.RequestId));
    }

    [Fact]
    public async Task UnsettledSignal_RemembersItsTries_AndIsNotBroughtBackByOne()
    {
        using var stores = await TableStores.On();
        var unsettled = new TableUnsettledSignals(stores.Service);
        var signal = Signals.Approve("bob");
        await unsettled.Add("r-1", signal, CancellationToken.None);
        var (first, second) = (stores.Time.GetUtcNow(), stores.Time.GetUtcNow().AddMinutes(1));
        foreach (var at in new[] { first, second }) await unsettled.Tried(await One(), at, CancellationToken.None);
        var kept = await One();
        Assert.Equal((2, first, second), (kept.Tries, kept.FirstTry, kept.LastTry));
        Assert.Equivalent(signal, kept.Signal, strict: true);

        await unsettled.Remove("r-1", signal, CancellationToken.None);
        await unsettled.Tried(kept, second, CancellationToken.None);
        Assert.Empty(await unsettled.All(CancellationToken.None).ToListAsync());

        async Task<UnsettledSignal> One() => Assert.Single(await unsettled.All(CancellationToken.None).ToListAsync());
    }

    [Theory]
    [InlineData(0, true), InlineData(408, true), InlineData(429, true), InlineData(500, true), InlineData(503, true), InlineData(400, false), InlineData(403, true)]
    public async Task Failure_OfTheService_IsTransient_WhereItPassesByItself(int status, bool passes)
    {
        using var stores = await TableStores.On();
        stores.Fake.BeforeCall = _ => throw TableErrors.Error(status, "Code", "no");
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => stores.Requests.Find("r-1", CancellationToken.None));
        Assert.Equal(passes, failure is TransientException);
        Assert.Equal(passes, await Assert.ThrowsAnyAsync<Exception>(() => stores.Audit.Export(CancellationToken.None).CountAsync().AsTask()) is TransientException);
    }
}
