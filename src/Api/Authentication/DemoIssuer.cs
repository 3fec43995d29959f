using System.Security.Cryptography;
using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Requests;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessFunctions.Api.Authentication;

/// <summary>
/// Signs and checks the tokens of a demo: the subject is a person's id. A host registers it only when it was started as a demo and
/// listens on loopback (<see cref="ApiOptions.Demo"/>); elsewhere its tokens come from an unknown issuer.
/// </summary>
public sealed class DemoIssuer : ITokenValidator, IDisposable
{
    public const string IssuerName = "urn:access-functions:demo";
    public const string Audience = "access-functions";
    private const string KeyFile = "demo-issuer.key";
    private readonly ECDsa _key;
    private readonly ECDsaSecurityKey _securityKey;
    private readonly TimeProvider _time;

    private DemoIssuer(ECDsa key, TimeProvider time)
    {
        _key = key;
        _time = time;
        var thumbprint = SHA256.HashData(key.ExportSubjectPublicKeyInfo());
        _securityKey = new ECDsaSecurityKey(key)
        {
            KeyId = Convert.ToHexStringLower(thumbprint.AsSpan(0, 8)),
            // The shared cache finds signers by key id, and would hand out one whose key an earlier issuer of this process has disposed of.
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        };
    }

    public string Issuer => IssuerName;

    /// <summary>Opens the key in the data directory, or makes one there that only its owner can read.</summary>
    public static DemoIssuer Open(string dataDirectory, TimeProvider time)
    {
        var path = Path.Combine(dataDirectory, KeyFile);
        if (!File.Exists(path)) Create(path);
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(path));
        return new DemoIssuer(key, time);
    }

    /// <summary>A signed bearer token for a person.</summary>
    public string Mint(string person, TimeSpan lifetime)
    {
        var now = _time.GetUtcNow();
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = IssuerName,
            Audience = Audience,
            IssuedAt = now.UtcDateTime,
            Expires = now.Add(lifetime).UtcDateTime,
            Claims = new Dictionary<string, object> { ["sub"] = person, ["jti"] = Guid.NewGuid().ToString("N") },
            SigningCredentials = new SigningCredentials(_securityKey, SecurityAlgorithms.EcdsaSha256),
        });
    }

    public async Task<SignIn> Validate(string token, CancellationToken cancellation)
    {
        var result = await TokenRules.Validate(token, IssuerName, [Audience], [_securityKey], [SecurityAlgorithms.EcdsaSha256], _time);
        return result.Token is { } valid ? new Identified(new Credential(IssuerName, valid.Subject), Channel.SignedIn, []) : result.Rejected!;
    }

    public void Dispose() => _key.Dispose();

    // Written aside and moved: of two processes that start together, one key wins and both read it.
    private static void Create(string path)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var aside = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(aside, options)) writer.Write(key.ExportPkcs8PrivateKeyPem());
        try
        {
            File.Move(aside, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(aside);
        }
    }
}
