using System.Security.Cryptography;

namespace AccessFunctions.Domain.Audit;

/// <summary>
/// A signature over a checkpoint: ECDSA over P-256 with SHA-256 of <c>0x04 ‖ root, 32 bytes ‖ the ids of all keys that sign it, in order,
/// 32 bytes each</c>. The root covers number, instant, heads and the previous root; the ids keep anyone from putting a key beside another.
/// </summary>
/// <param name="KeyId">SHA-256 of the public key's bytes, lower-case hex.</param>
/// <param name="PublicKey">The key as SubjectPublicKeyInfo (DER), base64.</param>
/// <param name="Value">Two integers of 32 bytes each (IEEE P1363), base64.</param>
public sealed record CheckpointSignature(string KeyId, string PublicKey, string Value)
{
    /// <summary>The checkpoint with the signatures of these keys in place of any it had.</summary>
    /// <param name="keys">Private keys over P-256: the one in force, and behind it the one that follows it, where there is one.</param>
    public static Checkpoint Sign(Checkpoint checkpoint, params IReadOnlyList<ECDsa> keys)
    {
        var known = keys.Select(static key => key.ExportSubjectPublicKeyInfo()).ToList();
        var signed = Signed(checkpoint.Root, known.Select(static key => KeyIdOf(key)));
        return checkpoint with
        {
            Signatures = [.. keys.Zip(known, (key, spki) => new CheckpointSignature(KeyIdOf(spki), Convert.ToBase64String(spki), Convert.ToBase64String(key.SignData(signed, HashAlgorithmName.SHA256))))],
        };
    }

    /// <summary>The id of a public key, as SubjectPublicKeyInfo.</summary>
    public static string KeyIdOf(ReadOnlySpan<byte> publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey));

    /// <summary>True where the signature is that of its key over this checkpoint, and the key the one that its id names.</summary>
    public bool IsValid(Checkpoint checkpoint)
    {
        try
        {
            var known = Convert.FromBase64String(PublicKey);
            if (KeyIdOf(known) != KeyId) return false;
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(known, out var read);
            return read == known.Length && key.VerifyData(Signed(checkpoint.Root, checkpoint.Signatures.Select(static one => one.KeyId)), Convert.FromBase64String(Value), HashAlgorithmName.SHA256);
        }
        catch (Exception damaged) when (damaged is FormatException or CryptographicException)
        {
            return false;
        }
    }

    private static byte[] Signed(string root, IEnumerable<string> keyIds) => [0x04, .. Convert.FromHexString(root), .. keyIds.SelectMany(Convert.FromHexString)];
}
