using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Inventory;

/// <summary>Between two runs the ledger knows what the facts do not have yet, or still have.</summary>
public sealed class AccessSinceFactsTests
{
    private static readonly DateTimeOffset Before = InventoryScene.Now.AddMinutes(-5);
    private static readonly DateTimeOffset Since = InventoryScene.Now.AddMinutes(5);
    private readonly InventoryScene _scene = new();

    public AccessSinceFactsTests() => _scene.Store.Put("pg-prod", InventoryScene.Now,
        new IdentityFact("alice_pg", IdentityKind.Login), new IdentityFact("carol_pg", IdentityKind.Login), new IdentityFact("reader", IdentityKind.Role), new IdentityFact("base", IdentityKind.Role),
        new MembershipFact("reader", "base"), new PrivilegeFact("base", "pg-prod/analytics.orders", ["SELECT"]));

    [Fact]
    public async Task ARoleGivenSince_IsAWayToWhatItReaches_ByItsGrant()
    {
        Put("r-1", "carol", GrantState.Granted, Since);
        foreach (var query in (AccessQuery[])[new(Resource: "pg-prod/analytics.orders"), new("carol", "pg-prod/analytics.orders"), new("carol"), new(Identity: IdentityIds.Of(new PlatformIdentity("pg-prod", "carol_pg")))])
        {
            var answer = Assert.Single(await Find(query), static answer => answer.Via.Count > 0);
            Assert.Equal(("carol", "r-1.1", "r-1", InventoryScene.Now.AddHours(1), InventoryScene.Now), (answer.Person, answer.Grant, answer.Request, answer.Until!.Value, answer.FactsAt!.Value));
            Assert.Equal(["carol_pg", "reader", "base"], answer.Via);
        }
    }

    [Fact]
    public async Task ALoginThatTheFactsDoNotHave_HasWhatItWasGivenSince()
    {
        Put("r-1", "bob", GrantState.Granted, Since);
        Assert.Equal(["bob_pg>reader>base r-1.1"], Written(await Find(new AccessQuery(Resource: "pg-prod/analytics.orders"))));
        Assert.Equal(["bob_pg>reader>base r-1.1"], Written(await Find(new AccessQuery("bob", "pg-prod/analytics.orders"))));
    }

    [Fact]
    public async Task WhatWasGivenBeforeTheFactsWereRead_AndIsNotAmongThem_IsNoWay()
    {
        Put("r-1", "carol", GrantState.Granted, Before);
        Assert.Empty(await Find(new AccessQuery(Resource: "pg-prod/analytics.orders")));
        Assert.Equal(["r-1.1"], (await Find(new AccessQuery(Resource: "pg-prod/analytics"))).Select(static answer => answer.Grant!));
    }

    [Fact]
    public async Task WhatAGrantMadeSince_IsToldForAllThatItsResourceHolds()
    {
        Put("r-1", "carol", GrantState.Granted, Since, role: "SELECT");
        var answer = Assert.Single(await Find(new AccessQuery("carol", "pg-prod/analytics.customers")));
        Assert.Equal(("pg-prod/analytics", "r-1.1"), (answer.Resource, answer.Grant));
        Assert.Empty(await Find(new AccessQuery("carol", "pg-prod/analytics2")));
        Put("r-1", "carol", GrantState.Granted, Before, role: "SELECT");
        Assert.Empty(await Find(new AccessQuery("carol", "pg-prod/analytics.customers")));
    }

    [Fact]
    public async Task WhatWasProvenGoneSince_IsNoWayAnyMore()
    {
        Member("carol_pg");
        Put("r-1", "carol", GrantState.Gone, Before, gone: Since, Phase.Closed);
        Assert.Empty(await Find(new AccessQuery(Resource: "pg-prod/analytics.orders")));
        Assert.Empty(await Find(new AccessQuery("carol")));
        Assert.Empty(await Find(new AccessQuery(), by: "carol"));

        // One of several, in a request that runs on.
        Put("r-1", "carol", GrantState.Gone, Before, gone: Since, Phase.Revoking);
        Assert.Empty(await Find(new AccessQuery(Resource: "pg-prod/analytics.orders")));
        Assert.Empty(await Find(new AccessQuery(), by: "carol"));
    }

