using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Inventory;

public sealed class AccessAnswersTests
{
    private readonly InventoryScene _scene = new();

    public AccessAnswersTests() => _scene.Store.Put("pg-prod", InventoryScene.Now,
        new IdentityFact("public", IdentityKind.Everyone), new IdentityFact("alice_pg", IdentityKind.Login), new IdentityFact("bob_pg", IdentityKind.Login), new IdentityFact("orphan", IdentityKind.Login),
        new IdentityFact("root", IdentityKind.Login) { Admin = ["superuser"] }, new IdentityFact("analysts", IdentityKind.Role), new IdentityFact("reader", IdentityKind.Role),
        new MembershipFact("alice_pg", "analysts"), new MembershipFact("analysts", "reader"), new MembershipFact("bob_pg", "root", Inherit: true, Set: true), new MembershipFact("orphan", "reader"),
        new PrivilegeFact("reader", "pg-prod/a.orders", ["SELECT"]), new PrivilegeFact("bob_pg", "pg-prod/a.orders", ["INSERT"]) { Grantable = ["INSERT"] }, new PrivilegeFact("public", "pg-prod/a.motd", ["SELECT"]),
        new PrivilegeFact("root", PrivilegeFact.Everything("pg-prod"), ["SUPERUSER"]) { NotInherited = true });

    [Fact]
    public async Task AResource_SaysWhoHasIt_ThroughWhat_AndHowFreshThatIs()
    {
        var found = await Find("erin", new AccessQuery(Resource: "pg-prod/a.orders"));
        Assert.Equal(
            ["bob INSERT bob_pg", "alice SELECT alice_pg>analysts>reader", " SELECT orphan>reader", "bob SUPERUSER bob_pg>root (root)", " SUPERUSER root"],
            found.Select(Written));
        Assert.All(found, static answer => Assert.Equal((InventoryScene.Now, null, null), (answer.FactsAt, answer.Grant, answer.Until)));
        Assert.Equal(["INSERT"], found[0].Grantable);
        Assert.Equal(PrivilegeFact.Everything("pg-prod"), found[^1].Resource);
    }

    [Fact]
    public async Task WhatEveryoneHas_IsOneAnswer_OrAPersonsOwn()
    {
        var answer = Assert.Single(await Find("erin", new AccessQuery(Resource: "pg-prod/a.motd")), static answer => answer.Resource == "pg-prod/a.motd");
        Assert.Equal((true, null, "public"), (answer.Everyone, answer.Person, answer.Identity));
        var mine = Assert.Single(await Find("alice", new AccessQuery(Resource: "pg-prod/a.motd")));
        Assert.Equal((true, "alice"), (mine.Everyone, mine.Person));
        Assert.Equal(["alice_pg", "public"], mine.Via);
    }

    [Fact]
    public async Task APerson_SeesTheirOwnAlone()
    {
        Assert.Equal(["alice SELECT alice_pg>public", "alice SELECT alice_pg>analysts>reader"], (await Find("alice", new AccessQuery())).Select(Written));
        Assert.Equal(["alice SELECT alice_pg>analysts>reader"], (await Find("alice", new AccessQuery(Resource: "pg-prod/a.orders"))).Select(Written));
        Assert.Empty(await Find("alice", new AccessQuery(Person: "bob")));
        Assert.Empty(await Find("alice", new AccessQuery(Identity: IdentityIds.Of(new PlatformIdentity("pg-prod", "bob_pg")))));
        Assert.Empty(await Find("mallory", new AccessQuery(Resource: "pg-prod/a.orders")));
        Assert.Equal(["alice SELECT alice_pg>analysts>reader"], (await Find("dave", new AccessQuery(Person: "alice", Resource: "pg-prod/a.orders"))).Select(Written));
    }

    [Fact]
    public async Task AnIdentity_IsAskedFor_AlsoWhereItIsNobodys()
    {
        var asked = new AccessQuery(Identity: IdentityIds.Of(new PlatformIdentity("pg-prod", "orphan")));
        Assert.Equal([" SELECT orphan>public", " SELECT orphan>reader"], (await Find("erin", asked)).Select(Written));
        Assert.Empty(await Find("erin", new AccessQuery(Identity: "no id")));
    }

