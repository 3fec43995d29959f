namespace AccessFunctions.Integrations.Recordings;

/// <summary>Tokens for Azure Storage by the identity that a host has.</summary>
public interface IStorageTokens
{
    /// <summary>A token that is valid now.</summary>
    /// <exception cref="HttpRequestException">The identity was given none.</exception>
    Task<string> Token(CancellationToken cancellation);
}
