using System.Security.Cryptography;
using System.Text;

namespace AccessFunctions.Integrations.Vault;

/// <summary>
/// Seals a secret: AES-256-GCM under a data key of its own, which is itself sealed under the key-encryption key. Version, key id and the
/// secret's name are bound to both, so that an envelope moved to another name, or edited in any bit, does not open.
/// </summary>
/// <remarks>
/// Layout: version (1 byte, 1) · key id length (1) · key id (ASCII) · nonce (12) · sealed data key (32) · tag (16) · nonce (12) · tag (16) ·
/// sealed secret (the rest).
/// </remarks>
public static class SecretEnvelope
{
    private const byte Version = 1;
    private const int Nonce = 12, Tag = 16, DataKey = KeyEncryptionKey.Length;
    private const int Fixed = Nonce + DataKey + Tag + Nonce + Tag;

    /// <summary>Seals with the ring's current key. Twice the same secret gives two different envelopes.</summary>
    public static byte[] Seal(KeyRing ring, string name, ReadOnlySpan<byte> secret)
    {
        var id = Encoding.ASCII.GetBytes(ring.Current.Id);
        var header = 2 + id.Length;
        var envelope = new byte[header + Fixed + secret.Length];
        envelope[0] = Version;
        envelope[1] = (byte)id.Length;
        id.CopyTo(envelope, 2);
        var parts = new Parts(envelope, header);
        RandomNumberGenerator.Fill(parts.KeyNonce);
        RandomNumberGenerator.Fill(parts.Nonce);
        Span<byte> dataKey = stackalloc byte[DataKey];
        try
        {
            RandomNumberGenerator.Fill(dataKey);
            using (var outer = new AesGcm(ring.Current.Bytes, Tag))
                outer.Encrypt(parts.KeyNonce, dataKey, parts.Key, parts.KeyTag, Bound("key"u8, parts.Header, name));
            using var inner = new AesGcm(dataKey, Tag);
            inner.Encrypt(parts.Nonce, secret, parts.Secret, parts.Tag, Bound("secret"u8, parts.Header, name));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }

        return envelope;
    }

    /// <summary>Opens with whichever key of the ring sealed it.</summary>
    /// <exception cref="SecretEnvelopeException">Not an envelope of a known version, sealed with a key the ring lacks, edited, or sealed for another name.</exception>
    public static byte[] Open(KeyRing ring, string name, ReadOnlySpan<byte> envelope)
    {
        var id = KeyId(envelope) ?? throw new SecretEnvelopeException($"The stored secret \"{name}\" is not an envelope of a version this build knows.");
        var key = ring.Find(id) ?? throw new SecretEnvelopeException(
            $"The stored secret \"{name}\" is sealed with key {id}, which is not among the vault's keys ({string.Join(", ", ring.Ids)}): add that key as an older one.");
        var parts = new Parts(envelope.ToArray(), 2 + id.Length);
        Span<byte> dataKey = stackalloc byte[DataKey];
        try
        {
            using (var outer = new AesGcm(key.Bytes, Tag))
                outer.Decrypt(parts.KeyNonce, parts.Key, parts.KeyTag, dataKey, Bound("key"u8, parts.Header, name));
            var secret = new byte[parts.Secret.Length];
            using var inner = new AesGcm(dataKey, Tag);
            inner.Decrypt(parts.Nonce, parts.Secret, parts.Tag, secret, Bound("secret"u8, parts.Header, name));
            return secret;
        }
        catch (AuthenticationTagMismatchException mismatch)
        {
            throw new SecretEnvelopeException($"The stored secret \"{name}\" does not open: its bytes were changed, or it was sealed under another name.", mismatch);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    /// <summary>The id of the key that sealed it; null where it is not an envelope of a known version.</summary>
    public static string? KeyId(ReadOnlySpan<byte> envelope) =>
        envelope.Length < 2 || envelope[0] != Version || envelope.Length < 2 + envelope[1] + Fixed
            ? null
            : Encoding.ASCII.GetString(envelope.Slice(2, envelope[1]));

    /// <summary>What is bound: a label per use, the header of fixed shape, then the name to the end. No two inputs give the same bytes.</summary>
    private static byte[] Bound(ReadOnlySpan<byte> use, ReadOnlySpan<byte> header, string name) =>
        [.. "access-functions envelope "u8, .. use, 0, .. header, .. Encoding.UTF8.GetBytes(name)];

    private readonly ref struct Parts(byte[] envelope, int header)
    {
        public ReadOnlySpan<byte> Header => envelope.AsSpan(0, header);
        public Span<byte> KeyNonce => envelope.AsSpan(header, SecretEnvelope.Nonce);
        public Span<byte> Key => envelope.AsSpan(header + SecretEnvelope.Nonce, DataKey);
        public Span<byte> KeyTag => envelope.AsSpan(header + SecretEnvelope.Nonce + DataKey, SecretEnvelope.Tag);
        public Span<byte> Nonce => envelope.AsSpan(header + Fixed - SecretEnvelope.Tag - SecretEnvelope.Nonce, SecretEnvelope.Nonce);
        public Span<byte> Tag => envelope.AsSpan(header + Fixed - SecretEnvelope.Tag, SecretEnvelope.Tag);
        public Span<byte> Secret => envelope.AsSpan(header + Fixed);
    }
}

/// <summary>An envelope did not open. The message names the secret and the key id, never a value.</summary>
public sealed class SecretEnvelopeException : Exception
{
    public SecretEnvelopeException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
