using System.Diagnostics.CodeAnalysis;

namespace AccessFunctions.Application.Ports;

/// <summary>What a link to a recording is bound to. It opens nothing by itself: its person has to be signed in, and the request decides at each call.</summary>
/// <param name="GrantId">The grant of that request.</param>
/// <param name="Person">Whose link it is.</param>
/// <param name="ExpiresAt">UTC; not taken from then on.</param>
public sealed record RecordingLink(string RequestId, string GrantId, string Person, DateTimeOffset ExpiresAt);

/// <summary>Makes and reads the tokens of links to recordings. Nothing is stored for them.</summary>
public interface IRecordingLinks
{
    /// <summary>A token for an address: URL-safe, encrypted and authenticated, of at most 400 characters.</summary>
    string Mint(RecordingLink link);

    /// <summary>Reads a token that this product made with a key it still has; says nothing of expiry or access.</summary>
    bool TryRead(string token, [NotNullWhen(true)] out RecordingLink? link);
}
