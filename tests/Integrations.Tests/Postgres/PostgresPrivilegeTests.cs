using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Postgres;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Postgres;

public sealed class PostgresPrivilegeTests(PostgresFixture fixture) : PostgresTests(fixture)
{
    private const string ReadOrders = "SELECT * FROM analytics.orders";
    private const string ReadCustomers = "SELECT * FROM analytics.customers";

    private PlatformOrder Ask(string privilege, string path, string identity) => Order(AccessKind.Role, path, privilege, identity);

    [Fact]
    public async Task Select_OnATable_ComesAndGoesWithoutTouchingAnythingElse()
    {
        var order = Ask("SELECT", "analytics.orders", await User("alice"));
        Assert.False((await Platform.ReadBack(order, default)).Present);
        await Platform.Grant(order, default);
        await Platform.Grant(order, default);

        Assert.True(await Can(order.Identity!, ReadOrders));
        Assert.False(await Can(order.Identity!, ReadCustomers));
        Assert.False(await Can(order.Identity!, "INSERT INTO analytics.orders VALUES (2)"));
        Assert.True((await Platform.ReadBack(order, default)).Present);

        await using var session = await Server.OpenAsync(order.Identity!, "pw");
        await Platform.Revoke(order, default);
        await Platform.Revoke(order, default);
        Assert.True(await WasCut(session));
        Assert.False(await Can(order.Identity!, ReadOrders));
        var gone = await Platform.ReadBack(order, default);
        Assert.False(gone.Present);
        Assert.Null(gone.Through);
    }

