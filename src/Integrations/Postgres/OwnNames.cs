using System.Security.Cryptography;
using System.Text;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>Names of roles and users that this product makes on a server; nothing else may be called so.</summary>
internal static class OwnNames
{
    /// <summary>What each begins with.</summary>
    public const string Prefix = "af_";

    public static bool Has(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The login that lives for a grant.</summary>
    public static string LoginOf(string grant) => Prefix + Digest(grant);

    /// <summary>32 hexadecimal digits that stand for the text.</summary>
    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
