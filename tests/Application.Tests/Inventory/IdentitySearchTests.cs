using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Inventory;

public sealed class IdentitySearchTests
{
    private readonly InventoryScene _scene = new();

    public IdentitySearchTests() => _scene.Store.Put("pg-prod", InventoryScene.Now,
        new IdentityFact("alice_pg", IdentityKind.Login) { Email = "a@corp.test" }, new IdentityFact("mallory_pg", IdentityKind.Login), new IdentityFact("etl", IdentityKind.Login),
        new IdentityFact("af_1", IdentityKind.Login) { Managed = true }, new IdentityFact("dba", IdentityKind.Role) { Admin = ["createrole"] }, new IdentityFact("lead", IdentityKind.Role),
        new MembershipFact("etl", "lead"), new MembershipFact("lead", "dba", Inherit: false, Set: true));

    [Fact]
    public async Task OverseersSeeAll_AlsoWhatOnlyTheDirectoryNames()
    {
        var all = await List("erin", new IdentityQuery());
        Assert.Equal(["af_1", "alice_pg", "ben_pg", "bob_pg", "carol_pg", "dave_pg", "dba", "erin_pg", "etl", "lead", "mallory_pg"], all.Select(static found => found.Identity.Name));
        Assert.Null(all[2].Fact);
        Assert.Equal((InventoryScene.Now, LinkKind.Configured), (all[1].FactsAt, all[1].Link));
    }

    [Fact]
    public async Task APerson_SeesTheirOwn()
    {
        Assert.Equal(["alice_pg"], Names(await List("alice", new IdentityQuery())));
        Assert.Empty(await List("alice", new IdentityQuery(Person: "bob")));
        Assert.Empty(await List("alice", new IdentityQuery(Orphan: true)));
        Assert.Null(await _scene.Search.Find(_scene.People.Caller("alice"), IdentityIds.Of(new PlatformIdentity("pg-prod", "etl")), default));
        Assert.NotNull(await _scene.Search.Find(_scene.People.Caller("alice"), IdentityIds.Of(new PlatformIdentity("pg-prod", "alice_pg")), default));
    }

    [Fact]
    public async Task Orphans_AreLoginsOfNobody_AndOfThoseWhoLeft()
    {
        Assert.Equal(["etl"], Names(await List("erin", new IdentityQuery(Orphan: true))));
        _scene.People.Change("mallory", static mallory => mallory with { Active = false });
        Assert.Equal(["etl", "mallory_pg"], Names(await List("erin", new IdentityQuery(Orphan: true))));
    }

    [Fact]
    public async Task AdminRights_AreItsOwn_OrThoseItCanHave()
    {
        var found = await List("erin", new IdentityQuery(Admin: true));
        Assert.Equal(["dba", "etl", "lead"], Names(found));
        Assert.Equal(["dba"], found[1].AdminThrough);
        Assert.Equal(["etl"], Names(await List("erin", new IdentityQuery(Admin: true, Orphan: true))));
    }

    [Fact]
    public async Task Filters_Narrow()
    {
        Assert.Equal(["dba", "lead"], Names(await List("erin", new IdentityQuery(Kind: IdentityKind.Role))));
        Assert.Equal(["alice_pg"], Names(await List("erin", new IdentityQuery(Text: "CORP"))));
        Assert.Equal(["etl"], Names(await List("erin", new IdentityQuery(Text: "Etl"))));
        Assert.Equal(["bob_pg"], Names(await List("erin", new IdentityQuery(Person: "bob"))));
        Assert.Empty(await List("erin", new IdentityQuery(Platform: "other")));
    }

