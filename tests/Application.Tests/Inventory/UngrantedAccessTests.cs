using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Inventory;

public sealed class UngrantedAccessTests
{
    private static readonly AccessGroup Analysts = new()
    {
        Id = "analysts",
        Resources = ["pg-*/analytics*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Role] = new(Mode.Approve) },
        Roles = ["reader", "SELECT"],
    };

    private readonly InventoryScene _scene = new();
    private readonly FakeReconcileMemory _memory = new();
    private readonly FakeGroups _groups = new(Analysts);
    private readonly UngrantedAccess _access;
    private readonly UngrantedReports _reports;

    public UngrantedAccessTests()
    {
        _access = new UngrantedAccess(new InventoryGraphs(_scene.Store, _scene.Time), _scene.Store, _scene.Requests, new FakePlatforms([.. _scene.Platforms]), _groups, _scene.People);
        _reports = new UngrantedReports(_access, _scene.Audit, _memory, _scene.Time);
    }

    [Fact]
    public async Task WhatNoGrantExplains_IsFound_ForWhatIsAskedForHereAlone()
    {
        Put(new MembershipFact("alice_pg", "reader"), new MembershipFact("bob_pg", "other"), new PrivilegeFact("bob_pg", "pg-prod/analytics.orders", ["INSERT", "SELECT"]),
            new PrivilegeFact("bob_pg", "pg-prod/hr", ["SELECT"]), new PrivilegeFact("alice_pg", "pg-prod/analytics", ["INSERT", "OWNER", "SELECT"]), new MembershipFact("root", "reader"), new MembershipFact("made", "reader"),
            new MembershipFact("reader", "other"), new PrivilegeFact("reader", "pg-prod/analytics", ["SELECT"]));
        Assert.Equal(["alice_pg is a member of reader.", "bob_pg has INSERT, SELECT on pg-prod/analytics.orders."], (await Find())!.Select(static one => one.Words).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task WhatEveryoneOrAGroupWasGivenByHand_IsFound()
    {
        Put(new IdentityFact("public", IdentityKind.Everyone), new IdentityFact("group:hr", IdentityKind.Group), new PrivilegeFact("public", "pg-prod/analytics.orders", ["SELECT"]), new PrivilegeFact("group:hr", "pg-prod/analytics", ["SELECT"]),
            new PrivilegeFact("other", "pg-prod/analytics", ["SELECT"]), new PrivilegeFact("public", "pg-prod/hr", ["SELECT"]), new PrivilegeFact("group:hr", "pg-prod/analytics.owned", ["OWNERSHIP", "SELECT"]));
        Assert.Equal(
            [(UngrantedKind.Shared, "group:hr has SELECT on pg-prod/analytics."), (UngrantedKind.Shared, "other has SELECT on pg-prod/analytics."), (UngrantedKind.Direct, "public has SELECT on pg-prod/analytics.orders.")],
            (await Find())!.Select(static one => (one.Kind, one.Words)));
    }

    [Fact]
    public async Task ALoginInARoleThatIsInTheOneAskedFor_IsFound_UnlessAGrantPutItThere()
    {
        Put(new IdentityFact("carrier", IdentityKind.Role) { Managed = true }, new IdentityFact("dba", IdentityKind.Role) { Admin = ["superuser"] }, new MembershipFact("all", "reader"), new MembershipFact("team", "all"), new MembershipFact("alice_pg", "team"),
            new MembershipFact("bob_pg", "all", Inherit: false), new MembershipFact("made", "all"), new MembershipFact("carrier", "reader"), new MembershipFact("bob_pg", "carrier"), new MembershipFact("dba", "reader"), new MembershipFact("bob_pg", "dba"));
        Assert.Equal(["alice_pg has reader through team.", "all is a member of reader."], (await Find())!.Select(static one => one.Words));

        // The group asked for before, and gave, what is now on the way.
        var request = Given.Request("r-1", Phase.Active, GrantState.Granted);
        _ = _scene.Requests.Put(request with { Role = "team", Ask = request.Ask with { Role = "team" } });
        Assert.Equal(["all is a member of reader."], (await Find())!.Select(static one => one.Words));

        // Who is in it directly is told for that.
        Put(new MembershipFact("all", "reader"), new MembershipFact("alice_pg", "all"), new MembershipFact("alice_pg", "reader"));
        Assert.Equal(["alice_pg is a member of reader.", "all is a member of reader."], (await Find())!.Select(static one => one.Words));
    }

    [Fact]
    public async Task WhoMayMakeDatabases_IsLookedAt_AndWhoMayDoAnything_IsNot()
    {
        Put(new IdentityFact("dev", IdentityKind.Login) { Admin = ["createdb"] }, new IdentityFact("owner", IdentityKind.Login) { Admin = ["roles/owner"] }, new MembershipFact("dev", "reader"), new MembershipFact("owner", "reader"));
        Assert.Equal(["dev is a member of reader."], (await Find())!.Select(static one => one.Words));
    }

    [Fact]
    public async Task ARoleThatIsPutIntoTheOneAskedFor_IsOneEvent_AndALoginThatJoinsIt_Another()
    {
        Put(new MembershipFact("alice_pg", "all"));
        _memory.Results["pg-prod"] = await Report();
        _scene.Time.Advance(TimeSpan.FromHours(1));
        Put(new MembershipFact("alice_pg", "all"), new MembershipFact("all", "reader"));
        _memory.Results["pg-prod"] = await Report();
        Assert.Equal(("found", "pg-prod"), Only());
        Assert.Equal(("pg-prod/all", 2), (_scene.Audit.Events[0].Identity, _memory.Differences.Count));
        Assert.All(_memory.Differences.Values, static one => Assert.False(one.Standing));
        _scene.Time.Advance(TimeSpan.FromHours(1));
        Put(new MembershipFact("alice_pg", "all"), new MembershipFact("all", "reader"), new MembershipFact("bob_pg", "all"));
        await Report();
        Assert.Equal(["pg-prod/all", "pg-prod/bob_pg"], _scene.Audit.Events.Select(static happened => happened.Identity));
    }

    [Fact]
    public async Task WhatIsLookedAtAnew_StoodBefore()
    {
        Put(new MembershipFact("alice_pg", "reader"));
        _memory.Results["pg-prod"] = await Report() with { Rules = "of an earlier version" };
        Put(new MembershipFact("alice_pg", "reader"), new MembershipFact("all", "reader"));
        await Report();
        Assert.Equal(["standing", "standing"], _scene.Audit.Events.Select(static happened => happened.Reason));
    }

    [Fact]
    public async Task MoreThanIsListedOfOneKind_LeavesTheOthersWhole()
    {
        Put([.. Enumerable.Range(0, UngrantedAccess.MostOfOthers + 1).Select(static number => new PrivilegeFact("other", $"pg-prod/analytics.t{number}", ["SELECT"]))]);
        _memory.Results["pg-prod"] = await Report();
        Assert.Equal(UngrantedAccess.MostOfOthers, _memory.Differences.Count);
        _scene.Time.Advance(TimeSpan.FromHours(1));
        Put([.. Enumerable.Range(0, UngrantedAccess.MostOfOthers + 2).Select(static number => new PrivilegeFact("other", $"pg-prod/analytics.t{number}", ["SELECT"])), new MembershipFact("bob_pg", "reader")]);
        await Report();
        Assert.Equal(("found", "pg-prod/bob_pg"), (_scene.Audit.Events[^1].Reason, _scene.Audit.Events[^1].Identity));
    }

    [Fact]
    public async Task ARole_IsFoundByTheNameThatThePlatformTells()
    {
        _scene.Platform.RolesAs = "role:";
        Put(new MembershipFact("alice_pg", "role:reader"), new MembershipFact("bob_pg", "group:reader"));
        Assert.Equal(["alice_pg is a member of role:reader."], (await Find())!.Select(static one => one.Words));
        _ = _scene.Requests.Put(Given.Request("r-1", Phase.Active, GrantState.Granted));
        Assert.Empty((await Find())!);
    }

    [Fact]
    public async Task AGrant_ThatRuns_OrEndedSinceTheFactsWereRead_ExplainsThem()
    {
        Put(new MembershipFact("alice_pg", "reader"));
        _ = _scene.Requests.Put(Given.Request("r-1", Phase.Active, GrantState.Granted));
        Assert.Empty((await Find())!);

        var closed = Given.Request("r-1", Phase.Closed, GrantState.Gone) with { ClosedAt = InventoryScene.Now };
        _ = _scene.Requests.Put(closed);
        Assert.Empty((await Find())!);
        _ = _scene.Requests.Put(closed with { ClosedAt = InventoryScene.Now.AddMinutes(-1) });
        Assert.Single((await Find())!);

        // What stood before the request is not the request's.
        _ = _scene.Requests.Put(Given.Request("r-1", Phase.Active, GrantState.AlreadyHeld));
        Assert.Single((await Find())!);
    }

    [Fact]
    public async Task WhatStoodAtTheFirstLook_IsOneEvent_AndWhatComesLater_OneEach()
    {
        Put(new MembershipFact("alice_pg", "reader"));
        var first = await Report();
        Assert.Equal((1, InventoryScene.Now), (first.Ungranted, first.FactsAt));
        Assert.Equal(("standing", "pg-prod/*"), Only());
        Assert.True(Assert.Single(_memory.Differences.Values).Standing);

        // The same facts are not looked at again.
        _memory.Results["pg-prod"] = first;
        Assert.Equal(first with { Looked = 3 }, await Report(new ReconcileResult(InventoryScene.Now, 3, 0, 0, 0)));
        _scene.Time.Advance(TimeSpan.FromHours(1));
        Put(new MembershipFact("alice_pg", "reader"), new MembershipFact("bob_pg", "reader"));
        _memory.Results["pg-prod"] = await Report();
        var happened = _scene.Audit.Events[^1];
        Assert.Equal((EventTypes.Grant.Ungranted, SystemActors.Reconciler, "found", "pg-prod/bob_pg", "reader"), (happened.Type, happened.Actor, happened.Reason, happened.Identity, happened.Role));
        Assert.Equal((2, 2), (_scene.Audit.Events.Count, _memory.Differences.Count));

        // Gone: forgotten. Back again: told again.
        _scene.Time.Advance(TimeSpan.FromHours(1));
        Put();
        _memory.Results["pg-prod"] = await Report();
        Assert.Equal((0, 0, 2), (_memory.Results["pg-prod"].Ungranted, _memory.Differences.Count, _scene.Audit.Events.Count));
        _scene.Time.Advance(TimeSpan.FromHours(1));
        Put(new MembershipFact("bob_pg", "reader"));
        await Report();
        Assert.Equal(3, _scene.Audit.Events.Count);
    }

    [Fact]
    public async Task WhatAGroupDidNotCoverBefore_StoodBefore()
    {
        Put(new MembershipFact("bob_pg", "other"));
        _memory.Results["pg-prod"] = await Report();
        Assert.Empty(_scene.Audit.Events);
        var stored = _groups.Find("analysts")!;
        await _groups.Save(Analysts with { Roles = ["reader", "other"] }, stored.Version, default);
        _memory.Results["pg-prod"] = await Report();
        Assert.Equal(("standing", "pg-prod/*"), Only());
        Assert.True(Assert.Single(_memory.Differences.Values).Standing);
    }

    [Fact]
    public async Task WithoutFacts_NothingIsSaid()
    {
        Assert.Null(await _access.Find("pg-prod", null, null, default));
        Assert.Equal(new ReconcileResult(InventoryScene.Now, 1, 0, 0, 0), await Report(new ReconcileResult(InventoryScene.Now, 1, 0, 0, 0)));
        Assert.Empty(_scene.Audit.Events);
    }

    /// <summary>What a run found: these, and nothing of what was there before.</summary>
    private void Put(params InventoryFact[] more)
    {
        _scene.Store.Clear("pg-prod");
        _scene.Store.Put("pg-prod", _scene.Time.GetUtcNow(),
        [
            new IdentityFact("alice_pg", IdentityKind.Login), new IdentityFact("bob_pg", IdentityKind.Login), new IdentityFact("root", IdentityKind.Login) { Admin = ["superuser"] },
            new IdentityFact("made", IdentityKind.Login) { Managed = true }, new IdentityFact("all", IdentityKind.Role), new IdentityFact("team", IdentityKind.Role), new IdentityFact("reader", IdentityKind.Role), new IdentityFact("other", IdentityKind.Role), .. more,
        ]);
    }

    private async Task<IReadOnlyList<Ungranted>?> Find() => (await _access.Find("pg-prod", null, null, default))?.Found;

    private async Task<ReconcileResult> Report(ReconcileResult? result = null) =>
        await _reports.Report(await _memory.Load(default), "pg-prod", result ?? new ReconcileResult(_scene.Time.GetUtcNow(), 0, 0, 0, 0), default);

    private (string?, string?) Only()
    {
        var happened = Assert.Single(_scene.Audit.Events);
        return (happened.Reason, happened.Resource);
    }
}
