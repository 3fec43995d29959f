using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Tests.Shared;

/// <summary>What a host's store of roles, stand-ins and Slack users promises.</summary>
public abstract class PeopleOverlayContract
{
    private static readonly Delegation Absence = new("alice", "bob", new DateTimeOffset(2026, 12, 20, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2027, 1, 4, 0, 0, 0, TimeSpan.Zero));

    /// <summary>The store as a process that starts now finds it.</summary>
    protected abstract IPeopleOverlay Opened { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Overlay_IsEmptyAtFirst() => Assert.True((await Opened.Load(Cancellation)).SaysTheSameAs(PeopleOverlay.Empty));

    [Fact]
    public async Task Overlay_KeepsTheLastOfEachKind_WithoutMixingThem()
    {
        await Opened.SaveRoles("alice", ["Admin", "Auditor"], Cancellation);
        await Opened.SaveRoles("alice", ["Auditor"], Cancellation);
        await Opened.SaveRoles("müller / x", [], Cancellation);
        await Opened.SaveDelegation("alice", Absence with { StandIn = "carol" }, Cancellation);
        await Opened.SaveDelegation("alice", Absence, Cancellation);
        await Opened.SaveSlackUser("alice", "U0OLD", Cancellation);
        await Opened.SaveSlackUser("alice", "U0ALICE", Cancellation);
        await Opened.SaveSlackUser("müller / x", "W0MULLER", Cancellation);

        var saved = await Opened.Load(Cancellation);
        Assert.True(saved.SaysTheSameAs(new PeopleOverlay(new Dictionary<string, IReadOnlyList<string>> { ["alice"] = ["Auditor"], ["müller / x"] = [] }, [Absence])
        {
            SlackUsers = new Dictionary<string, string?> { ["alice"] = "U0ALICE", ["müller / x"] = "W0MULLER" },
        }));
    }

    [Fact]
    public async Task RolesThatEnded_AreKnown_UntilRolesAreSavedAnew()
    {
        foreach (var person in (string[])["alice", "müller / x"]) await Opened.SaveRoles(person, ["Admin"], Cancellation);
        foreach (var person in (string[])["alice", "müller / x", "nobody"]) await Opened.EndRoles(person, Cancellation);
        var saved = await Opened.Load(Cancellation);
        Assert.Equal(["alice", "müller / x"], saved.EndedRoles.Order(StringComparer.Ordinal));
        Assert.Equal(2, saved.Roles.Count);
        Assert.Equal(["Admin"], saved.Roles["alice"]);
        Assert.False(saved.SaysTheSameAs(saved with { EndedRoles = new HashSet<string> { "alice" } }));

        await Opened.SaveRoles("alice", ["Auditor"], Cancellation);
        saved = await Opened.Load(Cancellation);
        Assert.Equal("müller / x", Assert.Single(saved.EndedRoles));
        Assert.Equal(["Auditor"], saved.Roles["alice"]);
    }

    [Fact]
    public async Task LinksOfIdentities_AreKept_ThoseToNobodyToo()
    {
        var (mine, odd, gone) = (new PlatformIdentity("pg-prod", "alice"), new PlatformIdentity("pg prod", "domain\\müller / x"), new PlatformIdentity("pg-prod", "old"));
        await Opened.SaveIdentityLinks(new Dictionary<PlatformIdentity, IdentityLink?> { [mine] = new("bob", LinkKind.Email), [odd] = new(null, LinkKind.Hand), [gone] = new("carol", LinkKind.Email) }, Cancellation);
        await Opened.SaveIdentityLinks(new Dictionary<PlatformIdentity, IdentityLink?> { [mine] = new("alice", LinkKind.Hand), [gone] = null }, Cancellation);
        var links = (await Opened.Load(Cancellation)).IdentityLinks;
        Assert.Equal(2, links.Count);
        Assert.Equal(new IdentityLink("alice", LinkKind.Hand), links[mine]);
        Assert.Equal(new IdentityLink(null, LinkKind.Hand), links[odd]);
    }

    [Fact]
    public async Task NoSlackUser_IsSaidTo()
    {
        await Opened.SaveSlackUser("alice", "U0ALICE", Cancellation);
        await Opened.SaveSlackUser("alice", null, Cancellation);
        await Opened.SaveSlackUser("bob", null, Cancellation);
        var saved = await Opened.Load(Cancellation);
        Assert.Equal(2, saved.SlackUsers.Count);
        Assert.All(saved.SlackUsers.Values, Assert.Null);
    }
}