    [Fact]
    public async Task Lists_ArePaged()
    {
        List<string> names = [];
        string? cursor = null;
        do
        {
            var page = await _scene.Search.List(_scene.People.Caller("erin"), new IdentityQuery(), cursor, 4, default);
            names.AddRange(Names(page.Items));
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(Names(await List("erin", new IdentityQuery())), names);
        await Assert.ThrowsAsync<FormatException>(() => _scene.Search.List(_scene.People.Caller("erin"), new IdentityQuery(), "x", 4, default));
    }

    [Fact]
    public async Task Links_AreMadeByAdministrators_BesideWhatIsConfigured()
    {
        var etl = IdentityIds.Of(new PlatformIdentity("pg-prod", "etl"));
        var dave = _scene.People.Caller("dave");
        Assert.Equal(RefusalReason.NotPermitted, (await _scene.Linking.Link(_scene.People.Caller("erin"), etl, "bob", default))?.Reason);
        Assert.Equal(RefusalReason.NotFound, (await _scene.Linking.Link(dave, "x", "bob", default))?.Reason);
        Assert.True((await _scene.Linking.Link(dave, etl, "nobody", default))!.Errors!.ContainsKey("person"));
        Assert.True((await _scene.Linking.Link(dave, IdentityIds.Of(new PlatformIdentity("pg-prod", "dba")), "bob", default))!.Errors!.ContainsKey("id"));
        Assert.True((await _scene.Linking.Link(dave, IdentityIds.Of(new PlatformIdentity("pg-prod", "af_1")), "bob", default))!.Errors!.ContainsKey("id"));

        Assert.Null(await _scene.Linking.Link(dave, etl, "bob", default));
        Assert.Null(await _scene.Linking.Link(dave, etl, "bob", default));
        Assert.Equal(["linked dave person/bob"], _scene.Events("access.identity."));
        Assert.Equal(LinkKind.Hand, (await _scene.Search.Find(dave, etl, default))!.Link);
        Assert.Equal([new PlatformIdentity("pg-prod", "bob_pg"), new PlatformIdentity("pg-prod", "etl")], _scene.People.Current.Find("bob")!.PlatformIdentities());

        Assert.Null(await _scene.Linking.Unlink(dave, etl, default));
        Assert.Null(await _scene.Linking.Unlink(dave, etl, default));
        Assert.Equal(["linked dave person/bob", "unlinked dave person/bob"], _scene.Events("access.identity."));
    }

    [Fact]
    public async Task AnAdministratorsWord_HoldsAgainstTheConfiguration()
    {
        var (alice, dave) = (IdentityIds.Of(new PlatformIdentity("pg-prod", "alice_pg")), _scene.People.Caller("dave"));
        Assert.Null(await _scene.Linking.Link(dave, alice, "carol", default));
        Assert.Empty(_scene.People.Current.Find("alice")!.PlatformIdentities());
        Assert.Equal(["unlinked dave person/alice", "linked dave person/carol"], _scene.Events("access.identity."));
        Assert.Null(await _scene.Linking.Link(dave, alice, "alice", default));
        Assert.Equal("alice_pg", _scene.People.Current.Find("alice")!.Identities["pg-prod"]);
        Assert.Null(await _scene.Linking.Unlink(dave, alice, default));
        Assert.Empty(_scene.People.Current.Find("alice")!.PlatformIdentities());
    }

    [Theory]
    [InlineData("pg-prod", "alice")]
    [InlineData("pg-prod", "DOMAIN\\müller / x?%")]
    public void Ids_AreSafeInAddresses_AndSayWhatTheyAre(string platform, string name)
    {
        var identity = new PlatformIdentity(platform, name);
        var id = IdentityIds.Of(identity);
        Assert.All(id, static c => Assert.True(char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
        Assert.Equal(identity, IdentityIds.Read(id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("cGc")]
    [InlineData("cGcv")]
    [InlineData("L2E")]
    [InlineData("_w==")]
    public void WhatIsNoId_IsNoIdentity(string id) => Assert.Null(IdentityIds.Read(id));

    private async Task<IReadOnlyList<FoundIdentity>> List(string by, IdentityQuery query) => (await _scene.Search.List(_scene.People.Caller(by), query, null, 100, default)).Items;

    private static List<string> Names(IReadOnlyList<FoundIdentity> found) => [.. found.Select(static one => one.Identity.Name)];
}
