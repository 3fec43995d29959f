namespace AccessFunctions.Domain.Policy;

/// <summary>Seats still to be filled at one level, and the people who may fill them.</summary>
public sealed record SeatDemand(int Required, IReadOnlyList<string> Candidates)
{
    /// <summary>Every seat is filled: nobody is needed, and nobody is taken from another level.</summary>
    public static SeatDemand None { get; } = new(0, []);
}

/// <summary>Can every seat be filled by a person of its own? A bipartite matching over seats and people (design, section 4, rules 1 and 2).</summary>
public static class SeatMatching
{
    /// <summary>The index of the first demand that cannot be met beside those before it; -1 where all can.</summary>
    public static int FirstUnmet(IReadOnlyList<SeatDemand> demands)
    {
        if (NobodyTwice(demands)) return FirstShort(demands);
        var holder = new Dictionary<string, int>(StringComparer.Ordinal);
        var visited = new HashSet<string>(StringComparer.Ordinal);
        for (var demand = 0; demand < demands.Count; demand++)
        {
            for (var seat = 0; seat < demands[demand].Required; seat++)
            {
                visited.Clear();
                if (!Seat(demand)) return demand;
            }
        }

        return -1;

        bool Seat(int demand)
        {
            var candidates = demands[demand].Candidates;
            for (var i = 0; i < candidates.Count; i++)
            {
                var person = candidates[i];
                if (!visited.Add(person)) continue;
                if (holder.TryGetValue(person, out var other) && !Seat(other)) continue;
                holder[person] = demand;
                return true;
            }

            return false;
        }
    }

    /// <summary>Lists this short are compared name by name; longer ones go through the matching, which is right for all.</summary>
    private const int FewCandidates = 16;

    /// <summary>True where no person is on two lists: then counting is enough, and nothing has to be matched.</summary>
    private static bool NobodyTwice(IReadOnlyList<SeatDemand> demands)
    {
        for (var i = 0; i < demands.Count; i++)
        {
            var candidates = demands[i].Candidates;
            if (candidates.Count > FewCandidates) return false;
            for (var a = 0; a < candidates.Count; a++)
            {
                for (var other = i; other < demands.Count; other++)
                {
                    var others = demands[other].Candidates;
                    for (var b = other == i ? a + 1 : 0; b < others.Count; b++)
                    {
                        if (string.Equals(candidates[a], others[b], StringComparison.Ordinal)) return false;
                    }
                }
            }
        }

        return true;
    }

    private static int FirstShort(IReadOnlyList<SeatDemand> demands)
    {
        for (var i = 0; i < demands.Count; i++)
        {
            if (demands[i].Candidates.Count < demands[i].Required) return i;
        }

        return -1;
    }
}