    [Fact]
    public async Task WhatNewerFactsHave_OrNobodyProvedGone_OrStoodBefore_Stands()
    {
        Member("carol_pg");
        Put("r-1", "carol", GrantState.Gone, Before, gone: Before, Phase.Closed);
        Assert.Equal(["carol_pg>reader>base "], Written(await Find(new AccessQuery(Resource: "pg-prod/analytics.orders"))));
        var proven = Put("r-1", "carol", GrantState.Gone, Before, gone: Since, Phase.Closed);
        _scene.Requests.Put(proven with { Grants = [proven.Grants[0] with { Fulfillers = ["ben"] }] });
        Assert.Single(await Find(new AccessQuery(Resource: "pg-prod/analytics.orders")));
        _scene.Requests.Put(proven with { Grants = [proven.Grants[0] with { AlreadyHeld = "a member" }] });
        Assert.Single(await Find(new AccessQuery(Resource: "pg-prod/analytics.orders")));
    }

    [Theory]
    [InlineData("erin")]
    [InlineData("carol")]
    public async Task WhatAnotherGrantKeeps_StaysWhenOneEnds(string by)
    {
        Member("carol_pg");
        Put("r-1", "carol", GrantState.Gone, Before, gone: Since, Phase.Closed);
        var kept = Put("r-2", "carol", GrantState.Granted, Before);
        _scene.Requests.Put(kept with { Requester = "bob" });
        Assert.Single(await Find(new AccessQuery("carol", "pg-prod/analytics.orders"), by));
    }

    [Fact]
    public async Task ALoginMadeForAGrant_IsAWayAsSoonAsItIsThere_AndNoneOnceItIsProvenGone()
    {
        _scene.Platform.MakesLogins = true;
        var made = Put("r-1", "carol", GrantState.Granted, Since, login: "af_1");
        var answer = Assert.Single(await Find(new AccessQuery(Resource: "pg-prod/analytics.orders")));
        Assert.Equal(("carol", "af_1", "r-1.1"), (answer.Person, answer.Identity, answer.Grant));
        Assert.Equal(["af_1>reader>base r-1.1"], Written(await Find(new AccessQuery("carol", "pg-prod/analytics.orders"))));

        _scene.Store.Put("pg-prod", InventoryScene.Now, new IdentityFact("af_1", IdentityKind.Login) { Managed = true }, new MembershipFact("af_1", "reader"), new PrivilegeFact("af_1", "pg-prod/analytics.orders", ["INSERT"]));
        Assert.Equal(2, (await Find(new AccessQuery(Resource: "pg-prod/analytics.orders"))).Count);
        _scene.Requests.Put(made with { Phase = Phase.Closed, ClosedAt = Since, Grants = [made.Grants[0] with { State = GrantState.Gone, GrantedAt = Before, ProvenGoneAt = Since }] });
        Assert.Empty(await Find(new AccessQuery(Resource: "pg-prod/analytics.orders")));
        Assert.Empty(await Find(new AccessQuery("carol")));
    }

    [Fact]
    public async Task WhereUsersInheritNothing_WhatIsGivenSinceHasToBeBecome()
    {
        _scene.Store.Put("pg-prod", InventoryScene.Now, new IdentityFact("other", IdentityKind.Role), new MembershipFact("carol_pg", "other", Inherit: false, Set: true));
        Put("r-1", "carol", GrantState.Granted, Since);
        Assert.Equal("reader", Assert.Single(await Find(new AccessQuery(Resource: "pg-prod/analytics.orders"))).SetRole);
    }

    private void Member(string login) => _scene.Store.Put("pg-prod", InventoryScene.Now, new MembershipFact(login, "reader"));

    private AccessRequest Put(string id, string requester, GrantState state, DateTimeOffset granted, DateTimeOffset? gone = null, Phase phase = Phase.Active, string role = "reader", string? login = null)
    {
        var request = Given.Request(id, phase, state, requester);
        return _scene.Requests.Put(request with
        {
            Role = role,
            Ask = request.Ask with { Role = role },
            ClosedAt = phase == Phase.Closed ? gone : null,
            Grants = [request.Grants[0] with { GrantedAt = granted, ProvenGoneAt = gone, Login = login, Identity = login is null ? $"{requester}_pg" : null }],
        });
    }

    private async Task<IReadOnlyList<AccessAnswer>> Find(AccessQuery query, string by = "erin") => (await _scene.Answers.Find(_scene.People.Caller(by), query, null, 100, default)).Items;

    private static IEnumerable<string> Written(IEnumerable<AccessAnswer> answers) => answers.Select(static answer => $"{string.Join('>', answer.Via)} {answer.Grant}");
}
