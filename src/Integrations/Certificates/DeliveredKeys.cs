using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using AccessFunctions.Integrations.Authorities;

namespace AccessFunctions.Integrations.Certificates;

/// <summary>
/// Private keys that were made for requesters who sent no signing request. A key is given out within <see cref="Window"/> of its first
/// delivery, so that an answer that got lost can be fetched again, and is then forgotten for good.
/// </summary>
internal sealed class DeliveredKeys(string platform, AuthorityServices services)
{
    /// <summary>How long one delivery may be repeated.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private string Delivered => $"delivered:{platform}";

    /// <summary>Makes the grant's key, or gives the one that a run before made; its public half.</summary>
    public async Task<PublicKey> Make(string grant, CancellationToken cancellation)
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var kept = await services.Secrets.GetOrAdd(SecretOf(grant), JsonSerializer.SerializeToUtf8Bytes(new Kept(made.ExportPkcs8PrivateKey(), RandomNumberGenerator.GetHexString(32, lowercase: true))), cancellation);
        using var key = Open(JsonSerializer.Deserialize<Kept>(kept)!);
        return new PublicKey(key);
    }

    /// <summary>The certificate with its key as PKCS#12, and the password; null where the key was delivered, or was never ours.</summary>
    public async Task<(byte[] Pkcs12, string Password)?> Deliver(string grant, byte[] certificate, DateTimeOffset end, CancellationToken cancellation)
    {
        if (await services.Secrets.Get(SecretOf(grant), cancellation) is not { } secret) return null;
        var now = services.Time.GetUtcNow();
        if (!await services.Rows.Add(Delivered, grant, now.ToString("O", CultureInfo.InvariantCulture), end + GrantRecords.Kept, cancellation)
            && await services.Rows.Find(Delivered, grant, cancellation) is { } first && Over(first.Value, now))
        {
            await Forget(grant, cancellation);
            return null;
        }

        var kept = JsonSerializer.Deserialize<Kept>(secret)!;
        using var key = Open(kept);
        using var plain = X509CertificateLoader.LoadCertificate(certificate);
        using var both = plain.CopyWithPrivateKey(key);
        return (both.ExportPkcs12(Pkcs12ExportPbeParameters.Pbes2Aes256Sha256, kept.Password), kept.Password);
    }

    /// <summary>Forgets one grant's key.</summary>
    public async Task Forget(string grant, CancellationToken cancellation)
    {
        await services.Secrets.Delete(SecretOf(grant), cancellation);
        await services.Rows.Remove(Delivered, grant, cancellation);
    }

    /// <summary>Forgets every key whose delivery is over.</summary>
    public async Task ForgetDelivered(CancellationToken cancellation)
    {
        var now = services.Time.GetUtcNow();
        foreach (var row in await services.Rows.All(Delivered, cancellation))
        {
            if (Over(row.Value, now)) await Forget(row.Key, cancellation);
        }
    }

    private static bool Over(string first, DateTimeOffset now) => now - DateTimeOffset.Parse(first, CultureInfo.InvariantCulture) > Window;

    private static string SecretOf(string grant) => $"grants/{grant}/certificate-key";

    private static ECDsa Open(Kept kept)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(kept.Pkcs8, out _);
        return key;
    }

    private sealed record Kept(byte[] Pkcs8, string Password);
}
