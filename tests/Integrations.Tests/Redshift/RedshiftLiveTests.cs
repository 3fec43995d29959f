using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Tests.Live;
using Npgsql;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Redshift;

/// <summary>
/// What the adapter promises, run against <see cref="RedshiftServerInProcess"/> and, with <c>--live</c> and unchanged, against a real warehouse. The statements are those of "ALTER GROUP"
/// (https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_GROUP.html), "GRANT" (…/r_GRANT.html), "CREATE USER" (…/r_CREATE_USER.html) and "PG_TERMINATE_BACKEND" (…/PG_TERMINATE_BACKEND.html).
/// </summary>
[Trait(LiveAccount.Trait, "yes")]
public sealed class RedshiftLiveTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RoleOrGroup_GivenTwiceAndTakenTwice_AppearsAmongTheFactsAndVanishes(bool isGroup)
    {
        await using var warehouse = await RedshiftWarehouseUnderTest.Open();
        var order = warehouse.Order(AccessKind.Role, isGroup ? $"group:{warehouse.Group}" : warehouse.Role, warehouse.User);
        var footprint = warehouse.Platform.Footprint(order)!;
        Assert.False((await warehouse.Platform.ReadBack(order, Cancellation)).Present);
        try
        {
            Assert.Equal(warehouse.User, (await warehouse.Platform.Grant(order, Cancellation)).Login);
            await warehouse.Platform.Grant(order, Cancellation);
            Assert.True((await warehouse.Platform.ReadBack(order, Cancellation)).Present);
            Assert.Contains(new MembershipFact(footprint.Identity!, footprint.Role!), await warehouse.Facts(Cancellation));
        }
        finally
        {
            await warehouse.Platform.Revoke(order, Cancellation);
        }

        await warehouse.Platform.Revoke(order, Cancellation);
        var gone = await warehouse.Platform.ReadBack(order, Cancellation);
        Assert.False(gone.Present);
        Assert.Contains(isGroup ? "pg_group" : "svv_user_grants", gone.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEphemeralUser_SignsIn_AndIsGoneWithItsSession()
    {
        await using var warehouse = await RedshiftWarehouseUnderTest.Open();
        var order = warehouse.Order(AccessKind.Session, $"group:{warehouse.Group}");
        try
        {
            await warehouse.Platform.Grant(order, Cancellation);
            await warehouse.Platform.Grant(order, Cancellation);
            await warehouse.Platform.Extend(order with { End = order.End.AddHours(1) }, Cancellation);
            Assert.True((await warehouse.Platform.ReadBack(order, Cancellation)).Present);
            await using var session = await warehouse.SignIn((await warehouse.Platform.Secret(order, Cancellation))!);
            await warehouse.Platform.Revoke(order, Cancellation);
            await Assert.ThrowsAnyAsync<NpgsqlException>(async () =>
            {
                await using var command = new NpgsqlCommand("SELECT usename FROM pg_catalog.pg_user WHERE usename = current_user", session);
                await command.ExecuteScalarAsync(Cancellation);
            });
        }
        finally
        {
            await warehouse.Platform.Revoke(order, Cancellation);
        }

        Assert.False((await warehouse.Platform.ReadBack(order, Cancellation)).Present);
        Assert.Null(await warehouse.Platform.Secret(order, Cancellation));
    }

    [Fact]
    public async Task Password_Released_SignsIn_AndDoesNotAtTheEnd()
    {
        await using var warehouse = await RedshiftWarehouseUnderTest.Open();
        if (warehouse.Credential.Length == 0) Assert.Skip("No user whose password may be changed is given: set ACCESS_LIVE_REDSHIFT_TEST_CREDENTIAL.");
        var order = warehouse.Order(AccessKind.Credential, path: warehouse.Credential);
        await warehouse.Platform.Grant(order, Cancellation);
        var released = (await warehouse.Platform.Secret(order, Cancellation))!;
        await using (await warehouse.SignIn(released))
        {
            Assert.True((await warehouse.Platform.ReadBack(order, Cancellation)).Present);
        }

        await warehouse.Platform.Revoke(order, Cancellation);
        await warehouse.Platform.Revoke(order, Cancellation);
        Assert.False((await warehouse.Platform.ReadBack(order, Cancellation)).Present);
        await Assert.ThrowsAsync<PostgresException>(() => warehouse.SignIn(released));
    }

    [Fact]
    public async Task UnknownUsersRolesAndGroups_AreRefusedForGood_AndNothingIsFoundOfThem()
    {
        await using var warehouse = await RedshiftWarehouseUnderTest.Open();
        foreach (var order in (PlatformOrder[])[
            warehouse.Order(AccessKind.Role, "no \"such\" role; --", warehouse.User), warehouse.Order(AccessKind.Role, "group:no'such\\group", warehouse.User), warehouse.Order(AccessKind.Role, warehouse.Role, "nobody ü")])
        {
            Assert.True((await Assert.ThrowsAsync<PlatformException>(() => warehouse.Platform.Grant(order, Cancellation))).Permanent);
            await warehouse.Platform.Revoke(order, Cancellation);
            Assert.False((await warehouse.Platform.ReadBack(order, Cancellation)).Present);
        }
    }

    [Fact]
    public async Task WhatCanBeAskedFor_AndWhoLivesThere_AreListed()
    {
        await using var warehouse = await RedshiftWarehouseUnderTest.Open();
        Assert.Contains(await warehouse.Platform.Identities(Cancellation), identity => identity.Name == warehouse.User);
        var resources = (await warehouse.Platform.Resources(Cancellation)).Select(static one => one.Resource).ToList();
        Assert.Contains($"rs-prod/group:{warehouse.Group}", resources);
        Assert.Contains($"rs-prod/role:{warehouse.Role}", resources);
    }
}
