using AccessFunctions.Integrations.Mail.Graph;
using Azure;
using Azure.Core;

namespace AccessFunctions.Functions.Mail;

/// <summary>Tokens for Microsoft Graph by the app's identity, which is given <c>Mail.ReadWrite</c> for the reply mailbox. The identity's client keeps them.</summary>
public sealed class CredentialGraphTokens(TokenCredential credential, GraphOptions options) : IGraphTokens
{
    /// <inheritdoc/>
    public async Task<string> Token(string? refused, CancellationToken cancellation)
    {
        try
        {
            var token = await credential.GetTokenAsync(new TokenRequestContext([$"{options.Endpoint.TrimEnd('/')}/.default"]), cancellation);
            return token.Token;
        }
        catch (Exception failure) when (failure is RequestFailedException or Azure.Identity.AuthenticationFailedException)
        {
            throw new HttpRequestException("The app's identity was given no token for Microsoft Graph.", failure);
        }
    }
}
