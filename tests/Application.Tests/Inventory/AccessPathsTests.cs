using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Inventory;

/// <summary>Ways are written as <c>alice>analysts>reader</c>; behind a space what has to be become first, and the grant.</summary>
public sealed class AccessPathsTests
{
    private static readonly MembershipFact[] Chain = [new("alice", "analysts"), new("analysts", "reader")];

    [Fact]
    public void AnIdentity_HasItsOwn_AndWhatItInheritsThroughEachStep() =>
        Assert.Equal(["alice", "alice>analysts", "alice>analysts>reader"], From("alice", Chain));

    [Fact]
    public void ARole_IsHadByItsMembers_AndTheirs() =>
        Assert.Equal(["alice>analysts>reader", "analysts>reader", "reader"], To("reader", Chain));

    [Fact]
    public void ACycle_IsWalkedOnce()
    {
        MembershipFact[] cycle = [.. Chain, new("reader", "analysts"), new("reader", "alice"), new("alice", "alice")];
        Assert.Equal(["alice", "alice>analysts", "alice>analysts>reader"], From("alice", cycle));
        Assert.Equal(["alice>analysts>reader", "analysts>reader", "reader"], To("reader", cycle));
    }

    [Fact]
    public void ADiamond_IsOneWay_TheShortest()
    {
        MembershipFact[] diamond = [.. Chain, new("alice", "staff"), new("staff", "analysts"), new("alice", "reader")];
        Assert.Equal(["alice", "alice>analysts", "alice>reader", "alice>staff"], From("alice", diamond));
        Assert.Equal(["alice>reader", "analysts>reader", "reader", "staff>analysts>reader"], To("reader", diamond));
    }

    [Fact]
    public void WithoutInheriting_TheRoleHasToBeBecome_AndThenItsInheritingCounts()
    {
        MembershipFact[] noinherit = [new("alice", "dba", Inherit: false, Set: true), new("dba", "reader"), new("dba", "root", Inherit: false, Set: true)];
        Assert.Equal(["alice", "alice>dba dba", "alice>dba>reader dba", "alice>dba>root root"], From("alice", noinherit));
        Assert.Equal(["alice>dba>reader dba", "dba>reader", "reader"], To("reader", noinherit));
        Assert.Equal(["alice>dba>root root", "dba>root root", "root"], To("root", noinherit));
    }

    [Fact]
    public void BecomingAfterInheriting_IsNoWay()
    {
        MembershipFact[] facts = [new("alice", "staff"), new("staff", "dba", Inherit: false, Set: true)];
        Assert.Equal(["alice", "alice>staff"], From("alice", facts));
        Assert.Equal(["dba", "staff>dba dba"], To("dba", facts));
    }

    [Fact]
    public void AMembershipThatNeitherInheritsNorSets_IsNoWay()
    {
        MembershipFact[] facts = [new("alice", "dba", Inherit: false, Set: false, Admin: true)];
        Assert.Equal(["alice"], From("alice", facts));
        Assert.Equal(["dba"], To("dba", facts));
    }

    [Fact]
    public void AWayThatNeedsNoBecoming_IsPreferred_AlsoWhereItIsLonger()
    {
        MembershipFact[] facts = [new("alice", "reader", Inherit: false, Set: true), .. Chain];
        Assert.Contains("alice>analysts>reader", From("alice", facts));
        Assert.Contains("alice>analysts>reader", To("reader", facts));
    }

    [Fact]
    public void WhatIsNotInherited_IsHadByWhoCanBecomeIt()
    {
        MembershipFact[] facts = [new("alice", "root", Inherit: true, Set: true), new("bob", "root", Inherit: true, Set: false), new("carol", "staff"), new("staff", "root", Inherit: false, Set: true)];
        Assert.Equal(["alice>root root", "root", "staff>root root"], To("root", facts, notInherited: true));
        Assert.Equal(["alice", "alice>root root"], From("alice", facts, notInherited: true));
        Assert.Equal(["bob"], From("bob", facts, notInherited: true));
    }

    [Fact]
    public void Everyone_IsAStepForEach_ButItsMembersAreNotListed()
    {
        MembershipFact[] facts = [new("public", "motd"), .. Chain];
        Assert.Equal(["alice", "alice>analysts", "alice>public>motd", "alice>public", "alice>analysts>reader"], From("alice", facts, everyone: "public"));
        Assert.Equal(["public"], To("public", facts, everyone: "public"));
        Assert.Equal(["motd", "public>motd"], To("motd", facts, everyone: "public"));
    }

