using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Postgres;
using Npgsql;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Postgres;

public sealed class PostgresMembershipTests(PostgresFixture fixture) : PostgresTests(fixture)
{
    private const string ReadOrders = "SELECT * FROM analytics.orders";

    private PlatformOrder Membership(string identity, string role = "analytics_reader") => Order(AccessKind.Role, "analytics", role, identity);

    [Fact]
    public async Task Membership_GrantedTwiceAndRevokedTwice_AppearsAndVanishes()
    {
        var order = Membership(await User("alice"));
        Assert.False((await Platform.ReadBack(order, default)).Present);

        await Platform.Grant(order, default);
        var again = await Platform.Grant(order, default);
        Assert.Equal(order.Identity, again.Login);
        Assert.True((await Platform.ReadBack(order, default)).Present);
        Assert.True(await Can(order.Identity!, ReadOrders));

        await Platform.Revoke(order, default);
        await Platform.Revoke(order, default);
        var gone = await Platform.ReadBack(order, default);
        Assert.False(gone.Present);
        Assert.Null(gone.Through);
        Assert.Contains("no direct membership", gone.Evidence, StringComparison.Ordinal);
        Assert.False(await Can(order.Identity!, ReadOrders));
    }

    [Fact]
    public async Task Revoke_WhileASessionHasSetTheRole_CutsTheSession()
    {
        var order = Membership(await User("alice"));
        await Platform.Grant(order, default);
        await using var session = await Server.OpenAsync(order.Identity!, "pw");
        Assert.True(await Runs(session, "SET ROLE analytics_reader"));

        await Platform.Revoke(order, default);
        Assert.True(await WasCut(session));
    }

    [Fact]
    public async Task Revoke_FromAGroup_CutsTheSessionsOfItsMembersAndNoOthers()
    {
        var (member, stranger, group) = (await User("member"), await User("stranger"), Own("group"));
        await Server.ExecuteAsync($"CREATE ROLE {group}; GRANT {group} TO {member}");
        var order = Membership(group);
        await Platform.Grant(order, default);
        await using var session = await Server.OpenAsync(member, "pw");
        await using var other = await Server.OpenAsync(stranger, "pw");
        Assert.True(await Runs(session, "SET ROLE analytics_reader"));

        await Platform.Revoke(order, default);
        Assert.True(await WasCut(session));
        Assert.False(await WasCut(other));
    }

    [Fact]
    public async Task Disconnect_LeavesTheMembershipAndCutsTheSessions()
    {
        var order = Membership(await User("alice"));
        await Platform.Grant(order, default);
        await using var session = await Server.OpenAsync(order.Identity!, "pw");

        await Platform.Disconnect(order, default);
        Assert.True(await WasCut(session));
        Assert.True((await Platform.ReadBack(order, default)).Present);
    }

    [Fact]
    public async Task ReadBack_OfAMembershipFromBefore_IsPresent()
    {
        var order = Membership(await User("alice"));
        await Server.ExecuteAsync($"GRANT analytics_reader TO {order.Identity}");
        Assert.True((await Platform.ReadBack(order, default)).Present);
    }

    [Fact]
    public async Task ReadBack_OfARoleHeldThroughAnother_NamesTheOther()
    {
        var (order, team, department) = (Membership(await User("alice")), Own("team"), Own("department"));
        await Server.ExecuteAsync($"CREATE ROLE {team}; CREATE ROLE {department}; GRANT analytics_reader TO {department}; GRANT {department} TO {team}; GRANT {team} TO {order.Identity}");
        var look = await Platform.ReadBack(order, default);
        Assert.False(look.Present);
        Assert.Equal($"membership in \"{team}\"", look.Through);

        await Platform.Grant(order, default);
        await Platform.Revoke(order, default);
        look = await Platform.ReadBack(order, default);
        Assert.False(look.Present);
        Assert.NotNull(look.Through);
        Assert.True(await Can(order.Identity!, ReadOrders));
    }

