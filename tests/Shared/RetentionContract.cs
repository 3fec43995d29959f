using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Retention;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Tests.Shared;

/// <summary>What a host's store promises of keeping times: what may go goes and leaves its hashes, the rest stays.</summary>
public abstract class RetentionContract
{
    private static readonly RetentionRules AYear = new(Requests: TimeSpan.FromDays(365), Events: TimeSpan.FromDays(365));
    private static readonly Caller Dave = Called("dave", Roles.Admin);

    protected abstract IRequestWorkflow Workflow { get; }
    protected abstract IRequestReader Reader { get; }
    protected abstract IAuditLog Audit { get; }
    protected abstract IRetentionStore Retention { get; }
    protected abstract ILegalHolds Holds { get; }
    protected abstract HostStream Host { get; }
    protected abstract ManualTimeProvider Time { get; }

    /// <summary>False where the store cannot tell whether a notice waits to be sent.</summary>
    protected virtual bool KnowsOfNotices => true;

    /// <summary>The sink has taken everything.</summary>
    protected abstract Task Deliver();

    /// <summary>The notices of a request were sent.</summary>
    protected abstract Task SendNotices(string request);

    /// <summary>Changes the stored bytes of a stream's first event.</summary>
    protected abstract Task Damage(string stream);

    [Fact]
    public async Task FinishedRequest_PastItsTime_IsPurged_AndTheTrailStillVerifies()
    {
        await Denied("r-1");
        await Denied("r-2", signed: "bob");
        await Checkpointed();
        Time.Advance(TimeSpan.FromDays(200));
        await Denied("r-3");
        Time.Advance(TimeSpan.FromDays(200));
        await Denied("r-later");
        await Checkpointed();
        var head = (await Reader.Find("r-1", default))!.AuditHead!;

        var run = await Run(AYear);
        Assert.Equal((2, 0, true), (run.Requests, run.Pseudonymised, run.Complete));
        Assert.Null(await Reader.Find("r-1", default));
        Assert.NotNull(await Reader.Find("r-3", default));
        Assert.Equal(["r-later", "r-3"], (await Reader.List(new RequestFilter(), null, 10, default)).Items.Select(static request => request.Id));
        Assert.Empty(await Audit.Stream("r-1", default));
        Assert.DoesNotContain((await Audit.List(new AuditFilter { RequestId = "r-1" }, null, 50, default)).Items, static row => row.Stream == "r-1");
        var tombstone = await Audit.Tombstones(default).SingleAsync(static one => one.Stream == "r-1");
        Assert.Equal(head, tombstone.Head());
        var told = AuditBody.Read(Assert.Single((await Audit.List(new AuditFilter { RequestId = "r-1", Type = EventTypes.Host.Purged }, null, 50, default)).Items)).Event;
        Assert.Equal((SystemActors.Retention, "stream/r-1", "r-1"), (told.Actor, told.Resource, told.RequestId));

        var report = await Verify();
        Assert.True(report.Sound, report.ToText());
        Assert.Equal(2 + run.EventStreams, report.Purged);
        Assert.Equal((0, 0), Counts(await Run(AYear)));
    }

    [Fact]
    public async Task PurgedRequest_CannotBeMadeASecondTime()
    {
        await Denied("r-1");
        await Later();
        Assert.Equal(1, (await Run(AYear)).Requests);
        var again = await Workflow.Signal("r-1", Signals.Submit("r-1"), default);
        Assert.Equal((null, RefusalReason.AlreadySubmitted), (again.State, again.Refusal?.Reason));
        Assert.Equal(RefusalReason.NotFound, (await Workflow.Signal("r-1", Signals.Deny("bob"), default)).Refusal?.Reason);
        Assert.True((await Verify()).Sound);
    }

    [Fact]
    public async Task WhatMayNotGo_IsKept_UntilItMay()
    {
        await Workflow.Signal("r-open", Signals.Submit("r-open"), default);
        await Denied("r-held");
        if (KnowsOfNotices) await Denied("r-waits", send: false);
        await Denied("r-damaged");
        await Damage("r-damaged");
        await Later();
        Assert.True(await Holds.Place(new LegalHold("r-held", "case 7", "erin", Time.GetUtcNow()), default));

        var run = await Run(AYear);
        Assert.Equal(0, run.Requests);
        Assert.Equal(1, run.Kept.GetValueOrDefault(KeptFor.Damaged));
        foreach (var id in (string[])["r-open", "r-held", "r-damaged", .. KnowsOfNotices ? ["r-waits"] : (string[])[]]) Assert.NotNull(await Reader.Find(id, default));

        Assert.True(await Holds.Lift("r-held", default));
        await SendNotices("r-waits");
        Assert.Equal(KnowsOfNotices ? 2 : 1, (await Run(AYear)).Requests);
        Assert.Null(await Reader.Find("r-held", default));
        Assert.Null(await Reader.Find("r-waits", default));
    }

