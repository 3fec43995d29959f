using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Postgres;
using Npgsql;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Postgres;

public sealed class PostgresCredentialTests(PostgresFixture fixture) : PostgresTests(fixture)
{
    private async Task<(PostgresPlatform Platform, string User)> Releasable(ISecretStore? secrets = null)
    {
        var user = await User("app");
        return (Make(o => o with { Credentials = [user], Host = "db.example", Port = 6432 }, secrets), user);
    }

    private PlatformOrder Credential(string user, string grant = "1") => Order(AccessKind.Credential, PgName.FormatPath(user), grant: grant);

    private async Task<bool> LogsIn(string user, string password)
    {
        try
        {
            await (await Server.OpenAsync(user, password)).DisposeAsync();
            return true;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            return false;
        }
    }

    private static async Task<string> Fetch(PostgresPlatform platform, PlatformOrder order)
    {
        var secret = await platform.Secret(order, default);
        Assert.NotNull(secret);
        return secret.Fields["password"];
    }

    [Fact]
    public async Task Password_Released_WorksUntilRevokedAndIsProvenNotToWork()
    {
        var (platform, user) = await Releasable();
        var order = Credential(user);
        Assert.Equal(new SharedPrivilege($"password of \"{user}\"", EveryEndChanges: true), platform.Shared(order));
        Assert.Equal(user, (await platform.Grant(order, default)).Login);
        Assert.False(await LogsIn(user, "pw"));

        var secret = (await platform.Secret(order, default))!;
        Assert.Equal((user, "db.example", "6432", "postgres"), (secret.Fields["username"], secret.Fields["host"], secret.Fields["port"], secret.Fields["database"]));
        var password = secret.Fields["password"];
        Assert.True(await LogsIn(user, password));
        var look = await platform.ReadBack(order, default);
        Assert.True(look.Present);
        Assert.Contains("still works", look.Evidence, StringComparison.Ordinal);

        await using var session = await Server.OpenAsync(user, password);
        await platform.Revoke(order, default);
        Assert.True(await WasCut(session));
        Assert.False(await LogsIn(user, password));
        look = await platform.ReadBack(order, default);
        Assert.False(look.Present);
        Assert.Contains("was refused", look.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain(password, look.Evidence, StringComparison.Ordinal);
        Assert.Equal(look, await platform.ReadBack(order, default));
    }

    [Fact]
    public async Task Grant_Twice_ChangesNothingTheSecondTime()
    {
        var (platform, user) = await Releasable();
        await platform.Grant(Credential(user), default);
        var password = await Fetch(platform, Credential(user));
        await platform.Grant(Credential(user), default);
        Assert.Equal(password, await Fetch(platform, Credential(user)));
        Assert.True(await LogsIn(user, password));
    }

    [Fact]
    public async Task Revoke_Twice_ChangesThePasswordOnce()
    {
        var (platform, user) = await Releasable();
        await platform.Grant(Credential(user), default);
        await platform.Revoke(Credential(user), default);
        var current = Secrets.Text($"postgres/pg-prod/{user}/current")!;
        await platform.Revoke(Credential(user), default);
        await platform.Rotate(Credential(user), default);
        Assert.Equal(current, Secrets.Text($"postgres/pg-prod/{user}/current"));
        Assert.True(await LogsIn(user, current));
    }

    [Fact]
    public async Task Revoke_OfOneOfTwoHolders_ChangesThePasswordAndTheOtherFetchesTheNewOne()
    {
        var (platform, user) = await Releasable();
        var (one, other) = (Credential(user, "1"), Credential(user, "2"));
        await platform.Grant(one, default);
        await platform.Grant(other, default);
        var first = await Fetch(platform, one);
        Assert.Equal(first, await Fetch(platform, other));

        await platform.Revoke(one, default);
        Assert.False((await platform.ReadBack(one, default)).Present);
        var second = await Fetch(platform, other);
        Assert.NotEqual(first, second);
        Assert.True(await LogsIn(user, second));
        Assert.True((await platform.ReadBack(other, default)).Present);

        await platform.Revoke(other, default);
        var gone = await platform.ReadBack(other, default);
        Assert.False(gone.Present);
        Assert.Contains("2 version(s)", gone.Evidence, StringComparison.Ordinal);
        Assert.False(await LogsIn(user, second));
    }

    [Fact]
    public async Task Revoke_OfManyHoldersAtOnce_LeavesAPasswordThatTheStoreKnows()
    {
        var (platform, user) = await Releasable();
        var orders = Enumerable.Range(0, 6).Select(i => Credential(user, $"{i}")).ToList();
        foreach (var order in orders)
            await platform.Grant(order, default);
        await Task.WhenAll(orders.Select(order => platform.Revoke(order, default)));
        foreach (var order in orders)
            Assert.False((await platform.ReadBack(order, default)).Present);
        Assert.True(await LogsIn(user, Secrets.Text($"postgres/pg-prod/{user}/current")!));
        Assert.Null(Secrets.Text($"postgres/pg-prod/{user}/pending"));
    }

    [Fact]
    public async Task Revoke_AfterACrashBetweenServerAndStore_FinishesWithTheSamePassword()
    {
        var (platform, user) = await Releasable();
        var order = Credential(user);
        await platform.Grant(order, default);
        var released = await Fetch(platform, order);

        Secrets.BeforePut = name => throw new IOException($"the disk is full: {name}");
        await Assert.ThrowsAsync<PlatformException>(() => platform.Revoke(order, default));
        Secrets.BeforePut = null;
        var pending = Secrets.Text($"postgres/pg-prod/{user}/pending");
        Assert.NotNull(pending);
        Assert.True(await LogsIn(user, pending));
        // Nobody is handed the old one meanwhile.
        Assert.False((await Assert.ThrowsAsync<PlatformException>(() => platform.Secret(order, default))).Permanent);

        await platform.Revoke(order, default);
        Assert.Equal(pending, Secrets.Text($"postgres/pg-prod/{user}/current"));
        Assert.Null(Secrets.Text($"postgres/pg-prod/{user}/pending"));
        Assert.True(await LogsIn(user, pending));
        Assert.False(await LogsIn(user, released));
        Assert.False((await platform.ReadBack(order, default)).Present);
    }

    [Fact]
    public async Task Revoke_WhereSomebodySetTheReleasedPasswordAgain_ChangesItAgain()
    {
        var (platform, user) = await Releasable();
        var order = Credential(user);
        await platform.Grant(order, default);
        var released = await Fetch(platform, order);
        await platform.Revoke(order, default);
        await Server.ExecuteAsync($"ALTER ROLE {user} PASSWORD '{released}'");

        Assert.True((await platform.ReadBack(order, default)).Present);
        await platform.Revoke(order, default);
        Assert.False((await platform.ReadBack(order, default)).Present);
        Assert.False(await LogsIn(user, released));
    }

    [Fact]
    public async Task Grant_WhereSomebodyChangedThePassword_SetsAKnownOne()
    {
        var (platform, user) = await Releasable();
        await platform.Grant(Credential(user), default);
        await Server.ExecuteAsync($"ALTER ROLE {user} PASSWORD 'other'");
        await platform.Grant(Credential(user, "2"), default);
        Assert.True(await LogsIn(user, await Fetch(platform, Credential(user, "2"))));
    }

    [Fact]
    public async Task Grant_OfAPasswordThatMayNotBeReleased_IsRefusedAndChangesNothing()
    {
        var user = await User("other");
        await Refused(() => Platform.Grant(Credential(user), default));
        await Refused(() => Platform.Grant(Credential("access_functions"), default));
        var platform = Make(o => o with { Credentials = ["access_functions", "nobody_there", "analytics_reader"] });
        foreach (var name in (string[])["access_functions", "nobody_there", "analytics_reader"])
            await Refused(() => platform.Grant(Credential(name), default));
        Assert.True(await LogsIn(user, "pw"));
        Assert.DoesNotContain(AccessKind.Credential, Platform.Kinds);
    }

    [Fact]
    public async Task Passwords_NeverReachTheServersLogNorMessages()
    {
        var (platform, user) = await Releasable();
        await platform.Grant(Credential(user), default);
        var released = await Fetch(platform, Credential(user));
        await platform.Revoke(Credential(user), default);
        Assert.Contains($"ALTER ROLE \"{user}\"", Server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(released, Server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(Secrets.Text($"postgres/pg-prod/{user}/current")!, Server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_WithAnythingInItsName_IsAUserAndNothingElse()
    {
        var user = Own("u/\"; DROP TABLE analytics.orders; --");
        await Server.ExecuteAsync($"CREATE ROLE {PgName.Quote(user)} LOGIN PASSWORD 'pw'");
        var platform = Make(o => o with { Credentials = [user] });
        await platform.Grant(Credential(user), default);
        var password = await Fetch(platform, Credential(user));
        Assert.True(await LogsIn(user, password));
        await platform.Revoke(Credential(user), default);
        Assert.False((await platform.ReadBack(Credential(user), default)).Present);
        Assert.False(await LogsIn(user, password));
    }
}
