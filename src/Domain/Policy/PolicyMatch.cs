using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Policy;

/// <summary>Who asks, as far as policy is concerned.</summary>
/// <param name="UserName">Stands for <c>[#USERNAME#]</c>, literally.</param>
public sealed record Asker(string Id, string UserName, IReadOnlyList<string> Groups);

/// <summary>Which group governs an ask, and why. Exactly one of <see cref="Policy"/> and <see cref="Refusal"/> is there.</summary>
/// <param name="Why">Every group that was considered for each resource, in sentences for people. Groups the asker is no member of are not named.</param>
public sealed record PolicyAnswer(RequestPolicy? Policy, AccessGroup? Group, Refusal? Refusal, IReadOnlyList<string> Why);

/// <summary>Finds the access group that governs an ask: the strictest effective mode, then the lowest priority, then the lowest id (design, section 5).</summary>
public static class PolicyMatch
{
    /// <summary>
    /// Resolves. Refuses with <see cref="RefusalReason.InvalidAsk"/> (shape of the ask), <see cref="RefusalReason.NoRule"/>, or
    /// <see cref="RefusalReason.SeveralGroups"/> (says how to split).
    /// </summary>
    public static PolicyAnswer Resolve(IReadOnlyList<AccessGroup> groups, Asker asker, Ask ask, DateTimeOffset at)
    {
        if (AskRules.Shape(ask, at) is { } malformed) return new PolicyAnswer(null, null, malformed, []);

        // A freeze in any group that matches any of the resources holds for the whole request, and so moves where its period falls.
        var mine = groups.Where(group => IsMember(group, asker)).OrderBy(group => group.Id, StringComparer.Ordinal).Select(group => new Applicant(group)).ToList();
        var matching = ask.Resources.Select(resource => mine.Where(applicant => applicant.Covers(resource, asker.UserName)).ToList()).ToList();
        var freezes = matching.SelectMany(list => list).Distinct().Where(applicant => applicant.Speaks(ask.Kind))
            .SelectMany(applicant => applicant.Group.Freezes).Distinct().ToList();

        var why = new List<string>();
        var winners = new List<Applicant>();
        var orphans = new List<string>();
        for (var i = 0; i < ask.Resources.Count; i++)
        {
            if (Winner(ask.Resources[i], ask, matching[i], freezes, at, why) is { } winner) winners.Add(winner);
            else orphans.Add(ask.Resources[i]);
        }

        if (orphans.Count > 0) return new PolicyAnswer(null, null, NoRule(ask, orphans), why);
        if (winners.Distinct().Count() > 1) return new PolicyAnswer(null, null, Several(ask, winners), why);
        return new PolicyAnswer(Copy(winners[0], ask, freezes, at), winners[0].Group, null, why);
    }

    private static bool IsMember(AccessGroup group, Asker asker) => group.Members.Any(member =>
        member == Approvers.Everyone || member == asker.Id
        || (member.StartsWith(Approvers.GroupPrefix, StringComparison.Ordinal) && asker.Groups.Contains(member[Approvers.GroupPrefix.Length..], StringComparer.Ordinal)));

    private static Applicant? Winner(string resource, Ask ask, List<Applicant> matching, List<Freeze> freezes, DateTimeOffset at, List<string> why)
    {
        foreach (var silent in matching.Where(applicant => !applicant.Speaks(ask.Kind)))
            why.Add($"{resource}: access group \"{silent.Group.Id}\" covers it, but says nothing of {ask.Kind}.");

        var ranked = matching.Where(applicant => applicant.Speaks(ask.Kind))
            .OrderByDescending(applicant => applicant.Effective(ask, freezes, at)).ThenBy(applicant => applicant.Group.Priority).ThenBy(applicant => applicant.Group.Id, StringComparer.Ordinal)
            .ToList();
        if (ranked.Count == 0)
        {
            why.Add($"{resource}: no access group lets you ask for {ask.Kind} here.");
            return null;
        }

        var winner = ranked[0];
        why.Add($"{resource}: access group \"{winner.Group.Id}\" applies: {winner.Describe(ask, freezes, at)}.");
        foreach (var other in ranked.Skip(1))
        {
            var because = other.Effective(ask, freezes, at) != winner.Effective(ask, freezes, at) ? "is less strict"
                : other.Group.Priority != winner.Group.Priority ? $"comes later by priority ({other.Group.Priority} after {winner.Group.Priority})"
                : "comes later by id";
            why.Add($"{resource}: access group \"{other.Group.Id}\" ({other.Describe(ask, freezes, at)}) {because}{(other.Group.Freezes.Count > 0 ? "; its freezes hold all the same" : "")}.");
        }

        return winner;
    }