    [Fact]
    public async Task WhatNoCheckpointCovers_OrASinkHasNotTaken_IsKept()
    {
        await Denied("r-1");
        Time.Advance(TimeSpan.FromDays(400));
        await Denied("r-later");
        await Audit.MakeCheckpoint(default);
        Assert.Equal(1, (await Run(AYear)).Kept.GetValueOrDefault(KeptFor.NotDelivered));

        await Deliver();
        Assert.Equal(1, (await Run(AYear)).Requests);
        await Denied("r-2");
        Time.Advance(TimeSpan.FromDays(400));
        await Denied("r-last");
        await Deliver();
        Assert.True((await Run(AYear)).Kept.GetValueOrDefault(KeptFor.NotCheckpointed) >= 1);
        Assert.NotNull(await Reader.Find("r-2", default));
        await Checkpointed();
        Assert.True((await Run(AYear)).Requests >= 1);
        Assert.Null(await Reader.Find("r-2", default));
        Assert.True((await Verify()).Sound);
    }

    [Fact]
    public async Task HoldPlacedAfterTheLook_StopsThePurge()
    {
        await Denied("r-1");
        await Later();
        var looked = (await Retention.Look("r-1", default))!;
        Assert.Null(Domain.Audit.Retention.HindersPurge(looked, Time.GetUtcNow()));
        await Holds.Place(new LegalHold("r-1", "case 7", "erin", Time.GetUtcNow()), default);

        var tombstone = Tombstone.Of("r-1", looked.Hashes, Time.GetUtcNow(), Host.RetentionAt(Time.GetUtcNow()));
        Assert.False(await Retention.Purge(looked, tombstone, tombstone.Record("r-1", looked.NewestAt), default));
        Assert.NotNull(await Reader.Find("r-1", default));
        Assert.Empty(await Audit.Tombstones(default).ToListAsync());
        Assert.Equal(KeptFor.LegalHold, Domain.Audit.Retention.HindersPurge((await Retention.Look("r-1", default))!, Time.GetUtcNow()));
    }

    [Fact]
    public async Task HoldPlacedAfterTheLook_KeepsTheDaysOfHostsThatTellOfIt()
    {
        await Denied("r-1");
        await Append("mallory", EventTypes.Host.CallRefused, "r-1");
        var day = Host.At(Time.GetUtcNow());
        await Later();
        var looked = (await Retention.Look(day, default))!;
        Assert.Null(Domain.Audit.Retention.HindersPurge(looked, Time.GetUtcNow()));
        await Holds.Place(new LegalHold("r-1", "case 7", "erin", Time.GetUtcNow()), default);
        var tombstone = Tombstone.Of(day, looked.Hashes, Time.GetUtcNow(), Host.RetentionAt(Time.GetUtcNow()));
        Assert.False(await Retention.Purge(looked, tombstone, tombstone.Record(null, looked.NewestAt), default));
        Assert.Single(await Audit.Stream(day, default));
        Assert.Empty((await Audit.List(new AuditFilter { Type = EventTypes.Host.Purged }, null, 5, default)).Items);
    }

    [Fact]
    public async Task DaysOfHosts_GoTheSameWay_ButForThePurgesThemselves()
    {
        await Append("erin", EventTypes.Host.AuditExported);
        Time.Advance(TimeSpan.FromDays(1));
        await Append("mallory", EventTypes.Host.CallRefused, "r-held");
        await Denied("r-held");
        await Holds.Place(new LegalHold("r-held", "case 7", "erin", Time.GetUtcNow()), default);
        await Later();

        var first = await Run(AYear);
        Assert.Equal(1, first.EventStreams);
        Assert.True(first.Kept.GetValueOrDefault(KeptFor.LegalHold) >= 1);
        Assert.Empty((await Audit.List(new AuditFilter { Actor = "erin" }, null, 50, default)).Items);
        Assert.Single((await Audit.List(new AuditFilter { Actor = "mallory" }, null, 50, default)).Items);

        Time.Advance(TimeSpan.FromDays(4000));
        await Denied("r-newest");
        await Checkpointed();
        _ = await Run(AYear);
        Assert.Contains(EventTypes.Host.Purged, (await Audit.List(new AuditFilter { Type = EventTypes.Host.Purged }, null, 50, default)).Items.Select(static row => AuditBody.Read(row).Event.Type));
        var report = await Verify();
        Assert.True(report.Sound, report.ToText());
    }

