using System.Globalization;

namespace AccessFunctions.Api.Pages.App;

/// <summary>A bar of a chart: what it stands for, and how many.</summary>
public sealed record ChartBar(string Label, int Value);

/// <summary>Numbers to be drawn as bars, and read as a table.</summary>
/// <param name="Id">Unique on the page.</param>
/// <param name="Title">What is counted.</param>
/// <param name="Of">What a bar stands for: the heading of the table's first column.</param>
/// <param name="Bars">In order.</param>
/// <param name="Upright">True: columns beside each other, as for days; false: rows below each other, as for names.</param>
public sealed record Chart(string Id, string Title, string Of, IReadOnlyList<ChartBar> Bars, bool Upright = false)
{
    /// <summary>The drawing's width. Its units are no pixels: it takes the room there is.</summary>
    public const int Width = 320;

    private const int ColumnsTop = 16, ColumnsFloor = 116, RowHeight = 24, RowLabels = 112, RowNumbers = 36, LongestLabel = 17;

    /// <summary>True where there is nothing to draw.</summary>
    public bool Empty => Bars.All(static bar => bar.Value == 0);

    /// <summary>The drawing's height.</summary>
    public int Height => Upright ? ColumnsFloor + 18 : (Bars.Count * RowHeight) + 4;

    /// <summary>All of it in one sentence, for those who do not see the drawing.</summary>
    public string Words => Empty ? $"{Title}: none." : $"{Title}: {string.Join(", ", Bars.Where(static bar => bar.Value > 0).Select(static bar => $"{bar.Label} {bar.Value.ToString(CultureInfo.InvariantCulture)}"))}.";

    /// <summary>The bars with their places; a bar that counts something is never too small to be seen.</summary>
    public IReadOnlyList<DrawnBar> Draw()
    {
        var most = Math.Max(1, Bars.Select(static bar => bar.Value).DefaultIfEmpty().Max());
        return [.. Bars.Select((bar, index) => Upright ? Column(bar, index, most) : Row(bar, index, most))];
    }

    private DrawnBar Column(ChartBar bar, int index, int most)
    {
        var (left, right) = (Width * index / Bars.Count, Width * (index + 1) / Bars.Count);
        var height = Length(bar.Value, most, ColumnsFloor - ColumnsTop);

        // Only the first and the last are named below, so that names do not run into each other.
        var (anchor, at) = index == 0 ? ("start", 0) : ("end", Width);
        return new DrawnBar(bar, left + 1, ColumnsFloor - height, Math.Max(1, right - left - 2), height)
        {
            Label = index == 0 || index == Bars.Count - 1 ? new DrawnText(bar.Label, at, ColumnsFloor + 14, anchor) : null,
            Number = bar.Value > 0 && Bars.Count <= 14 ? new DrawnText(Plain(bar.Value), (left + right) / 2, ColumnsFloor - height - 4, "middle") : null,
        };
    }

    private static DrawnBar Row(ChartBar bar, int index, int most)
    {
        var top = (index * RowHeight) + 4;
        var length = Length(bar.Value, most, Width - RowLabels - RowNumbers);
        return new DrawnBar(bar, RowLabels, top, length, RowHeight - 8)
        {
            Label = new DrawnText(bar.Label.Length > LongestLabel ? bar.Label[..(LongestLabel - 1)] + "…" : bar.Label, RowLabels - 6, top + 13, "end"),
            Number = new DrawnText(Plain(bar.Value), RowLabels + length + 5, top + 13, "start"),
        };
    }

    private static int Length(int value, int most, int room) => value == 0 ? 0 : Math.Max(2, (int)((long)value * room / most));

    private static string Plain(int value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A bar with its place in the drawing, in the drawing's units.</summary>
public sealed record DrawnBar(ChartBar Bar, int X, int Y, int Width, int Height)
{
    public DrawnText? Label { get; init; }
    public DrawnText? Number { get; init; }
}

/// <summary>Words in a drawing.</summary>
/// <param name="Anchor">The end of the words that is at the place: <c>start</c>, <c>middle</c> or <c>end</c>.</param>
public sealed record DrawnText(string Words, int X, int Y, string Anchor);
