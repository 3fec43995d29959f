using System.Globalization;
using System.Text.RegularExpressions;

namespace AccessFunctions.Integrations.Tests.Snowflake;

/// <summary>The outcome of a statement: rows, or a refusal with Snowflake's code and SQLSTATE.</summary>
public sealed record SnowflakeOutcome(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows, string? Code = null, string? State = null, string Message = "")
{
    public static SnowflakeOutcome Refused(string code, string state, string message) => new([], [], code, state, message);
    public static SnowflakeOutcome Said(string text) => new(["status"], [[text]]);
}

/// <summary>
/// The statements the adapter may use, each by its page of docs.snowflake.com/en/sql-reference: "SHOW USERS", "SHOW ROLES", "SHOW DATABASES", "SHOW SCHEMAS", "SHOW OBJECTS",
/// "SHOW GRANTS" (of databases' roles too; "GRANT DATABASE ROLE" says who can have them), "GRANT ROLE", "REVOKE ROLE", "DESCRIBE USER", "ALTER USER", "QUERY_HISTORY, QUERY_HISTORY_BY_*", "SYSTEM$ABORT_SESSION". Anything else is a syntax error.
/// </summary>
public sealed partial class SnowflakeSql(SnowflakeModel model)
{
    public SnowflakeOutcome Run(string sql, IReadOnlyList<string> bindings)
    {
        lock (model.Lock)
        {
            model.Ran.Add(sql);
            if (List().Match(sql) is { Success: true } list) return Show(list);
            if (Grants().Match(sql) is { Success: true } grants) return ShowGrants(grants.Groups[1].Value, Id(grants.Groups[2].Value));
            if (DatabaseRoleGrants().Match(sql) is { Success: true } database) return ShowDatabaseRoleGrants($"{Id(database.Groups[1].Value)}.{Id(database.Groups[2].Value)}");
            if (RoleChange().Match(sql) is { Success: true } change) return Change(change.Groups[1].Value == "GRANT", Id(change.Groups[2].Value), Id(change.Groups[3].Value));
            if (Describe().Match(sql) is { Success: true } describe) return DescribeUser(Id(describe.Groups[1].Value));
            if (Password().Match(sql) is { Success: true } password) return SetPassword(Id(password.Groups[1].Value), Text(password.Groups[2].Value));
            if (Abort().Match(sql) is { Success: true } abort) return AbortSession(long.Parse(abort.Groups[1].Value, CultureInfo.InvariantCulture));
            if (History().Match(sql) is { Success: true } history) return Ids(session => session.RanLately && "\"" + Login(session.User) + "\"" == Text(history.Groups[2].Value));
            if (sql == "SELECT SESSION_ID FROM SNOWFLAKE.ACCOUNT_USAGE.SESSIONS WHERE USER_NAME = ? AND IS_OPEN") return Ids(session => session.IsOpen && session.User == bindings[0]);
            return SnowflakeOutcome.Refused("001003", "42000", $"SQL compilation error:\nsyntax error line 1 at position 0 unexpected '{sql}'.");
        }
    }

    private SnowflakeOutcome Show(Match match)
    {
        var (what, starts, limit, from) = (match.Groups[1].Value, match.Groups[4], int.Parse(match.Groups[5].Value, CultureInfo.InvariantCulture), match.Groups[6]);
        IEnumerable<string>? names = what.Split(' ')[0] switch
        {
            "USERS" => model.Users.Keys.Except(model.Hidden),
            "ROLES" => model.Roles,
            "DATABASES" => model.Databases.Keys,
            "SCHEMAS" => model.Databases.GetValueOrDefault(Id(match.Groups[2].Value))?.Keys,
            _ => model.Databases.GetValueOrDefault(Id(match.Groups[2].Value))?.GetValueOrDefault(Id(match.Groups[3].Value)),
        };
        if (names is null) return Missing("Object");
        var rows = names.Order(StringComparer.Ordinal)
            .Where(name => !starts.Success || name.StartsWith(Text(starts.Value), StringComparison.Ordinal))
            .Where(name => !from.Success || string.CompareOrdinal(name, Text(from.Value)) > 0)
            .Take(limit);
        return what == "USERS"
            ? new SnowflakeOutcome(["name", "created_on", "login_name", "email"], [.. rows.Select(name => (IReadOnlyList<string?>)[name, "1700000000.0", Login(name), model.Users[name].Email])])
            : new SnowflakeOutcome(["created_on", "name", "kind"], [.. rows.Select(static name => (IReadOnlyList<string?>)["1700000000.0", name, "TABLE"])]);
    }

