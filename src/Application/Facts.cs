using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application;

/// <summary>Reads off the directory what a decision needs to know of people (design, section 4, rule 6).</summary>
internal static class Facts
{
    /// <summary>What the directory says of an actor on a request, now: the seats are those of the group's approvers as they expand today.</summary>
    public static ActorFacts Of(Caller caller, AccessRequest request, IPeople people, DateTimeOffset now)
    {
        var person = people.Find(caller.Id);
        if (person is not { Active: true }) return new ActorFacts { Active = false };
        return new ActorFacts
        {
            Active = true,
            IsAdministrator = caller.IsAdministrator,
            Seats = Seats(person.Id, request, people, now),
            Identities = [.. person.PlatformIdentities()],
        };
    }

    /// <summary>The people whose seats this person may fill now as their stand-in. Not transitive; an absent person who left has no seat.</summary>
    public static IEnumerable<string> StoodInFor(string person, IPeople people, DateTimeOffset now) => people.Delegations
        .Where(delegation => delegation.StandIn == person && delegation.Person != person && delegation.From <= now && now < delegation.Until && people.Find(delegation.Person) is { Active: true })
        .Select(delegation => delegation.Person)
        .Distinct(StringComparer.Ordinal);

    /// <summary>Who may decide on a request level by level, and who joins on escalation, as the directory has it now.</summary>
    public static (IReadOnlyList<IReadOnlyList<string>> Approvers, IReadOnlyList<IReadOnlyList<string>> EscalateTo) Expand(RequestPolicy policy, string requester, IApproverDirectory directory) =>
        (Approvers.Expand(policy.Levels, policy.AddManager, requester, directory), Approvers.ExpandEscalation(policy.Levels, requester, directory));

    /// <summary>What a submission carries. A justification is looked up only where the ask gives none.</summary>
    public static async Task<SubmitFacts> OfSubmission(
        Caller caller, Ask ask, RequestPolicy policy, AccessGroup group, IPeople people, IRequestReader requests, DateTimeOffset now, CancellationToken cancellation)
    {
        var person = people.Find(caller.Id);
        var (approvers, escalateTo) = Expand(policy, caller.Id, new ApproverDirectory(people));
        var reusable = group.ReasonReuse is { } reuse && string.IsNullOrWhiteSpace(ask.Justification)
            ? await requests.Justification(caller.Id, group.Id, ask.Kind, ask.Resources, now - reuse, cancellation)
            : null;
        return new SubmitFacts
        {
            RequesterActive = person is { Active: true },
            Approvers = approvers,
            EscalateTo = escalateTo,
            Identities = person is null ? [] : [.. person.PlatformIdentities()],
            ReusableJustification = reusable,
        };
    }

    private static List<SeatClaim> Seats(string person, AccessRequest request, IPeople people, DateTimeOffset now)
    {
        var (approvers, escalateTo) = Expand(request.Policy, request.Requester, new ApproverDirectory(people));

        // A stand-in may not be the requester: they would decide on their own request in another's name.
        List<string> fillable = person == request.Requester ? [person] : [person, .. StoodInFor(person, people, now)];
        List<SeatClaim> seats = [];
        for (var i = 0; i < approvers.Count; i++)
        {
            foreach (var seat in fillable)
            {
                if (approvers[i].Contains(seat, StringComparer.Ordinal) || escalateTo[i].Contains(seat, StringComparer.Ordinal) || TookOver(request, i, seat)) seats.Add(new SeatClaim(i + 1, seat));
            }
        }

        return seats;
    }

    /// <summary>True for who took the seat of an approver who left: the policy does not name them.</summary>
    private static bool TookOver(AccessRequest request, int level, string person) =>
        level < request.Levels.Count && request.Levels[level].Handovers is { } handovers && handovers.Any(handover => handover.To == person);
}
