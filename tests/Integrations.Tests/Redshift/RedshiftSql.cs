using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AccessFunctions.Integrations.Tests.Redshift;

/// <summary>A statement was refused, with Redshift's SQLSTATE.</summary>
public sealed class RedshiftException(string state, string message) : Exception(message)
{
    public string State => state;
}

/// <summary>Rows of texts, whole numbers and booleans; no columns for a statement that gives none.</summary>
public sealed record RedshiftResult(IReadOnlyList<(string Name, Type Type)> Columns, IReadOnlyList<object[]> Rows, string Tag);

/// <summary>
/// The SQL that the adapter may use. Statements by their pages (docs.aws.amazon.com/redshift/latest/dg/r_….html): "CREATE USER", "ALTER USER", "DROP USER", "ALTER GROUP", "GRANT", "REVOKE", "ALTER TABLE",
/// "ALTER SCHEMA", "PG_TERMINATE_BACKEND", "CURRENT_DATABASE", "statement_timeout"; queries of the tables in <see cref="RedshiftCatalog"/>. Anything else is a syntax error: PostgreSQL's roles, SCRAM, advisory locks, REASSIGN OWNED, LATERAL
/// and the rest, which Redshift does not have ("Unsupported PostgreSQL features"). Names are folded to lower case, also in double quotes ("Names and identifiers").
/// </summary>
internal sealed partial class RedshiftSql(RedshiftModel model, string user, IReadOnlyList<(int Process, string User)> sessions, Action<int> terminate)
{
    public static string Hash(string user, string password) => Md5(password + user);

    /// <summary><c>md5</c> and 32 hexadecimal digits.</summary>
#pragma warning disable CA5351 // Redshift's own protocol.
    public static string Md5(string text) => "md5" + Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    public static string Md5(string hash, byte[] salt) => "md5" + Convert.ToHexStringLower(MD5.HashData([.. Encoding.UTF8.GetBytes(hash[3..]), .. salt]));
#pragma warning restore CA5351

    public RedshiftResult Run(string sql, IReadOnlyList<string> parameters)
    {
        if (Select().Match(sql) is { Success: true } select) return Query(select, parameters);
        if (Terminate().Match(sql) is { Success: true } kill)
        {
            Superuser();
            terminate(int.Parse(kill.Groups[1].Value, CultureInfo.InvariantCulture));
            return new RedshiftResult([("pg_terminate_backend", typeof(int))], [[1]], "SELECT");
        }

        if (UserChange().Match(sql) is { Success: true } change) return Changed(change);
        if (Membership().Match(sql) is { Success: true } membership) return Member(membership);
        if (OwnerChange().Match(sql) is { Success: true } owner) return Own(owner);
        throw new RedshiftException("42601", $"syntax error in \"{sql}\"");
    }

    private RedshiftResult Changed(Match match)
    {
        Superuser();
        var (verb, name) = (match.Groups[1].Value, Id(match.Groups[2].Value));
        var exists = model.Users.TryGetValue(name, out var found);
        if (verb == "CREATE" && exists) throw new RedshiftException("42710", $"user \"{name}\" already exists");
        if (verb != "CREATE" && !exists) throw new RedshiftException("42704", $"user \"{name}\" does not exist");
        if (verb == "DROP")
        {
            if (match.Groups[3].Success || match.Groups[4].Success) throw new RedshiftException("42601", "syntax error");
            if (model.Tables.Values.Any(one => one.Owner == name) || model.Schemas.ContainsValue(name) || model.Privileges.Any(one => one.Identity == name && one.Type == "user"))
                throw new RedshiftException("55006", $"user \"{name}\" can't be dropped because the user owns some object or has a privilege on some object");
            model.Users.Remove(name);
            model.UserGrants.RemoveWhere(one => one.User == name);
            foreach (var group in model.Groups.Values) group.Remove(name);
            return Done("DROP USER");
        }

        if (verb == "CREATE") model.Users[name] = found = new RedshiftModel.User(model.Users.Values.Max(static one => one.Id) + 1, null);
        if (match.Groups[3].Success) found!.Hash = match.Groups[3].Value == "DISABLE" ? null : Password(match.Groups[3].Value.Trim('\''));
        else if (verb == "CREATE") throw new RedshiftException("42601", "CREATE USER needs PASSWORD");
        if (match.Groups[4].Success) found!.ValidUntil = DateTimeOffset.Parse(match.Groups[4].Value, CultureInfo.InvariantCulture);
        return Done($"{verb} USER");
    }

