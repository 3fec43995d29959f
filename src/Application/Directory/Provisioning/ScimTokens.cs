using System.Security.Cryptography;
using System.Text;

namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>The bearer tokens of <c>/scim/v2</c>, as hashes. They open nothing else, and no person's credential opens that.</summary>
public sealed class ScimTokens
{
    private readonly byte[][] _hashes;

    /// <summary>Any of these is accepted, so that one can replace another.</summary>
    public ScimTokens(IEnumerable<string> tokens) => _hashes = [.. tokens.Select(Hash)];

    /// <summary>Compares with all of them, in a time that says nothing about where they differ.</summary>
    public bool IsOne(string given)
    {
        var (hash, found) = (Hash(given), false);
        foreach (var known in _hashes) found |= CryptographicOperations.FixedTimeEquals(hash, known);
        return found;
    }

    /// <summary>How many, and none of them.</summary>
    public override string ToString() => $"ScimTokens({_hashes.Length})";

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
