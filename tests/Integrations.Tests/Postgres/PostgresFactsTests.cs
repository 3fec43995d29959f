using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Postgres;

/// <summary>What a real server's catalogs tell, read with the documented account.</summary>
public sealed class PostgresFactsTests(PostgresFixture fixture) : PostgresTests(fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Roles_HaveTheirKindAndRights_AndThisProductsOwnAreMarked()
    {
        await Server.ExecuteAsync("CREATE ROLE facts_admin LOGIN CREATEROLE BYPASSRLS; CREATE ROLE \"Facts \"\"q\"\" ü\"");
        var facts = await Facts();
        Assert.Equivalent(new IdentityFact("facts_admin", IdentityKind.Login) { Admin = ["createrole", "bypassrls"] }, Identity(facts, "facts_admin"), strict: true);
        Assert.Equal(IdentityKind.Role, Identity(facts, "Facts \"q\" ü").Kind);
        Assert.Equal(["superuser", "createrole", "createdb", "replication", "bypassrls"], Identity(facts, "postgres").Admin);
        Assert.True(Identity(facts, "access_functions").Managed);
        Assert.Equal(["runs programs on the server"], Identity(facts, "pg_execute_server_program").Admin);
        Assert.Equal(IdentityKind.Everyone, Identity(facts, "public").Kind);
        Assert.Contains(facts.OfType<PrivilegeFact>(), static fact => fact is { Grantee: "postgres", Resource: "pg-prod/*", NotInherited: true });
        Assert.Contains(facts.OfType<PrivilegeFact>(), static fact => fact is { Grantee: "pg_read_all_data", Resource: "pg-prod/*", NotInherited: false });
    }

    [Fact]
    public async Task Memberships_SayWhetherTheyAreInherited_AndCanBePassedOn()
    {
        await Server.ExecuteAsync("CREATE ROLE facts_role; CREATE ROLE facts_in LOGIN; CREATE ROLE facts_no LOGIN NOINHERIT; GRANT facts_role TO facts_in WITH ADMIN OPTION; GRANT facts_role TO facts_no");
        var facts = (await Facts()).OfType<MembershipFact>().Where(static fact => fact.Of == "facts_role").OrderBy(static fact => fact.Member, StringComparer.Ordinal);
        Assert.Equal([new MembershipFact("facts_in", "facts_role", Inherit: true, Set: true, Admin: true), new MembershipFact("facts_no", "facts_role", Inherit: false, Set: true)], facts);
    }

    [Fact]
    public async Task Grants_AreThoseOfOwnersAndOfEveryoneToo()
    {
        await Server.ExecuteAsync("""
            CREATE ROLE facts_owner; CREATE ROLE facts_reader; CREATE SCHEMA facts AUTHORIZATION facts_owner; GRANT USAGE ON SCHEMA facts TO PUBLIC;
            CREATE TABLE facts."Odd table" (id int); ALTER TABLE facts."Odd table" OWNER TO facts_owner; CREATE TABLE facts.untouched (id int); CREATE SEQUENCE facts.numbers;
            GRANT SELECT ON facts."Odd table" TO facts_reader; GRANT UPDATE ON facts."Odd table" TO facts_reader WITH GRANT OPTION; GRANT SELECT ON facts."Odd table" TO PUBLIC;
            REVOKE INSERT ON facts."Odd table" FROM facts_owner
            """);
        var facts = await Facts();
        const string Table = "pg-prod/facts.\"Odd table\"";
        Assert.Equal(["SELECT", "UPDATE"], Privilege(facts, "facts_reader", Table).Privileges);
        Assert.Equal(["UPDATE"], Privilege(facts, "facts_reader", Table).Grantable);
        Assert.Equal(["SELECT"], Privilege(facts, "public", Table).Privileges);
        Assert.Contains("OWNER", Privilege(facts, "facts_owner", Table).Privileges);
        Assert.DoesNotContain("INSERT", Privilege(facts, "facts_owner", Table).Privileges);
        Assert.Equal(["USAGE"], Privilege(facts, "public", "pg-prod/facts").Privileges);
        Assert.Contains("SELECT", Privilege(facts, "postgres", "pg-prod/facts.untouched").Privileges);
        Assert.Contains("CONNECT", Privilege(facts, "public", "pg-prod").Privileges);
        Assert.Equal(
            ["database", "schema", "table", "table", "sequence"],
            ((string[])["pg-prod", "pg-prod/facts", Table, "pg-prod/facts.untouched", "pg-prod/facts.numbers"]).Select(name => Assert.Single(facts.OfType<ResourceFact>(), fact => fact.Resource == name).Type!));
        Assert.DoesNotContain(facts.OfType<ResourceFact>(), static fact => fact.Resource.Contains("pg_catalog", StringComparison.Ordinal) || fact.Resource.Contains("information_schema", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NoFactComesTwice_AndEachMarkIsAPlaceToGoOnFrom()
    {
        var all = await Facts();
        Assert.Equal(all.Count, all.Select(static fact => fact switch
        {
            IdentityFact one => $"i {one.Name}",
            MembershipFact one => $"m {one.Member}\n{one.Of}",
            PrivilegeFact one => $"p {one.Grantee}\n{one.Resource}",
            _ => $"r {((ResourceFact)fact).Resource}",
        }).Distinct(StringComparer.Ordinal).Count());

        var pages = await ((IPlatform)Platform).Inventory(null, Cancellation).ToListAsync(Cancellation);
        Assert.Null(pages[^1].Next);
        for (var i = 0; i < pages.Count - 1; i++)
        {
            var rest = await ((IPlatform)Platform).Inventory(pages[i].Next, Cancellation).SelectMany(static page => page.Facts.ToAsyncEnumerable()).CountAsync(Cancellation);
            Assert.Equal(pages.Skip(i + 1).Sum(static page => page.Facts.Count), rest);
        }
    }

    [Theory]
    [InlineData("elsewhere:1")]
    [InlineData("roles:x")]
    [InlineData("memberships:1")]
    [InlineData("")]
    public async Task AMarkOfSomethingElse_IsRefused(string mark) =>
        Assert.True((await Assert.ThrowsAsync<PlatformException>(async () => await ((IPlatform)Platform).Inventory(mark, Cancellation).ToListAsync(Cancellation))).Permanent);

    [Fact]
    public async Task AGrant_IsFoundAmongTheFacts_ByItsFootprint()
    {
        await Server.ExecuteAsync("CREATE ROLE facts_user LOGIN PASSWORD 'pw'");
        foreach (var order in (PlatformOrder[])[Order(AccessKind.Role, "analytics", "analytics_reader", "facts_user", "1"), Order(AccessKind.Role, "analytics.orders", "SELECT", "facts_user", "2"), Order(AccessKind.Session, "analytics", "analytics_reader", null, "3")])
        {
            await Platform.Grant(order, Cancellation);
            var (facts, footprint) = (await Facts(), Platform.Footprint(order)!);
            if (footprint.Role is { } role) Assert.Contains(facts.OfType<MembershipFact>(), fact => fact.Member == footprint.Identity && fact.Of == role && fact.Inherit);
            else Assert.True(Identity(facts, footprint.Identity!).Managed);
            await Platform.Revoke(order, Cancellation);
        }
    }

    private async Task<List<InventoryFact>> Facts() =>
        await ((IPlatform)Platform).Inventory(null, Cancellation).SelectMany(static page => page.Facts.ToAsyncEnumerable()).ToListAsync(Cancellation);

    private static IdentityFact Identity(List<InventoryFact> facts, string name) => Assert.Single(facts.OfType<IdentityFact>(), fact => fact.Name == name);

    private static PrivilegeFact Privilege(List<InventoryFact> facts, string grantee, string resource) => Assert.Single(facts.OfType<PrivilegeFact>(), fact => fact.Grantee == grantee && fact.Resource == resource);
}
