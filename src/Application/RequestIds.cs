using System.Security.Cryptography;
using System.Text;

namespace AccessFunctions.Application;

/// <summary>Ids that derive from their content, so that a repeat finds the first.</summary>
public static class RequestIds
{
    /// <summary><c>r-</c> and 32 hex digits of SHA-256 over person and key; safe in addresses, and in the storage keys of both hosts.</summary>
    public static string For(string person, string idempotencyKey) =>
        // The length keeps ("ab", "c") and ("a", "bc") apart, whatever characters a key holds.
        $"r-{Hash($"{person.Length}:{person}{idempotencyKey}")}";

    /// <summary>32 lower-case hex digits of SHA-256 over UTF-8 text.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
