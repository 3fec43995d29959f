using System.Diagnostics.CodeAnalysis;

namespace AccessFunctions.Application.Ports;

/// <summary>What a link in a mail lets its reader do.</summary>
public enum ReviewLinkKind
{
    /// <summary>Approve or deny one revision at one level.</summary>
    Decide,

    /// <summary>Take away access that an emergency gave.</summary>
    Revoke,
}

/// <summary>What a link is bound to (design, section 6). It proves the mailbox and nothing more.</summary>
/// <param name="Revision">The revision the decision is about.</param>
/// <param name="Level">The level that decides, from 1; 0 where the link is about none.</param>
/// <param name="Person">Whose link it is.</param>
/// <param name="ExpiresAt">UTC; not taken from then on.</param>
/// <param name="TokenId">The same for the same notice and reader; it is the id of the signal that the link sends.</param>
public sealed record ReviewLink(ReviewLinkKind Kind, string RequestId, int Revision, int Level, string Person, DateTimeOffset ExpiresAt, string TokenId);

/// <summary>Makes and reads the tokens of links. Minted when a mail is sent, never kept.</summary>
public interface IReviewLinks
{
    /// <summary>A token for an address: URL-safe, encrypted and authenticated, of at most 400 characters.</summary>
    string Mint(ReviewLink link);

    /// <summary>Reads a token that this product made with a key it still has; says nothing of expiry or use.</summary>
    bool TryRead(string token, [NotNullWhen(true)] out ReviewLink? link);
}
