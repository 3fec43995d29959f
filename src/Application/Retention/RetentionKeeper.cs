using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Application.Retention;

/// <summary>Keeps to the keeping times: purges what was kept long enough, and deletes personal data when its time is over or somebody asks.</summary>
public sealed partial class RetentionKeeper(IRetentionStore store, HostStream host, RetentionRules rules, TimeProvider time, ILogger<RetentionKeeper> logger)
{
    /// <summary>What is in force.</summary>
    public RetentionRules Rules => rules;

    /// <summary>Does what is due. What cannot be done yet is looked at again by the next run.</summary>
    /// <param name="budget">For how long streams are begun; the next run goes on.</param>
    /// <param name="cancellation">Ends the run with an exception.</param>
    public async Task<RetentionRun> RunOnce(TimeSpan budget, CancellationToken cancellation)
    {
        var run = new Run(time.GetUtcNow() + budget);
        if (rules.Requests is { } requests) run.Requests = await Each(run, RetentionTask.PurgeRequests, requests, cancellation);
        if (rules.Events is { } events) run.Streams = await Each(run, RetentionTask.PurgeEvents, events, cancellation);
        if (rules.PersonalData is { } personal)
        {
            run.Pseudonymised = await Each(run, RetentionTask.PseudonymiseRequests, personal, cancellation)
                + await Each(run, RetentionTask.PseudonymiseEvents, personal, cancellation);
        }

        var result = new RetentionRun(time.GetUtcNow(), run.Requests, run.Streams, run.Pseudonymised, run.Kept, run.Complete);
        await store.Save(result, cancellation);
        return result;
    }

    /// <summary>
    /// Deletes one person's data now: all free text, names and addresses of their finished requests, and the details of everything else that
    /// they did. Their opaque id stays. Only administrators.
    /// </summary>
    /// <param name="budget">For how long streams are begun; where it was not enough, ask again.</param>
    /// <returns>Null where the caller may not.</returns>
    public async Task<PersonPseudonymised?> Pseudonymise(Caller caller, string person, TimeSpan budget, CancellationToken cancellation)
    {
        if (!caller.IsAdministrator) return null;
        var (until, streams, events) = (time.GetUtcNow() + budget, 0, 0);
        var kept = new List<KeptStream>();
        await foreach (var stream in store.Of(person, cancellation))
        {
            if (time.GetUtcNow() >= until) return new PersonPseudonymised(streams, events, kept, Complete: false);
            if (await store.Look(stream, cancellation) is not { } standing) continue;
            if (Domain.Audit.Retention.HindersPseudonymising(standing, before: null) is { } why)
            {
                kept.Add(new KeptStream(stream, why));
                continue;
            }

            var record = Record(standing, caller.Id, caller.Channel.ToString(), "asked") with
            {
                Detail = new AuditDetail { Address = caller.Address, More = new Dictionary<string, string> { ["person"] = person } },
            };
            if (await store.Pseudonymise(standing, person, record, host.RetentionAt(record.At), cancellation) is not { } deleted) kept.Add(new KeptStream(stream, KeptFor.Unfinished));
            else if (deleted > 0) (streams, events) = (streams + 1, events + deleted);
        }

        return new PersonPseudonymised(streams, events, kept, Complete: true);
    }

    private async Task<int> Each(Run run, RetentionTask task, TimeSpan keep, CancellationToken cancellation)
    {
        var (done, before) = (0, time.GetUtcNow() - keep);
        await foreach (var stream in store.Due(task, before, cancellation))
        {
            if (time.GetUtcNow() >= run.Until)
            {
                run.Complete = false;
                break;
            }

            try
            {
                if (await Do(run, task, stream, before, cancellation)) done++;
            }
#pragma warning disable CA1031 // One stream that cannot be read must not keep the others.
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
            {
                NotDone(logger, stream, failure);
                run.Keep(KeptFor.Damaged);
            }
        }

        return done;
    }

    private async Task<bool> Do(Run run, RetentionTask task, string stream, DateTimeOffset before, CancellationToken cancellation)
    {
        if (await store.Look(stream, cancellation) is not { } standing) return false;
        var purge = task is RetentionTask.PurgeRequests or RetentionTask.PurgeEvents;
        var why = purge ? Domain.Audit.Retention.HindersPurge(standing, before) : Domain.Audit.Retention.HindersPseudonymising(standing, before);
        if (why is { } kept)
        {
            run.Keep(kept);
            if (kept == KeptFor.Damaged) Damaged(logger, stream);
            return false;
        }

        var now = time.GetUtcNow();
        if (!purge) return await store.Pseudonymise(standing, null, Record(standing, SystemActors.Retention, nameof(Channel.System), "retention"), host.RetentionAt(now), cancellation) > 0;
        var tombstone = Tombstone.Of(stream, standing.Hashes, now, host.RetentionAt(now));
        return await store.Purge(standing, tombstone, tombstone.Record(standing.RequestId, standing.NewestAt), cancellation);
    }

    private AuditEvent Record(StreamStanding standing, string actor, string channel, string reason) => new()
    {
        Type = EventTypes.Host.Pseudonymised,
        At = time.GetUtcNow(),
        Actor = actor,
        Channel = channel,
        Succeeded = true,
        RequestId = standing.RequestId,
        Resource = $"stream/{standing.Stream}",
        Reason = reason,
    };

    private sealed class Run(DateTimeOffset until)
    {
        public DateTimeOffset Until { get; } = until;
        public int Requests { get; set; }
        public int Streams { get; set; }
        public int Pseudonymised { get; set; }
        public bool Complete { get; set; } = true;
        public Dictionary<KeptFor, int> Kept { get; } = [];

        public void Keep(KeptFor why)
        {
            if (why is KeptFor.NotYet or KeptFor.NotPurged) return;
            Kept[why] = Kept.GetValueOrDefault(why) + 1;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Stream {Stream} was kept long enough, but its chain does not verify: it stays, as evidence. Run audit verify.")]
    private static partial void Damaged(ILogger logger, string stream);

    [LoggerMessage(Level = LogLevel.Error, Message = "Stream {Stream} was kept long enough and could not be dealt with; the next run tries again.")]
    private static partial void NotDone(ILogger logger, string stream, Exception failure);
}

/// <summary>What was deleted of a person's data.</summary>
/// <param name="Streams">Requests, and days of hosts, in which something was deleted.</param>
/// <param name="Events">Events that lost their detail.</param>
/// <param name="Kept">Where something is kept for now, and why.</param>
/// <param name="Complete">False: there was not the time for all; ask again.</param>
public sealed record PersonPseudonymised(int Streams, int Events, IReadOnlyList<KeptStream> Kept, bool Complete);

/// <summary>A request, or a host's day, of which something is kept.</summary>
public sealed record KeptStream(string Stream, KeptFor Why);
