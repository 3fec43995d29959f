using AccessFunctions.Integrations.Recordings;
using Azure;
using Azure.Core;

namespace AccessFunctions.Functions.Identity;

/// <summary>Tokens for Azure Storage by the app's identity, which is given <c>Storage Blob Data Reader</c> on a container of recordings. The identity's client keeps them.</summary>
public sealed class CredentialStorageTokens(TokenCredential credential) : IStorageTokens
{
    private static readonly TokenRequestContext Storage = new(["https://storage.azure.com/.default"]);

    /// <inheritdoc/>
    public async Task<string> Token(CancellationToken cancellation)
    {
        try
        {
            return (await credential.GetTokenAsync(Storage, cancellation)).Token;
        }
        catch (Exception failure) when (failure is RequestFailedException or Azure.Identity.AuthenticationFailedException)
        {
            throw new HttpRequestException("The app's identity was given no token for Azure Storage.", failure);
        }
    }
}
