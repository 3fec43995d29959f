using System.Text.RegularExpressions;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Snowflake;

/// <summary>Snowflake in <c>platforms.yaml</c>.</summary>
internal sealed partial class SnowflakePlatformType() : PlatformType<SnowflakePlatformOptions>(SnowflakePlatform.TypeName, "privateKey", "privateKeyPassphrase")
{
    protected override void Check(SnowflakePlatformOptions options, FieldChecks checks)
    {
        if (!AccountIdentifier().IsMatch(options.Account)) checks.Fault("account", "must be an account's identifier, such as \"myorg-prod\" or \"xy12345.eu-central-1\"");
        if (options.Address is not null) checks.Endpoint(options.Address, "address", "https://myorg-prod.privatelink.snowflakecomputing.com/");
        if (SnowflakeToken.Key(options.PrivateKey, options.PrivateKeyPassphrase) is not { } key)
            checks.Fault("privateKey", "cannot be read: it is an RSA key in PEM (PKCS#8), with privateKeyPassphrase where it is encrypted");
        else key.Dispose();
        checks.Timeout(options.StatementTimeout, "statementTimeout");
    }

    protected override string SystemOf(SnowflakePlatformOptions options) => $"{options.Account.ToLowerInvariant()} {options.Address}";

    protected override IPlatform Build(SnowflakePlatformOptions options, PlatformServices services) =>
        new SnowflakePlatform(options, services.Host.Secrets, services.Host.Time, services.Logger<SnowflakePlatform>());

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9-]+)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex AccountIdentifier();
}