    [Fact]
    public async Task AccessThroughAGrant_NamesIt_ItsRequestAndItsEnd()
    {
        Active("r-1", "carol", "carol_pg", "reader", "pg-prod/a.orders");
        _scene.Store.Put("pg-prod", InventoryScene.Now, new IdentityFact("carol_pg", IdentityKind.Login), new MembershipFact("carol_pg", "reader"));
        var answer = Assert.Single(await Find("erin", new AccessQuery(Resource: "pg-prod/a.orders")), static answer => answer.Person == "carol");
        Assert.Equal(("r-1.1", "r-1", InventoryScene.Now.AddHours(1)), (answer.Grant, answer.Request, answer.Until));
        Assert.Equal(["carol_pg", "reader"], answer.Via);
        Assert.Equal(["carol SELECT carol_pg>public", "carol SELECT carol_pg>reader"], (await Find("carol", new AccessQuery())).Select(Written));
    }

    [Fact]
    public async Task AGrantThatNoFactTellsOf_IsAnAnswerOfItsOwn()
    {
        Active("r-1", "carol", "carol_pg", "reader", "pg-prod/a.orders");
        Active("r-2", "carol", null, null, "vault/key", AccessKind.Credential);
        var found = await Find("carol", new AccessQuery());
        Assert.Equal(["pg-prod/a.orders reader r-1", "vault/key Credential r-2"], found.Select(static answer => $"{answer.Resource} {answer.Privileges[0]} {answer.Request}"));
        Assert.All(found, static answer => Assert.True(answer is { Via.Count: 0, FactsAt: null, Person: "carol" }));
        Assert.Equal(["r-2"], (await Find("erin", new AccessQuery(Resource: "vault/key"))).Select(static answer => answer.Request!));
        Assert.Empty(await Find("alice", new AccessQuery(Resource: "vault/key")));
    }

    [Fact]
    public async Task ARoleThatGivesNothingOnWhatWasAskedFor_IsStillToldForIt()
    {
        Active("r-1", "carol", "carol_pg", "reader", "pg-prod/a");
        _scene.Store.Put("pg-prod", InventoryScene.Now, new IdentityFact("carol_pg", IdentityKind.Login), new MembershipFact("carol_pg", "reader"));
        Assert.Equal(["r-1"], (await Find("erin", new AccessQuery(Resource: "pg-prod/a"))).Where(static answer => answer.Person == "carol").Select(static answer => answer.Request!));
        Assert.Equal(3, (await Find("carol", new AccessQuery())).Count);
    }

    [Fact]
    public async Task WhatIsGivenOnAResource_ThatCoversTheAskedOne_IsAccessToIt()
    {
        _scene.Platform.Covers = static resource => resource == "pg-prod/a.orders.lines" ? ["pg-prod/a.orders"] : [];
        var found = await Find("erin", new AccessQuery(Resource: "pg-prod/a.orders.lines"));
        Assert.Equal(["bob INSERT bob_pg", "alice SELECT alice_pg>analysts>reader", " SELECT orphan>reader", "bob SUPERUSER bob_pg>root (root)", " SUPERUSER root"], found.Select(Written));
        Assert.Equal("pg-prod/a.orders", found[0].Resource);
        Assert.Equal(["alice SELECT alice_pg>analysts>reader"], (await Find("alice", new AccessQuery(Resource: "pg-prod/a.orders.lines"))).Select(Written));
        Assert.DoesNotContain(await Find("erin", new AccessQuery(Resource: "pg-prod/a.other")), static answer => answer.Person == "alice");
    }

