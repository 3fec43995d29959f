using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Postgres;
using Npgsql;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Postgres;

public sealed class PostgresSessionTests(PostgresFixture fixture) : PostgresTests(fixture)
{
    private const string ReadOrders = "SELECT * FROM analytics.orders";

    private PlatformOrder Session(string? role = "analytics_reader", string path = "analytics") => Order(AccessKind.Session, path, role);

    private async Task<(string User, string Password)> Fetch(PlatformOrder order)
    {
        var secret = await Platform.Secret(order, default);
        Assert.NotNull(secret);
        Assert.Equal(("127.0.0.1", $"{Server.Port}", "postgres"), (secret.Fields["host"], secret.Fields["port"], secret.Fields["database"]));
        Assert.DoesNotContain(secret.Fields["password"], secret.ToString(), StringComparison.Ordinal);
        return (secret.Fields["username"], secret.Fields["password"]);
    }

    [Fact]
    public async Task Login_GrantedTwiceAndRevokedTwice_WorksAndIsGone()
    {
        var order = Session();
        var granted = await Platform.Grant(order, default);
        var (user, password) = await Fetch(order);
        Assert.Equal(granted.Login, user);
        Assert.StartsWith("af_", user, StringComparison.Ordinal);
        Assert.True(await Can(user, ReadOrders, password));

        Assert.Equal(granted, await Platform.Grant(order, default));
        Assert.Equal((user, password), await Fetch(order));
        Assert.True(await Can(user, ReadOrders, password));
        Assert.True((await Platform.ReadBack(order, default)).Present);
        Assert.Null(Platform.Shared(order));

        await Platform.Revoke(order, default);
        await Platform.Revoke(order, default);
        Assert.False(await RoleExists(user));
        Assert.False((await Platform.ReadBack(order, default)).Present);
        Assert.Null(await Platform.Secret(order, default));
        await Assert.ThrowsAsync<PostgresException>(() => Server.OpenAsync(user, password));
    }

    [Fact]
    public async Task Login_OfAGrant_IsItsOwn()
    {
        var (one, other) = (Order(AccessKind.Session, "analytics", grant: "1"), Order(AccessKind.Session, "analytics", grant: "2"));
        Assert.NotEqual((await Platform.Grant(one, default)).Login, (await Platform.Grant(other, default)).Login);
        await Platform.Revoke(one, default);
        Assert.True((await Platform.ReadBack(other, default)).Present);
        await Platform.Revoke(other, default);
    }

    [Fact]
    public async Task Revoke_WhileConnected_CutsEverySession()
    {
        var order = Session();
        await Platform.Grant(order, default);
        var (user, password) = await Fetch(order);
        await using var first = await Server.OpenAsync(user, password);
        await using var second = await Server.OpenAsync(user, password, "second");
        Assert.True(await Runs(first, "SET ROLE analytics_reader"));

        await Platform.Revoke(order, default);
        Assert.True(await WasCut(first));
        Assert.True(await WasCut(second));
        Assert.False((await Platform.ReadBack(order, default)).Present);
    }

    [Fact]
    public async Task Revoke_WhereTheLoginOwnsThingsInTwoDatabases_HandsThemOver()
    {
        var (order, schema) = (Session(), Own("s"));
        await Platform.Grant(order, default);
        var (user, password) = await Fetch(order);
        foreach (var database in (string[])["postgres", "second"])
        {
            await Server.ExecuteAsync($"CREATE SCHEMA {schema}; GRANT ALL ON SCHEMA {schema} TO PUBLIC", database);
            await using var connection = await Server.OpenAsync(user, password, database);
            Assert.True(await Runs(connection, $"CREATE TABLE {schema}.kept AS SELECT 42 AS answer; CREATE FUNCTION {schema}.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC; SELECT lo_create(0)"));
        }

        await Platform.Revoke(order, default);
        Assert.False(await RoleExists(user));
        foreach (var database in (string[])["postgres", "second"])
        {
            Assert.Equal(42, await Server.ScalarAsync<int>($"SELECT answer FROM {schema}.kept", database));
            Assert.Equal("access_functions", await Server.ScalarAsync<string>($"SELECT tableowner::text FROM pg_tables WHERE schemaname = '{schema}'", database));
        }
    }

