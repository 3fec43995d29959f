using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.BigQuery;

/// <summary>A dataset, or a table in one.</summary>
internal sealed record BigQueryTarget(string Dataset, string? Table)
{
    public override string ToString() => Table is null ? Dataset : $"{Dataset}.{Table}";

    /// <summary>Reads <c>dataset</c> or <c>dataset.table</c>.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Parse(string path, out BigQueryTarget? target)
    {
        target = null;
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var (dataset, table) = dot < 0 ? (path, null) : (path[..dot], path[(dot + 1)..]);
        if (dataset.Length is 0 or > 1024 || !dataset.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_')) return "a dataset's name is letters, digits and underscores";
        // "Table naming" of the documentation; a decorator ($, @) would mean a part of the table.
        if (table is not null && (table.Length is 0 or > 1024 || !table.All(static c => char.IsLetterOrDigit(c) || c is '_' or '-' or ' ' || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)))
            return "the path is dataset or dataset.table; a table's name is letters, digits, underscores, dashes and spaces";
        target = new BigQueryTarget(dataset, table);
        return null;
    }
}

/// <summary>What an order means on BigQuery: one role for one member on one dataset or table, until its end.</summary>
/// <param name="Title">Of the condition that says when it ends; carries the grant's id, so this grant's own entry can be told from all others.</param>
internal sealed record BigQueryOrder(BigQueryTarget Target, string Role, BigQueryMember Member, string Title)
{
    /// <summary>How the titles of this product's conditions begin.</summary>
    public const string Prefix = "access-functions/";

    private const int LongestTitle = 100;

    /// <summary>Reads an order.</summary>
    /// <returns>The meaning, or what is wrong: then no run of such an order can ever have changed anything.</returns>
    public static (BigQueryOrder? Order, string? Problem) Read(string platform, PlatformOrder order)
    {
        if (order.Kind != AccessKind.Role) return (null, $"BigQuery does not provision the kind {order.Kind}");
        if (string.IsNullOrEmpty(order.Role)) return (null, "no role was chosen");
        if (string.IsNullOrEmpty(order.Identity)) return (null, $"no Google identity on {platform} is linked to the requester");
        if (order.Identity.Any(static c => char.IsControl(c) || char.IsWhiteSpace(c)) || BigQueryMember.Read(order.Identity) is not { IsNamed: true } member)
            return (null, "the identity is not an address, nor group: or serviceAccount: with one");
        return BigQueryTarget.Parse(order.Path, out var target) is { } problem ? (null, problem) : (new BigQueryOrder(target!, BigQueryRoles.Normal(order.Role), member, TitleOf(order.GrantId)), null);
    }

    /// <summary>When the condition stops letting the member in: the end, up to the next whole second.</summary>
    public static string Expression(DateTimeOffset end)
    {
        var whole = new DateTimeOffset((end.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);
        return $"request.time < timestamp(\"{whole.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}\")";
    }

    private static string TitleOf(string grant) => Prefix.Length + grant.Length <= LongestTitle ? Prefix + grant : Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(grant)));
}

/// <summary>IAM roles as BigQuery has them.</summary>
internal static class BigQueryRoles
{
    /// <summary>Datasets' access lists call three of them by older names.</summary>
    public static string Normal(string role) => role switch
    {
        "READER" => "roles/bigquery.dataViewer",
        "WRITER" => "roles/bigquery.dataEditor",
        "OWNER" => "roles/bigquery.dataOwner",
        _ => role,
    };

    /// <summary>True for roles that hold no right to give access further; custom ones are not looked into.</summary>
    public static bool IsPlain(string role) => role.StartsWith("roles/bigquery.", StringComparison.Ordinal) && role is not ("roles/bigquery.dataOwner" or "roles/bigquery.admin" or "roles/bigquery.securityAdmin");

    /// <summary>True for roles that an entry of a dataset or table may hold.</summary>
    public static bool IsRole(string role) =>
        role.StartsWith("roles/bigquery.", StringComparison.Ordinal) || ((role.StartsWith("projects/", StringComparison.Ordinal) || role.StartsWith("organizations/", StringComparison.Ordinal)) && role.Contains("/roles/", StringComparison.Ordinal));

    /// <summary>Roles of a project that let their members at its data, or might.</summary>
    public static bool ReachData(string role) => IsRole(role) || role is "roles/owner" or "roles/editor" or "roles/viewer";
}
