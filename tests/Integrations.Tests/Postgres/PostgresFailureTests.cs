using System.Diagnostics;
using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Postgres;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Postgres;

public sealed class PostgresFailureTests(PostgresFixture fixture) : PostgresTests(fixture)
{
    private PlatformOrder Membership(string identity) => Order(AccessKind.Role, "analytics", "analytics_reader", identity);

    private static async Task<PlatformException> Transient(Func<Task> work)
    {
        var failed = await Assert.ThrowsAsync<PlatformException>(work);
        Assert.False(failed.Permanent, failed.Message);
        Assert.DoesNotContain("change-me", failed.ToString(), StringComparison.Ordinal);
        return failed;
    }

    [Fact]
    public async Task EveryCall_WhileTheServerIsDown_FailsForNowAndWorksAfterwards()
    {
        await using var server = await PostgresServer.CreateAsync();
        await PostgresSetup.Prepare(server);
        await server.ExecuteAsync("CREATE ROLE alice LOGIN PASSWORD 'pw'");
        var platform = Make(o => o with { ConnectionString = PostgresSetup.AccountConnection(server), Credentials = ["app"] });
        var (role, session, credential) = (Membership("alice"), Order(AccessKind.Session, "analytics", grant: "2"), Order(AccessKind.Credential, "app", grant: "3"));
        foreach (var order in (PlatformOrder[])[role, session, credential])
            await platform.Grant(order, default);

        await server.StopAsync(immediate: true);
        foreach (var order in (PlatformOrder[])[role, session, credential])
        {
            await Transient(() => platform.Grant(order, default));
            await Transient(() => platform.Revoke(order, default));
            await Transient(() => platform.ReadBack(order, default));
            await Transient(() => platform.Disconnect(order, default));
        }
        await Transient(() => platform.Resources(default));
        await Transient(() => platform.Extend(session, default));

        await server.StartAsync();
        foreach (var order in (PlatformOrder[])[role, session, credential])
        {
            Assert.True((await platform.ReadBack(order, default)).Present);
            await platform.Revoke(order, default);
            Assert.False((await platform.ReadBack(order, default)).Present);
        }
    }

    [Fact]
    public async Task Grant_WhereTheServerTrustsEverybody_IsRefusedBecauseItsEndCouldNotBeProven()
    {
        await using var server = await PostgresServer.CreateAsync();
        await PostgresSetup.Prepare(server);
        var platform = Make(o => o with { ConnectionString = PostgresSetup.AccountConnection(server), Credentials = ["app"] });
        var order = Order(AccessKind.Credential, "app");
        var hba = await server.ScalarAsync<string>("SELECT current_setting('hba_file')");

        await server.ExecuteAsync($"COPY (SELECT 'host all app 127.0.0.1/32 trust' UNION ALL SELECT 'host all all 127.0.0.1/32 scram-sha-256') TO '{hba}'; SELECT pg_reload_conf()");
        await Wait.Until(() => platform.Grant(order, default).ContinueWith(grant => grant.Exception?.InnerException is PlatformException { Permanent: true } refused
            && refused.Message.Contains("any password", StringComparison.Ordinal), TaskScheduler.Default), Soon, "the trusting configuration to be in force");

        await server.ExecuteAsync($"COPY (SELECT 'host all app 127.0.0.1/32 reject' UNION ALL SELECT 'host all all 127.0.0.1/32 scram-sha-256') TO '{hba}'; SELECT pg_reload_conf()");
        await Wait.Until(() => platform.Grant(order, default).ContinueWith(grant => grant.Exception?.InnerException is PlatformException { Permanent: true } refused
            && refused.Message.Contains("cannot be tried", StringComparison.Ordinal), TaskScheduler.Default), Soon, "the rejecting configuration to be in force");
    }

    [Fact]
    public async Task Grant_WhileAnotherSessionHoldsTheLock_FailsForNowWithinItsBound()
    {
        var order = Membership(await User("alice"));
        var platform = Make(o => o with { StatementTimeout = TimeSpan.FromSeconds(2) });
        await using var other = await Server.OpenAsync();
        await using var holding = await other.BeginTransactionAsync();
        Assert.True(await Runs(other, $"GRANT analytics_reader TO {order.Identity}"));

        var clock = Stopwatch.StartNew();
        var failed = await Transient(() => platform.Grant(order, default));
        Assert.Contains("lock", failed.Message, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
        await holding.RollbackAsync();
        Assert.False((await platform.ReadBack(order, default)).Present);
        await platform.Grant(order, default);
    }

    [Fact]
    public async Task Grant_CancelledWhileItHangs_NeverTakesEffectLater()
    {
        var order = Membership(await User("alice"));
        await using var other = await Server.OpenAsync();
        await using var holding = await other.BeginTransactionAsync();
        Assert.True(await Runs(other, $"GRANT analytics_reader TO {order.Identity}"));

        using var attempt = new CancellationTokenSource();
        var granting = Platform.Grant(order, attempt.Token);
        await Wait.Until(
            () => Server.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'access_functions' AND wait_event_type = 'Lock')"), Soon, "the grant to wait for the lock");
        await attempt.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => granting);
        await holding.RollbackAsync();
        await Wait.Until(async () => !await Server.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'access_functions')"), Soon, "the attempt's session to end");
        Assert.False((await Platform.ReadBack(order, default)).Present);
    }