    [Fact]
    public async Task Select_OnASchema_CoversEveryTableAndLeavesWhatWasThereBefore()
    {
        var order = Ask("SELECT", "analytics", await User("alice"));
        await Server.ExecuteAsync($"GRANT USAGE ON SCHEMA analytics TO {order.Identity}; GRANT SELECT ON analytics.customers TO {order.Identity}");
        var before = await Platform.ReadBack(order, default);
        Assert.Equal((false, null), (before.Present, before.Through));

        await Platform.Grant(order, default);
        Assert.True(await Can(order.Identity!, $"{ReadOrders}; {ReadCustomers}; SELECT * FROM analytics.totals"));
        await Platform.Revoke(order, default);
        Assert.False(await Can(order.Identity!, ReadOrders));
        Assert.True(await Can(order.Identity!, ReadCustomers));
        var gone = await Platform.ReadBack(order, default);
        Assert.Equal((false, null), (gone.Present, gone.Through));
        Assert.Contains("2 of 4 privileges", gone.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Select_OnASchemaAndOnOneOfItsTables_EndIndependently()
    {
        var identity = await User("alice");
        var (schema, table) = (Ask("SELECT", "analytics", identity), Ask("SELECT", "analytics.orders", identity));
        await Platform.Grant(schema, default);
        var look = await Platform.ReadBack(table, default);
        Assert.Equal((false, null), (look.Present, look.Through));
        await Platform.Grant(table, default);

        await Platform.Revoke(schema, default);
        Assert.True(await Can(identity, ReadOrders));
        Assert.False(await Can(identity, ReadCustomers));
        await Platform.Revoke(table, default);
        Assert.False(await Can(identity, ReadOrders));
    }

    [Theory]
    [InlineData("GRANT SELECT ON analytics.orders TO {0}; GRANT USAGE ON SCHEMA analytics TO {0}", "a direct grant that is not this product's")]
    [InlineData("GRANT analytics_reader TO {0}", "membership in \"analytics_reader\"")]
    [InlineData("GRANT pg_read_all_data TO {0}", "membership in pg_read_all_data")]
    [InlineData("ALTER ROLE {0} SUPERUSER", "being a superuser")]
    public async Task ReadBack_WhereTheSameAccessIsThereByAnotherWay_NamesIt(string given, string through)
    {
        var order = Ask("SELECT", "analytics.orders", await User("alice"));
        await Server.ExecuteAsync(string.Format(null, given, order.Identity));
        var look = await Platform.ReadBack(order, default);
        Assert.Equal((false, through), (look.Present, look.Through));
    }

    [Fact]
    public async Task ReadBack_OfAnOwnedOrPublicTable_NamesOwnershipOrPublic()
    {
        var (identity, schema) = (await User("alice"), Own("s"));
        await Server.ExecuteAsync($"CREATE SCHEMA {schema}; GRANT USAGE ON SCHEMA {schema} TO PUBLIC; CREATE TABLE {schema}.mine (); ALTER TABLE {schema}.mine OWNER TO {identity}; CREATE TABLE {schema}.ours (); GRANT SELECT ON {schema}.ours TO PUBLIC");
        Assert.Equal("ownership", (await Platform.ReadBack(Ask("SELECT", $"{schema}.mine", identity), default)).Through);
        Assert.Equal("PUBLIC", (await Platform.ReadBack(Ask("SELECT", $"{schema}.ours", identity), default)).Through);
    }

    [Fact]
    public async Task Privileges_OfOtherObjects_ComeAndGo()
    {
        var (identity, schema) = (await User("alice"), Own("s"));
        await Server.ExecuteAsync($"""
            CREATE SCHEMA {schema} AUTHORIZATION access_functions; CREATE SEQUENCE {schema}.numbers; ALTER SEQUENCE {schema}.numbers OWNER TO access_functions;
            CREATE FUNCTION {schema}.f(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION {schema}.f() RETURNS int LANGUAGE sql AS 'SELECT 2';
            ALTER FUNCTION {schema}.f(int, text) OWNER TO access_functions; ALTER FUNCTION {schema}.f() OWNER TO access_functions;
            REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} FROM PUBLIC
            """);
        foreach (var (privilege, path, use) in ((string, string, string)[])
        [
            ("USAGE", $"{schema}.numbers", $"SELECT nextval('{schema}.numbers')"),
            ("EXECUTE", $"{schema}.f", $"SELECT {schema}.f(1, 'x') + {schema}.f()"),
            ("CREATE", schema, $"DO $$ BEGIN IF NOT has_schema_privilege('{schema}', 'CREATE') THEN RAISE insufficient_privilege; END IF; END $$"),
        ])
        {
            var order = Ask(privilege, path, identity);
            Assert.False(await Can(identity, use));
            await Platform.Grant(order, default);
            Assert.True(await Can(identity, use), privilege);
            await Platform.Revoke(order, default);
            Assert.False(await Can(identity, use));
            Assert.False((await Platform.ReadBack(order, default)).Present);
        }
    }

    [Fact]
    public async Task Revoke_WhereTheCarrierOwnsATable_HandsTheTableOver()
    {
        var (identity, schema) = (await User("alice"), Own("s"));
        await Server.ExecuteAsync($"CREATE SCHEMA {schema} AUTHORIZATION access_functions");
        var order = Ask("CREATE", schema, identity);
        await Platform.Grant(order, default);
        var usage = Ask("USAGE", schema, identity);
        await Platform.Grant(usage, default);
        var carrier = await Server.ScalarAsync<string>($"SELECT r.rolname::text FROM pg_roles r WHERE shobj_description(r.oid, 'pg_authid') = {PgName.Literal($"Access Functions: {Platform.Shared(order)!.Key}")}");
        Assert.True(await Can(identity, $"SET ROLE {carrier}; CREATE TABLE {schema}.left_behind (id int)"));

        await Platform.Revoke(order, default);
        await Platform.Revoke(usage, default);
        Assert.Equal("access_functions", await Server.ScalarAsync<string>($"SELECT tableowner::text FROM pg_tables WHERE schemaname = '{schema}'"));
        Assert.False((await Platform.ReadBack(order, default)).Present);
    }

    [Theory]
    [InlineData("EXECUTE", "analytics")]
    [InlineData("EXECUTE", "analytics.orders")]
    [InlineData("CREATE", "analytics.orders")]
    [InlineData("USAGE", "analytics.orders")]
    [InlineData("SELECT", "nowhere")]
    [InlineData("SELECT", "analytics.nothing")]
    [InlineData("SELECT", "pg_catalog.pg_authid")]
    [InlineData("SELECT", "information_schema")]
    [InlineData("SELECT", "")]
    [InlineData("SELECT", "analytics.orders.id")]
    [InlineData("SELECT", "analytics.*")]
    [InlineData("SELECT", "analytics.orders; DROP TABLE analytics.orders")]
    [InlineData("TRUNCATE", "analytics.orders")] // fits, but the account has no grant option for it
    public async Task Grant_OfWhatDoesNotFitOrIsNotTheAccountsToGive_IsRefusedAndLeavesNothing(string privilege, string path)
    {
        var roles = await Server.ScalarAsync<long>("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'af\\_p\\_%'");
        var order = Ask(privilege, path, await User("alice"));
        await Refused(() => Platform.Grant(order, default));
        Assert.False((await Platform.ReadBack(order, default)).Present);
        await Platform.Revoke(order, default);
        Assert.Equal(roles, await Server.ScalarAsync<long>("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'af\\_p\\_%'"));
    }

    [Fact]
    public async Task Grant_ToAnIdentityThatDoesNotInherit_IsRefusedWhereItWouldDoNothing()
    {
        var version = await Server.ScalarAsync<int>("SELECT current_setting('server_version_num')::int");
        if (version >= 160000)
            Assert.Skip("From PostgreSQL 16 on, a membership says itself whether it is inherited.");
        await Refused(async () => await Platform.Grant(Ask("SELECT", "analytics.orders", await User("alice", "NOINHERIT")), default));
    }

    [Theory]
    [InlineData("t\"; DROP TABLE analytics.orders; --")]
    [InlineData("t'; DROP TABLE analytics.orders; --")]
    [InlineData("a.b \\ $$ ✓ @x :y {0}")]
    public async Task Tables_WithAnythingInTheirNames_AreTablesAndNothingElse(string table)
    {
        var (identity, schema) = (await User("alice"), Own("s\"; DROP"));
        var name = $"{PgName.Quote(schema)}.{PgName.Quote(table)}";
        await Server.ExecuteAsync($"CREATE SCHEMA {PgName.Quote(schema)} AUTHORIZATION access_functions; CREATE TABLE {name} (id int); ALTER TABLE {name} OWNER TO access_functions");
        foreach (var path in (string[])[PgName.FormatPath(schema, table), PgName.FormatPath(schema)])
        {
            var order = Ask("SELECT", path, identity);
            await Platform.Grant(order, default);
            Assert.True(await Can(identity, $"SELECT * FROM {name}"));
            await Platform.Revoke(order, default);
            Assert.False(await Can(identity, $"SELECT * FROM {name}"));
        }
        Assert.Equal(1L, await Server.ScalarAsync<long>("SELECT count(*) FROM analytics.orders"));
    }
}
