using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessFunctions.Integrations.Snowflake;

/// <summary>
/// Signs the tokens of key-pair authentication: RS256, <c>iss</c> = ACCOUNT.USER.SHA256:fingerprint of the public key, <c>sub</c> = ACCOUNT.USER, at most an hour
/// (docs.snowflake.com, "Authenticating to the server", SQL API). One is used for some minutes.
/// </summary>
internal sealed class SnowflakeToken
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Renewal = TimeSpan.FromMinutes(20);

    private readonly SigningCredentials _key;
    private readonly string _subject;
    private readonly string _issuer;
    private readonly TimeProvider _time;
    private volatile Signed? _last;

    /// <summary>Reads the key.</summary>
    /// <exception cref="ArgumentException">It cannot be read; the message holds nothing of it.</exception>
    public SnowflakeToken(SnowflakePlatformOptions options, TimeProvider time)
    {
        var rsa = Key(options.PrivateKey, options.PrivateKeyPassphrase)
            ?? throw new ArgumentException($"The private key of platform \"{options.Name}\" cannot be read: it is an RSA key in PEM (PKCS#8), with its passphrase where it is encrypted.", nameof(options));
        _key = new SigningCredentials(new RsaSecurityKey(rsa) { CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } }, SecurityAlgorithms.RsaSha256);
        _subject = $"{Account(options.Account)}.{options.User.ToUpperInvariant()}";
        _issuer = $"{_subject}.SHA256:{Convert.ToBase64String(SHA256.HashData(rsa.ExportSubjectPublicKeyInfo()))}";
        _time = time;
    }

    /// <summary>A token that is good for some minutes at least.</summary>
    public string Current()
    {
        var now = _time.GetUtcNow();
        if (_last is { } last && now >= last.From && now < last.From + Renewal) return last.Text;
        var text = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = _issuer,
            IssuedAt = now.UtcDateTime,
            Expires = (now + Lifetime).UtcDateTime,
            Claims = new Dictionary<string, object> { ["sub"] = _subject },
            SigningCredentials = _key,
        });
        _last = new Signed(text, now);
        return text;
    }

    /// <summary>The key of a PEM text, whose lines may also be parted by <c>\n</c>, as variables hold them; null where it cannot be read.</summary>
    public static RSA? Key(string pem, string? passphrase)
    {
        var rsa = RSA.Create();
        try
        {
            var text = pem.Replace("\\n", "\n", StringComparison.Ordinal);
            if (passphrase is null) rsa.ImportFromPem(text);
            else rsa.ImportFromEncryptedPem(text, passphrase);
            _ = rsa.ExportParameters(includePrivateParameters: true);
            return rsa;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or CryptographicException)
        {
            rsa.Dispose();
            return null;
        }
    }

    /// <summary>In upper case, and of a locator without its region.</summary>
    private static string Account(string account) => account.Split('.')[0].ToUpperInvariant();

    private sealed record Signed(string Text, DateTimeOffset From);
}
