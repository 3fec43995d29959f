using System.Security.Cryptography;

namespace AccessFunctions.Domain.Audit;

/// <summary>
/// The Merkle tree of RFC 6962, section 2.1, with SHA-256: a leaf is <c>H(0x00 ‖ data)</c>, a node <c>H(0x01 ‖ left ‖ right)</c>, the empty
/// tree <c>H()</c>. Leaves are added one at a time; only the roots of full subtrees are kept.
/// </summary>
public sealed class Merkle
{
    private readonly Stack<(byte[] Hash, int Height)> _full = new();

    /// <summary>Adds the next leaf.</summary>
    public void Add(ReadOnlySpan<byte> data)
    {
        var hash = Tagged(0x00, data, default);
        var height = 0;
        while (_full.TryPeek(out var left) && left.Height == height)
        {
            _full.Pop();
            hash = Tagged(0x01, left.Hash, hash);
            height++;
        }

        _full.Push((hash, height));
    }

    /// <summary>The root over the leaves added so far, 32 bytes.</summary>
    public byte[] Root()
    {
        byte[]? right = null;
        foreach (var (left, _) in _full)
        {
            right = right is null ? left : Tagged(0x01, left, right);
        }

        return right ?? SHA256.HashData([]);
    }

    private static byte[] Tagged(byte tag, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var length = 1 + first.Length + second.Length;
        Span<byte> bytes = length <= 512 ? stackalloc byte[length] : new byte[length];
        bytes[0] = tag;
        first.CopyTo(bytes[1..]);
        second.CopyTo(bytes[(1 + first.Length)..]);
        return SHA256.HashData(bytes);
    }
}
