using AccessFunctions.Application.Ports;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;

namespace AccessFunctions.Integrations.BigQuery;

/// <summary>Access tokens of a service account, or of what the machine works as (Application Default Credentials). Google's library signs, exchanges, keeps and renews them.</summary>
internal sealed class GoogleTokens(BigQueryPlatformOptions options)
{
    private static readonly string[] Scopes = ["https://www.googleapis.com/auth/bigquery", "https://www.googleapis.com/auth/cloud-platform.read-only"];

    private volatile GoogleCredential? _credential = Key(options.ServiceAccountKey)?.ToGoogleCredential().CreateScoped(Scopes);

    /// <summary>The address of the service account whose key was given; null: the machine's, which is not known here.</summary>
    public string? Account { get; } = Key(options.ServiceAccountKey)?.Id.ToLowerInvariant();

    /// <summary>A token that is good for a while.</summary>
    /// <exception cref="PlatformException">There is none. The message holds no secret.</exception>
    public async Task<string> Current(CancellationToken cancellation)
    {
        try
        {
            var credential = _credential ?? await Default(cancellation);
            return await ((ITokenAccess)credential).GetAccessTokenForRequestAsync(cancellationToken: cancellation);
        }
        catch (TokenResponseException refused)
        {
            throw new PlatformException($"{options.Name}: sign in: Google gives no token ({refused.Error?.Error ?? "no reason"}); is the key the service account's, and is it active?", inner: refused);
        }
        catch (HttpRequestException lost) when (!cancellation.IsCancellationRequested)
        {
            throw new PlatformException($"{options.Name}: sign in: Google's token service did not answer ({lost.HttpRequestError})", inner: lost);
        }
        catch (InvalidOperationException none)
        {
            throw new PlatformException($"{options.Name}: sign in: no credentials were found: give a serviceAccountKey, or let the host work as a service account (Application Default Credentials)", inner: none);
        }
    }

    /// <summary>Reads a key file of the type <c>service_account</c>; any other type could send what it holds anywhere.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="ArgumentException">It cannot be read; the message holds nothing of it.</exception>
    public static ServiceAccountCredential? Key(string? json)
    {
        if (json is null) return null;
        try
        {
            return CredentialFactory.FromJson<ServiceAccountCredential>(json);
        }
        catch (Exception unreadable) when (unreadable is InvalidOperationException or ArgumentException or FormatException or System.Security.Cryptography.CryptographicException)
        {
            throw new ArgumentException("The service account's key cannot be read: it is the JSON file that Google makes for a key, with \"type\": \"service_account\".", nameof(json));
        }
    }

    /// <summary>Callers that meet here find the same ones; the last stays.</summary>
    private async Task<GoogleCredential> Default(CancellationToken cancellation) =>
        _credential = (await GoogleCredential.GetApplicationDefaultAsync(cancellation)).CreateScoped(Scopes);
}