    private SnowflakeOutcome ShowGrants(string of, string name)
    {
        if (of == "TO USER")
        {
            return !model.Users.ContainsKey(name) || model.Hidden.Contains(name) ? Missing("User") : new SnowflakeOutcome(
                ["created_on", "privilege", "granted_on", "name", "role", "granted_to", "grantee_name", "grant_option", "granted_by"],
                [.. model.Grants.Where(grant => grant.To == $"U:{name}").Select(grant => (IReadOnlyList<string?>)["1700000000.0", "USAGE", "ROLE", grant.Role, grant.Role, "USER", name, "false", "SECURITYADMIN"])]);
        }

        if (!model.Roles.Contains(name)) return Missing("Role");
        return of == "OF ROLE"
            ? new SnowflakeOutcome(
                ["created_on", "role", "granted_to", "grantee_name", "granted_by"],
                [.. model.Grants.Where(grant => grant.Role == name).Select(static grant => (IReadOnlyList<string?>)["1700000000.0", grant.Role, grant.To[0] == 'U' ? "USER" : "ROLE", grant.To[2..], ""])])
            : new SnowflakeOutcome(
                ["created_on", "privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option", "granted_by"],
                [
                    .. model.Privileges.Where(one => one.Role == name).Select(one => (IReadOnlyList<string?>)["1700000000.0", one.Privilege, one.On, one.Object, "ROLE", name, one.Option ? "true" : "false", ""]),
                    .. model.Grants.Where(grant => grant.To == $"R:{name}").Select(grant => (IReadOnlyList<string?>)["1700000000.0", "USAGE", "ROLE", grant.Role, "ROLE", name, "false", ""]),
                ]);
    }

    private SnowflakeOutcome ShowDatabaseRoleGrants(string role) => !model.DatabaseRoles.TryGetValue(role, out var privileges) ? Missing("Database role") : new SnowflakeOutcome(
        ["created_on", "privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option", "granted_by"],
        [.. privileges.Select(one => (IReadOnlyList<string?>)["1700000000.0", one.Privilege, one.On, one.Object, "DATABASE_ROLE", role.Split('.')[1], "false", ""])]);

    private SnowflakeOutcome Change(bool grant, string role, string user)
    {
        if (!model.Roles.Contains(role)) return Missing("Role");
        if (!model.Users.ContainsKey(user)) return Missing("User");
        if (!model.Giveable.Contains(role)) return SnowflakeOutcome.Refused("003001", "42501", $"SQL access control error:\nInsufficient privileges to operate on role '{role}'");
        _ = grant ? model.Grants.Add((role, $"U:{user}")) : model.Grants.Remove((role, $"U:{user}"));
        return SnowflakeOutcome.Said("Statement executed successfully.");
    }

    private SnowflakeOutcome DescribeUser(string name) => !model.Users.TryGetValue(name, out var user) ? Missing("User") : new SnowflakeOutcome(
        ["property", "value", "default", "description"],
        [["NAME", name, "null", ""], ["LOGIN_NAME", Login(name), "null", ""], ["PASSWORD", user.Password is null ? "null" : "********", "null", ""], ["PASSWORD_LAST_SET_TIME", user.LastSet ?? "null", "null", ""]]);