    [Fact]
    public async Task ReadBack_OfASuperuser_SaysSo()
    {
        var look = await Platform.ReadBack(Membership(await User("root", "SUPERUSER")), default);
        Assert.Equal((false, "being a superuser"), (look.Present, look.Through));
    }

    [Fact]
    public async Task Revoke_WhereTheIdentityIsGone_Succeeds()
    {
        var order = Membership(await User("alice"));
        await Platform.Grant(order, default);
        await Server.ExecuteAsync($"DROP ROLE {order.Identity}");
        await Platform.Revoke(order, default);
        Assert.False((await Platform.ReadBack(order, default)).Present);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("leads_to_superuser")]
    [InlineData("superuser_and_nothing_else")]
    [InlineData("pg_execute_server_program")]
    [InlineData("pg_read_server_files")]
    [InlineData("pg_write_server_files")]
    [InlineData("leads_to_files")]
    [InlineData("may_create_roles")]
    [InlineData("access_functions")]
    [InlineData("af_something")]
    [InlineData("no_such_role")]
    [InlineData("ALL")]
    public async Task Grant_OfARoleThatIsNeverGiven_IsRefusedForGood(string role)
    {
        await Server.ExecuteAsync("""
            DO $$ BEGIN
                CREATE ROLE leads_to_superuser; GRANT postgres TO leads_to_superuser; CREATE ROLE leads_to_files; GRANT pg_read_server_files TO leads_to_files;
                CREATE ROLE superuser_and_nothing_else SUPERUSER; CREATE ROLE may_create_roles CREATEROLE; CREATE ROLE af_something;
            EXCEPTION WHEN duplicate_object THEN NULL; END $$
            """);
        // A superuser could give all of them: it is the adapter that does not.
        var platform = Make(o => o with { ConnectionString = Server.ConnectionString });
        foreach (var own in (PostgresPlatform[])[Platform, platform])
        {
            var order = Membership(await User($"alice{own.GetHashCode()}"), role);
            if (role == "access_functions" && own == platform)
                continue; // not that platform's own account, but has CREATEROLE
            await Refused(() => own.Grant(order, default));
            Assert.False((await own.ReadBack(order, default)).Present);
            await Refused(() => own.Grant(order with { Kind = AccessKind.Session, Identity = null }, default));
        }
    }

    [Fact]
    public async Task Grant_OfAPowerfulRoleThatIsListed_IsGiven()
    {
        var platform = Make(o => o with { ConnectionString = Server.ConnectionString, PrivilegedRoles = ["pg_read_server_files"] });
        var order = Membership(await User("alice"), "pg_read_server_files");
        await platform.Grant(order, default);
        Assert.True((await platform.ReadBack(order, default)).Present);
        await platform.Revoke(order, default);
    }

    [Theory]
    [InlineData("no_such_user")]
    [InlineData("access_functions")]
    [InlineData("pg_monitor")]
    [InlineData(null)]
    public async Task Grant_ToAnIdentityThatGetsNothing_IsRefusedForGood(string? identity) =>
        await Refused(() => Platform.Grant(Membership("") with { Identity = identity }, default));

    [Theory]
    [InlineData("x\"; DROP TABLE analytics.orders; --")]
    [InlineData("x'; DROP TABLE analytics.orders; --")]
    [InlineData("x\"\" TO postgres; --")]
    [InlineData("réléase ✓ 役割")]
    [InlineData("back\\slash $1 @role :x {0}")]
    public async Task Names_WithAnythingInThem_AreNamesAndNothingElse(string name)
    {
        var (role, identity) = ($"{name} {Own("r")[^4..]}", $"{name} {Own("i")[^5..]}u");
        await Refused(() => Platform.Grant(Membership(identity, role), default));

        await Server.ExecuteAsync($"CREATE ROLE {PgName.Quote(role)}; CREATE ROLE {PgName.Quote(identity)} LOGIN PASSWORD 'pw'");
        var order = Membership(identity, role);
        await Platform.Grant(order, default);
        Assert.True((await Platform.ReadBack(order, default)).Present);
        await Platform.Revoke(order, default);
        Assert.False((await Platform.ReadBack(order, default)).Present);
        Assert.Equal(1L, await Server.ScalarAsync<long>("SELECT count(*) FROM analytics.orders"));
    }

