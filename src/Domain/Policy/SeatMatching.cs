namespace AccessFunctions.Domain.Policy;

/// <summary>Seats still to be filled at one level, and the people who may fill them.</summary>
public sealed record SeatDemand(int Required, IReadOnlyList<string> Candidates);

/// <summary>Can every seat be filled by a person of its own? A bipartite matching over seats and people (design, section 4, rules 1 and 2).</summary>
public static class SeatMatching
{
    /// <summary>The index of the first demand that cannot be met beside those before it; -1 where all can.</summary>
    public static int FirstUnmet(IReadOnlyList<SeatDemand> demands)
    {
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
}
