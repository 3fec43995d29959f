using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Tests.Live;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Snowflake;

/// <summary>
/// What the adapter promises, run against <see cref="SnowflakeServer"/> and, with <c>--live</c> and unchanged, against a real account. The statements are those of "SHOW GRANTS"
/// (https://docs.snowflake.com/en/sql-reference/sql/show-grants), "GRANT ROLE" (…/sql/grant-role), "ALTER USER" (…/sql/alter-user) and "SYSTEM$ABORT_SESSION"
/// (https://docs.snowflake.com/en/sql-reference/functions/system_abort_session).
/// </summary>
[Trait(LiveAccount.Trait, "yes")]
public sealed class SnowflakeLiveTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Role_GivenTwiceAndTakenTwice_AppearsAndVanishes()
    {
        await using var account = await SnowflakeAccountUnderTest.Open();
        var order = account.RoleOrder();
        Assert.False((await account.Platform.ReadBack(order, Cancellation)).Present);
        try
        {
            Assert.Equal(account.User, (await account.Platform.Grant(order, Cancellation)).Login);
            await account.Platform.Grant(order, Cancellation);
            Assert.True((await account.Platform.ReadBack(order, Cancellation)).Present);
        }
        finally
        {
            await account.Platform.Revoke(order, Cancellation);
        }

        await account.Platform.Revoke(order, Cancellation);
        var gone = await account.Platform.ReadBack(order, Cancellation);
        Assert.False(gone.Present);
        Assert.Contains("SHOW GRANTS TO USER", gone.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Facts_TellTheUserTheRoleAndAGivenMembership()
    {
        await using var account = await SnowflakeAccountUnderTest.Open();
        var order = account.RoleOrder();
        var footprint = account.Platform.Footprint(order)!;
        await account.Platform.Grant(order, Cancellation);
        try
        {
            var facts = await account.Facts(Cancellation);
            Assert.Contains(facts, fact => fact is IdentityFact { Kind: IdentityKind.Login } user && user.Name == footprint.Identity);
            Assert.Contains(facts, fact => fact is IdentityFact { Kind: IdentityKind.Role } role && role.Name == footprint.Role);
            Assert.Contains(facts, fact => fact is MembershipFact member && member.Member == footprint.Identity && member.Of == footprint.Role);
            Assert.Contains(facts, static fact => fact is ResourceFact { Type: "database" });
        }
        finally
        {
            await account.Platform.Revoke(order, Cancellation);
        }
    }

    [Fact]
    public async Task Password_Released_IsAnotherOneAtTheEnd()
    {
        await using var account = await SnowflakeAccountUnderTest.Open();
        if (account.Credential.Length == 0) Assert.Skip("No user whose password may be changed is given: set ACCESS_LIVE_SNOWFLAKE_TEST_CREDENTIAL.");
        var order = account.PasswordOrder();
        await account.Platform.Grant(order, Cancellation);
        var released = (await account.Platform.Secret(order, Cancellation))!.Fields["password"];
        Assert.True((await account.Platform.ReadBack(order, Cancellation)).Present);

        await account.Platform.Revoke(order, Cancellation);
        await account.Platform.Revoke(order, Cancellation);
        Assert.False((await account.Platform.ReadBack(order, Cancellation)).Present);
        if (account.Server is { } server) Assert.NotEqual(released, server.Model.Users[account.Credential].Password);
    }

    [Fact]
    public async Task UnknownUsersAndRoles_AreRefusedForGood_AndNothingIsFoundOfThem()
    {
        await using var account = await SnowflakeAccountUnderTest.Open();
        foreach (var order in (Domain.Requests.PlatformOrder[])[account.RoleOrder(role: "No \"such\" role; --"), account.RoleOrder(user: "no'such\\user")])
        {
            Assert.True((await Assert.ThrowsAsync<PlatformException>(() => account.Platform.Grant(order, Cancellation))).Permanent);
            await account.Platform.Revoke(order, Cancellation);
            Assert.False((await account.Platform.ReadBack(order, Cancellation)).Present);
        }
    }

    [Fact]
    public async Task WhatCanBeAskedFor_AndWhoLivesThere_AreListed()
    {
        await using var account = await SnowflakeAccountUnderTest.Open();
        Assert.Contains(await account.Platform.Identities(Cancellation), identity => identity.Name == account.User);
        Assert.Contains(await account.Platform.Resources(Cancellation), static resource => resource.Description!.Contains("role", StringComparison.Ordinal));
    }
}