    [Fact]
    public async Task PersonalData_GoesEarlier_AndWhatWasDecidedStays()
    {
        await Denied("r-1", comment: "she is on leave, call +49 30 1234");
        await Append("bob", EventTypes.Host.AuditExported, text: "from home");
        await Later();
        var rules = new RetentionRules(PersonalData: TimeSpan.FromDays(90));
        var heads = (await Audit.Stream("r-1", default)).Select(static row => row.Hash).ToList();

        var run = await Run(rules);
        Assert.True(run.Pseudonymised >= 2);
        var rows = await Audit.Stream("r-1", default);
        Assert.Equal(heads, rows.Select(static row => row.Hash));
        Assert.All(rows, static row => Assert.True(row is { Detail: null, Salt: null }));
        var state = (await Reader.Find("r-1", default))!;
        Assert.Equal((Phase.Denied, "alice", Pseudonymisation.Removed), (state.Phase, state.Requester, state.Justification));
        Assert.Equal(("bob", Verdict.Deny, Pseudonymisation.Removed), (state.Reviews[0].By, state.Reviews[0].Verdict, state.Reviews[0].Comment));
        Assert.NotNull(state.PseudonymisedAt);
        Assert.Null(AuditBody.Read(Assert.Single((await Audit.List(new AuditFilter { Actor = "bob", Type = EventTypes.Host.AuditExported }, null, 5, default)).Items)).Event.Detail);
        Assert.True((await Verify()).Sound);
        Assert.Equal(0, (await Run(rules)).Pseudonymised);

        // A refused try afterwards brings text in again, which goes with the next run.
        await Workflow.Signal("r-1", Signals.Approve("bob") with { Comment = "too late" }, default);
        await Deliver();
        Assert.Equal(1, (await Run(rules)).Pseudonymised);
        Assert.All(await Audit.Stream("r-1", default), static row => Assert.Null(row.Detail));
        Assert.True((await Verify()).Sound);
    }

    [Fact]
    public async Task TheNewestRequestsWords_GoToo()
    {
        await Denied("r-1");
        await Deliver();
        Time.Advance(TimeSpan.FromDays(100));
        Assert.Equal(1, (await Run(new RetentionRules(PersonalData: TimeSpan.FromDays(90)))).Pseudonymised);
        Assert.NotNull((await Reader.Find("r-1", default))!.PseudonymisedAt);
    }

    [Fact]
    public async Task OnePersonsData_GoesAtOnce_AndNobodyElses()
    {
        await Denied("r-1", comment: "bob's words");
        await Workflow.Signal("r-2", Signals.Submit("r-2", by: "ann"), default);
        await Workflow.Signal("r-2", Signals.Deny("bob") with { Comment = "bob's words" }, default);
        await SendNotices("r-2");
        await Workflow.Signal("r-open", Signals.Submit("r-open"), default);
        await Append("alice", EventTypes.Host.CallRefused, text: "alice's words");
        await Deliver();

        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await Keeper(new RetentionRules()).Pseudonymise(Called("erin", Roles.Auditor), "alice", TimeSpan.FromMinutes(1), default));
        var done = (await Keeper(new RetentionRules()).Pseudonymise(Dave, "alice", TimeSpan.FromMinutes(1), default))!;
        Assert.Equal((2, true), (done.Streams, done.Complete));
        Assert.Equal([new KeptStream("r-open", KeptFor.Unfinished)], done.Kept);
        Assert.All(await Audit.Stream("r-1", default), static row => Assert.Null(row.Detail));
        Assert.Contains(await Audit.Stream("r-2", default), static row => row.Detail is not null);
        Assert.Contains(await Audit.Stream("r-open", default), static row => row.Detail is not null);
        Assert.Equal(Signals.Ask.Justification, (await Reader.Find("r-2", default))!.Justification);

