using System.Text;
using System.Threading.Channels;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;
using Channel = System.Threading.Channels.Channel;

namespace AccessFunctions.Application;

/// <summary>
/// Tells unfinished requests when people came or went. Both hosts run it in the background. Where the directory is as it was at the last
/// completed sweep, only requests submitted since that sweep began are looked at: they may have been submitted under a directory that was
/// in force for a while, or just before a change. The others were looked at, and lists of people only ever shrink.
/// </summary>
public sealed partial class DirectoryWatch(
    IDirectory directory, IAccessGroups groups, IRequestReader requests, IRequestWorkflow workflow, ISweepMark mark, LeaverRoles roles, TimeProvider time, ILogger<DirectoryWatch> logger)
{
    /// <summary>Requests looked at side by side.</summary>
    private const int Concurrency = 8;

    /// <summary>How soon a sweep that could not reach every request is made again.</summary>
    public static TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the requests submitted since the last sweep are looked at while the directory stays as it is. Keeps the next start short, too.</summary>
    public static TimeSpan LookEvery { get; } = TimeSpan.FromHours(1);

    /// <summary>Sweeps once at the start, again after every change of the directory and each <see cref="LookEvery"/>, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        // Room for one: changes during a sweep are one more sweep.
        var wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void Wake() => wake.Writer.TryWrite(true);
        directory.Changed += Wake;
        await using var clock = time.CreateTimer(_ => Wake(), null, LookEvery, LookEvery);
        try
        {
            Wake();
            while (await wake.Reader.WaitToReadAsync(cancellation))
            {
                _ = wake.Reader.TryRead(out _);
                if (await Sweep(cancellation)) continue;
                await Task.Delay(RetryAfter, time, cancellation);
                Wake();
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            WatchStopped(logger);
        }
        finally
        {
            directory.Changed -= Wake;
        }
    }

    /// <summary>Looks once at every unfinished request that was not yet compared with the directory as it is now.</summary>
    /// <returns>False where some could not be told; sweep again.</returns>
    public async Task<bool> Sweep(CancellationToken cancellation)
    {
        var people = directory.Current;
        var approvers = new ApproverDirectory(people);
        ReportUnsolvable(approvers);
        try
        {
            foreach (var gone in people.All.Where(person => person is { Active: false, Roles.Count: > 0 } && directory.Current.Find(person.Id) is { Active: false })) await roles.End(gone.Id, by: null);
            var facts = Fingerprint(people);
            var last = await mark.Find(cancellation);

            // Read before the requests are: whatever is submitted meanwhile is for the next sweep.
            var completed = new SweepMark(facts, await requests.Newest(cancellation));
            if (await Tell(last?.Facts == facts ? last.Newest : null, people, approvers, cancellation) > 0) return false;
            if (completed != last) await mark.Save(completed, cancellation);
            return true;
        }
#pragma warning disable CA1031 // The store is away: the sweep is made again.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            SweepFailed(logger, failure);
            return false;
        }
    }

    /// <summary>Tells those that the directory affects. Ids are read as they are needed and states one by one, so that memory does not grow with the requests.</summary>
    /// <returns>How many could not be told.</returns>
    private async Task<int> Tell(string? after, IPeople people, ApproverDirectory approvers, CancellationToken cancellation)
    {
        var failures = 0;
        await Parallel.ForEachAsync(requests.Unfinished(after, cancellation), new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation }, async (id, token) =>
        {
            try
            {
                if (await requests.Find(id, token) is not { } request || Facts(request, people, approvers, time.GetUtcNow()) is not { } signal) return;
                // Not settled in time is not told: a crash may still undo it.
                if ((await workflow.Signal(id, signal, token)).Settled) return;
                _ = Interlocked.Increment(ref failures);
                RequestNotSettled(logger, id);
            }
#pragma warning disable CA1031 // One request that cannot be told must not keep the others from hearing.
            catch (Exception failure) when (!token.IsCancellationRequested)
#pragma warning restore CA1031
            {
                _ = Interlocked.Increment(ref failures);
                RequestNotTold(logger, failure, id);
            }
        });
        return failures;
    }

    /// <summary>The same for directories that say the same of everybody as far as approver lists go: who is active, in which groups, with which roles, under whom.</summary>
    private static string Fingerprint(IPeople people)
    {
        // Each word with its length, so that no two directories read alike. The number names this way of comparing: raised with it, so
        // that a new version looks at everything once.
        var text = new StringBuilder("1");
        foreach (var person in people.All.OrderBy(person => person.Id, StringComparer.Ordinal))
        {
            Word(person.Id);
            _ = text.Append(person.Active ? '+' : '-');
            Word(person.Manager ?? "");
            Words(person.Groups);
            Words(person.Roles);
        }

        return RequestIds.Hash(text.ToString());

        void Word(string word) => text.Append(word.Length).Append(':').Append(word);

        void Words(IReadOnlyList<string> words)
        {
            _ = text.Append('(');
            foreach (var word in words.Order(StringComparer.Ordinal)) Word(word);
            _ = text.Append(')');
        }
    }

    /// <summary>The signal for a request that the directory affects; null where nothing would change. The same facts make the same signal.</summary>
    internal static DirectoryChanged? Facts(AccessRequest request, IPeople people, ApproverDirectory directory, DateTimeOffset now)
    {
        var requesterActive = directory.IsActive(request.Requester);
        var (expanded, escalateTo) = Application.Facts.Expand(request.Policy, request.Requester, directory);
        var approvers = WithStandIns(request, expanded, directory);
        var requesterLeft = !requesterActive && request.Phase is Phase.Open or Phase.Scheduled or Phase.Provisioning or Phase.Active;
        if (!requesterLeft && !SomeoneLeft(request, approvers, escalateTo)) return null;
        var handovers = Handovers(request, people, directory, now);
        var content = $"{requesterActive}|{string.Join(';', approvers.Select(level => string.Join(',', level)))}|{string.Join(';', escalateTo.Select(level => string.Join(',', level)))}";
        if (handovers is not null) content += $"|{string.Join(',', handovers.Select(static handover => $"{handover.From}>{handover.To}"))}";
        return new DirectoryChanged
        {
            Id = $"d-{RequestIds.Hash(content)}",
            By = SystemActors.Directory,
            Channel = Domain.Requests.Channel.System,
            At = default,
            RequesterActive = requesterActive,
            Approvers = approvers,
            EscalateTo = escalateTo,
            Handovers = handovers,
        };
    }

    /// <summary>Stand-ins who took a seat of this request keep it, though the policy does not name them, for as long as they are here.</summary>
    private static IReadOnlyList<IReadOnlyList<string>> WithStandIns(AccessRequest request, IReadOnlyList<IReadOnlyList<string>> approvers, ApproverDirectory directory)
    {
        if (request.Levels.All(static level => level.Handovers is null)) return approvers;
        return [.. approvers.Select((level, i) => i < request.Levels.Count && request.Levels[i].Handovers is { } handovers
            ? (IReadOnlyList<string>)[.. level.Concat(handovers.Select(static handover => handover.To).Where(directory.IsActive)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
            : level)];
    }

    /// <summary>
    /// Who takes the seats of approvers who left altogether: the stand-in they named for now, else their manager. Of somebody who holds a product role only a
    /// manager whom the file names: a source that says who leaves, and under whom they were, would choose who decides.
    /// </summary>
    private static IReadOnlyList<Handover>? Handovers(AccessRequest request, IPeople people, ApproverDirectory directory, DateTimeOffset now)
    {
        List<Handover> handovers = [];
        foreach (var gone in request.Levels.SelectMany(static level => level.Approvers).Where(person => !directory.IsActive(person)).Distinct(StringComparer.Ordinal))
        {
            var named = people.Delegations.FirstOrDefault(delegation => delegation.Person == gone && delegation.From <= now && now < delegation.Until)?.StandIn;
            var standIn = named is not null && named != request.Requester && directory.IsActive(named) ? named
                : people.Find(gone) is { Roles.Count: > 0, ManagerIsProvisioned: true } ? null
                : directory.Manager(gone);
            if (standIn is not null && standIn != gone && standIn != request.Requester) handovers.Add(new Handover(gone, standIn));
        }

        return handovers.Count > 0 ? handovers : null;
    }

    /// <summary>Whether a frozen list would shrink. People who came fill no seat of a request made before.</summary>
    private static bool SomeoneLeft(AccessRequest request, IReadOnlyList<IReadOnlyList<string>> approvers, IReadOnlyList<IReadOnlyList<string>> escalateTo)
    {
        if (request.Phase is Phase.Closed or Phase.Denied) return false;
        for (var i = 0; i < request.Levels.Count; i++)
        {
            var level = request.Levels[i];
            IReadOnlyList<string> now = i < approvers.Count ? approvers[i] : [];
            IReadOnlyList<string> joining = i < escalateTo.Count ? escalateTo[i] : [];
            if (level.Approvers.Any(person => !now.Contains(person, StringComparer.Ordinal) && !(level.EscalatedAt is not null && joining.Contains(person, StringComparer.Ordinal)))) return true;
            if (level.EscalateTo.Any(person => !joining.Contains(person, StringComparer.Ordinal))) return true;
        }

        return false;
    }

    /// <summary>A group that people left may no longer be decidable: whoever runs the host hears of it before a request is refused for it.</summary>
    private void ReportUnsolvable(ApproverDirectory people)
    {
        foreach (var stored in groups.All)
        {
            foreach (var (field, messages) in GroupValidation.Validate(stored.Group, people)) GroupBecameUnsound(logger, stored.Group.Id, field, string.Join(" ", messages));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Access group {Group} is no longer sound: {Field}: {Messages}")]
    private static partial void GroupBecameUnsound(ILogger logger, string group, string field, string messages);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Request {RequestId} could not be told that the directory changed; it will be told again")]
    private static partial void RequestNotTold(ILogger logger, Exception failure, string requestId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Request {RequestId} did not settle in time that the directory changed; it will be told again")]
    private static partial void RequestNotSettled(ILogger logger, string requestId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sweep after a change of the directory failed; it will be made again")]
    private static partial void SweepFailed(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The directory is no longer watched")]
    private static partial void WatchStopped(ILogger logger);
}
