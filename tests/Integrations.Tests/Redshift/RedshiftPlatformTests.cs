using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Redshift;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Redshift;

/// <summary>
/// What is given, found and taken, against a warehouse in this process written from https://docs.aws.amazon.com/redshift/latest/dg: "CREATE USER" (r_CREATE_USER.html), "ALTER USER" (r_ALTER_USER.html), "DROP USER"
/// (r_DROP_USER.html), "ALTER GROUP" (r_ALTER_GROUP.html), "GRANT" (r_GRANT.html), "REVOKE" (r_REVOKE.html), "SVV_USER_GRANTS" (r_SVV_USER_GRANTS.html), "STV_SESSIONS" (r_STV_SESSIONS.html), "PG_TERMINATE_BACKEND"
/// (PG_TERMINATE_BACKEND.html), "Amazon Redshift system-defined roles" (r_roles-default.html), "Names and identifiers" (r_names.html) and "Unsupported PostgreSQL features" (c_unsupported-postgresql-features.html).
/// </summary>
public sealed class RedshiftPlatformTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Revoke_EndsTheUsersSessions_FederatedOnesToo_AndNobodyElses()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served();
        var sessions = warehouse.Server!.OtherSessions;
        (sessions[1], sessions[2], sessions[3], sessions[4], sessions[5]) = ("alice", "IAMA:alice:analysts", "IAM:alice", "alice2", "IAMA:alice2:alice");
        var order = warehouse.Order(AccessKind.Role, "analyst", "alice");
        await warehouse.Platform.Grant(order, Cancellation);
        Assert.Equal(5, sessions.Count);
        await warehouse.Platform.Revoke(order, Cancellation);
        Assert.Equal([4, 5], sessions.Keys.Order());

        sessions[6] = "alice";
        await warehouse.Platform.Disconnect(order, Cancellation);
        Assert.Equal([4, 5], sessions.Keys.Order());
    }

    [Fact]
    public async Task ASessionThatDoesNotEnd_IsAFailure_ThatIsTriedAgain()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served(static options => options with { StatementTimeout = TimeSpan.FromSeconds(1) });
        warehouse.Server!.OtherSessions[1] = "alice";
        warehouse.Server.Stubborn.Add(1);
        var order = warehouse.Order(AccessKind.Role, "analyst", "alice");
        await warehouse.Platform.Grant(order, Cancellation);
        Assert.False((await Assert.ThrowsAsync<PlatformException>(() => warehouse.Platform.Revoke(order, Cancellation))).Permanent);
        Assert.False((await warehouse.Platform.ReadBack(order, Cancellation)).Present);
        warehouse.Server.Stubborn.Clear();
        await warehouse.Platform.Revoke(order, Cancellation);
    }

    [Fact]
    public async Task ARoleAndAGroupOfOneName_AreTwo()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served();
        var (role, group) = (warehouse.Order(AccessKind.Role, "role:reader", "alice"), warehouse.Order(AccessKind.Role, "group:reader", "alice", grant: "2"));
        Assert.NotEqual(warehouse.Platform.Shared(role), warehouse.Platform.Shared(group));
        Assert.Equal(warehouse.Platform.Shared(role), warehouse.Platform.Shared(warehouse.Order(AccessKind.Role, "reader", "alice", grant: "3")));
        await warehouse.Platform.Grant(role, Cancellation);
        Assert.Equal((true, false), ((await warehouse.Platform.ReadBack(role, Cancellation)).Present, (await warehouse.Platform.ReadBack(group, Cancellation)).Present));
        await warehouse.Platform.Grant(group, Cancellation);
        await warehouse.Platform.Revoke(role, Cancellation);
        Assert.Equal((false, true), ((await warehouse.Platform.ReadBack(role, Cancellation)).Present, (await warehouse.Platform.ReadBack(group, Cancellation)).Present));
    }

    [Fact]
    public async Task ReadBack_TellsTheSameRoleThroughAnother_AndOfASuperuser()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served();
        warehouse.Server!.Change(static model =>
        {
            model.RoleGrants.Add(("reader", "analyst"));
            model.UserGrants.Add(("analyst", "alice", false));
        });
        var found = await warehouse.Platform.ReadBack(warehouse.Order(AccessKind.Role, "reader", "alice"), Cancellation);
        Assert.Equal((false, "role:analyst"), (found.Present, found.Through));
        Assert.Equal("being a superuser", (await warehouse.Platform.ReadBack(warehouse.Order(AccessKind.Role, "reader", RedshiftModel.Owner), Cancellation)).Through);
    }

    [Fact]
    public async Task WhatMustNotBeGiven_IsRefusedForGood_UnlessItIsListed()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served(static options => options with { PrivilegedRoles = ["sys:operator", "sys:superuser"] });
        warehouse.Server!.Change(static model =>
        {
            model.Roles.UnionWith(["high", "powerful", "sys:dba"]);
            model.RoleGrants.Add(("sys:superuser", "high"));
            model.SystemPrivileges.Add(("powerful", "role", "CREATE USER"));
            model.Users["af_someone"] = new RedshiftModel.User(200, null);
        });
        foreach (var (role, user) in ((string, string)[])[
            ("high", "alice"), ("powerful", "alice"), ("sys:dba", "alice"), ("sys:superuser", "alice"), ("Analyst", "alice"), ("analyst", "Alice"), ("analyst", RedshiftModel.Owner), ("analyst", "rdsdb"), ("analyst", "af_someone"),
            ("analyst", new string('x', 45)), ("", "alice"), ("group:", "alice")])
        {
            var order = warehouse.Order(AccessKind.Role, role, user);
            Assert.True((await Assert.ThrowsAsync<PlatformException>(() => warehouse.Platform.Grant(order, Cancellation))).Permanent, $"{role} to {user}");
        }

        Assert.Empty(warehouse.Server.Model.UserGrants);
        await warehouse.Platform.Grant(warehouse.Order(AccessKind.Role, "sys:operator", "alice"), Cancellation);
        Assert.Single(warehouse.Server.Model.UserGrants);
    }

    [Fact]
    public async Task AnAccountThatDoesNotSeeEverything_ProvesNothing()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served();
        warehouse.Server!.Change(static model => model.UserGrants.Add(("analyst", "alice", false)));
        var blind = new RedshiftPlatform(
            warehouse.Options with { ConnectionString = warehouse.Options.ConnectionString.Replace(RedshiftModel.Owner, "alice", StringComparison.Ordinal).Replace(RedshiftServerInProcess.Password, "alicesPassword1", StringComparison.Ordinal) },
            warehouse.Secrets, NullLogger<RedshiftPlatform>.Instance);
        var refused = await Assert.ThrowsAsync<PlatformException>(() => blind.ReadBack(warehouse.Order(AccessKind.Role, "analyst", "alice"), Cancellation));
        Assert.True(refused.Permanent);
        Assert.Contains("superuser", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEphemeralUsersObjects_GoToTheHeir_AndItsGrantsWithIt()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served();
        var order = warehouse.Order(AccessKind.Session, "analyst");
        var login = (await warehouse.Platform.Grant(order, Cancellation)).Login!;
        Assert.Equal(login, warehouse.Platform.Footprint(order)!.Identity);
        warehouse.Server!.Change(model =>
        {
            model.Schemas["scratch"] = login;
            model.Tables[("scratch", "t")] = (login, false);
            model.Tables[("scratch", "v")] = (login, true);
        });
        await warehouse.Platform.Revoke(order, Cancellation);
        Assert.DoesNotContain(login, warehouse.Server.Model.Users.Keys);
        Assert.Equal(RedshiftModel.Owner, warehouse.Server.Model.Schemas["scratch"]);
        Assert.Equal([(RedshiftModel.Owner, false), (RedshiftModel.Owner, true)], warehouse.Server.Model.Tables.Where(static one => one.Key.Schema == "scratch").Select(static one => one.Value));
        Assert.Empty(warehouse.Server.Model.UserGrants);
    }

    [Fact]
    public async Task AnEphemeralUserThatCannotBeDropped_CannotSignIn_AndIsStillThere()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served();
        var order = warehouse.Order(AccessKind.Session);
        var login = (await warehouse.Platform.Grant(order, Cancellation)).Login!;
        var secret = (await warehouse.Platform.Secret(order, Cancellation))!;
        warehouse.Server!.Change(model => model.Privileges.Add(("sales", null, login, "user", "USAGE", false)));
        Assert.False((await Assert.ThrowsAsync<PlatformException>(() => warehouse.Platform.Revoke(order, Cancellation))).Permanent);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => warehouse.SignIn(secret));
        Assert.True((await warehouse.Platform.ReadBack(order, Cancellation)).Present);

        warehouse.Server.Change(static model => model.Privileges.Clear());
        await warehouse.Platform.Revoke(order, Cancellation);
        Assert.False((await warehouse.Platform.ReadBack(order, Cancellation)).Present);
    }

    [Fact]
    public async Task NoStatement_HoldsAPassword()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served();
        var (session, credential) = (warehouse.Order(AccessKind.Session), warehouse.Order(AccessKind.Credential, path: "app", grant: "2"));
        await warehouse.Platform.Grant(session, Cancellation);
        await warehouse.Platform.Grant(credential, Cancellation);
        string[] passwords = [(await warehouse.Platform.Secret(session, Cancellation))!.Fields["password"], (await warehouse.Platform.Secret(credential, Cancellation))!.Fields["password"]];
        await warehouse.Platform.Revoke(credential, Cancellation);
        Assert.All(passwords, password => Assert.DoesNotContain(warehouse.Server!.Ran, statement => statement.Contains(password, StringComparison.Ordinal)));
        Assert.Contains(warehouse.Server!.Ran, static statement => statement.Contains("PASSWORD 'md5", StringComparison.Ordinal) && statement.Contains("VALID UNTIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Password_StoredBeforeItIsSet_IsTheSameAfterACrash()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served();
        var order = warehouse.Order(AccessKind.Credential, path: "app");
        warehouse.Secrets.BeforePut = static name => _ = name.EndsWith("/current", StringComparison.Ordinal) ? throw new InvalidOperationException("crash") : 0;
        await Assert.ThrowsAsync<InvalidOperationException>(() => warehouse.Platform.Grant(order, Cancellation));
        var set = warehouse.Server!.Model.Users["app"].Hash;
        warehouse.Secrets.BeforePut = null;
        await warehouse.Platform.Grant(order, Cancellation);
        Assert.Equal(set, warehouse.Server.Model.Users["app"].Hash);
    }

    [Fact]
    public async Task PasswordsThatAreNotListed_AreNotReleased()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served(static options => options with { Credentials = [RedshiftModel.Owner, "nobody"] });
        foreach (var user in (string[])["app", RedshiftModel.Owner, "nobody"])
            Assert.True((await Assert.ThrowsAsync<PlatformException>(() => warehouse.Platform.Grant(warehouse.Order(AccessKind.Credential, path: user), Cancellation))).Permanent, user);
    }

    [Fact]
    public async Task AStatementThatHangs_IsEndedByTheServer_AndTakesNoEffect()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served(static options => options with { StatementTimeout = TimeSpan.FromSeconds(1) });
        warehouse.Server!.Hangs = "GRANT ROLE";
        var late = await Assert.ThrowsAsync<PlatformException>(() => warehouse.Platform.Grant(warehouse.Order(AccessKind.Role, "analyst", "alice"), Cancellation));
        Assert.False(late.Permanent);
        Assert.Contains("57014", late.Message, StringComparison.Ordinal);
        Assert.Contains("SET statement_timeout TO 1000", warehouse.Server.Ran);
        Assert.Empty(warehouse.Server.Model.UserGrants);
    }

    [Fact]
    public async Task AWrongPasswordOfTheAccount_IsTold_AndNotQuoted()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served(static options => options with { ConnectionString = options.ConnectionString.Replace(RedshiftServerInProcess.Password, "hunter2hunter2", StringComparison.Ordinal) });
        var refused = await Assert.ThrowsAsync<PlatformException>(() => warehouse.Platform.Identities(Cancellation));
        Assert.False(refused.Permanent);
        Assert.Contains("28000", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScopedPermissions_AreToldOfWhatTheyCover_AndOfNothingElse()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served();
        warehouse.Server!.Change(static model =>
        {
            model.Privileges.AddRange([("sales", null, "reader", "role", "USAGE", false), ("sales", "orders", "reader", "role", "UPDATE", false)]);
            model.Scoped.AddRange([
                ("dev", "sales", "TABLES", "reader", "role", "SELECT"), ("dev", "sales", "FUNCTIONS", "reader", "role", "EXECUTE"), ("dev", null, "TABLES", "analysts", "group", "DELETE"),
                ("dev", null, "SCHEMAS", "alice", "user", "CREATE"), ("dev", null, "DATABASE", "alice", "user", "TEMP"), ("other", null, "TABLES", "app", "user", "SELECT")]);
        });
        var privileges = (await warehouse.Facts(Cancellation)).OfType<PrivilegeFact>().Where(static one => one.Resource != "rs-prod/*").Select(static one => $"{one.Grantee} {one.Resource} {string.Join(", ", one.Privileges)}");
        Assert.Equal(
            [
                "alice rs-prod/public CREATE", "alice rs-prod/sales CREATE", "group:analysts rs-prod/sales.\"odd \"\"table\"\"\" DELETE", "group:analysts rs-prod/sales.orders DELETE",
                "role:reader rs-prod/sales USAGE", "role:reader rs-prod/sales.\"odd \"\"table\"\"\" SELECT", "role:reader rs-prod/sales.orders SELECT, UPDATE",
            ],
            privileges.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Facts_TellUsersGroupsRolesAndWhatTheyMayDo()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served();
        warehouse.Server!.Change(static model =>
        {
            model.Groups["analysts"].Add("alice");
            model.UserGrants.Add(("analyst", "alice", true));
            model.RoleGrants.Add(("reader", "analyst"));
            model.SystemPrivileges.AddRange([("sys:operator", "role", "ACCESS SYSTEM TABLE"), ("alice", "user", "CREATE ROLE")]);
            model.Privileges.AddRange([
                ("sales", null, "reader", "role", "USAGE", false), ("sales", "orders", "reader", "role", "SELECT", false), ("sales", "orders", "analysts", "group", "SELECT", false), ("sales", "orders", "alice", "user", "INSERT", true),
                ("sales", "orders", "public", "public", "REFERENCES", false)]);
        });
        var facts = await warehouse.Facts(Cancellation);
        var identities = facts.OfType<IdentityFact>().ToDictionary(static one => one.Name, StringComparer.Ordinal);
        Assert.Equal((IdentityKind.Login, "create role"), (identities["alice"].Kind, string.Join(", ", identities["alice"].Admin)));
        Assert.Equal((IdentityKind.Group, IdentityKind.Role, IdentityKind.Everyone), (identities["group:analysts"].Kind, identities["role:analyst"].Kind, identities["public"].Kind));
        Assert.Equal((true, "superuser"), (identities[RedshiftModel.Owner].Managed, string.Join(", ", identities[RedshiftModel.Owner].Admin)));
        Assert.Equal(["access system table"], identities["role:sys:operator"].Admin);
        Assert.Contains(new MembershipFact("alice", "group:analysts"), facts);
        Assert.Contains(new MembershipFact("alice", "role:analyst", Admin: true), facts);
        Assert.Contains(new MembershipFact("role:analyst", "role:reader"), facts);
        var privileges = facts.OfType<PrivilegeFact>().ToDictionary(static one => (one.Grantee, one.Resource), static one => (string.Join(", ", one.Privileges), string.Join(", ", one.Grantable)));
        Assert.Equal(("SELECT", ""), privileges[("role:reader", "rs-prod/sales.orders")]);
        Assert.Equal(("SELECT", ""), privileges[("group:analysts", "rs-prod/sales.orders")]);
        Assert.Equal(("INSERT", "INSERT"), privileges[("alice", "rs-prod/sales.orders")]);
        Assert.Equal(("USAGE", ""), privileges[("role:reader", "rs-prod/sales")]);
        Assert.Contains(("public", "rs-prod/sales.orders"), privileges.Keys);
        Assert.Contains(new ResourceFact("rs-prod/sales.\"odd \"\"table\"\"\"", "view"), facts);
        Assert.DoesNotContain(facts.OfType<ResourceFact>(), static one => one.Resource.Contains("pg_catalog", StringComparison.Ordinal));
    }

    [Fact]
    public async Task EachMark_IsAPlaceToGoOnFrom_AndOthersAreRefused()
    {
        await using var warehouse = RedshiftWarehouseUnderTest.Served();
        warehouse.Server!.Change(static model =>
        {
            for (var i = 0; i < 1001; i++) model.Tables[("sales", $"t{i:0000}")] = (RedshiftModel.Owner, false);
            for (var i = 0; i < 60; i++) model.Groups[$"g{i:00}"] = ["alice"];
        });
        var pages = await warehouse.Platform.Inventory(null, Cancellation).ToListAsync(Cancellation);
        Assert.Null(pages[^1].Next);
        for (var i = 0; i < pages.Count - 1; i++)
        {
            var rest = await warehouse.Platform.Inventory(pages[i].Next, Cancellation).SelectMany(static page => page.Facts.ToAsyncEnumerable()).CountAsync(Cancellation);
            Assert.Equal(pages.Skip(i + 1).Sum(static page => page.Facts.Count), rest);
        }

        Assert.Equal(1003, pages.SelectMany(static page => page.Facts).OfType<ResourceFact>().Count(static one => one.Type is "table" or "view"));
        foreach (var mark in (string[])["", "x", "[]", "[\"elsewhere\"]", "[\"tables\"]", "[\"users\",null]", "[1]"])
            Assert.True((await Assert.ThrowsAsync<PlatformException>(async () => await warehouse.Platform.Inventory(mark, Cancellation).ToListAsync(Cancellation))).Permanent, mark);
    }
}
