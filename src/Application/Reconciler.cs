using System.Collections.Concurrent;
using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Application;

/// <summary>How platform and ledger differ.</summary>
public enum Drift
{
    /// <summary>A request is active and its access is no longer there; nobody took it through here.</summary>
    Vanished,

    /// <summary>Access that had been proven gone is there again; nobody gave it through here.</summary>
    Unexpected,

    /// <summary>Access that is asked for here, and that no grant of ours explains.</summary>
    Ungranted,
}

/// <summary>One difference.</summary>
/// <param name="Evidence">What the platform was found to say. No secrets.</param>
public sealed record DriftFinding(Drift Drift, string RequestId, string GrantId, string Resource, string Evidence);

/// <summary>
/// Compares what platforms say with what requests and the ledger say (design, section 8). Each difference is audited once while it lasts, and kept
/// for those who oversee. Looked at are grants of active requests; grants of requests closed within <see cref="LooksBack"/>, which are removed again
/// where they are back (<see cref="AccessReturned"/>); and, where a platform was ingested, access that no grant explains (<see cref="UngrantedAccess"/>). Credentials are left out: whether an old password still works says nothing
/// of who may use the present one, and an adapter's look at one may forget it.
/// </summary>
public sealed partial class Reconciler(
    IPlatforms platforms, IGrantLedger ledger, IRequestReader requests, IRequestWorkflow workflow, IAuditLog audit, IReconcileMemory memory, UngrantedReports ungranted, TimeProvider time, ILogger<Reconciler> logger)
{
    /// <summary>Platforms looked at side by side; on each, one look at a time.</summary>
    private const int Concurrency = 8;

    /// <summary>After so many failed looks in a row the rest of the platform waits for the next run, which goes on behind them.</summary>
    private const int MostFailures = 3;

    /// <summary>Looks that were abandoned at their time-out and have not ended yet, by platform.</summary>
    private readonly ConcurrentDictionary<string, Task> _abandoned = new(StringComparer.Ordinal);

    /// <summary>How long after a request closed its access is still looked for.</summary>
    public static TimeSpan LooksBack { get; } = TimeSpan.FromDays(7);

    /// <summary>Looks at everything once. Not to be called again before it returned.</summary>
    /// <returns>Every difference found, those audited by an earlier run too. What could not be looked at is in the log alone.</returns>
    public Task<IReadOnlyList<DriftFinding>> RunOnce(CancellationToken cancellation) => RunOnce(Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>The same for so long. Where a platform could not be finished, the next run goes on behind the last grant that was looked at.</summary>
    /// <param name="budget">For how long looks are begun, from when the grants were listed; <see cref="Timeout.InfiniteTimeSpan"/>: until all were made.</param>
    /// <param name="cancellation">Ends the run with an exception.</param>
    /// <returns>Every difference found by this run.</returns>
    public async Task<IReadOnlyList<DriftFinding>> RunOnce(TimeSpan budget, CancellationToken cancellation)
    {
        var candidates = await Candidates(cancellation);
        var lanes = candidates.Values.GroupBy(candidate => candidate.Order.Platform, StringComparer.Ordinal).ToList();
        var left = await memory.Load(cancellation);
        var began = time.GetUtcNow();
        var run = new Run(new(left.Reported.Keys.Select(key => KeyValuePair.Create(key, true)), StringComparer.Ordinal), began, budget == Timeout.InfiniteTimeSpan ? null : began + budget, []);
        foreach (var (key, known) in left.Reported.Where(pair => !candidates.ContainsKey(pair.Key)))
        {
            if (!await Lasts(known, cancellation)) await Forget(key, run, cancellation);
        }

        foreach (var platform in left.Places.Keys.Except(lanes.Select(lane => lane.Key), StringComparer.Ordinal)) await memory.SavePlace(platform, null, cancellation);

        // Who waits longest goes first, so that no platform waits for ever behind slow ones.
        var order = lanes.OrderBy(lane => left.Places.GetValueOrDefault(lane.Key)?.At ?? DateTimeOffset.MaxValue);
        await Parallel.ForEachAsync(order, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation },
            async (lane, token) => await GoOn(lane.Key, lane, left, run, token));
        foreach (var idle in platforms.All.Select(platform => platform.Name).Except(lanes.Select(lane => lane.Key), StringComparer.Ordinal))
            await memory.SaveResult(idle, await ungranted.Report(left, idle, new ReconcileResult(time.GetUtcNow(), 0, 0, 0, 0), cancellation), cancellation);
        return [.. run.Found.OrderBy(finding => finding.GrantId, StringComparer.Ordinal)];
    }

    /// <summary>Whether a difference may last that no grant stands for now: access that is being removed, and what the facts of a platform tell.</summary>
    private async Task<bool> Lasts(Difference known, CancellationToken cancellation) => known switch
    {
        { Drift: Drift.Ungranted } => platforms.Giving(known.Platform) is not null,
        { Drift: Drift.Unexpected, RequestId: { } id } => await requests.Find(id, cancellation) is { Phase: Phase.Revoking },
        _ => false,
    };

    /// <summary>One run.</summary>
    /// <param name="Reported">What was audited already and has not been seen to end, by <see cref="Candidate.Key"/>.</param>
    /// <param name="Until">When no further look is begun; null: never.</param>
    private sealed record Run(ConcurrentDictionary<string, bool> Reported, DateTimeOffset Began, DateTimeOffset? Until, ConcurrentBag<DriftFinding> Found);

    /// <summary>One grant to look at, as it was listed; of closed grants that shared a privilege, the newest.</summary>
    private sealed record Candidate(Drift Drift, string Key, PlatformOrder Order, long Sequence, SharedPrivilege? Shared);

    private async Task<Dictionary<string, Candidate>> Candidates(CancellationToken cancellation)
    {
        var candidates = new Dictionary<string, Candidate>(StringComparer.Ordinal);
        await foreach (var request in requests.All(new RequestFilter { Phase = Phase.Active }, cancellation))
        {
            foreach (var grant in request.Grants.Where(grant => grant.State == GrantState.Granted)) Add(Drift.Vanished, request, grant);
        }

        await foreach (var request in requests.All(new RequestFilter { Phase = Phase.Closed, ClosedFrom = time.GetUtcNow() - LooksBack }, cancellation))
        {
            foreach (var grant in request.Grants.Where(WasTaken)) Add(Drift.Unexpected, request, grant);
        }

        return candidates;

        void Add(Drift drift, AccessRequest request, Grant grant)
        {
            if (request.Ask.Kind == AccessKind.Credential) return;
            var order = Orders.For(request, grant);
            var platform = platforms.Find(order.Platform);
            SharedPrivilege? shared;
            try
            {
                shared = platform?.Shared(order);
            }
#pragma warning disable CA1031 // As for a look: what one adapter cannot read must not stop the others.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                NotLooked(logger, failure, order.GrantId, order.Platform);
                return;
            }

            if (shared is { EveryEndChanges: true }) return;
            var of = drift == Drift.Unexpected && shared is not null ? $"{order.Platform} {shared.Key}" : grant.Id;
            var key = $"{drift} {of}";
            _ = candidates.TryAdd(key, new Candidate(drift, key, order, request.Sequence, shared));
        }
    }

    /// <summary>This request gave it, and a look (not a person's word) proved it gone.</summary>
    private static bool WasTaken(Grant grant) =>
        grant is { State: GrantState.Gone, GrantedAt: not null, ProvenGoneAt: not null, AlreadyHeld: null, Fulfillers.Count: 0 };

    /// <summary>Looks at a platform's grants once around, from behind where an earlier run stopped.</summary>
    private async Task GoOn(string name, IEnumerable<Candidate> candidates, Reconciled left, Run run, CancellationToken cancellation)
    {
        var place = left.Places.GetValueOrDefault(name);
        var (behind, before) = (new List<Candidate>(), new List<Candidate>());
        foreach (var candidate in candidates.OrderBy(candidate => candidate.Key, StringComparer.Ordinal))
            (string.CompareOrdinal(candidate.Key, place?.Last) > 0 ? behind : before).Add(candidate);
        List<Candidate> round = [.. behind, .. before];
        var (looked, failed) = await Look(name, round, run, cancellation);
        var different = round.Count(candidate => run.Reported.ContainsKey(candidate.Key));
        var result = await ungranted.Report(left, name, new ReconcileResult(time.GetUtcNow(), looked, different, failed, round.Count - looked), cancellation);
        await memory.SaveResult(name, result, cancellation);
        var stopped = looked == round.Count ? null
            : looked > 0 ? new ReconcilePlace(round[looked - 1].Key, time.GetUtcNow())
            : place ?? new ReconcilePlace(null, run.Began);
        if (stopped != place) await memory.SavePlace(name, stopped, cancellation);
    }

    /// <summary>Looks at grants in this order.</summary>
    /// <returns>How many were looked at, or tried to (fewer than all where the rest waits for the next run), and of how many the platform said nothing.</returns>
    private async Task<(int Looked, int Failed)> Look(string name, List<Candidate> round, Run run, CancellationToken cancellation)
    {
        var (failures, failed) = (0, 0);
        for (var looked = 0; looked < round.Count; looked++)
        {
            if (platforms.Find(name) is not { } platform)
            {
                NotConfigured(logger, name);
                return (round.Count, round.Count);
            }

            if (failures == MostFailures || _abandoned.ContainsKey(name))
            {
                Skipped(logger, name);
                return (looked, failed);
            }

            if (time.GetUtcNow() >= run.Until)
            {
                CutShort(logger, name, round.Count - looked);
                return (looked, failed);
            }

            var candidate = round[looked];

            Judgement judgement;
            try
            {
                judgement = await Bounded(name, token => Judge(candidate, platform, token), cancellation);
                failures = 0;
            }
#pragma warning disable CA1031 // Whatever an adapter throws: a look that failed says nothing, and must not stop the others.
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
            {
                failures++;
                failed++;
                NotLooked(logger, failure, candidate.Order.GrantId, name);
                continue;
            }

            if (judgement.Clear) await Forget(candidate.Key, run, cancellation);
            if (judgement.Finding is not { } finding || judgement.Request is not { } request) continue;
            run.Found.Add(finding);
            try
            {
                await Report(candidate, finding, request, run, cancellation);
            }
#pragma warning disable CA1031 // What could not be told now is found again by the next run; the other grants are not to wait for it.
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
            {
                NotTold(logger, failure, finding.Drift, finding.GrantId, name);
            }
        }

        return (round.Count, failed);
    }

    private async Task Forget(string key, Run run, CancellationToken cancellation)
    {
        if (run.Reported.TryRemove(key, out _)) await memory.RemoveReported(key, cancellation);
    }

    /// <summary>What a look led to.</summary>
    /// <param name="Clear">The platform is as it should be. False with no finding: nothing can be said now.</param>
    private sealed record Judgement(bool Clear, DriftFinding? Finding = null, AccessRequest? Request = null)
    {
        public static Judgement AsItShould { get; } = new(true);

        public static Judgement Unsure { get; } = new(false);
    }

    private Task<Judgement> Judge(Candidate candidate, IPlatform platform, CancellationToken token) => candidate.Drift switch
    {
        Drift.Vanished => JudgeLive(candidate, platform, token),
        Drift.Unexpected => JudgeClosed(candidate, platform, token),
        Drift.Ungranted => throw new System.Diagnostics.UnreachableException("No grant stands for what no grant explains."),
    };

    /// <summary>A request turns to Revoking before anything is taken: one that is still active after the look was active during it.</summary>
    private async Task<Judgement> JudgeLive(Candidate candidate, IPlatform platform, CancellationToken token)
    {
        var order = candidate.Order;
        var look = await platform.ReadBack(order, token);
        if (look.Present || look.Through is not null || look.AwaitsPerson) return Judgement.AsItShould;

        // A platform that holds the end itself may be a moment ahead of the host's deadline.
        var request = await requests.Find(order.RequestId, token);
        return request is { Phase: Phase.Active } && time.GetUtcNow() < request.Period.End && GrantOf(request, order) is { State: GrantState.Granted }
            ? Found(candidate, look, request)
            : Judgement.Unsure;
    }

    /// <summary>
    /// What is there may be another grant's, given or taken this moment. Everything here changes a shared privilege inside its ledger
    /// entry only: so what looks unexpected is looked at again in there. The entry is not taken for the common case, where nothing is found.
    /// </summary>
    private async Task<Judgement> JudgeClosed(Candidate candidate, IPlatform platform, CancellationToken token)
    {
        var order = candidate.Order;
        var look = await platform.ReadBack(order, token);
        if (look is not { Present: true, AwaitsPerson: false }) return Judgement.AsItShould;
        if (look.MayBeAnothers) return Judgement.Unsure;
        if (candidate.Shared is not { } shared) return await StillClosed(candidate, look, token);

        await using var entry = await ledger.Enter(platform.Name, shared.Key, token);
        if (entry.Holders.Count > 0 || entry.Standing is not null) return Judgement.Unsure;
        look = await platform.ReadBack(order, token);
        return look is { Present: true, AwaitsPerson: false } ? await StillClosed(candidate, look, token) : Judgement.AsItShould;
    }

    /// <summary>The finding, where nothing happened to the request since it was listed: a late success would have opened it again.</summary>
    private async Task<Judgement> StillClosed(Candidate candidate, ReadBackResult look, CancellationToken token) =>
        await requests.Find(candidate.Order.RequestId, token) is { Phase: Phase.Closed } request && request.Sequence == candidate.Sequence
            ? Found(candidate, look, request)
            : Judgement.Unsure;

    private static Judgement Found(Candidate candidate, ReadBackResult look, AccessRequest request) =>
        new(false, new DriftFinding(candidate.Drift, request.Id, candidate.Order.GrantId, candidate.Order.Resource, look.Evidence), request);

    private static Grant? GrantOf(AccessRequest request, PlatformOrder order) => request.Grants.FirstOrDefault(grant => grant.Id == order.GrantId);

    /// <summary>Runs one look within the bounds of an attempt (<see cref="EffectRunner"/>); one that outlives them is left to end, and its platform rests until then.</summary>
    private async Task<Judgement> Bounded(string platform, Func<CancellationToken, Task<Judgement>> look, CancellationToken cancellation)
    {
        using var hard = new CancellationTokenSource(EffectRunner.AttemptTimeout, time);
        using var stopping = cancellation.UnsafeRegister(_ => hard.CancelAfter(EffectRunner.Grace), null);
        var soft = new CancellationTokenSource(EffectRunner.AttemptTimeout - EffectRunner.Grace, time);
        var linked = CancellationTokenSource.CreateLinkedTokenSource(soft.Token, cancellation);

        // Started on the pool: an adapter that blocks its thread must not block the bound.
        var running = Task.Run(() => look(linked.Token), CancellationToken.None);
        try
        {
            return await running.WaitAsync(hard.Token);
        }
        finally
        {
            if (!running.IsCompleted) _abandoned[platform] = running;
            _ = running.ContinueWith(Ended, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        void Ended(Task<Judgement> ended)
        {
            _ = ended.Exception; // observed: an abandoned look has no other reader
            _ = _abandoned.TryRemove(new KeyValuePair<string, Task>(platform, ended));
            linked.Dispose();
            soft.Dispose();
        }
    }

    private async Task Report(Candidate candidate, DriftFinding finding, AccessRequest request, Run run, CancellationToken cancellation)
    {
        if (finding.Drift == Drift.Unexpected)
        {
            // Told each time: it may have been removed since, and be back once more.
            if (!await IsRemovedAgain(finding, request, cancellation)) return;
        }
        else
        {
            if (run.Reported.ContainsKey(candidate.Key)) return;
            await audit.Append(Vanished(candidate, finding, request), cancellation);
        }

        run.Reported[candidate.Key] = true;
        var difference = new Difference(
            finding.Drift, candidate.Order.Platform, request.Id, finding.GrantId, finding.Resource, candidate.Order.Identity, candidate.Order.Role, finding.Evidence, time.GetUtcNow());
        await memory.AddReported(candidate.Key, difference, cancellation);
        DriftFound(logger, finding.Drift, finding.GrantId, request.Id, finding.Resource);
    }

    /// <summary>Tells the request, which audits it, alerts administrators, and takes the access away once more. The same finding of the same state is told once.</summary>
    /// <returns>False: the request has moved on, so that the finding says nothing of how it is now.</returns>
    private async Task<bool> IsRemovedAgain(DriftFinding finding, AccessRequest request, CancellationToken cancellation) =>
        (await workflow.Signal(request.Id, new AccessReturned
        {
            Id = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"returned-{finding.GrantId}-{request.Sequence}"),
            By = SystemActors.Reconciler,
            Channel = Channel.System,
            At = default,
            GrantId = finding.GrantId,
            Evidence = finding.Evidence,
        }, cancellation)).Refusal is null;

    private AuditEvent Vanished(Candidate candidate, DriftFinding finding, AccessRequest request) => new()
    {
        Type = EventTypes.Grant.Vanished,
        At = time.GetUtcNow(),
        Actor = SystemActors.Reconciler,
        Channel = nameof(Channel.System),
        Succeeded = true,
        RequestId = request.Id,
        Requester = request.Requester,
        Revision = request.Revision,
        Phase = request.Phase.ToString(),
        Outcome = request.Outcome?.ToString(),
        Kind = request.Ask.Kind.ToString(),
        Resource = finding.Resource,
        Role = candidate.Order.Role,
        Identity = candidate.Order.Identity,
        GrantId = finding.GrantId,
        Emergency = request.Emergency is not null,
        PeriodStart = request.Period.Start,
        PeriodEnd = request.Period.End,
        Detail = new AuditDetail { Text = finding.Evidence },
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Drift} access: grant {GrantId} of request {RequestId} on {Resource}; the audit trail has what was found")]
    private static partial void DriftFound(ILogger logger, Drift drift, string grantId, string requestId, string resource);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Drift} access of grant {GrantId} on platform {Platform} was found and could not be told; the next run tries again")]
    private static partial void NotTold(ILogger logger, Exception failure, Drift drift, string grantId, string platform);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Grant {GrantId} on platform {Platform} could not be compared with the ledger; the next run tries again")]
    private static partial void NotLooked(ILogger logger, Exception failure, string grantId, string platform);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Platform {Platform} is not compared with the ledger any further in this run")]
    private static partial void Skipped(ILogger logger, string platform);

    [LoggerMessage(Level = LogLevel.Information, Message = "There was no time to compare all of platform {Platform} with the ledger: {Grants} grants are left, and the next run goes on with them")]
    private static partial void CutShort(ILogger logger, string platform, int grants);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Platform {Platform} is not configured any more; what it has cannot be compared with the ledger")]
    private static partial void NotConfigured(ILogger logger, string platform);
}
