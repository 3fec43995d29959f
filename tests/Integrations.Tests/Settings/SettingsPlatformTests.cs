using System.Text.Json;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Settings;

public sealed class SettingsPlatformTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Proposal_IsReadAgainstTheVersionThatIsThere_AndWrittenAlike()
    {
        using var world = await SettingsWorld.Open();
        var (change, errors) = await world.Read(SettingsWorld.Proposed, world.Version);
        Assert.Empty(errors);
        Assert.Equal(world.Version, change!.Base);
        Assert.Equal(["+ carol"], ChangeWords.Lines(change).Where(static line => line.Change == LineChange.Added && line.Text.Contains("carol", StringComparison.Ordinal)).Select(static line => $"+ {line.Text.Trim().Trim('"')}"));

        // The same as JSON is the same change.
        Assert.Equal(change, (await world.Read(change.After!, world.Version)).Change);
    }

    [Fact]
    public async Task ProposalThatSaysWhatIsThere_IsNone()
    {
        using var world = await SettingsWorld.Open();
        var (change, errors) = await world.Read(await File.ReadAllTextAsync(world.GroupFile, Cancellation), world.Version);
        Assert.Null(change);
        Assert.Equal(["parameters.change"], errors.Keys);
    }

    [Theory]
    [InlineData("members: [nobody]", "members")]
    [InlineData("memers: [alice]", "memers")]
    [InlineData("id: others\nmembers: [alice]", "id")]
    [InlineData("members: [alice", "not valid YAML")]
    [InlineData("[]", "fields")]
    [InlineData("\"text\"", "fields")]
    [InlineData("", "say what")]
    public async Task ProposalThatCannotBeSaved_NamesWhatIsWrong(string change, string says)
    {
        using var world = await SettingsWorld.Open();
        var (none, errors) = await world.Read(change, world.Version);
        Assert.Null(none);
        Assert.Contains(says, string.Join(" ", Assert.Contains("parameters.change", errors)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0123")]
    public async Task ProposalAgainstAnotherVersion_IsRefused_AndSaysWhichIsThere(string? version)
    {
        using var world = await SettingsWorld.Open();
        var (none, errors) = await world.Read(SettingsWorld.Proposed, version);
        Assert.Null(none);
        Assert.Contains(world.Version, Assert.Single(Assert.Contains("parameters.base", errors)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("elsewhere/analysts")]
    [InlineData("access-groups")]
    [InlineData("access-groups/../people")]
    [InlineData("access-groups/a/b")]
    public async Task PathThatNamesNoDocument_IsRefused(string path)
    {
        using var world = await SettingsWorld.Open();
        Assert.Equal(["resources[0]"], (await world.Read(SettingsWorld.Proposed, null, path)).Errors.Keys);
        Assert.Null(await world.Platform.Find(path, Cancellation));
        var order = (await world.Order()) with { Resource = $"settings/{path}" };
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => world.Platform.Grant(order, Cancellation))).Permanent);
        await world.Platform.Revoke(order, Cancellation);
        Assert.False((await world.Platform.ReadBack(order, Cancellation)).Present);
    }

    [Fact]
    public async Task Grant_AppliesExactlyWhatWasApproved_Once_AndTellsWho()
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order();
        await world.Platform.Grant(order, Cancellation);
        var version = world.Version;
        await world.Platform.Grant(order, Cancellation);
        Assert.Equal((version, "bob,carol"), (world.Version, string.Join(",", world.Group.Approvers)));

        var told = Assert.Single(world.Audit.Events);
        Assert.Equal((EventTypes.Host.PolicySaved, "alice", "access-group/analysts", "r-1.1"), (told.Type, told.Actor, told.Resource, told.GrantId));
        Assert.Equal(("r-1", "bob,carol", version), (told.Detail!.More["request"], told.Detail.More["approvedBy"], told.Detail.More["version"]));
        Assert.Equal(ChangeWords.Hash(order.Settings!.Change), told.Detail.More["sha256"]);
        Assert.Contains("carol", JsonDocument.Parse(told.Detail.More["document"]).RootElement.GetProperty("approvers").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grant_OfADocumentThatMovedMeanwhile_FailsForGood_AndChangesNothing()
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order();
        await world.Move("Other");
        var refused = await Assert.ThrowsAsync<PlatformException>(() => world.Platform.Grant(order, Cancellation));
        Assert.True(refused.Permanent);
        Assert.Contains($"is at version {world.Version} now", refused.Message, StringComparison.Ordinal);
        await world.Platform.Revoke(order, Cancellation);
        Assert.Contains("nothing was changed", (await world.Platform.ReadBack(order, Cancellation)).Evidence, StringComparison.Ordinal);
        Assert.Equal(("Other", "bob"), (world.Group.Name, Assert.Single(world.Group.Approvers)));
        Assert.Empty(world.Audit.Events);
    }

    [Fact]
    public async Task Grant_OfAFileThatWasChangedByHand_IsRefusedToo()
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order();
        await File.AppendAllTextAsync(world.GroupFile, "\nname: By hand\n", Cancellation);
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => world.Platform.Grant(order, Cancellation))).Permanent);
        Assert.Equal("By hand", world.Group.Name);
    }

    [Theory]
    [InlineData("meant")]
    [InlineData("applied")]
    [InlineData("told-applied")]
    public async Task Grant_WhoseProcessStoppedTwice_IsOneChange(string before)
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order();
        world.Rows.StopBefore = before;
        await Assert.ThrowsAsync<IOException>(() => world.Platform.Grant(order, Cancellation));
        await Assert.ThrowsAsync<IOException>(() => world.Platform.Grant(order, Cancellation));
        world.Rows.StopBefore = null;
        await world.Platform.Grant(order, Cancellation);
        Assert.Equal(["bob", "carol"], world.Group.Approvers);
        Assert.Equal(world.Version, world.Audit.Events.Last().Detail!.More["version"]);
        Assert.Equal(before == "told-applied" ? 3 : 1, world.Audit.Events.Count);

        await world.Platform.Revoke(order, Cancellation);
        Assert.Equal(["bob"], world.Group.Approvers);
    }

    [Fact]
    public async Task Grant_AfterItsEnd_ChangesNothing()
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order();
        await world.Platform.Revoke(order, Cancellation);
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => world.Platform.Grant(order, Cancellation))).Permanent);
        Assert.Equal(["bob"], world.Group.Approvers);
    }

    [Fact]
    public async Task Grant_OfWhatIsNotSoundAnyMore_FailsForGood()
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order();
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(world.GroupFile)!, "..", "people.yaml"), "people: [{ id: alice, name: Alice }, { id: bob, name: Bob }]", Cancellation);
        await world.Folder.ReadAgain(Cancellation);
        Assert.Contains("carol", (await Assert.ThrowsAsync<PlatformException>(() => world.Platform.Grant(order, Cancellation))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("reverting")]
    [InlineData("reverted")]
    [InlineData("told-reverted")]
    public async Task End_PutsBackWhatWasThere_WhereverAProcessStopped(string? before)
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order();
        await world.Platform.Grant(order, Cancellation);
        Assert.True((await world.Platform.ReadBack(order, Cancellation)).Present);
        world.Rows.StopBefore = before;
        if (before is not null) await Assert.ThrowsAsync<IOException>(() => world.Platform.Revoke(order, Cancellation));
        world.Rows.StopBefore = null;
        await world.Platform.Revoke(order, Cancellation);
        await world.Platform.Revoke(order, Cancellation);
        Assert.Equal(["bob"], world.Group.Approvers);
        var look = await world.Platform.ReadBack(order, Cancellation);
        Assert.Equal((false, false), (look.Present, look.AwaitsPerson));
        Assert.Contains($"reverted to version {world.Version}", look.Evidence, StringComparison.Ordinal);
        Assert.Equal("request-ended", world.Audit.Events.Last().Reason);
    }

    [Fact]
    public async Task End_OfADocumentThatOthersChangedSince_OverwritesNothing_AndAsksAPerson()
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order();
        await world.Platform.Grant(order, Cancellation);
        await world.Move("Other");
        await world.Platform.Revoke(order, Cancellation);
        var look = await world.Platform.ReadBack(order, Cancellation);
        Assert.True(look.AwaitsPerson);
        Assert.Contains("not reverted", look.Evidence, StringComparison.Ordinal);
        Assert.Equal(("Other", 2), (world.Group.Name, world.Group.Approvers.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ends_OfTwoChangesOneUponTheOther_BringBackWhatStoodBeforeBoth(bool firstEndsFirst)
    {
        using var world = await SettingsWorld.Open();
        var before = (await world.Now(SettingsWorld.Path)).Text;
        var first = await world.Order();
        await world.Platform.Grant(first, Cancellation);
        var second = await world.Order(change: SettingsWorld.Proposed + "\nname: Second", grant: "r-2.1");
        await world.Platform.Grant(second, Cancellation);
        foreach (var ending in firstEndsFirst ? new[] { first, second, first } : [second, first])
        {
            await world.Platform.Revoke(ending, Cancellation);
            Assert.Equal(ending == first && world.Group.Name == "Second", (await world.Platform.ReadBack(ending, Cancellation)).AwaitsPerson);
        }

        Assert.Equal(before, (await world.Now(SettingsWorld.Path)).Text);
        foreach (var ended in new[] { first, second }) Assert.Contains("reverted to version", (await world.Platform.ReadBack(ended, Cancellation)).Evidence, StringComparison.Ordinal);
        Assert.Equal(firstEndsFirst, (await world.Platform.ReadBack(second, Cancellation)).Evidence.Contains("before the changes of r-1.1 too", StringComparison.Ordinal));
    }

    [Fact]
    public async Task End_OfAChangeMadeUponOneThatIsInForce_BringsThatBack()
    {
        using var world = await SettingsWorld.Open();
        var first = await world.Order();
        await world.Platform.Grant(first, Cancellation);
        var second = await world.Order(change: SettingsWorld.Proposed + "\nname: Second", grant: "r-2.1");
        await world.Platform.Grant(second, Cancellation);
        await world.Platform.Revoke(second, Cancellation);
        Assert.Equal((null, 2), (world.Group.Name, world.Group.Approvers.Count));
        Assert.True((await world.Platform.ReadBack(first, Cancellation)).Present);
    }

    [Fact]
    public async Task End_WhereWhatWasThereIsNotSoundAnyMore_AsksAPerson()
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order(change: SettingsWorld.Proposed.Replace("[bob, carol]", "[carol]", StringComparison.Ordinal));
        await world.Platform.Grant(order, Cancellation);
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(world.GroupFile)!, "..", "people.yaml"), "people: [{ id: alice, name: Alice }, { id: carol, name: Carol }]", Cancellation);
        await world.Folder.ReadAgain(Cancellation);
        await world.Platform.Revoke(order, Cancellation);
        Assert.True((await world.Platform.ReadBack(order, Cancellation)).AwaitsPerson);
        Assert.Equal(["carol"], world.Group.Approvers);
    }

    [Fact]
    public async Task End_WhereTheFileWasBrokenByHand_AsksAPerson()
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order();
        await world.Platform.Grant(order, Cancellation);
        await File.WriteAllTextAsync(world.GroupFile, "id: analysts\nmembers: {", Cancellation);
        await world.Folder.ReadAgain(Cancellation);
        await world.Platform.Revoke(order, Cancellation);
        var look = await world.Platform.ReadBack(order, Cancellation);
        Assert.True(look.AwaitsPerson, look.Evidence);
        Assert.StartsWith("id: analysts\nmembers: {", await File.ReadAllTextAsync(world.GroupFile, Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task End_WhereTheGroupKeepsChanges_IsProvenKept(bool moved)
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order(reverts: false);
        await world.Platform.Grant(order, Cancellation);
        if (moved) await world.Move("Other");
        await world.Platform.Revoke(order, Cancellation);
        var look = await world.Platform.ReadBack(order, Cancellation);
        Assert.Equal((false, false), (look.Present, look.AwaitsPerson));
        Assert.Contains("kept", look.Evidence, StringComparison.Ordinal);
        Assert.Contains(world.Version, look.Evidence, StringComparison.Ordinal);
        Assert.Equal(["bob", "carol"], world.Group.Approvers);
    }

    [Fact]
    public async Task SaveThatNobodyNoted_AndOthersChangedSince_IsLeftToAPerson()
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order();
        world.Rows.StopBefore = "applied";
        await Assert.ThrowsAsync<IOException>(() => world.Platform.Grant(order, Cancellation));
        world.Rows.StopBefore = null;
        await world.Move("Other");
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => world.Platform.Grant(order, Cancellation))).Permanent);
        await world.Platform.Revoke(order, Cancellation);
        Assert.True((await world.Platform.ReadBack(order, Cancellation)).AwaitsPerson);
        Assert.Equal("Other", world.Group.Name);
    }

    [Fact]
    public async Task NewDocument_IsMade_AndGoesAtTheEnd()
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order(path: "access-groups/fresh", version: null);
        Assert.Null(order.Settings!.Change.Before);
        await world.Platform.Grant(order, Cancellation);
        Assert.NotNull(world.Folder.Groups.Find("fresh"));
        Assert.Contains("settings/access-groups/fresh", (await world.Platform.Resources(Cancellation)).Select(static resource => resource.Resource));
        await world.Platform.Revoke(order, Cancellation);
        await world.Platform.Revoke(order, Cancellation);
        Assert.Null(world.Folder.Groups.Find("fresh"));
        Assert.Contains("reverted to no document", (await world.Platform.ReadBack(order, Cancellation)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_CanGo_AndComesBackAtTheEnd()
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order(change: "null");
        Assert.Null(order.Settings!.Change.After);
        await world.Platform.Grant(order, Cancellation);
        Assert.Null(world.Folder.Groups.Find("analysts"));
        await world.Platform.Revoke(order, Cancellation);
        Assert.Equal(["bob"], world.Group.Approvers);
    }

    [Theory]
    [InlineData("roles: [Auditor]", EventTypes.Host.RolesChanged)]
    [InlineData("slackUserId: U0BOB", EventTypes.Host.SlackLinked)]
    [InlineData("standIn: { person: carol, from: \"2026-11-22T00:00:00Z\", until: \"2026-11-29T00:00:00Z\" }", EventTypes.Host.DelegationChanged)]
    public async Task Person_IsChangedAsApproved_AndBackAtTheEnd(string change, string told)
    {
        using var world = await SettingsWorld.Open();
        var before = (await world.Platform.Find("people/bob", Cancellation))!;
        var order = await world.Order(path: "people/bob", change: change, version: before.Version);
        await world.Platform.Grant(order, Cancellation);
        await world.Platform.Grant(order, Cancellation);
        Assert.Equal(order.Settings!.Change.After, (await world.Platform.Find("people/bob", Cancellation))!.Text);
        var happened = Assert.Single(world.Audit.Events);
        Assert.Equal((told, "alice", "person/bob", "r-1"), (happened.Type, happened.Actor, happened.Resource, happened.Detail!.More["request"]));

        await world.Platform.Revoke(order, Cancellation);
        Assert.Equal(before, await world.Platform.Find("people/bob", Cancellation));
        Assert.Contains($"reverted to version {before.Version}", (await world.Platform.ReadBack(order, Cancellation)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Person_WhoMovedMeanwhile_IsNotChanged()
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order(path: "people/bob", change: "roles: [Auditor]", version: (await world.Platform.Find("people/bob", Cancellation))!.Version);
        await world.Folder.Directory.SetRoles("bob", ["Reviewer"], Cancellation);
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => world.Platform.Grant(order, Cancellation))).Permanent);
        Assert.Equal(["Reviewer"], world.Folder.Directory.Current.Find("bob")!.Roles);
    }

    [Fact]
    public async Task Person_PutBackByHandBeforeTheEnd_IsReverted()
    {
        using var world = await SettingsWorld.Open();
        var order = await world.Order(path: "people/bob", change: "roles: [Auditor]", version: (await world.Platform.Find("people/bob", Cancellation))!.Version);
        await world.Platform.Grant(order, Cancellation);
        await world.Folder.Directory.SetRoles("bob", [], Cancellation);
        await world.Platform.Revoke(order, Cancellation);
        Assert.False((await world.Platform.ReadBack(order, Cancellation)).AwaitsPerson);
        Assert.Single(world.Audit.Events);
    }

    [Theory]
    [InlineData("bob", "roles: [King]", "King")]
    [InlineData("dave", "roles: []", "last administrator")]
    [InlineData("bob", "standIn: { person: bob, from: \"2026-11-22T00:00:00Z\", until: \"2026-11-29T00:00:00Z\" }", "themselves")]
    [InlineData("bob", "standIn: { person: carol, from: \"2026-11-01T00:00:00Z\", until: \"2026-11-02T00:00:00Z\" }", "passed")]
    [InlineData("bob", "slackUserId: bob", "Slack")]
    [InlineData("bob", "{ roles: [Auditor], slackUserId: U0BOB }", "by itself")]
    [InlineData("bob", "null", "people.yaml")]
    [InlineData("bob", "email: bob@example.org", "email")]
    public async Task Person_WhoCannotBeSo_IsRefused(string person, string change, string says)
    {
        using var world = await SettingsWorld.Open();
        var path = $"people/{person}";
        var (none, errors) = await world.Read(change, (await world.Platform.Find(path, Cancellation))!.Version, path);
        Assert.Null(none);
        Assert.Contains(says, string.Join(" ", Assert.Contains("parameters.change", errors)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_ConcernsItsPerson()
    {
        using var world = await SettingsWorld.Open();
        Assert.Equal(("bob", null, null), (world.Platform.Concerns("people/bob"), world.Platform.Concerns("people/nobody"), world.Platform.Concerns(SettingsWorld.Path)));
    }
}
