using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>
/// Tells the requests of people who left, at once: those they made, and those that wait for their word. Whatever it does not reach in time, the sweep
/// (<see cref="DirectoryWatch"/>) does, which looks at every request after a change.
/// </summary>
public sealed partial class Leavers(IDirectory directory, IRequestReader requests, IRequestWorkflow workflow, TimeProvider time, ILogger<Leavers> logger)
{
    /// <summary>How long the one who reports a leaver waits for it.</summary>
    public static TimeSpan Budget { get; } = TimeSpan.FromSeconds(20);

    private const int Concurrency = 8;
    private const int PageSize = 50;

    private static readonly Phase[] Unfinished = [Phase.Active, Phase.Provisioning, Phase.Scheduled, Phase.Open];

    /// <summary>Sends <see cref="DirectoryChanged"/> to every request that these people's leaving affects.</summary>
    /// <returns>False where some could not be told yet.</returns>
    public async Task<bool> Tell(IReadOnlyCollection<string> people, CancellationToken cancellation)
    {
        if (people.Count == 0) return true;
        using var late = new CancellationTokenSource(Budget, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            var (there, failures) = (directory.Current, 0);
            var approvers = new ApproverDirectory(there);
            await Parallel.ForEachAsync(Affected(people, linked.Token), new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = linked.Token }, async (id, token) =>
            {
                if (await requests.Find(id, token) is not { } request || DirectoryWatch.Facts(request, there, approvers, time.GetUtcNow()) is not { } signal) return;
                if (!(await workflow.Signal(id, signal, token)).Settled) _ = Interlocked.Increment(ref failures);
            });
            if (failures == 0) return true;
            LogNotSettled(failures);
            return false;
        }
#pragma warning disable CA1031 // The directory has changed already; the sweep tells whom this did not reach.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotTold(failure);
            return false;
        }
    }

    private async IAsyncEnumerable<string> Affected(IReadOnlyCollection<string> people, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (var filter in people.SelectMany(static person => Unfinished.Select(phase => new RequestFilter { Requester = person, Phase = phase }).Append(new RequestFilter { ToReview = [person] })))
        {
            string? cursor = null;
            do
            {
                var page = await requests.List(filter, cursor, PageSize, cancellation);
                foreach (var request in page.Items.Where(request => told.Add(request.Id))) yield return request.Id;
                cursor = page.Next;
            }
            while (cursor is not null);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Number} requests of people who left did not settle in time; the sweep tells them again.")]
    private partial void LogNotSettled(int number);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not every request of people who left could be told at once; the sweep tells the rest.")]
    private partial void LogNotTold(Exception failure);
}