    [Fact]
    public async Task Revoke_WithAnHeir_GivesThatRoleWhatWasOwned()
    {
        var (order, schema, heir) = (Session(), Own("s"), Own("heir"));
        await Server.ExecuteAsync($"CREATE ROLE {heir}; GRANT {heir} TO access_functions; CREATE SCHEMA {schema}; GRANT ALL ON SCHEMA {schema} TO PUBLIC");
        await Platform.Grant(order, default);
        var (user, password) = await Fetch(order);
        Assert.True(await Can(user, $"CREATE TABLE {schema}.kept ()", password));
        await Make(o => o with { Heir = heir }).Revoke(order, default);
        Assert.Equal(heir, await Server.ScalarAsync<string>($"SELECT tableowner::text FROM pg_tables WHERE schemaname = '{schema}'"));
    }

    [Fact]
    public async Task Revoke_AfterAnEarlierOneStoppedHalfway_Finishes()
    {
        var order = Session();
        await Platform.Grant(order, default);
        var (user, _) = await Fetch(order);
        await Server.ExecuteAsync($"ALTER ROLE {user} NOLOGIN PASSWORD NULL; DROP OWNED BY {user}");
        Assert.True((await Platform.ReadBack(order, default)).Present);
        await Platform.Revoke(order, default);
        Assert.False((await Platform.ReadBack(order, default)).Present);
    }

    [Fact]
    public async Task Revoke_OfWhatWasNeverGranted_Succeeds()
    {
        await Platform.Revoke(Session(), default);
        Assert.False((await Platform.ReadBack(Session(), default)).Present);
    }

    [Fact]
    public async Task ReadBack_WhileASessionOutlivesItsLogin_IsPresentUntilThatIsEnded()
    {
        var order = Session();
        await Platform.Grant(order, default);
        var (user, password) = await Fetch(order);
        await using var session = await Server.OpenAsync(user, password);
        await Server.ExecuteAsync($"DROP OWNED BY {user}; DROP ROLE {user}");
        Assert.True((await Platform.ReadBack(order, default)).Present);

        await Platform.Revoke(order, default);
        Assert.True(await WasCut(session));
        Assert.False((await Platform.ReadBack(order, default)).Present);
    }

    [Fact]
    public async Task Extend_MovesTheEndThatTheServerHolds()
    {
        var order = Session();
        var granted = await Platform.Grant(order, default);
        async Task<DateTime> Until() => await Server.ScalarAsync<DateTime>($"SELECT rolvaliduntil FROM pg_roles WHERE rolname = '{granted.Login}'");
        Assert.Equal(order.End.UtcDateTime, await Until(), TimeSpan.FromMilliseconds(1));

        var later = order with { End = order.End.AddHours(2) };
        await Platform.Extend(later, default);
        await Platform.Extend(later, default);
        Assert.Equal(later.End.UtcDateTime, await Until(), TimeSpan.FromMilliseconds(1));
        await Platform.Revoke(order, default);
        await Refused(() => Platform.Extend(later, default));
    }

    [Fact]
    public async Task Login_PastItsEnd_IsRefusedByTheServerItself()
    {
        var order = Session() with { End = DateTimeOffset.UtcNow.AddMinutes(-1) };
        await Platform.Grant(order, default);
        var (user, password) = await Fetch(order);
        await Assert.ThrowsAsync<PostgresException>(() => Server.OpenAsync(user, password));
        await Platform.Revoke(order, default);
    }

    [Fact]
    public async Task Login_WithAPrivilegeInPlaceOfARole_HoldsJustThat()
    {
        var order = Session("SELECT", "analytics.orders");
        await Platform.Grant(order, default);
        var (user, password) = await Fetch(order);
        Assert.True(await Can(user, ReadOrders, password));
        Assert.False(await Can(user, "SELECT * FROM analytics.customers", password));
        await Platform.Revoke(order, default);
        Assert.False(await RoleExists(user));
    }

    [Fact]
    public async Task Password_NeverReachesTheServersLog()
    {
        var order = Session(role: null);
        await Platform.Grant(order, default);
        var (user, password) = await Fetch(order);
        Assert.Contains($"CREATE ROLE \"{user}\"", Server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(password, Server.Log, StringComparison.Ordinal);
        await Platform.Revoke(order, default);
    }

    [Fact]
    public void Verifier_OfTheRfcsExample_IsTheOneThatPostgresComputes()
    {
        // RFC 7677, section 3: user "user", password "pencil"; the server key is what its server signature is made with.
        var verifier = ScramVerifier.For("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="));
        Assert.Equal("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=", verifier);
    }
}
