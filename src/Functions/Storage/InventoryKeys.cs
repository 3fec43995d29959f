using System.Globalization;
using AccessFunctions.Application;
using AccessFunctions.Application.Inventory;

namespace AccessFunctions.Functions.Storage;

/// <summary>Row keys of facts: a letter for the kind, then the names it is found by. Stored ones outlive upgrades: what is here never changes its results.</summary>
internal static class InventoryKeys
{
    /// <summary>A row holds 1 KiB of key, and some of these hold two names.</summary>
    private const int Longest = 200;

    /// <summary>Privileges once more, by resource.</summary>
    public const string ByResource = "q";

    /// <summary>What a run has seen, by page.</summary>
    public const string Seen = "s";

    /// <summary>The row of a fact.</summary>
    public static string Of(string kind, string first, string second) => second.Length == 0 ? $"{kind}!{Part(first)}" : $"{kind}!{Part(first)}!{Part(second)}";

    /// <summary>The row of a privilege by its resource.</summary>
    public static string OfResource(string resource, string grantee) => Of(ByResource, resource, grantee);

    /// <summary>A page of a run; pages sort by number.</summary>
    public static string OfPage(long run, int page) => string.Create(CultureInfo.InvariantCulture, $"{Seen}!{run:D12}!{page:D8}");

    /// <summary>What the rows begin with that are found by a kind, or by a kind and a name.</summary>
    public static string Prefix(string kind, string? first = null) => first is null ? $"{kind}!" : $"{kind}!{Part(first)}!";

    /// <summary>Behind every row that begins so, and before all others.</summary>
    public static string End(string prefix) => $"{prefix[..^1]}\"";

    /// <summary>The kinds that facts are stored under once.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [FactKinds.Identity, FactKinds.Membership, FactKinds.Privilege, FactKinds.Resource];

    private static string Part(string text) => TableKeys.Of(text) is { Length: <= Longest } key ? key : $"=={RequestIds.Hash(text)}";
}