    /// <summary>This account's passwords come as hashes only: nothing readable may stand in a statement.</summary>
    private static string Password(string text) => Md5Text().IsMatch(text) ? text : throw new RedshiftException("22023", "password must contain a number");

    private RedshiftResult Member(Match match)
    {
        Superuser();
        var (verb, holder, who) = (match.Groups[1].Value, Id(match.Groups[2].Value), Id(match.Groups[4].Value));
        if (!model.Users.ContainsKey(who)) throw new RedshiftException("42704", $"user \"{who}\" does not exist");
        if (verb == "ALTER GROUP")
        {
            if (!model.Groups.TryGetValue(holder, out var members)) throw new RedshiftException("42704", $"group \"{holder}\" does not exist");
            switch (match.Groups[3].Value)
            {
                case " ADD USER":
                    members.Add(who);
                    break;
                case " DROP USER":
                    members.Remove(who);
                    break;
                default: throw new RedshiftException("42601", "syntax error");
            }

            return Done("ALTER GROUP");
        }

        if ((verb, match.Groups[3].Value) is not (("GRANT ROLE", " TO") or ("REVOKE ROLE", " FROM"))) throw new RedshiftException("42601", "syntax error");
        if (!model.Roles.Contains(holder)) throw new RedshiftException("42704", $"role \"{holder}\" does not exist");
        _ = verb == "GRANT ROLE" ? model.UserGrants.Add((holder, who, false)) : model.UserGrants.RemoveWhere(one => one.Role == holder && one.User == who) > 0;
        return Done(verb);
    }

    private RedshiftResult Own(Match match)
    {
        Superuser();
        var (schema, table, owner) = (Id(match.Groups[1].Value), match.Groups[2].Success ? Id(match.Groups[2].Value) : null, Id(match.Groups[3].Value));
        if (!model.Users.ContainsKey(owner)) throw new RedshiftException("42704", $"user \"{owner}\" does not exist");
        if (table is null) model.Schemas[schema] = owner;
        else model.Tables[(schema, table)] = model.Tables[(schema, table)] with { Owner = owner };
        return Done("ALTER");
    }

    private RedshiftResult Query(Match match, IReadOnlyList<string> parameters)
    {
        var columns = new List<(string Table, string Name)>();
        IEnumerable<object[]> rows = [[]];
        foreach (var named in match.Groups[2].Value.Split(", "))
        {
            var table = named["pg_catalog.".Length..];
            var (names, values) = RedshiftCatalog.Read(table, model, model.Users[user].Super ? sessions : [.. sessions.Where(one => one.User == user)]) ?? throw new RedshiftException("42P01", $"relation \"{table}\" does not exist");
            columns.AddRange(names.Select(name => (table, name)));
            var list = values.ToList();
            rows = rows.SelectMany(_ => list, static (left, right) => (object[])[.. left, .. right]);
        }

        foreach (var condition in match.Groups[3].Success ? match.Groups[3].Value.Split(" AND ") : []) rows = rows.Where(Condition(condition, columns, parameters));
        if (match.Groups[4].Success)
        {
            var by = At(match.Groups[4].Value, columns);
            rows = rows.OrderBy(row => (string)row[by], StringComparer.Ordinal);
        }

        if (match.Groups[5].Success) rows = rows.Take(int.Parse(match.Groups[5].Value, CultureInfo.InvariantCulture));
        var asked = match.Groups[1].Value.Split(", ").Select(name => At(name, columns)).ToList();
        var result = rows.Select(row => asked.Select(at => row[at]).ToArray()).ToList();
        return new RedshiftResult([.. asked.Select(at => (columns[at].Name, TypeOf(columns[at].Name)))], result, "SELECT");
    }

