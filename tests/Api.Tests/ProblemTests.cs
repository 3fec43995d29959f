using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Tests;

public sealed class ProblemTests
{
    [Theory]
    [InlineData(RefusalReason.SelfReview, 403, "self-review")]
    [InlineData(RefusalReason.AlreadySettled, 409, "already-settled")]
    [InlineData(RefusalReason.NotYourLevel, 409, "not-your-level")]
    [InlineData(RefusalReason.StaleRevision, 409, "stale-revision")]
    [InlineData(RefusalReason.NoActionsAvailable, 409, "no-actions-available")]
    [InlineData(RefusalReason.RoleRequired, 422, "role-required")]
    [InlineData(RefusalReason.PeriodPassed, 422, "period-passed")]
    [InlineData(RefusalReason.NotFound, 404, "not-found")]
    [InlineData(RefusalReason.InvalidAsk, 422, "invalid")]
    public void Reason_MapsToItsStatusAndSlug(RefusalReason reason, int status, string slug)
    {
        var problem = Problems.Of(reason);
        Assert.Equal((status, slug), (problem.Status, problem.Slug));
    }

    [Fact]
    public void NoActionsAvailable_HasTheTitleThatClientsShow() => Assert.Equal("No actions available", Problems.Of(RefusalReason.NoActionsAvailable).Title);

    [Fact]
    public void EveryReason_HasAProblemOfItsOwn()
    {
        var slugs = Enum.GetValues<RefusalReason>().Select(reason => Problems.Of(reason).Slug).ToList();
        Assert.Equal(slugs.Count, slugs.Distinct().Count());
    }

    [Fact]
    public void OneSlug_MeansOneProblem() => Assert.All(
        Enum.GetValues<RefusalReason>().Select(Problems.Of).Concat(Enum.GetValues<Fault>().Select(Problems.Of)).GroupBy(problem => problem.Slug),
        same => Assert.Single(same.Distinct()));

    [Fact]
    public void ErrorsPage_ListsExactlyWhatTheMapSays()
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "docs", "errors.md"));
        var rows = lines.Where(line => line.StartsWith("| <a id=", StringComparison.Ordinal));
        var expected = Problems.All.Select(problem => $"| <a id=\"{problem.Slug}\"></a>`{problem.Slug}` | {problem.Status} | {problem.Title} | {problem.Meaning} | {problem.Remedy} |");
        Assert.Equal(expected, rows);
    }
}