    [Fact]
    public async Task AGrantOnAResource_ThatCoversTheAskedOne_IsToldForIt_AndNotTheOtherWayRound()
    {
        _scene.Platform.Covers = static resource => resource == "pg-prod/a.orders.lines" ? ["pg-prod/a.orders"] : [];
        Active("r-1", "carol", "carol_pg", "reader", "pg-prod/a.orders");
        Active("r-2", "dave", "dave_pg", "writer", "pg-prod/a.orders.lines");
        Assert.Equal(["r-1", "r-2"], (await Find("erin", new AccessQuery(Resource: "pg-prod/a.orders.lines"))).Select(static answer => answer.Request).OfType<string>());
        Assert.Equal(["r-1"], (await Find("erin", new AccessQuery(Resource: "pg-prod/a.orders"))).Select(static answer => answer.Request).OfType<string>());
    }

    [Fact]
    public async Task AGroupWithMembersThatNobodyTold_LeavesOpenWhoHasWhatItHas()
    {
        _scene.Platform.Covers = static resource => resource == "pg-prod/a.orders.lines" ? ["pg-prod/a.orders"] : [];
        Assert.False(await _scene.Unknown.MayHave("pg-prod", null, default));
        _scene.Store.Put("pg-prod", InventoryScene.Now, new IdentityFact("group:team", IdentityKind.Group) { MembersUnknown = true }, new MembershipFact("group:team", "analysts"));
        Assert.True(await _scene.Unknown.MayHave("pg-prod", "pg-prod/a.orders", default));
        Assert.True(await _scene.Unknown.MayHave("pg-prod", "pg-prod/a.orders.lines", default));
        Assert.True(await _scene.Unknown.MayHave(null, null, default));
        Assert.False(await _scene.Unknown.MayHave("pg-prod", "pg-prod/a.other", default));
        Assert.False(await _scene.Unknown.MayHave("vault", "vault/key", default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Pages_HoldEachAnswerOnce_InTheOrderOfTheWhole(int limit)
    {
        Active("r-1", "carol", "carol_pg", "reader", "pg-prod/a.orders");
        Active("r-2", "bob", null, null, "vault/key", AccessKind.Credential);
        _scene.Store.Put("pg-prod", InventoryScene.Now, Enumerable.Range(0, 7).Select(static number => new PrivilegeFact("reader", $"pg-prod/t{number}", ["SELECT"])));
        foreach (var query in (AccessQuery[])[new(), new(Person: "alice"), new(Resource: "pg-prod/a.orders"), new(Resource: "vault/key")])
        {
            var whole = await Find("erin", query);
            List<AccessAnswer> paged = [];
            string? cursor = null;
            do
            {
                var page = await _scene.Answers.Find(_scene.People.Caller("erin"), query, cursor, limit, default);
                Assert.InRange(page.Items.Count, 1, limit);
                paged.AddRange(page.Items);
                cursor = page.Next;
            }
            while (cursor is not null);
            Assert.Equal(whole.Select(static answer => $"{Written(answer)} {answer.Resource} {answer.Request}"), paged.Select(static answer => $"{Written(answer)} {answer.Resource} {answer.Request}"));
        }
    }

    [Theory]
    [InlineData("x")]
    [InlineData("W10")]
    [InlineData("WyJhIl0")]
    public async Task ACursorOfSomethingElse_IsRefused(string cursor) =>
        await Assert.ThrowsAsync<FormatException>(() => _scene.Answers.Find(_scene.People.Caller("erin"), new AccessQuery(), cursor, 5, default));

    private async Task<IReadOnlyList<AccessAnswer>> Find(string by, AccessQuery query)
    {
        var page = await _scene.Answers.Find(_scene.People.Caller(by), query, null, 100, default);
        Assert.Null(page.Next);
        return page.Items;
    }

    private void Active(string id, string requester, string? identity, string? role, string resource, AccessKind kind = AccessKind.Role)
    {
        var request = Given.Request(id, Phase.Active, GrantState.Granted, requester);
        _scene.Requests.Put(request with { Role = role, Ask = request.Ask with { Kind = kind, Role = role, Resources = [resource] }, Grants = [request.Grants[0] with { Resource = resource, Identity = identity }] });
    }

    private static string Written(AccessAnswer answer) =>
        $"{answer.Person} {string.Join(',', answer.Privileges)} {string.Join('>', answer.Via)}{(answer.SetRole is { } role ? $" ({role})" : "")}";
}