    [Fact]
    public void AMembershipOfALiveGrant_IsTheGrantsWay_BesideOneThatStands()
    {
        var grant = Live("g-1", "alice", "reader");
        Assert.Equal(["alice", "alice>analysts", "alice>analysts>reader", "alice>reader  g-1"], From("alice", [.. Chain, new("alice", "reader")], grants: [grant]));
        Assert.Equal(["alice>analysts>reader", "alice>reader  g-1", "analysts>reader", "reader"], To("reader", [.. Chain, new("alice", "reader")], grants: [grant]));
    }

    [Fact]
    public void WhatFollowsAGrant_IsTheGrantsToo_AndAStandingOneIsNot()
    {
        MembershipFact[] facts = [new("alice", "analysts"), new("analysts", "reader")];
        Assert.Equal(["alice", "alice>analysts  g-1", "alice>analysts>reader  g-1"], From("alice", facts, grants: [Live("g-1", "alice", "analysts")]));
        Assert.Equal(["alice", "alice>analysts", "alice>analysts>reader"], From("alice", facts, grants: [Live("g-1", "alice", "analysts") with { Standing = true }]));
        Assert.Equal(["alice>analysts>reader  g-1", "analysts>reader", "reader"], To("reader", facts, grants: [Live("g-1", "alice", "analysts")]));
    }

    [Fact]
    public void EverythingOfALoginMadeForAGrant_IsTheGrants()
    {
        var grant = Live("g-1", "af_1", null);
        Assert.Equal(["af_1  g-1", "af_1>reader  g-1"], From("af_1", [new("af_1", "reader")], grants: [grant]));
        Assert.Equal(["af_1>reader  g-1", "reader"], To("reader", [new("af_1", "reader")], grants: [grant]));
    }

    [Fact]
    public void OfGrantsThatShareAMembership_TheLastToEndKeepsIt() =>
        Assert.Equal(["alice", "alice>reader  g-2"], From("alice", [new("alice", "reader")], grants: [Live("g-1", "alice", "reader"), Live("g-2", "alice", "reader", hours: 3), Live("g-3", "alice", "reader", hours: 2)]));

    [Fact]
    public void TenThousandMembers_AreFoundAtOnce()
    {
        MembershipFact[] facts = [.. Enumerable.Range(0, 10_000).Select(static number => new MembershipFact($"u{number}", $"g{number % 100}")), .. Enumerable.Range(0, 100).Select(static number => new MembershipFact($"g{number}", "reader"))];
        Assert.Equal(10_101, To("reader", facts).Count);
    }

    internal static LiveGrant Live(string id, string? identity, string? role, string requester = "alice", string resource = "pg-prod/analytics", int hours = 1)
    {
        var request = Given.Request($"r-{id}", Phase.Active, GrantState.Granted, requester);
        var grant = request.Grants[0] with { Id = id, Resource = resource, Identity = identity };
        return new LiveGrant("pg-prod", request with { Grants = [grant], Period = new Period(Given.Now, Given.Now.AddHours(hours)) }, grant, identity, role, Standing: false);
    }

    private static List<string> From(string identity, MembershipFact[] facts, bool notInherited = false, string? everyone = null, params LiveGrant[] grants) =>
        [.. new AccessPaths(Graph(facts, everyone), grants).From(identity, notInherited).Select(Written)];

    private static List<string> To(string grantee, MembershipFact[] facts, bool notInherited = false, string? everyone = null, params LiveGrant[] grants) =>
        [.. new AccessPaths(Graph(facts, everyone), grants).To(grantee, notInherited).Select(Written)];

    private static InventoryGraph Graph(MembershipFact[] facts, string? everyone) => new(
        "pg-prod", facts.SelectMany(static fact => new[] { fact.Member, fact.Of }).Distinct().Select(name => new IdentityFact(name, name == everyone ? IdentityKind.Everyone : IdentityKind.Login)), facts);

    private static string Written(AccessPath path) => $"{string.Join('>', path.Via)} {path.SetRole} {path.Grant?.Grant.Id}".TrimEnd();
}
