using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application;

/// <summary>Puts the requests of the last <see cref="Span"/> to policy with one access group changed. For administrators: it tells of everybody's requests.</summary>
public sealed class PolicyTrials(IRequestReader requests, IDirectory directory, IAccessGroups groups, TimeProvider time)
{
    /// <summary>How far back requests are looked at.</summary>
    public static TimeSpan Span { get; } = TimeSpan.FromDays(30);

    /// <summary>Requests looked at, the newest; older ones are left out.</summary>
    public const int MostLooked = 5000;

    /// <summary>Differences given; the rest is counted.</summary>
    public const int MostGiven = 50;

    private const int Portion = 250;

    /// <summary>What would have been otherwise.</summary>
    /// <param name="id">The access group that changes.</param>
    /// <param name="changed">What it would be; null: it would be gone. One that is not there yet is added.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<TrialReport> Try(string id, AccessGroup? changed, CancellationToken cancellation)
    {
        IReadOnlyList<AccessGroup> before = [.. groups.All.Select(static stored => stored.Group)];
        IReadOnlyList<AccessGroup> after = [.. before.Where(group => group.Id != id), .. changed is null ? Array.Empty<AccessGroup>() : [changed]];
        var people = directory.Current;
        var approvers = new ApproverDirectory(people);
        var since = time.GetUtcNow() - Span;
        var filter = new RequestFilter { CreatedFrom = since };
        var (looked, different) = (0, 0);
        List<TrialDifference> given = [];
        string? cursor = null;
        do
        {
            var page = await requests.List(filter, cursor, Math.Min(Portion, MostLooked - looked), cancellation);
            foreach (var request in page.Items)
            {
                cancellation.ThrowIfCancellationRequested();
                if (PolicyTrial.Compare(before, after, Past(request, people), approvers) is not { } difference) continue;
                if (++different <= MostGiven) given.Add(new TrialDifference(request, difference));
            }

            looked += page.Items.Count;
            cursor = page.Next;
        }
        while (cursor is not null && looked < MostLooked);

        return new TrialReport(since, looked, cursor is not null, different, given);
    }

    // Groups and identities are those of today: nobody keeps what they were.
    private static PastAsk Past(AccessRequest request, IPeople people)
    {
        var person = people.Find(request.Requester);
        var asker = new Asker(request.Requester, person?.UserName ?? request.Requester, person?.Groups ?? []);
        return new PastAsk(asker, request.Ask, request.CreatedAt, request.Justification, person is null ? [] : [.. person.PlatformIdentities()]);
    }
}

/// <summary>What a change of policy would have done to the requests that were made.</summary>
/// <param name="Since">Looked at are requests since then.</param>
/// <param name="Looked">How many were looked at.</param>
/// <param name="Cut">True where older ones were left out.</param>
/// <param name="Different">For how many something would have been otherwise.</param>
/// <param name="Given">The newest of these, at most <see cref="PolicyTrials.MostGiven"/>.</param>
public sealed record TrialReport(DateTimeOffset Since, int Looked, bool Cut, int Different, IReadOnlyList<TrialDifference> Given);

/// <summary>A request for which something would have been otherwise.</summary>
public sealed record TrialDifference(AccessRequest Request, PolicyDifference Difference);
