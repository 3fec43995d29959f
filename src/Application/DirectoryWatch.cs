using System.Threading.Channels;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;
using Channel = System.Threading.Channels.Channel;

namespace AccessFunctions.Application;

/// <summary>Tells unfinished requests when people came or went. Both hosts run it in the background.</summary>
public sealed partial class DirectoryWatch(
    IDirectory directory, IAccessGroups groups, IRequestReader requests, IRequestWorkflow workflow, TimeProvider time, ILogger<DirectoryWatch> logger)
{
    /// <summary>Requests looked at side by side.</summary>
    private const int Concurrency = 8;

    /// <summary>How soon a sweep that could not reach every request is made again.</summary>
    public static TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Sweeps once at the start and again after every change of the directory, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        // Room for one: changes during a sweep are one more sweep.
        var wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void Wake() => wake.Writer.TryWrite(true);
        directory.Changed += Wake;
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

    /// <summary>Looks at every unfinished request once.</summary>
    /// <returns>False where some could not be told; sweep again.</returns>
    public async Task<bool> Sweep(CancellationToken cancellation)
    {
        var approvers = new ApproverDirectory(directory.Current);
        ReportUnsolvable(approvers);
        var failures = 0;
        try
        {
            await Parallel.ForEachAsync(requests.Unfinished(cancellation), new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation }, async (id, token) =>
            {
                try
                {
                    if (await requests.Find(id, token) is { } request && Facts(request, approvers) is { } signal) _ = await workflow.Signal(id, signal, token);
                }
#pragma warning disable CA1031 // One request that cannot be told must not keep the others from hearing.
                catch (Exception failure) when (!token.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    _ = Interlocked.Increment(ref failures);
                    RequestNotTold(logger, failure, id);
                }
            });
        }
#pragma warning disable CA1031 // The store is away: the sweep is made again.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            SweepFailed(logger, failure);
            return false;
        }

        return failures == 0;
    }

    /// <summary>The signal for a request that the directory affects; null where nothing would change. The same facts make the same signal.</summary>
    private static DirectoryChanged? Facts(AccessRequest request, ApproverDirectory people)
    {
        var requesterActive = people.IsActive(request.Requester);
        var (approvers, escalateTo) = Application.Facts.Expand(request.Policy, request.Requester, people);
        var requesterLeft = !requesterActive && request.Phase is Phase.Open or Phase.Scheduled or Phase.Provisioning or Phase.Active;
        if (!requesterLeft && !SomeoneLeft(request, approvers, escalateTo)) return null;
        var content = $"{requesterActive}|{string.Join(';', approvers.Select(level => string.Join(',', level)))}|{string.Join(';', escalateTo.Select(level => string.Join(',', level)))}";
        return new DirectoryChanged
        {
            Id = $"d-{RequestIds.Hash(content)}",
            By = SystemActors.Directory,
            Channel = Domain.Requests.Channel.System,
            At = default,
            RequesterActive = requesterActive,
            Approvers = approvers,
            EscalateTo = escalateTo,
        };
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sweep after a change of the directory failed; it will be made again")]
    private static partial void SweepFailed(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The directory is no longer watched")]
    private static partial void WatchStopped(ILogger logger);
}
