using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Configuration;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Configuration;

/// <summary>Access groups saved at run time: files again, and never over what another wrote.</summary>
public sealed class GroupsSaveTests : ConfigurationScene
{
    private static AccessGroup Second => new()
    {
        Id = "second",
        Members = ["alice"],
        Resources = ["vault/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Credential] = new(Mode.Approve) },
        Approvers = ["bob"],
    };

    [Fact]
    public async Task SavedGroup_IsAFile_AndInForce()
    {
        using var folder = await Open();
        var saved = await folder.Groups.Save(Second, null, None);
        Assert.Equal(saved, folder.Groups.Find("second"));
        Assert.Equal(["analysts", "second"], folder.Groups.All.Select(group => group.Group.Id));
        Assert.Equal(["access-groups/analysts.yaml", "access-groups/second.yaml"], Directory.GetFiles(PathOf("access-groups")).Select(path => $"access-groups/{Path.GetFileName(path)}").Order());

        using var again = await Open();
        Assert.Equal(saved!.Version, again.Groups.Find("second")!.Version);
        Assert.Equivalent(saved.Group, again.Groups.Find("second")!.Group);
    }

    [Fact]
    public async Task Save_HoldsToTheVersion()
    {
        using var folder = await Open();
        var first = (await folder.Groups.Save(Second, null, None))!;
        Assert.Null(await folder.Groups.Save(Second, null, None));
        Assert.Null(await folder.Groups.Save(Second with { Priority = 1 }, "other", None));
        Assert.Null(await folder.Groups.Save(Second with { Id = "third" }, first.Version, None));

        var second = (await folder.Groups.Save(Second with { Priority = 1 }, first.Version, None))!;
        Assert.NotEqual(first.Version, second.Version);
        Assert.Null(await folder.Groups.Save(Second with { Priority = 2 }, first.Version, None));
        Assert.False(await folder.Groups.Delete("second", first.Version, None));
        Assert.True(await folder.Groups.Delete("second", second.Version, None));
        Assert.False(await folder.Groups.Delete("second", second.Version, None));
        Assert.Null(folder.Groups.Find("second"));
    }

    [Fact]
    public async Task Save_OverAFileThatIsBroken_SaysWhy()
    {
        using var folder = await Open();
        var stored = folder.Groups.Find("analysts")!;
        Assert.Null(folder.Groups.Hindrance("analysts"));
        Write("access-groups/analysts.yaml", Analysts.Replace("[bob]", "[nobody]", StringComparison.Ordinal));
        await folder.ReadAgain(None);
        Assert.Null(await folder.Groups.Save(stored.Group with { Priority = 1 }, stored.Version, None));
        Assert.Contains("is broken", folder.Groups.Hindrance("analysts"), StringComparison.Ordinal);
        Assert.Contains("access-groups/analysts.yaml:6", folder.Groups.Hindrance("analysts"), StringComparison.Ordinal);
        Assert.Null(folder.Groups.Hindrance("none"));
    }

    [Fact]
    public async Task Save_OverAChangeByHandThatIsNotReadYet_IsRefused()
    {
        using var folder = await Open();
        var version = folder.Groups.Find("analysts")!.Version;
        Write("access-groups/analysts.yaml", Analysts + "\npriority: 5\n");
        Assert.Null(await folder.Groups.Save(folder.Groups.Find("analysts")!.Group with { Priority = 9 }, version, None));
        Assert.False(await folder.Groups.Delete("analysts", version, None));
        await folder.ReadAgain(None);
        Assert.Equal(5, folder.Groups.Find("analysts")!.Group.Priority);
    }

    [Fact]
    public async Task Save_OfAGroupInAnOddlyNamedFile_ReplacesThatFile()
    {
        File.Move(PathOf("access-groups/analysts.yaml"), PathOf("access-groups/01-first.yaml"));
        using var folder = await Open();
        var there = folder.Groups.Find("analysts")!;
        Assert.NotNull(await folder.Groups.Save(there.Group with { Priority = 9 }, there.Version, None));
        Assert.Single(Directory.GetFiles(PathOf("access-groups")));
    }

    [Fact]
    public async Task Save_OfAnUnsoundGroup_WritesNothing()
    {
        using var folder = await Open();
        await Assert.ThrowsAsync<ConfigurationException>(() => folder.Groups.Save(Second with { Id = "../evil" }, null, None));
        await Assert.ThrowsAsync<ConfigurationException>(() => folder.Groups.Save(Second with { Approvers = [] }, null, None));
        Assert.Single(Directory.GetFiles(Root, "*", SearchOption.AllDirectories), path => path.EndsWith("analysts.yaml", StringComparison.Ordinal));
        Assert.Equal(3, Directory.GetFiles(Root, "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task TwoSaversOfOneVersion_OneWins()
    {
        using var folder = await Open();
        var there = folder.Groups.Find("analysts")!;
        var saves = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Task.Run(() => folder.Groups.Save(there.Group with { Priority = i }, there.Version, None))));
        Assert.Single(saves, saved => saved is not null);
    }
}
