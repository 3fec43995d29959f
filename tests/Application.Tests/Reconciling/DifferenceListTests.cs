using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;

namespace AccessFunctions.Application.Tests.Reconciling;

public sealed class DifferenceListTests
{
    private static readonly Reconciled Left = new(
        new Dictionary<string, Difference>
        {
            ["stood"] = Of("stood", 9, standing: true),
            ["old"] = Of("old", 1),
            ["b"] = Of("same time", 2),
            ["a"] = Of("same time", 2),
            ["new"] = Of("new", 3),
            ["gone"] = Of("gone", 3, Drift.Vanished),
            ["else"] = Of("else", 3, platform: "sf"),
        },
        new Dictionary<string, ReconcilePlace>());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(50)]
    public void Pages_HoldEachOnce_TheNewestFirst_AndWhatStoodLast(int limit)
    {
        Assert.Equal(["else", "gone", "new", "same time", "same time", "old", "stood"], All(null, null, limit));
        Assert.Equal(["new", "same time", "same time", "old", "stood"], All("pg-prod", Drift.Ungranted, limit));
        Assert.Empty(All("none", null, limit));
    }

    [Fact]
    public void APage_GoesOnBehindOneThatIsGone()
    {
        var first = DifferenceList.Page(Left, "pg-prod", Drift.Ungranted, null, 2);
        var fewer = Left with { Reported = Left.Reported.Where(static pair => pair.Key != "a").ToDictionary() };
        Assert.Equal(["same time", "old", "stood"], DifferenceList.Page(fewer, "pg-prod", Drift.Ungranted, first.Next, 50).Items.Select(static one => one.Evidence));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("W10")]
    [InlineData("WyIxIiwiLTEiLCJhIl0")]
    public void ACursorOfSomethingElse_IsRefused(string cursor) => Assert.Throws<FormatException>(() => DifferenceList.Page(Left, null, null, cursor, 5));

    private static List<string> All(string? platform, Drift? drift, int limit)
    {
        List<string> all = [];
        string? cursor = null;
        do
        {
            var page = DifferenceList.Page(Left, platform, drift, cursor, limit);
            Assert.InRange(page.Items.Count, 0, limit);
            all.AddRange(page.Items.Select(static one => one.Evidence));
            cursor = page.Next;
        }
        while (cursor is not null);
        return all;
    }

    private static Difference Of(string evidence, int minutes, Drift drift = Drift.Ungranted, string platform = "pg-prod", bool standing = false) =>
        new(drift, platform, null, null, platform, null, null, evidence, Given.Now.AddMinutes(minutes), standing);
}
