using System.Security.Cryptography;

namespace AccessFunctions.Integrations.Vault;

/// <summary>
/// A key-encryption key (KEK): 32 random bytes and the id that envelopes name it by. The id is derived from the key, so that a key
/// never has to be named by hand and two keys never share a name.
/// </summary>
public sealed class KeyEncryptionKey
{
    /// <summary>The length of a key in bytes.</summary>
    public const int Length = 32;

    private readonly byte[] _key;

    /// <summary>Copies the key.</summary>
    /// <exception cref="ArgumentException">It is not <see cref="Length"/> bytes long.</exception>
    public KeyEncryptionKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != Length) throw new ArgumentException($"A key is {Length} bytes long, this one has {key.Length}.", nameof(key));
        _key = key.ToArray();
        Id = Convert.ToHexStringLower(HMACSHA256.HashData(_key, "access-functions key id"u8))[..16];
    }

    /// <summary>16 lower-case hex digits that tell nothing about the key.</summary>
    public string Id { get; }

    internal ReadOnlySpan<byte> Bytes => _key;

    /// <summary>A new random key.</summary>
    public static KeyEncryptionKey Generate() => new(RandomNumberGenerator.GetBytes(Length));

    /// <summary>The id alone.</summary>
    public override string ToString() => $"KeyEncryptionKey({Id})";
}

/// <summary>The keys in use: new envelopes are sealed with the current one, older ones still open what they sealed.</summary>
public sealed class KeyRing
{
    private readonly Dictionary<string, KeyEncryptionKey> _keys = new(StringComparer.Ordinal);

    /// <summary>Makes a ring; a key given twice counts once.</summary>
    public KeyRing(KeyEncryptionKey current, params IEnumerable<KeyEncryptionKey> older)
    {
        Current = current;
        _keys[current.Id] = current;
        foreach (var key in older) _keys.TryAdd(key.Id, key);
    }

    /// <summary>The key that seals.</summary>
    public KeyEncryptionKey Current { get; }

    /// <summary>Ids of all keys.</summary>
    public IReadOnlyCollection<string> Ids => _keys.Keys;

    /// <summary>The key of that id, or null.</summary>
    public KeyEncryptionKey? Find(string id) => _keys.GetValueOrDefault(id);

    /// <summary>The ids alone.</summary>
    public override string ToString() => $"KeyRing({string.Join(", ", Ids)})";
}
