using System.Security.Cryptography.X509Certificates;

namespace AccessFunctions.Integrations.Audit;

/// <summary>How a receiver's certificate is checked where its authorities are named.</summary>
internal static class TrustedAuthorities
{
    /// <summary>Trusts those of a file and no other. Revocation is not asked for: private authorities seldom answer.</summary>
    /// <param name="file">Certificates as PEM.</param>
    public static X509ChainPolicy Of(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }
}
