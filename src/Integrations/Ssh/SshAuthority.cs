using System.Security.Cryptography;
using System.Text.Json;
using AccessFunctions.Integrations.Authorities;

namespace AccessFunctions.Integrations.Ssh;

/// <summary>An authority's ECDSA P-256 key (RFC 5656).</summary>
internal sealed class SshAuthority : IDisposable
{
    private const string Type = "ecdsa-sha2-nistp256";
    private readonly ECDsa _key;

    public SshAuthority(byte[] pkcs8)
    {
        _key = ECDsa.Create();
        _key.ImportPkcs8PrivateKey(pkcs8, out _);
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        Blob = new SshWriter().String(Type).String("nistp256").String([4, .. point.X!, .. point.Y!]).ToArray();
    }

    /// <summary>The public key on the wire.</summary>
    public byte[] Blob { get; }

    /// <summary>The public key as servers write it into <c>TrustedUserCAKeys</c>.</summary>
    public string Line(string comment) => $"{Type} {Convert.ToBase64String(Blob)} {comment}";

    /// <summary>As OpenSSH shows it.</summary>
    public string Fingerprint => $"SHA256:{Convert.ToBase64String(SHA256.HashData(Blob)).TrimEnd('=')}";

    /// <summary>A signature on the wire.</summary>
    public byte[] Sign(byte[] data)
    {
        var signature = _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation).AsSpan();
        var half = signature.Length / 2;
        return new SshWriter().String(Type).String(new SshWriter().MpInt(signature[..half]).MpInt(signature[half..]).ToArray()).ToArray();
    }

    public void Dispose() => _key.Dispose();
}

/// <summary>Keeps the key of one platform's authority, made when it is first needed, in the secret store as <c>ssh-ca/{platform}</c>.</summary>
internal sealed class SshAuthorityKeys(string platform, AuthorityServices services)
{
    private volatile byte[]? _pkcs8;

    /// <summary>The authority; the caller disposes it.</summary>
    public async Task<SshAuthority> Open(CancellationToken cancellation) => new(_pkcs8 ??= await Find(cancellation));

    private async Task<byte[]> Find(CancellationToken cancellation) =>
        JsonSerializer.Deserialize<Kept>(await services.AuthorityKey($"ssh-ca/{platform}", platform, Make, cancellation))!.Pkcs8;

    private static (byte[] Kept, string Fingerprint) Make()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pkcs8 = made.ExportPkcs8PrivateKey();
        using var authority = new SshAuthority(pkcs8);
        return (JsonSerializer.SerializeToUtf8Bytes(new Kept(pkcs8)), authority.Fingerprint);
    }

    private sealed record Kept(byte[] Pkcs8);
}