    [Fact]
    public async Task Names_OfMoreThan63Bytes_AreRefusedAndNeverCutOff()
    {
        var identity = await User("alice");
        var cut = new string('r', 63);
        await Server.ExecuteAsync($"CREATE ROLE {cut}");
        foreach (var tooLong in (string[])[cut + "r", new string('é', 32), "nul\0", "\ud800"])
        {
            var order = Membership(identity, tooLong);
            await Refused(() => Platform.Grant(order, default));
            Assert.Null(Platform.Shared(order));
            // Such an order can never have changed anything: taking it back must not fail for ever.
            await Platform.Revoke(order, default);
            Assert.False((await Platform.ReadBack(order, default)).Present);
        }
        Assert.False((await Platform.ReadBack(Membership(identity, cut), default)).Present);
        await Server.ExecuteAsync($"DROP ROLE {cut}");
    }

    [Fact]
    public void Shared_NamesIdentityAndRoleExactly()
    {
        string? Key(string identity, string role) => Platform.Shared(Membership(identity, role))?.Key;
        Assert.Equal(Key("alice", "r"), Key("alice", "r"));
        Assert.NotEqual(Key("alice", "r"), Key("alicE", "r"));
        Assert.NotEqual(Key("a\" for \"b", "r"), Key("b", "r\" for \"a"));
        Assert.False(Platform.Shared(Membership("alice", "r"))!.EveryEndChanges);
    }

    [Fact]
    public async Task Inventory_ListsWhatCanBeAskedForAndWhoLivesThere()
    {
        var (identity, platform) = (await User("alice"), Make(o => o with { Credentials = ["app"] }));
        await Server.ExecuteAsync("CREATE SCHEMA IF NOT EXISTS \"odd.one\"; CREATE TABLE IF NOT EXISTS \"odd.one\".\"a\"\"b\" (id int)");
        var resources = (await platform.Resources(default)).ToDictionary(r => r.Resource);
        Assert.Equal([AccessKind.Role, AccessKind.Session], resources["pg-prod/analytics.orders"].Kinds);
        Assert.Equal([AccessKind.Role, AccessKind.Session], resources["pg-prod/analytics"].Kinds);
        Assert.Equal([AccessKind.Credential], resources["pg-prod/app"].Kinds);
        Assert.Contains("pg-prod/analytics_reader", resources.Keys);
        Assert.Contains("pg-prod/\"odd.one\".\"a\"\"b\"", resources.Keys);
        Assert.DoesNotContain(resources.Keys, key => key.Contains("pg_catalog", StringComparison.Ordinal) || key.Contains("information_schema", StringComparison.Ordinal));

        var names = (await platform.Identities(default)).Select(i => i.Name).ToList();
        Assert.Contains(identity, names);
        Assert.DoesNotContain("access_functions", names);
    }

    [Fact]
    public async Task Grants_OfManyAtOnce_AllSucceed()
    {
        var orders = new List<PlatformOrder>();
        for (var i = 0; i < 12; i++)
            orders.Add(Order(AccessKind.Role, "analytics.orders", i % 2 == 0 ? "SELECT" : "analytics_reader", await User($"u{i}"), $"{i}"));
        await Task.WhenAll(orders.Select(order => Platform.Grant(order, default)));
        foreach (var order in orders)
            Assert.True((await Platform.ReadBack(order, default)).Present);
        await Task.WhenAll(orders.Select(order => Platform.Revoke(order, default)));
        foreach (var order in orders)
            Assert.False((await Platform.ReadBack(order, default)).Present);
    }
}
