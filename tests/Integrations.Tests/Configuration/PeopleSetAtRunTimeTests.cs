using AccessFunctions.Application.Directory;
using AccessFunctions.Integrations.Configuration;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Configuration;

/// <summary>What is set of people at run time stands over the files: roles, stand-ins, Slack users.</summary>
public sealed class PeopleSetAtRunTimeTests : ConfigurationScene
{
    [Fact]
    public async Task Roles_SetAtRunTime_StandOverTheConfiguredOnes_AndOutliveARestart()
    {
        using (var folder = await Open())
        {
            await folder.Directory.SetRoles("dave", [], None);
            await folder.Directory.SetRoles("bob", [Roles.Reviewer], None);
            Assert.Empty(folder.Directory.Current.WithRole(Roles.Admin));
        }

        using var again = await Open();
        Assert.Empty(again.Directory.Current.WithRole(Roles.Admin));
        Assert.Equal(["bob"], again.Directory.Current.WithRole(Roles.Reviewer));
    }

    [Fact]
    public async Task Roles_OfSomebodyTheFileSaysLeft_EndForEveryProcess_AndAFileThatNamesOneHolds()
    {
        Write("people.yaml", "people: [{ id: alice, name: Alice, roles: [Admin] }, { id: bob, name: Bob, active: false }]");
        using (var before = await Open()) await before.Directory.SetRoles("bob", [Roles.Auditor, Roles.Reviewer], None);
        using var folder = await Open();
        using var other = await Open();
        Assert.Equal([Roles.Auditor, Roles.Reviewer], await folder.Directory.EndRoles("bob", None));
        Assert.Empty(await folder.Directory.EndRoles("bob", None));
        Assert.Empty(await other.Directory.EndRoles("bob", None));
        Assert.Empty(await folder.Directory.EndRoles("alice", None));
        Assert.Empty(await folder.Directory.EndRoles("nobody", None));
        Assert.Equal([Roles.Auditor, Roles.Reviewer], folder.Directory.Current.Find("bob")!.Roles);

        Write("people.yaml", "people: [{ id: alice, name: Alice, roles: [Admin] }, { id: bob, name: Bob, roles: [Auditor] }]");
        foreach (var process in new[] { folder, other })
        {
            await process.ReadAgain(None);
            Assert.Equal([Roles.Auditor], process.Directory.Current.Find("bob")!.Roles);
        }

        await other.Directory.SetRoles("bob", [Roles.Reviewer], None);
        using var again = await Open();
        Assert.Equal([Roles.Reviewer], again.Directory.Current.Find("bob")!.Roles);
    }

    [Fact]
    public async Task StandIn_IsSetReplacedAndCleared()
    {
        using var folder = await Open();
        var changes = 0;
        folder.Directory.Changed += () => changes++;
        var first = new Delegation("bob", "dave", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        await folder.Directory.SetDelegation("bob", first, None);
        await folder.Directory.SetDelegation("bob", first with { StandIn = "alice" }, None);
        Assert.Equal([first with { StandIn = "alice" }], folder.Directory.Current.Delegations);
        await folder.Directory.SetDelegation("bob", null, None);
        Assert.Empty(folder.Directory.Current.Delegations);
        Assert.Equal(3, changes);
    }

    [Fact]
    public async Task ReadOverlayAgain_PutsInForceWhatAnotherProcessSet_AndOnlyThat()
    {
        using var folder = await Open();
        var changes = 0;
        folder.Directory.Changed += () => changes++;
        await folder.ReadOverlayAgain(None);
        Assert.Equal(0, changes);

        await Overlay.SaveRoles("bob", ["Auditor"], None);
        await Overlay.SaveDelegation("bob", new Delegation("bob", "alice", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1)), None);
        Assert.Empty(folder.Directory.Current.Find("bob")!.Roles);
        await folder.ReadOverlayAgain(None);
        await folder.ReadOverlayAgain(None);
        Assert.Equal(["Auditor"], folder.Directory.Current.Find("bob")!.Roles);
        Assert.Equal("alice", Assert.Single(folder.Directory.Current.Delegations).StandIn);
        Assert.Equal(1, changes);
    }

    [Fact]
    public async Task ASlackUserThatIsLinked_HoldsAgainstTheConfiguredOne_UntilItIsUnlinked()
    {
        Write("people.yaml", "people: [{ id: alice, name: Alice, slackUserId: U0ALICE }, { id: bob, name: Bob, slackUserId: U0BOB }, { id: carol, name: Carol }]");
        using var folder = await Open();
        var changes = 0;
        folder.Directory.Changed += () => changes++;
        Assert.True(await folder.Directory.SetSlackUser("alice", "U0NEW", None));
        Assert.Equal(("U0NEW", "U0BOB", null), Linked(folder));
        Assert.True(await folder.Directory.SetSlackUser("alice", null, None));
        Assert.Equal((null, "U0BOB", null), Linked(folder));
        Assert.True(await folder.Directory.SetSlackUser("carol", "U0ALICE", None));
        Assert.Equal((null, "U0BOB", "U0ALICE"), Linked(folder));
        Assert.Equal(3, changes);
        using var later = await Open();
        Assert.Equal((null, "U0BOB", "U0ALICE"), Linked(later));
    }

    [Fact]
    public async Task ASlackUserOfAnother_IsNotLinked_WhereverItComesFrom()
    {
        Write("people.yaml", "people: [{ id: alice, name: Alice, slackUserId: U0ALICE }, { id: bob, name: Bob }, { id: carol, name: Carol }]");
        using var folder = await Open();
        using var other = await Open();
        Assert.False(await folder.Directory.SetSlackUser("bob", "U0ALICE", None));
        Assert.True(await other.Directory.SetSlackUser("carol", "U0NEW", None));

        // The other process told nobody yet.
        Assert.False(await folder.Directory.SetSlackUser("bob", "U0NEW", None));
        Assert.DoesNotContain("bob", (await Overlay.Load(None)).SlackUsers.Keys);
        await folder.ReadOverlayAgain(None);
        Assert.Equal(("U0ALICE", null, "U0NEW"), Linked(folder));
    }

    [Fact]
    public async Task ASlackUserThatTwoHave_IsWhoseItWasProvenToBe_AndElseNobodys()
    {
        Write("people.yaml", "people: [{ id: alice, name: Alice, slackUserId: U0ONE }, { id: bob, name: Bob }, { id: carol, name: Carol }]");
        await Overlay.SaveSlackUser("bob", "U0ONE", None);
        using (var folder = await Open()) Assert.Equal((null, "U0ONE", null), Linked(folder));

        await Overlay.SaveSlackUser("carol", "U0ONE", None);
        using (var folder = await Open()) Assert.Equal((null, null, null), Linked(folder));

        await Overlay.SaveSlackUser("nobody-any-more", "U0TWO", None);
        using (var folder = await Open()) Assert.True(await folder.Directory.SetSlackUser("bob", "U0TWO", None));
    }

    private static (string? Alice, string? Bob, string? Carol) Linked(ConfigurationFolder folder)
    {
        var people = folder.Directory.Current;
        return (people.Find("alice")!.SlackUserId, people.Find("bob")!.SlackUserId, people.Find("carol")!.SlackUserId);
    }
}