    [Fact]
    public async Task Grant_WhileTheServerIsFrozen_EndsSoonAfterItsTimeIsUp()
    {
        await using var server = await PostgresServer.CreateAsync();
        await PostgresSetup.Prepare(server);
        await server.ExecuteAsync("CREATE ROLE alice LOGIN PASSWORD 'pw'");
        var platform = Make(o => o with { ConnectionString = PostgresSetup.AccountConnection(server) });
        var order = Membership("alice");
        await using var other = await server.OpenAsync();
        await using var holding = await other.BeginTransactionAsync();
        Assert.True(await Runs(other, "GRANT analytics_reader TO alice"));

        using var attempt = new CancellationTokenSource();
        var granting = platform.Grant(order, attempt.Token);
        await Wait.Until(() => server.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'access_functions' AND wait_event_type = 'Lock')"), Soon, "the grant to wait");
        await server.PauseAsync();
        var clock = Stopwatch.StartNew();
        await attempt.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => granting);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(3) + EffectRunner.Grace, $"{clock.Elapsed}");

        // And a connection that cannot even be opened.
        clock.Restart();
        using var next = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => platform.Grant(order, next.Token));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1) + EffectRunner.Grace, $"{clock.Elapsed}");

        await server.ResumeAsync();
        await holding.RollbackAsync();
        await Wait.Until(async () => !await server.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'access_functions')"), Soon, "the attempts' sessions to end");
        Assert.False((await platform.ReadBack(order, default)).Present);
    }

    [Fact]
    public async Task Bounds_AreSetOnTheServerAndEndALongStatement()
    {
        var server = new PgServer(new PostgresPlatformOptions { Name = "pg-prod", ConnectionString = PostgresSetup.AccountConnection(Server), StatementTimeout = TimeSpan.FromSeconds(1) });
        await using var session = await server.Open(default);
        var set = await session.Query("SELECT current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'), current_setting('search_path')",
            r => (r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3)), default);
        Assert.Equal([("1s", "500ms", "1s", "pg_catalog, pg_temp")], set);
        await Transient(() => server.Attempt("sleep", async () =>
        {
            await session.Execute("SELECT pg_sleep(30)", default);
            return true;
        }, default));
    }

    [Fact]
    public async Task Grant_ByAnAccountWithoutTheRight_IsRefusedForGood()
    {
        var (weak, alice) = (await User("weak"), await User("alice"));
        var platform = Make(o => o with { ConnectionString = Server.ConnectionStringFor(weak, "pw") });
        Assert.Contains("42501", (await Refused(() => platform.Grant(Membership(alice), default))).Message, StringComparison.Ordinal);
        Assert.Contains("42501", (await Refused(() => platform.Grant(Order(AccessKind.Session, "analytics"), default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_WithAWrongPassword_FailsForNow() =>
        await Transient(() => Make(o => o with { ConnectionString = Server.ConnectionStringFor("access_functions", "wrong-password") }).Resources(default));

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    public void Options_WithATimeoutNotBelowTheAttempts_AreRefused(int seconds) =>
        Assert.Throws<ArgumentException>(() => Make(o => o with { StatementTimeout = TimeSpan.FromSeconds(seconds) }));

    [Fact]
    public void Options_WithABrokenConnectionString_AreRefusedWithoutQuotingIt()
    {
        var options = new PostgresPlatformOptions { Name = "pg-prod", ConnectionString = "Host=h;Password=open;sesame=1" };
        var refused = Assert.Throws<ArgumentException>(() => new PostgresPlatform(options, Secrets, NullLogger<PostgresPlatform>.Instance));
        Assert.DoesNotContain("sesame", refused.ToString(), StringComparison.Ordinal);
        Assert.Contains("pg-prod", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kinds_OfOtherPlatforms_AreRefusedAndNeedNoRemoval()
    {
        foreach (var kind in (AccessKind[])[AccessKind.Certificate, AccessKind.Settings, AccessKind.Recording, AccessKind.Other])
        {
            await Refused(() => Platform.Grant(Order(kind, "analytics"), default));
            await Platform.Revoke(Order(kind, "analytics"), default);
            Assert.False((await Platform.ReadBack(Order(kind, "analytics"), default)).Present);
        }
    }
}