    private SnowflakeOutcome SetPassword(string name, string password)
    {
        if (!model.Users.TryGetValue(name, out var user)) return Missing("User");
        if (password.Length < 14 || !password.Any(char.IsUpper) || !password.Any(char.IsLower) || !password.Any(char.IsDigit))
            return SnowflakeOutcome.Refused("003002", "28P01", $"Password '{password}' is too weak.");
        model.SetPassword(user, password);
        return SnowflakeOutcome.Said("Statement executed successfully.");
    }

    private SnowflakeOutcome AbortSession(long id)
    {
        if (!model.Sessions.TryGetValue(id, out var session) || !session.IsOpen) return SnowflakeOutcome.Refused("100038", "22023", $"Session '{id}' does not exist.");
        session.IsOpen = false;
        return new SnowflakeOutcome([$"SYSTEM$ABORT_SESSION({id})"], [[$"session [{id}] terminated."]]);
    }

    private SnowflakeOutcome Ids(Func<SnowflakeModel.Session, bool> those) =>
        new(["SESSION_ID"], [.. model.Sessions.Where(one => those(one.Value)).Select(one => (IReadOnlyList<string?>)[SnowflakeModel.Number(one.Key)])]);

    private string Login(string user) => model.Users.TryGetValue(user, out var one) ? one.Login ?? user : user;

    private static SnowflakeOutcome Missing(string what) => SnowflakeOutcome.Refused("002003", "02000", $"SQL compilation error:\n{what} does not exist or not authorized.");

    private static string Id(string quoted) => quoted.Replace("\"\"", "\"", StringComparison.Ordinal);

    private static string Text(string literal) => literal.Replace("''", "'", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal);

    [GeneratedRegex("""^SHOW (?<1>USERS|ROLES|DATABASES|SCHEMAS IN DATABASE "(?<2>(?:[^"]|"")+)"|OBJECTS IN SCHEMA "(?<2>(?:[^"]|"")+)"\."(?<3>(?:[^"]|"")+)")(?: STARTS WITH '(?<4>(?:[^']|'')*)')? LIMIT (?<5>\d+)(?: FROM '(?<6>(?:[^']|'')*)')?$""")]
    private static partial Regex List();

    [GeneratedRegex("""^SHOW GRANTS (TO USER|OF ROLE|TO ROLE) "((?:[^"]|"")+)"$""")]
    private static partial Regex Grants();

    [GeneratedRegex("""^SHOW GRANTS TO DATABASE ROLE "((?:[^"]|"")+)"\."((?:[^"]|"")+)"$""")]
    private static partial Regex DatabaseRoleGrants();

    [GeneratedRegex("""^(GRANT|REVOKE) ROLE "((?:[^"]|"")+)" (?:TO|FROM) USER "((?:[^"]|"")+)"$""")]
    private static partial Regex RoleChange();

    [GeneratedRegex("""^DESCRIBE USER "((?:[^"]|"")+)"$""")]
    private static partial Regex Describe();

    [GeneratedRegex("""^ALTER USER "((?:[^"]|"")+)" SET PASSWORD = '((?:[^']|'')*)' MUST_CHANGE_PASSWORD = FALSE$""")]
    private static partial Regex Password();

    [GeneratedRegex(@"^SELECT SYSTEM\$ABORT_SESSION\((\d+)\)$")]
    private static partial Regex Abort();

    [GeneratedRegex("""^SELECT SESSION_ID FROM TABLE\("((?:[^"]|"")+)"\.INFORMATION_SCHEMA\.QUERY_HISTORY_BY_USER\(\s+USER_NAME => '((?:[^']|'')*)', RESULT_LIMIT => 10000, INCLUDE_CLIENT_GENERATED_STATEMENT => TRUE\)\)\s+GROUP BY SESSION_ID ORDER BY MAX\(START_TIME\) DESC$""")]
    private static partial Regex History();
}
