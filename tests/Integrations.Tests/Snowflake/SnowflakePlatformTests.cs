using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Snowflake;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Snowflake;

/// <summary>
/// What is given, found and taken, against an account in memory whose statements are written from https://docs.snowflake.com/en/sql-reference: "SHOW GRANTS" (sql/show-grants),
/// "SHOW USERS" (sql/show-users), "GRANT ROLE" (sql/grant-role), "REVOKE ROLE" (sql/revoke-role), "ALTER USER" (sql/alter-user), "DESCRIBE USER" (sql/desc-user),
/// "QUERY_HISTORY, QUERY_HISTORY_BY_*" (functions/query_history), "SESSIONS view" (account-usage/sessions), "SYSTEM$ABORT_SESSION" (functions/system_abort_session).
/// </summary>
public sealed class SnowflakePlatformTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Revoke_EndsTheUsersSessionsAndNobodyElses()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        var sessions = account.Server!.Model.Sessions;
        var (own, idle, ended, other) = (new SnowflakeModel.Session("ALICE"), new SnowflakeModel.Session("ALICE") { RanLately = false }, new SnowflakeModel.Session("ALICE") { IsOpen = false }, new SnowflakeModel.Session("SVC_APP"));
        foreach (var session in (SnowflakeModel.Session[])[own, idle, ended, other]) sessions[SnowflakeModel.NewSession()] = session;
        await account.Platform.Grant(account.RoleOrder(), Cancellation);

        await account.Platform.Revoke(account.RoleOrder(), Cancellation);
        Assert.Equal((false, true, true), (own.IsOpen, idle.IsOpen, other.IsOpen));

        var knowing = new SnowflakePlatform(account.Options with { AccountUsage = true }, account.Secrets, TimeProvider.System, NullLogger<SnowflakePlatform>.Instance);
        await knowing.Disconnect(account.RoleOrder(), Cancellation);
        Assert.Equal((false, true), (idle.IsOpen, other.IsOpen));
    }

    [Fact]
    public async Task ReadBack_TellsTheSameRoleThroughAnother()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        account.Server!.Model.Grants.Add(("ANALYTICS_READER", "R:ANALYST"));
        account.Server.Model.Grants.Add(("ANALYST", "U:ALICE"));
        var found = await account.Platform.ReadBack(account.RoleOrder(), Cancellation);
        Assert.Equal((false, "role \"ANALYST\""), (found.Present, found.Through));
    }

    [Fact]
    public async Task NamesWithQuotesAndUnicode_StayWhatTheyAre()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        const string Role = "Ünsafe \"role\"; --", User = "o'Brien\\ \"x\"";
        account.Server!.Model.Roles.Add(Role);
        account.Server.Model.Giveable.Add(Role);
        account.Server.Model.Users[User] = new SnowflakeModel.User { Login = "o'brien" };
        var order = account.RoleOrder(Role, User);
        var session = new SnowflakeModel.Session(User);
        account.Server.Model.Sessions[SnowflakeModel.NewSession()] = session;
        await account.Platform.Grant(order, Cancellation);
        Assert.True((await account.Platform.ReadBack(order, Cancellation)).Present);
        await account.Platform.Revoke(order, Cancellation);
        Assert.False((await account.Platform.ReadBack(order, Cancellation)).Present);
        Assert.False(session.IsOpen);
    }

    [Fact]
    public async Task RolesThatAdministerOrReachPowers_AreRefused_UnlessListed()
    {
        await using var account = await SnowflakeAccountUnderTest.Served(options => options with { PrivilegedRoles = ["LISTED"] });
        var model = account.Server!.Model;
        foreach (var role in (string[])["HIGH", "OWNER", "LISTED", "MINE"])
        {
            model.Roles.Add(role);
            model.Giveable.Add(role);
        }

        model.Grants.Add(("SECURITYADMIN", "R:HIGH"));
        model.Grants.Add((SnowflakeModel.OwnRole, "R:MINE"));
        model.Privileges.Add(("OWNER", "OWNERSHIP", "USER", "SVC_APP", true));
        model.Privileges.Add(("LISTED", "CREATE USER", "ACCOUNT", "AB12345", true));
        foreach (var role in (string[])["ACCOUNTADMIN", "HIGH", "OWNER", "MINE", SnowflakeModel.OwnRole])
            Assert.True((await Assert.ThrowsAsync<PlatformException>(() => account.Platform.Grant(account.RoleOrder(role), Cancellation))).Permanent, role);
        await account.Platform.Grant(account.RoleOrder("LISTED"), Cancellation);
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => account.Platform.Grant(account.RoleOrder(user: SnowflakeModel.OwnUser), Cancellation))).Permanent);
        Assert.DoesNotContain(model.Grants, static grant => grant.To == "U:ALICE" && grant.Role != "LISTED");
    }

    [Fact]
    public async Task GrantsThatCannotAllBeShown_ProveNothing()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        for (var i = 0; i < 10_000; i++) account.Server!.Model.Grants.Add(($"ROLE_{i}", "U:ALICE"));
        Assert.False((await Assert.ThrowsAsync<PlatformException>(() => account.Platform.ReadBack(account.RoleOrder(), Cancellation))).Permanent);
    }

    [Fact]
    public async Task AUserWhomTheRoleMayNotLookAt_IsNotTakenForGone_AndOneThatIsGoneIs()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        account.Server!.Instead.Enqueue(Rest.RestServer.Busy(422, null, """{"code":"002003","sqlState":"02000","message":"User does not exist or not authorized."}"""));
        await Assert.ThrowsAsync<PlatformException>(() => account.Platform.ReadBack(account.RoleOrder(), Cancellation));
        account.Server.Model.Users.Remove("ALICE");
        Assert.Contains("no user", (await account.Platform.ReadBack(account.RoleOrder(), Cancellation)).Evidence, StringComparison.Ordinal);
        await account.Platform.Revoke(account.RoleOrder(), Cancellation);
    }

    [Fact]
    public async Task AUserWhoIsNotShown_IsLookedForAmongTheRolesHolders()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        await account.Platform.Grant(account.RoleOrder(), Cancellation);
        account.Server!.Model.Hidden.Add("ALICE");
        Assert.True((await account.Platform.ReadBack(account.RoleOrder(), Cancellation)).Present);
        await account.Platform.Revoke(account.RoleOrder(), Cancellation);
        var gone = await account.Platform.ReadBack(account.RoleOrder(), Cancellation);
        Assert.False(gone.Present);
        Assert.Contains("SHOW GRANTS OF ROLE", gone.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_StoredBeforeItIsSet_IsTheSameAfterACrash()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        var order = account.PasswordOrder();
        account.Secrets.BeforePut = static name => _ = name.EndsWith("/current", StringComparison.Ordinal) ? throw new InvalidOperationException("crash") : 0;
        await Assert.ThrowsAsync<InvalidOperationException>(() => account.Platform.Grant(order, Cancellation));
        var set = account.Server!.Model.Users["SVC_APP"].Password;
        Assert.Contains("changed", (await Assert.ThrowsAsync<PlatformException>(() => account.Platform.Secret(order, Cancellation))).Message, StringComparison.Ordinal);

        account.Secrets.BeforePut = null;
        await account.Platform.Grant(order, Cancellation);
        Assert.Equal(set, account.Server.Model.Users["SVC_APP"].Password);
        var fields = (await account.Platform.Secret(order, Cancellation))!.Fields;
        Assert.Equal((set, "SVC_APP", "myorg-prod"), (fields["password"], fields["username"], fields["account"]));
    }

    [Fact]
    public async Task APasswordThatSomebodyElseSet_IsNoProof_UntilItIsSetAgain()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        var order = account.PasswordOrder();
        await account.Platform.Grant(order, Cancellation);
        var user = account.Server!.Model.Users["SVC_APP"];
        account.Server.Model.SetPassword(user, user.Password!);
        Assert.True((await account.Platform.ReadBack(order, Cancellation)).Present);
        var released = user.Password;

        await account.Platform.Revoke(order, Cancellation);
        Assert.NotEqual(released, user.Password);
        Assert.False((await account.Platform.ReadBack(order, Cancellation)).Present);
        var rotated = user.Password;
        await account.Platform.Revoke(order, Cancellation);
        Assert.Equal(rotated, user.Password);
        Assert.Contains("set to another one", (await account.Platform.ReadBack(order, Cancellation)).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneEnd_ChangesThePasswordThatTheOtherHolderFetchesAgain()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        var (first, second) = (account.PasswordOrder("1"), account.PasswordOrder("2"));
        await account.Platform.Grant(first, Cancellation);
        await account.Platform.Grant(second, Cancellation);
        Assert.True(account.Platform.Shared(first)!.EveryEndChanges);
        Assert.Equal(account.Platform.Shared(first), account.Platform.Shared(second));

        await account.Platform.Revoke(first, Cancellation);
        Assert.Equal(account.Server!.Model.Users["SVC_APP"].Password, (await account.Platform.Secret(second, Cancellation))!.Fields["password"]);
        Assert.False((await account.Platform.ReadBack(first, Cancellation)).Present);
        Assert.True((await account.Platform.ReadBack(second, Cancellation)).Present);
    }

    [Fact]
    public async Task PasswordsThatAreNotListed_AreNotReleased()
    {
        await using var account = await SnowflakeAccountUnderTest.Served(static options => options with { Credentials = [SnowflakeModel.OwnUser, "NOBODY"] });
        foreach (var user in (string[])["SVC_APP", SnowflakeModel.OwnUser, "NOBODY"])
            Assert.True((await Assert.ThrowsAsync<PlatformException>(() => account.Platform.Grant(account.PasswordOrder() with { Resource = $"snow-prod/{user}" }, Cancellation))).Permanent, user);
        Assert.Null(account.Server!.Model.Users["SVC_APP"].Password);
    }

    [Theory]
    [InlineData(AccessKind.Session)]
    [InlineData(AccessKind.Certificate)]
    public async Task KindsThatAreNotOffered_AreRefused_AndTakingThemDoesNothing(AccessKind kind)
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        var order = account.RoleOrder() with { Kind = kind };
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => account.Platform.Grant(order, Cancellation))).Permanent);
        await account.Platform.Revoke(order, Cancellation);
        await account.Platform.Disconnect(order, Cancellation);
        Assert.False((await account.Platform.ReadBack(order, Cancellation)).Present);
        Assert.Empty(account.Server!.Calls);
    }

    [Fact]
    public async Task Facts_TellUsersRolesPrivilegesAndResources()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        account.Server!.Model.Roles.Add("ALICE");
        account.Server.Model.Grants.Add(("ANALYTICS_READER", "R:ANALYST"));
        account.Server.Model.Grants.Add(("ANALYST", "U:ALICE"));
        var facts = await account.Facts(Cancellation);
        Assert.Contains(new IdentityFact("ALICE", IdentityKind.Login) { Email = "alice@example.org" }.ToString(), facts.Select(static fact => fact.ToString()));
        Assert.Contains(facts, static fact => fact is IdentityFact { Name: "role:ALICE", Kind: IdentityKind.Role });
        Assert.Contains(facts, static fact => fact is IdentityFact { Name: "role:PUBLIC", Kind: IdentityKind.Everyone });
        Assert.Equal(["manage grants", "administration"], facts.OfType<IdentityFact>().Single(static one => one.Name == "role:SECURITYADMIN").Admin.OrderDescending());
        Assert.True(facts.OfType<IdentityFact>().Single(static one => one.Name == SnowflakeModel.OwnUser).Managed);
        Assert.Contains(new MembershipFact("ALICE", "role:ANALYST", Inherit: false, Set: true), facts);
        Assert.Contains(new MembershipFact("role:ANALYST", "role:ANALYTICS_READER"), facts);
        Assert.Equal(["SELECT"], facts.OfType<PrivilegeFact>().Single(static one => one is { Grantee: "role:ANALYTICS_READER", Resource: "snow-prod/SALES.PUBLIC.ORDERS" }).Privileges);
        Assert.Equal(["MANAGE GRANTS"], facts.OfType<PrivilegeFact>().Single(static one => one.Resource == "snow-prod/*").Grantable);
        Assert.Equal(["snow-prod/SALES", "snow-prod/SALES.PUBLIC", "snow-prod/SALES.PUBLIC.\"odd \"\"table\"\"\"", "snow-prod/SALES.PUBLIC.ORDERS", "snow-prod/UTIL"], facts.OfType<ResourceFact>().Select(static one => one.Resource).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Facts_FollowTheRolesOfDatabases_ThatRolesHave()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        var model = account.Server!.Model;
        model.DatabaseRoles["SALES.READER"] = [("USAGE", "SCHEMA", "SALES.PUBLIC"), ("USAGE", "DATABASE_ROLE", "SALES.\"odd role\""), ("OWNERSHIP", "DATABASE_ROLE", "SALES.OWNED")];
        model.DatabaseRoles["SALES.odd role"] = [("SELECT", "TABLE", "SALES.PUBLIC.ORDERS"), ("USAGE", "DATABASE_ROLE", "READER")];
        foreach (var (role, has) in ((string, string)[])[("ANALYST", "SALES.READER"), ("ANALYTICS_READER", "SALES.READER"), ("ANALYST", "SHARED.HIDDEN"), ("PUBLIC", "SNOWFLAKE.CORE_VIEWER")])
            model.Privileges.Add((role, "USAGE", "DATABASE_ROLE", has, false));
        model.Privileges.Add(("ANALYST", "OWNERSHIP", "DATABASE_ROLE", "SALES.OWNED", false));
        var facts = await account.Facts(Cancellation);
        Assert.Equal(
            [
                "database-role:SALES.\"odd role\" > database-role:SALES.READER", "database-role:SALES.READER > database-role:SALES.\"odd role\"", "role:ANALYST > database-role:SALES.READER",
                "role:ANALYST > database-role:SHARED.HIDDEN", "role:ANALYTICS_READER > database-role:SALES.READER", "role:PUBLIC > database-role:SNOWFLAKE.CORE_VIEWER",
            ],
            facts.OfType<MembershipFact>().Where(static one => one.Of.StartsWith("database-role:", StringComparison.Ordinal)).Select(static one => $"{one.Member} > {one.Of}").Order(StringComparer.Ordinal));
        Assert.Equal(["snow-prod/SALES.PUBLIC.ORDERS SELECT"], facts.OfType<PrivilegeFact>().Where(static one => one.Grantee == "database-role:SALES.\"odd role\"").Select(static one => $"{one.Resource} {one.Privileges[0]}"));
        Assert.Equal(4, facts.OfType<IdentityFact>().Count(static one => one.Name.StartsWith("database-role:", StringComparison.Ordinal)));
        Assert.Equal(1, model.Ran.Count(static sql => sql == "SHOW GRANTS TO DATABASE ROLE \"SALES\".\"READER\""));
    }

    [Theory]
    [InlineData("SALES.READER", "SALES|READER")]
    [InlineData("SALES.\"a.b\"\"c\"", "SALES|a.b\"c")]
    [InlineData("READER", "READER")]
    public void Parts_OfAShownPath_AreItsNames(string shown, string names) => Assert.Equal(names, string.Join('|', SnowflakeName.Parts(shown)));

    [Fact]
    public async Task EachMark_IsAPlaceToGoOnFrom_AndOthersAreRefused()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        for (var i = 0; i < 12; i++) account.Server!.Model.Roles.Add($"ROLE_{i:00}");
        for (var i = 0; i < 1001; i++) account.Server!.Model.Databases["SALES"]["PUBLIC"].Add($"T{i:0000}");
        var pages = await account.Platform.Inventory(null, Cancellation).ToListAsync(Cancellation);
        Assert.Null(pages[^1].Next);
        for (var i = 0; i < pages.Count - 1; i++)
        {
            var rest = await account.Platform.Inventory(pages[i].Next, Cancellation).SelectMany(static page => page.Facts.ToAsyncEnumerable()).CountAsync(Cancellation);
            Assert.Equal(pages.Skip(i + 1).Sum(static page => page.Facts.Count), rest);
        }

        foreach (var mark in (string[])["", "x", "[]", "[\"elsewhere\"]", "[\"objects\"]", "[\"users\",null]", "{}", "[1]"])
            Assert.True((await Assert.ThrowsAsync<PlatformException>(async () => await account.Platform.Inventory(mark, Cancellation).ToListAsync(Cancellation))).Permanent, mark);
    }
}
