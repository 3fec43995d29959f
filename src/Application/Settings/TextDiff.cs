namespace AccessFunctions.Application.Settings;

/// <summary>What became of a line.</summary>
public enum LineChange { Same, Removed, Added, Skipped }

/// <summary>A line of a difference; <see cref="LineChange.Skipped"/> stands for lines that are the same and far from any change.</summary>
public sealed record DiffLine(LineChange Change, string Text);

/// <summary>The difference of two texts, line by line: the fewest lines removed and added.</summary>
public static class TextDiff
{
    /// <summary>Lines shown around a change.</summary>
    private const int Around = 3;

    /// <summary>Above so many pairs of lines the middle is given as replaced whole, so that the work stays small.</summary>
    private const long MostPairs = 1_000_000;

    /// <summary>The changed lines with those around them; empty where the texts are the same.</summary>
    public static IReadOnlyList<DiffLine> Of(string before, string after)
    {
        var all = All(before.Split('\n'), after.Split('\n'));
        var near = new bool[all.Count];
        for (var i = 0; i < all.Count; i++)
        {
            if (all[i].Change == LineChange.Same) continue;
            for (var j = Math.Max(0, i - Around); j <= Math.Min(all.Count - 1, i + Around); j++) near[j] = true;
        }

        if (!near.Contains(true)) return [];
        List<DiffLine> shown = [];
        for (var i = 0; i < all.Count; i++)
        {
            if (near[i]) shown.Add(all[i]);
            else if (i == 0 || near[i - 1]) shown.Add(new DiffLine(LineChange.Skipped, ""));
        }

        return shown;
    }

    private static List<DiffLine> All(string[] before, string[] after)
    {
        var head = 0;
        while (head < before.Length && head < after.Length && before[head] == after[head]) head++;
        var tail = 0;
        while (tail < before.Length - head && tail < after.Length - head && before[^(tail + 1)] == after[^(tail + 1)]) tail++;
        return
        [
            .. before.Take(head).Select(Same),
            .. Middle(before[head..^tail], after[head..^tail]),
            .. before.TakeLast(tail).Select(Same),
        ];

        static DiffLine Same(string line) => new(LineChange.Same, line);
    }

    private static List<DiffLine> Middle(string[] before, string[] after)
    {
        if ((long)before.Length * after.Length > MostPairs)
            return [.. before.Select(static line => new DiffLine(LineChange.Removed, line)), .. after.Select(static line => new DiffLine(LineChange.Added, line))];

        // common[i, j]: the longest common subsequence of what follows line i of the one and line j of the other.
        var common = new int[before.Length + 1, after.Length + 1];
        for (var i = before.Length - 1; i >= 0; i--)
        {
            for (var j = after.Length - 1; j >= 0; j--)
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }

        List<DiffLine> lines = [];
        var (old, now) = (0, 0);
        while (old < before.Length || now < after.Length)
        {
            if (old < before.Length && now < after.Length && before[old] == after[now])
            {
                lines.Add(new DiffLine(LineChange.Same, before[old++]));
                now++;
            }
            else if (now == after.Length || (old < before.Length && common[old + 1, now] >= common[old, now + 1]))
            {
                lines.Add(new DiffLine(LineChange.Removed, before[old++]));
            }
            else
            {
                lines.Add(new DiffLine(LineChange.Added, after[now++]));
            }
        }

        return lines;
    }
}