        Assert.Equal(["r-open"], await Retention.Of("alice", default).ToListAsync());
        _ = await Keeper(new RetentionRules()).Pseudonymise(Dave, "bob", TimeSpan.FromMinutes(1), default);
        var second = (await Reader.Find("r-2", default))!;
        Assert.Equal((Signals.Ask.Justification, Pseudonymisation.Removed, null), (second.Justification, second.Reviews[0].Comment, second.PseudonymisedAt));
        Assert.All((await Audit.Stream("r-2", default)).Where(static row => AuditBody.Read(row).Event.Actor == "bob"), static row => Assert.Null(row.Detail));
        Assert.Contains(await Audit.Stream("r-2", default), static row => AuditBody.Read(row).Event is { Actor: "ann", Detail: not null });
        var records = (await Audit.List(new AuditFilter { Type = EventTypes.Host.Pseudonymised }, null, 50, default)).Items.Select(static row => AuditBody.Read(row).Event).ToList();
        Assert.All(records, static record => Assert.Equal("dave", record.Actor));
        Assert.Contains(records, static record => record.RequestId == "r-2");
        Assert.True((await Verify()).Sound);
    }

    [Fact]
    public async Task Holds_AreListed_ReplacedAndLifted()
    {
        await Denied("r-1");
        var at = Time.GetUtcNow();
        Assert.False(await Holds.Place(new LegalHold("r-none", "x", "erin", at), default));
        Assert.True(await Holds.Place(new LegalHold("r-1", "case 7", "erin", at), default));
        Assert.True(await Holds.Place(new LegalHold("r-1", "case 8", "dave", at.AddDays(1)), default));
        Assert.Equal([new LegalHold("r-1", "case 8", "dave", at.AddDays(1))], await Holds.All(default));
        Assert.Equal("case 8", (await Holds.Find("r-1", default))?.Reason);
        Assert.True(await Holds.Lift("r-1", default));
        Assert.False(await Holds.Lift("r-1", default));
        Assert.Null(await Holds.Find("r-1", default));
        Assert.Empty(await Holds.All(default));
    }

    [Fact]
    public async Task LastRun_IsKept()
    {
        Assert.Null(await Retention.LastRun(default));
        var run = new RetentionRun(Time.GetUtcNow(), 1, 2, 3, new Dictionary<KeptFor, int> { [KeptFor.NotDelivered] = 4 }, Complete: false);
        await Retention.Save(run, default);
        Assert.Equivalent(run, await Retention.LastRun(default), strict: true);
    }

    private static Caller Called(string id, string role) => new(new Person { Id = id, Name = id, Roles = [role] }, Channel.SignedIn, "192.0.2.9");

    private static (int, int) Counts(RetentionRun run) => (run.Requests, run.EventStreams);

    private RetentionKeeper Keeper(RetentionRules rules) => new(Retention, Host, rules, Time, NullLogger<RetentionKeeper>.Instance);

    private Task<RetentionRun> Run(RetentionRules rules) => Keeper(rules).RunOnce(TimeSpan.FromMinutes(10), default);

    private async Task Denied(string id, string signed = "bob", string comment = "no", bool send = true)
    {
        await Workflow.Signal(id, Signals.Submit(id), default);
        await Workflow.Signal(id, Signals.Deny(signed) with { Comment = comment }, default);
        if (send) await SendNotices(id);
    }

    /// <summary>A good year later, with everything covered and taken.</summary>
    private async Task Later()
    {
        Time.Advance(TimeSpan.FromDays(400));
        await Denied("r-later");
        await Checkpointed();
    }

    private async Task Checkpointed()
    {
        await Audit.MakeCheckpoint(default);
        await Deliver();
    }

    private Task Append(string actor, string type, string? request = null, string? text = null) => Audit.Append(
        new AuditEvent
        {
            Type = type,
            At = Time.GetUtcNow(),
            Actor = actor,
            Channel = nameof(Channel.SignedIn),
            Succeeded = true,
            RequestId = request,
            Detail = text is null ? null : new AuditDetail { Text = text },
        },
        default);

    private async Task<AuditReport> Verify()
    {
        var checkpoints = await Audit.Checkpoints(default);
        using var export = new MemoryStream();
        await AuditExport.Write(export, checkpoints, AuditTrail.Read(Audit, default), default);
        export.Position = 0;
        var live = await AuditVerifier.Verify(AuditTrail.Read(Audit, default), checkpoints);
        var exported = await AuditVerifier.VerifyExport(export);
        Assert.Equal(live.ToText(), exported.ToText());
        return live;
    }
}
