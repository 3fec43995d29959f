using System.Globalization;

namespace AccessFunctions.Integrations.Tests.Snowflake;

/// <summary>What an account holds. Names are unfolded, as SHOW shows them.</summary>
public sealed class SnowflakeModel
{
    public const string OwnUser = "ACCESS_FUNCTIONS";
    public const string OwnRole = "ACCESS_FUNCTIONS";

    public Lock Lock { get; } = new();

    public SortedDictionary<string, User> Users { get; } = new(StringComparer.Ordinal) { [OwnUser] = new User(), ["ALICE"] = new User { Email = "alice@example.org" }, ["SVC_APP"] = new User() };

    public SortedSet<string> Roles { get; } = new(["ACCOUNTADMIN", "SECURITYADMIN", "PUBLIC", OwnRole, "ANALYST", "ANALYTICS_READER"], StringComparer.Ordinal);

    /// <summary>Role to grantee: <c>U:name</c> or <c>R:name</c>.</summary>
    public SortedSet<(string Role, string To)> Grants { get; } = [(OwnRole, $"U:{OwnUser}"), ("SECURITYADMIN", "R:ACCOUNTADMIN")];

    public List<(string Role, string Privilege, string On, string Object, bool Option)> Privileges { get; } =
    [
        ("SECURITYADMIN", "MANAGE GRANTS", "ACCOUNT", "AB12345", true), ("ANALYTICS_READER", "SELECT", "TABLE", "SALES.PUBLIC.ORDERS", false),
        ("ANALYTICS_READER", "USAGE", "DATABASE", "SALES", false), ("ANALYTICS_READER", "USAGE", "WAREHOUSE", "WH", false),
    ];

    /// <summary>Roles of databases, as <c>DB.NAME</c>, with what they were given (another of them: <c>USAGE</c> on a <c>DATABASE_ROLE</c>). Account roles have them by <see cref="Privileges"/>.</summary>
    public SortedDictionary<string, List<(string Privilege, string On, string Object)>> DatabaseRoles { get; } = new(StringComparer.Ordinal);

    /// <summary>Roles that this product's role may give.</summary>
    public HashSet<string> Giveable { get; } = new(["ANALYTICS_READER", "ANALYST"], StringComparer.Ordinal);

    /// <summary>Users that this product's role may not see.</summary>
    public HashSet<string> Hidden { get; } = new(StringComparer.Ordinal);

    /// <summary>Database to schema to tables.</summary>
    public SortedDictionary<string, SortedDictionary<string, SortedSet<string>>> Databases { get; } = new(StringComparer.Ordinal)
    {
        ["SALES"] = new(StringComparer.Ordinal) { ["INFORMATION_SCHEMA"] = [], ["PUBLIC"] = new(["ORDERS", "odd \"table\""], StringComparer.Ordinal) },
        ["UTIL"] = new(StringComparer.Ordinal) { ["INFORMATION_SCHEMA"] = [] },
    };

    /// <summary>Session to its user, whether it ran anything within 7 days, and whether it is open.</summary>
    public SortedDictionary<long, Session> Sessions { get; } = [];

    /// <summary>Statements that ran, in order.</summary>
    public List<string> Ran { get; } = [];

    private int _sets;

    public void SetPassword(User user, string password) => (user.Password, user.LastSet) = (password, $"2026-11-22 10:00:{++_sets:00}.000");

    public static long NewSession() => Random.Shared.NextInt64(1_000_000_000, long.MaxValue);

    public sealed class User
    {
        public string? Login { get; set; }
        public string Email { get; set; } = "";
        public string? Password { get; set; }
        public string? LastSet { get; set; }
    }

    public sealed class Session(string user)
    {
        public string User => user;
        public bool RanLately { get; set; } = true;
        public bool IsOpen { get; set; } = true;
    }

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
