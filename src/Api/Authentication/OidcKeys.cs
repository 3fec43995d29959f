using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace AccessFunctions.Api.Authentication;

/// <summary>
/// The signing keys of one provider: read at the first token, again after 12 hours, and at once when a token names a key that is not among
/// them, though at most every 30 seconds, so that made-up key ids cannot make us hammer the provider. When it does not answer, the keys
/// read last stay good for a day. (The library's ConfigurationManager refreshes behind the caller's back: the first token after a
/// rotation would be refused.)
/// </summary>
internal sealed partial class OidcKeys(OidcIssuer issuer, IHttpClientFactory clients, TimeProvider time, ILogger<OidcKeys> logger)
{
    public const string ClientName = "oidc";
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(12);
    private static readonly TimeSpan Usable = TimeSpan.FromHours(36);
    private static readonly TimeSpan Throttle = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private Task _reading = Task.CompletedTask;
    private Keys? _keys;
    private DateTimeOffset? _triedAt;

    /// <summary>The keys; empty where none could be read.</summary>
    /// <param name="notAmong">The keys that were not enough: those in force are read again unless they are others by now.</param>
    public async Task<IReadOnlyCollection<SecurityKey>> Get(IReadOnlyCollection<SecurityKey>? notAmong, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        Task reading;
        lock (_gate)
        {
            if (_keys is { } current && now - current.ReadAt < Fresh && !ReferenceEquals(current.All, notAmong)) return current.All;
            if (_reading.IsCompleted && (_triedAt is not { } tried || now - tried >= Throttle))
            {
                // Shared by everyone who waits, so no single caller's cancellation ends it.
                _triedAt = now;
                _reading = Read(now);
            }

            reading = _reading;
        }

        await reading.WaitAsync(cancellation);
        return _keys is { } keys && now - keys.ReadAt < Usable ? keys.All : [];
    }

    /// <summary>The document behind the keys; null where none could be read.</summary>
    public async Task<OpenIdConnectConfiguration?> Published(CancellationToken cancellation)
    {
        _ = await Get(null, cancellation);
        return _keys is { } keys && time.GetUtcNow() - keys.ReadAt < Usable ? keys.Document : null;
    }

    private async Task Read(DateTimeOffset now)
    {
        try
        {
            using var client = clients.CreateClient(ClientName);
            client.Timeout = TimeSpan.FromSeconds(5);
            var retriever = new HttpDocumentRetriever(client) { RequireHttps = !new Uri(issuer.Discovery).IsLoopback };
            var found = await OpenIdConnectConfigurationRetriever.GetAsync(issuer.Discovery, retriever, CancellationToken.None);
            if (found.Issuer != issuer.Issuer)
            {
                OtherIssuer(logger, issuer.Issuer, found.Issuer);
                return;
            }

            _keys = new Keys([.. found.SigningKeys], found, now);
        }
#pragma warning disable CA1031 // Whatever goes wrong on the way, the keys read last stay, and the operator gets this line.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Unreadable(logger, exception, issuer.Issuer);
        }
    }

    private sealed record Keys(IReadOnlyCollection<SecurityKey> All, OpenIdConnectConfiguration Document, DateTimeOffset ReadAt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The keys of {Issuer} could not be read.")]
    private static partial void Unreadable(ILogger logger, Exception exception, string issuer);

    [LoggerMessage(Level = LogLevel.Error, Message = "The discovery document of {Issuer} names another issuer, {Found}; its keys are not used.")]
    private static partial void OtherIssuer(ILogger logger, string issuer, string? found);
}
