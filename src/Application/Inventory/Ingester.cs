using System.Globalization;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Application.Inventory;

/// <summary>When platforms are ingested.</summary>
/// <param name="Every">How often; zero: only when somebody asks.</param>
public sealed record IngestSettings(TimeSpan Every);

/// <summary>
/// Reads what platforms hold into the store (<see cref="IInventoryStore"/>): on schedule, and when somebody asks. A run saves page by page with the
/// platform's mark, so that one that was broken off goes on; facts that a completed run did not see are removed. A platform that fails is
/// recorded, and leaves the others and its own earlier facts as they are.
/// </summary>
public sealed partial class Ingester(
    IPlatforms platforms, IInventoryStore store, IdentityLinking linking, IAuditLog audit, IngestSettings settings, TimeProvider time, ILogger<Ingester> logger)
{
    /// <summary>Platforms read beside each other.</summary>
    private const int Concurrency = 2;

    /// <summary>How long a page may take. One that takes longer is given up, and its run with it until the next.</summary>
    private static readonly TimeSpan PageTimeout = TimeSpan.FromSeconds(60);

    /// <summary>A run that was broken off longer ago begins anew: its first pages have grown old.</summary>
    private static readonly TimeSpan GoesOnFor = TimeSpan.FromHours(12);

    /// <summary>How soon a run that failed is tried again, where the schedule is not sooner.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(15);

    /// <summary>Raised when somebody asked for a run.</summary>
    public event Action? Asked;

    /// <summary>What the audit trail calls a platform.</summary>
    public static string ResourceOf(string platform) => $"platform/{platform}";

    /// <summary>Asks for a run of a platform, soon. Only administrators.</summary>
    /// <param name="key">Repeating an ask under the same key asks for nothing new.</param>
    /// <returns>Null where it will be made; else why not.</returns>
    public async Task<Refusal?> Ask(Caller caller, string platform, string key, CancellationToken cancellation)
    {
        if (!caller.IsAdministrator) return new Refusal(RefusalReason.NotPermitted, "Only administrators may do this.");
        if (platforms.Giving(platform) is null) return new Refusal(RefusalReason.NotFound, "There is no such platform.");
        var ask = new IngestAsk(caller.Id, RequestIds.Hash($"{caller.Id.Length}:{caller.Id}{key}"), time.GetUtcNow());
        var now = await store.Progress(platform, cancellation);
        if (now?.Asked?.Key == ask.Key || now?.AnsweredKey == ask.Key) return null;
        await audit.Append(new AuditEvent
        {
            Type = EventTypes.Host.InventoryAsked,
            At = ask.At,
            Actor = caller.Id,
            Channel = caller.Channel.ToString(),
            Succeeded = true,
            Resource = ResourceOf(platform),
            Detail = new AuditDetail { Address = caller.Address },
        }, cancellation);
        await store.Ask(platform, ask, cancellation);
        Asked?.Invoke();
        return null;
    }

    /// <summary>Reads the platforms that are due: somebody asked, a run was broken off, or it is time.</summary>
    /// <param name="budget">For how long pages are begun; <see cref="Timeout.InfiniteTimeSpan"/>: until all were read. What is left goes on with the next call.</param>
    /// <param name="cancellation">Ends it with an exception; the next call goes on.</param>
    public async Task RunDue(TimeSpan budget, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var until = budget == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : now + budget;
        var progress = (await store.Progress(cancellation)).ToDictionary(static one => one.Platform, StringComparer.Ordinal);

        // Who was asked for goes first, then who waits longest.
        var due = platforms.All.Where(platform => IsDue(progress.GetValueOrDefault(platform.Name), now))
            .OrderBy(platform => progress.GetValueOrDefault(platform.Name)?.Asked is null)
            .ThenBy(platform => progress.GetValueOrDefault(platform.Name)?.Started ?? DateTimeOffset.MinValue)
            .ToList();
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation }, async (platform, token) => await Run(platform, until, token));
    }

    private bool IsDue(IngestProgress? progress, DateTimeOffset now) => progress switch
    {
        null => settings.Every > TimeSpan.Zero,
        { Asked: not null } or { State: IngestState.Running } => true,
        _ when settings.Every <= TimeSpan.Zero => false,
        { State: IngestState.Failed, Ended: { } ended } => now - ended >= (RetryAfter < settings.Every ? RetryAfter : settings.Every),
        { Started: { } started } => now - started >= settings.Every,
        _ => true,
    };

    private async Task Run(IPlatform platform, DateTimeOffset until, CancellationToken cancellation)
    {
        try
        {
            await using var run = await store.Begin(platform.Name, cancellation);

            // Another process may have done it meanwhile.
            if (run is null || !IsDue(run.Progress, time.GetUtcNow())) return;
            await Run(platform, run, until, cancellation);
        }
#pragma warning disable CA1031 // A store that fails with one platform's facts must not stop the others.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            NotStored(logger, failure, platform.Name);
        }
    }

    private async Task Run(IPlatform platform, IInventoryRun run, DateTimeOffset until, CancellationToken cancellation)
    {
        var goneOn = await Enter(run, cancellation);
        try
        {
            if (!await Read(platform, run, until, cancellation))
            {
                CutShort(logger, platform.Name);
                return;
            }

            var removed = await run.RemoveUnseen(cancellation);
            await linking.ForgetGone(platform.Name, cancellation);
            var now = time.GetUtcNow();
            await run.Save([], _ => run.Progress with
            {
                State = IngestState.Completed,
                Mark = null,
                Ended = now,
                Removed = run.Progress.Removed + removed,
                FactsAt = run.Progress.Started,
                Facts = run.Progress.Seen,
                Version = run.Progress.Version + (removed > 0 ? 1 : 0),
            }, cancellation);
            await Record(EventTypes.Host.InventoryCompleted, run.Progress, cancellation);
            Completed(logger, platform.Name, run.Progress.Seen.Identities, run.Progress.Seen.Privileges, run.Progress.Written, run.Progress.Removed);
        }
#pragma warning disable CA1031 // Whatever an adapter throws: it is recorded, and must not stop the other platforms.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Failed(logger, failure, platform.Name);

            // Other messages than the port's may hold anything.
            var error = failure is PlatformException refused ? refused.Message
                : failure is TimeoutException or OperationCanceledException ? $"{platform.Name}: the platform did not answer in time"
                : $"{platform.Name}: the facts could not be read ({failure.GetType().Name}); the log says more";

            // A place that no run gets beyond may be what is wrong.
            var mark = goneOn is not null && goneOn == run.Progress.Mark ? null : run.Progress.Mark;
            await run.Save([], _ => run.Progress with { State = IngestState.Failed, Mark = mark, Ended = time.GetUtcNow(), Error = error }, cancellation);
            await Record(EventTypes.Host.InventoryFailed, run.Progress, cancellation);
        }
    }

    /// <summary>Stores that the run is on: a new one, or the one that was broken off.</summary>
    /// <returns>The mark it goes on from; null: it is new.</returns>
    private async Task<string?> Enter(IInventoryRun run, CancellationToken cancellation)
    {
        var (before, now) = (run.Progress, time.GetUtcNow());
        var goesOn = before is { State: IngestState.Running or IngestState.Failed, Mark: not null, Started: { } began } && now - began < GoesOnFor;
        var entered = goesOn
            ? before with { State = IngestState.Running, Ended = null, Error = null }
            : before with { State = IngestState.Running, Run = before.Run + 1, Mark = null, Started = now, Ended = null, Error = null, Seen = new FactCounts(), Written = 0, Removed = 0, By = SystemActors.Ingester };
        if (before.Asked is { } asked) entered = entered with { By = asked.By, AnsweredKey = asked.Key, Asked = null };
        await run.Save([], _ => entered, cancellation);
        if (!goesOn || before.State != IngestState.Running) await Record(EventTypes.Host.InventoryStarted, entered, cancellation);
        return entered.Mark;
    }

    /// <summary>Reads pages from where the run is.</summary>
    /// <returns>False: the time was up before the last.</returns>
    private async Task<bool> Read(IPlatform platform, IInventoryRun run, DateTimeOffset until, CancellationToken cancellation)
    {
        await using var pages = new BoundedPages(platform.Inventory(run.Progress.Mark, cancellation), PageTimeout, time);
        while (time.GetUtcNow() < until)
        {
            // An adapter that ends without saying so must not pass for one that has nothing: everything would be removed.
            var page = await pages.Next(cancellation) ?? throw new PlatformException($"{platform.Name}: the list of facts ended without a last page");
            await Save(run, page, cancellation);
            await linking.ByEmail(platform.Name, page.Facts.OfType<IdentityFact>(), cancellation);
            if (page.Next is null) return true;
        }

        return false;
    }

    private static async Task Save(IInventoryRun run, InventoryPage page, CancellationToken cancellation)
    {
        for (var from = 0; from == 0 || from < page.Facts.Count; from += IInventoryRun.MostFacts)
        {
            List<InventoryFact> facts = [.. page.Facts.Skip(from).Take(IInventoryRun.MostFacts)];
            var last = from + IInventoryRun.MostFacts >= page.Facts.Count;
            await run.Save(facts, written => run.Progress with
            {
                // Only the whole page moves the mark; the last page none, so that a run broken off before it ended reads it again.
                Mark = last ? page.Next ?? run.Progress.Mark : run.Progress.Mark,
                Seen = Counted(run.Progress.Seen, facts),
                Written = run.Progress.Written + written,
                Version = run.Progress.Version + (written > 0 ? 1 : 0),
            }, cancellation);
        }
    }

    private static FactCounts Counted(FactCounts before, IReadOnlyList<InventoryFact> facts) => new(
        before.Identities + facts.Count(static fact => fact is IdentityFact), before.Memberships + facts.Count(static fact => fact is MembershipFact),
        before.Privileges + facts.Count(static fact => fact is PrivilegeFact), before.Resources + facts.Count(static fact => fact is ResourceFact));

    private Task Record(string type, IngestProgress progress, CancellationToken cancellation) => audit.Append(new AuditEvent
    {
        Type = type,
        At = time.GetUtcNow(),
        Actor = progress.By ?? SystemActors.Ingester,
        Channel = (progress.By is { } by && !by.StartsWith(SystemActors.Prefix, StringComparison.Ordinal) ? Channel.SignedIn : Channel.System).ToString(),
        Succeeded = type != EventTypes.Host.InventoryFailed,
        Reason = type == EventTypes.Host.InventoryFailed ? "platform-failed" : null,
        Resource = ResourceOf(progress.Platform),
        Detail = new AuditDetail
        {
            Text = progress.Error,
            More = new Dictionary<string, string>
            {
                ["run"] = Number(progress.Run),
                ["identities"] = Number(progress.Seen.Identities),
                ["memberships"] = Number(progress.Seen.Memberships),
                ["privileges"] = Number(progress.Seen.Privileges),
                ["resources"] = Number(progress.Seen.Resources),
                ["written"] = Number(progress.Written),
                ["removed"] = Number(progress.Removed),
            },
        },
    }, cancellation);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Information, Message = "Platform {Platform} was ingested: {Identities} identities, {Privileges} privileges; {Written} facts were new or different, {Removed} are gone")]
    private static partial void Completed(ILogger logger, string platform, int identities, int privileges, int written, int removed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Platform {Platform} could not be ingested; the next run goes on")]
    private static partial void Failed(ILogger logger, Exception failure, string platform);

    [LoggerMessage(Level = LogLevel.Information, Message = "There was no time to ingest all of platform {Platform}; the next run goes on")]
    private static partial void CutShort(ILogger logger, string platform);

    [LoggerMessage(Level = LogLevel.Error, Message = "The facts of platform {Platform} could not be stored; the next run tries again")]
    private static partial void NotStored(ILogger logger, Exception failure, string platform);
}