    private static Type TypeOf(string column) => column switch
    {
        "usesuper" or "usecreatedb" or "admin_option" => typeof(bool),
        "process" or "usesysid" => typeof(int),
        _ => typeof(string),
    };

    private Func<object[], bool> Condition(string condition, List<(string Table, string Name)> columns, IReadOnlyList<string> parameters)
    {
        if (Any().Match(condition) is { Success: true } any)
        {
            var (one, list) = (At(any.Groups[1].Value, columns), At(any.Groups[2].Value, columns));
            return row => ((int[])row[list]).Contains((int)row[one]);
        }

        var parts = Comparison().Match(condition) is { Success: true } match ? match : throw new RedshiftException("42601", $"syntax error at \"{condition}\"");
        var (left, right) = (At(parts.Groups[1].Value, columns), parts.Groups[3].Value);
        if (right.Contains('.', StringComparison.Ordinal))
        {
            var other = At(right, columns);
            return row => Equals(row[left], row[other]);
        }

        var value = right[0] switch { '$' => parameters[int.Parse(right[1..], CultureInfo.InvariantCulture) - 1], '\'' => right[1..^1], _ => right == "current_database()" ? "dev" : user };
        return parts.Groups[2].Value switch
        {
            "=" => row => (string)row[left] == value,
            ">" => row => string.CompareOrdinal((string)row[left], value) > 0,
            _ => row => string.CompareOrdinal((string)row[left], value) <= 0,
        };
    }

    private static int At(string name, List<(string Table, string Name)> columns)
    {
        var at = columns.FindIndex(column => name == column.Name || name == $"{column.Table}.{column.Name}");
        return at >= 0 ? at : throw new RedshiftException("42703", $"column \"{name}\" does not exist");
    }

    private void Superuser()
    {
        if (!model.Users[user].Super) throw new RedshiftException("42501", "must be superuser");
    }

    private static RedshiftResult Done(string tag) => new([], [], tag);

#pragma warning disable CA1308 // Redshift folds to lower case.
    private static string Id(string quoted) => quoted.Replace("\"\"", "\"", StringComparison.Ordinal).ToLowerInvariant();
#pragma warning restore CA1308

    [GeneratedRegex(@"^SELECT ([a-z_]+(?:, [a-z_]+)*) FROM (pg_catalog\.[a-z_]+(?:, pg_catalog\.[a-z_]+)*)(?: WHERE (.+?))?(?: ORDER BY ([a-z_]+))?(?: LIMIT (\d+))?$")]
    private static partial Regex Select();

    [GeneratedRegex(@"^([a-z_.]+) (=|>|<=) (\$\d+|'[^']*'|current_user|current_database\(\)|[a-z_]+\.[a-z_]+)$")]
    private static partial Regex Comparison();

    [GeneratedRegex(@"^([a-z_.]+) = ANY\(([a-z_.]+)\)$")]
    private static partial Regex Any();

    [GeneratedRegex(@"^SELECT pg_terminate_backend\((\d+)\)$")]
    private static partial Regex Terminate();

    [GeneratedRegex("""^(CREATE|ALTER|DROP) USER "((?:[^"]|"")+)"(?: PASSWORD ('[^']*'|DISABLE))?(?: VALID UNTIL '([^']+)')?$""")]
    private static partial Regex UserChange();

    [GeneratedRegex("""^(ALTER GROUP|GRANT ROLE|REVOKE ROLE) "((?:[^"]|"")+)"( ADD USER| DROP USER| TO| FROM) "((?:[^"]|"")+)"$""")]
    private static partial Regex Membership();

    [GeneratedRegex("""^ALTER (?:SCHEMA|TABLE) "((?:[^"]|"")+)"(?:\."((?:[^"]|"")+)")? OWNER TO "((?:[^"]|"")+)"$""")]
    private static partial Regex OwnerChange();

    [GeneratedRegex("^md5[0-9a-f]{32}$")]
    private static partial Regex Md5Text();
}