    private static Refusal NoRule(Ask ask, List<string> orphans)
    {
        var errors = new FieldErrors();
        for (var i = 0; i < ask.Resources.Count; i++)
        {
            if (orphans.Contains(ask.Resources[i], StringComparer.Ordinal)) errors.Add($"resources[{i}]", $"no access group lets you ask for {ask.Kind} on \"{ask.Resources[i]}\"");
        }

        var named = string.Join(", ", orphans.Take(5).Select(resource => $"\"{resource}\""));
        return new Refusal(RefusalReason.NoRule, $"No access group lets you ask for {ask.Kind} on {named}{(orphans.Count > 5 ? $" and {orphans.Count - 5} more" : "")}.") { Errors = errors.ByField() };
    }

    private static Refusal Several(Ask ask, List<Applicant> winners)
    {
        var parts = winners.Select((winner, i) => (winner.Group.Id, Resource: ask.Resources[i])).GroupBy(pair => pair.Id, pair => pair.Resource, StringComparer.Ordinal).ToList();
        var split = string.Join("; ", parts.Select((part, i) => $"{i + 1}. {string.Join(", ", part)} (access group \"{part.Key}\")"));
        return new Refusal(RefusalReason.SeveralGroups, $"These resources are governed by {parts.Count} access groups. Make {parts.Count} requests instead: {split}.")
        {
            Errors = new Dictionary<string, IReadOnlyList<string>> { ["resources"] = [.. parts.Select(part => $"ask for these together: {string.Join(", ", part)}")] },
        };
    }

    private static RequestPolicy Copy(Applicant winner, Ask ask, List<Freeze> freezes, DateTimeOffset at)
    {
        var group = winner.Group;
        return new RequestPolicy
        {
            AccessGroup = group.Id,
            Mode = winner.Effective(ask, freezes, at),
            TimeZone = group.TimeZone,
            Reasons = group.Reasons,
            TicketRequired = group.TicketRequired,
            TicketPattern = group.TicketPattern,
            DefaultDuration = group.DefaultDuration,
            MaxDuration = group.MaxDuration,
            MaxAdvance = group.MaxAdvance,
            ExtendUpTo = group.ExtendUpTo,
            Levels = group.EffectiveLevels(),
            AddManager = group.AddManager,
            ApproversMayChangePeriod = group.ApproversMayChangePeriod,
            AllowSelfApproval = group.AllowSelfApproval && ask.Kind != AccessKind.Settings, // nobody decides on their own change
            LapseAfter = group.LapseAfter,
            RemindEvery = group.RemindEvery,
            AccessWindows = group.AccessWindows,

            // Only access that would have needed approval ends where approval is needed again.
            ApprovalWindows = group.Rules[ask.Kind].Mode is Mode.Approve ? group.ApprovalWindows : [],
            Freezes = freezes,
            Roles = group.Roles,
            DefaultRole = group.DefaultRole,
            Identities = group.Identities,
            AllowBatch = group.AllowBatch,
            AllowEmergency = group.AllowEmergency,
            EmergencyReviewWithin = group.EmergencyReviewWithin,
            FreezeBlocksEmergency = group.FreezeBlocksEmergency,
            RevertAtEnd = group.Rules[ask.Kind].RevertAtEnd,
        };
    }

    /// <summary>A group the asker is a member of, its patterns read once.</summary>
    private sealed class Applicant(AccessGroup group)
    {
        private readonly List<Pattern> _patterns = [.. group.Resources.Select(text => Pattern.TryParse(text, out var pattern, out _) ? pattern : null).OfType<Pattern>()];
        private Mode? _effective;

        public AccessGroup Group => group;

        public bool Covers(string resource, string userName) => _patterns.Exists(pattern => pattern.Matches(resource, userName));

        public bool Speaks(AccessKind kind) => group.Rules.ContainsKey(kind);

        public Mode Effective(Ask ask, IReadOnlyList<Freeze> freezes, DateTimeOffset at) => _effective ??= group.Rules[ask.Kind].Mode switch
        {
            Mode.Approve => NeedsApproval(ask, freezes, at) ? Mode.Approve : Mode.Justify,
            var written => written,
        };

        public string Describe(Ask ask, IReadOnlyList<Freeze> freezes, DateTimeOffset at)
        {
            var effective = Effective(ask, freezes, at);
            return $"mode {effective}{(effective == group.Rules[ask.Kind].Mode ? "" : ", because neither now nor the period lies in an approval window")}, priority {group.Priority}";
        }

        /// <summary>Approval windows: none given means always. Looked at are the instant of submission, the asked period, and where access windows and freezes move it.</summary>
        private bool NeedsApproval(Ask ask, IReadOnlyList<Freeze> freezes, DateTimeOffset at)
        {
            if (group.ApprovalWindows.Count == 0 || Within(at, at)) return true;
            var asked = Periods.Float(Periods.Asked(ask, group.DefaultDuration, at), at);
            if (asked.End <= asked.Start || Within(asked.Start, asked.End)) return true;
            var usable = Periods.Usable(asked, Periods.Add(at, group.MaxAdvance), group.AccessWindows, freezes, group.TimeZone);
            return usable is not null && Within(usable.Start, usable.End);
        }

        private bool Within(DateTimeOffset from, DateTimeOffset to) => Windows.Overlaps(from, to, group.ApprovalWindows, group.TimeZone);
    }
}
