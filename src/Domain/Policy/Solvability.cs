using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Policy;

/// <summary>Why a group's seats cannot all be filled for some requester.</summary>
/// <param name="Requester">One for whom they cannot; null: any who is no approver.</param>
public sealed record Unsolvable(string Field, string Message, string? Requester);

/// <summary>
/// Can every seat of every level be filled by a person of its own, whoever asks? (Design, section 4, rule 2.) Checked when a group is
/// saved and again when people come and go.
/// </summary>
public static class Solvability
{
    /// <summary>
    /// The first problem found over every possible requester; null where there is none, or where no rule asks for approval. Cost grows with the number of distinct managers
    /// and of approvers, not with that of members.
    /// </summary>
    public static Unsolvable? Problem(AccessGroup group, IApproverDirectory directory)
    {
        var levels = group.EffectiveLevels();
        if (levels.Count == 0 || !group.Rules.Values.Any(rule => rule.Mode is Mode.Approve)) return null;

        // A level with more candidates than there are seats can always be met, so that no list need be longer; one more for a requester
        // who falls out.
        var enough = levels.Sum(level => level.ApprovalsRequired) + 1;
        var seats = levels.Select((level, i) => new Seats(
            level, Known(level.Approvers, enough, directory), Known(level.ManagerFallback, enough, directory),
            level.Approvers.Contains(Approvers.Manager) || (i == 0 && group.AddManager))).ToList();
        var relevant = seats.SelectMany(level => level.Fixed.Concat(level.Fallback)).ToHashSet(StringComparer.Ordinal);
        var managed = seats.Exists(level => level.Managed);

        var tried = new HashSet<(string? Requester, string? Manager)>();
        foreach (var member in Approvers.ExpandMembers(group.Members, directory))
        {
            var requester = relevant.Contains(member) ? member : null;
            var manager = managed ? Approvers.ManagerOf(member, directory) : null;
            if (tried.Add((requester, manager)) && Try(group, seats, requester, manager) is { } problem) return problem with { Requester = requester ?? (managed ? member : null) };
        }

        // Nobody may ask yet: people join groups later.
        return tried.Count == 0 ? Try(group, seats, null, null) : null;
    }

    private static Unsolvable? Try(AccessGroup group, List<Seats> seats, string? requester, string? manager)
    {
        var demands = new List<SeatDemand>(seats.Count);
        foreach (var level in seats)
        {
            var candidates = new HashSet<string>(level.Fixed, StringComparer.Ordinal);
            if (level.Managed && manager is not null) candidates.Add(manager);
            else if (level.Managed) candidates.UnionWith(level.Fallback);
            if (requester is not null && !group.AllowSelfApproval) candidates.Remove(requester);
            demands.Add(new SeatDemand(level.Policy.ApprovalsRequired, [.. candidates]));
        }

        var unmet = SeatMatching.FirstUnmet(demands);
        if (unmet < 0) return null;
        var (required, there) = (demands[unmet].Required, demands[unmet].Candidates.Count);
        var who = string.Join(", ", seats[unmet].Policy.Approvers.Select(Shown));
        var besides = group.AllowSelfApproval ? "" : requester is null ? " besides the requester" : $" besides the requester (\"{requester}\")";
        var message = there < required
            ? $"{(who.Length == 0 ? "the manager's seat" : who)} has {Members(there)}{besides}, but approvalsRequired is {required}"
            : $"the {Members(there)}{besides} are also needed at other levels, where each person fills one seat only: add approvers";
        return new Unsolvable($"{(group.Levels.Count > 0 ? $"levels[{unmet}]." : "")}approvers", message, requester);
    }

    private static string Shown(string reference) =>
        $"\"{(reference.StartsWith(Approvers.GroupPrefix, StringComparison.Ordinal) ? reference[Approvers.GroupPrefix.Length..] : reference)}\"";

    private static string Members(int count) => count == 1 ? "1 member" : $"{count} members";

    private static List<string> Known(IReadOnlyList<string> references, int enough, IApproverDirectory directory) =>
        [.. references.SelectMany(reference => Approvers.Static(reference, directory)).Distinct(StringComparer.Ordinal).Take(enough)];

    /// <summary>One level: its fixed candidates, who stands in for a missing manager, and whether a manager sits here at all.</summary>
    private sealed record Seats(LevelPolicy Policy, List<string> Fixed, List<string> Fallback, bool Managed);
}
