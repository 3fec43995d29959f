using Xunit;

namespace AccessFunctions.Integrations.Tests.Configuration;

/// <summary>What is in force after files changed: the new, and of a broken file the last good one.</summary>
public sealed class ConfigurationChangesTests : ConfigurationScene
{
    [Fact]
    public async Task ChangedFile_IsInForceAfterReadingAgain()
    {
        using var folder = await Open();
        var (changes, peopleChanges) = (0, 0);
        folder.Changed += () => changes++;
        folder.Directory.Changed += () => peopleChanges++;

        await folder.ReadAgain(None);
        Assert.Equal((0, 0), (changes, peopleChanges));

        Write("access-groups/analysts.yaml", Analysts + "\npriority: 5\n");
        await folder.ReadAgain(None);
        Assert.Equal(5, folder.Groups.Find("analysts")!.Group.Priority);
        Assert.Equal((1, 0), (changes, peopleChanges));

        Write("people.yaml", People + "\n  - { id: erin, name: Erin }\n");
        await folder.ReadAgain(None);
        Assert.NotNull(folder.Directory.Current.Find("erin"));
        Assert.Equal((2, 1), (changes, peopleChanges));
    }

    [Theory]
    [InlineData("people.yaml", "id: [broken")]
    [InlineData("platforms.yaml", "id: [broken")]
    [InlineData("access-groups/analysts.yaml", "id: [broken")]
    [InlineData("access-groups/analysts.yaml", "{ id: analysts, approvers: [nobody-known] }")]
    public async Task Start_WithAFileBrokenSinceTheLastGoodOne_GoesOnWithWhatWasKept(string file, string broken)
    {
        var kept = PathOf("kept");
        (await Open(kept)).Dispose();
        Write(file, broken);
        using var folder = await Open(kept);
        Assert.All(Problems(folder), problem => Assert.StartsWith($"{file}:", problem, StringComparison.Ordinal));
        Assert.NotEmpty(folder.Problems);
        Assert.Equal(3, folder.Directory.Current.All.Count);
        Assert.Equal(2, folder.Platforms.Count);
        Assert.Equal(["bob"], folder.Groups.Find("analysts")!.Group.Approvers);
    }

    [Fact]
    public async Task Start_WithoutAGroupThatWasKept_DoesNotBringItBack()
    {
        var kept = PathOf("kept");
        (await Open(kept)).Dispose();
        File.Delete(PathOf("access-groups/analysts.yaml"));
        using var folder = await Open(kept);
        Assert.Null(folder.Groups.Find("analysts"));
        Assert.Empty(folder.Problems);
    }

    [Theory]
    [InlineData("people.yaml")]
    [InlineData("platforms.yaml")]
    [InlineData("access-groups/analysts.yaml")]
    public async Task BrokenFile_LeavesTheLastGoodVersionInForce_AndSaysSo(string file)
    {
        using var folder = await Open();
        var good = File.ReadAllText(PathOf(file));
        Write(file, "id: [broken");
        await folder.ReadAgain(None);
        Assert.StartsWith($"{file}:", Assert.Single(Problems(folder)), StringComparison.Ordinal);
        Assert.Equal(3, folder.Directory.Current.All.Count);
        Assert.Equal(2, folder.Platforms.Count);
        Assert.Equal(["bob"], folder.Groups.Find("analysts")!.Group.Approvers);

        Write(file, good);
        await folder.ReadAgain(None);
        Assert.Empty(folder.Problems);
    }

    [Fact]
    public async Task UnsoundGroup_IsRefusedLikeABrokenFile()
    {
        using var folder = await Open();
        Write("access-groups/analysts.yaml", Analysts + "\nmaxAdvance: 3000d\n");
        Write("access-groups/new.yaml", Analysts.Replace("id: analysts", "id: new", StringComparison.Ordinal).Replace("[bob]", "[nobody]", StringComparison.Ordinal));
        await folder.ReadAgain(None);
        Assert.Equal(["analysts"], folder.Groups.All.Select(group => group.Group.Id));
        Assert.Equal(TimeSpan.FromDays(30), folder.Groups.Find("analysts")!.Group.MaxAdvance);
        Assert.Equal(2, folder.Problems.Count);
    }

    [Fact]
    public async Task PersonWhoLeaves_LeavesThePolicyInForce_AndIsTold()
    {
        using var folder = await Open();
        Write("people.yaml", People.Replace("  - { id: bob, name: Bob }\n", "", StringComparison.Ordinal).Replace("manager: bob, ", "", StringComparison.Ordinal));
        await folder.ReadAgain(None);
        Assert.Null(folder.Directory.Current.Find("bob"));
        Assert.NotNull(folder.Groups.Find("analysts"));
        Assert.Contains("approvers[0]: there is no person \"bob\"", Assert.Single(Problems(folder)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeletedGroupFile_IsAGroupThatIsGone_OtherFilesStayInForce()
    {
        using var folder = await Open();
        File.Delete(PathOf("access-groups/analysts.yaml"));
        File.Delete(PathOf("platforms.yaml"));
        File.Delete(PathOf("people.yaml"));
        await folder.ReadAgain(None);
        Assert.Empty(folder.Groups.All);
        Assert.Equal(2, folder.Platforms.Count);
        Assert.Equal(3, folder.Directory.Current.All.Count);
        Assert.Equal(["people.yaml: the file is missing", "platforms.yaml: the file is missing"], Problems(folder));
    }

    [Fact]
    public async Task Watching_SeesAChangeByItself()
    {
        using var folder = await Open();
        folder.Watch();
        var seen = new TaskCompletionSource();
        folder.Changed += () => seen.TrySetResult();
        Write("access-groups/second.yaml", Analysts.Replace("id: analysts", "id: second", StringComparison.Ordinal));
        await seen.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.NotNull(folder.Groups.Find("second"));
    }
}
