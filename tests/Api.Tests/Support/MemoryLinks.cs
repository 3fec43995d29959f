using System.Diagnostics.CodeAnalysis;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Api.Tests.Support;

/// <summary>Links in memory: what the tokens hold is theirs to protect, and tested where they are.</summary>
internal sealed class MemoryLinks : IReviewLinks
{
    private readonly Dictionary<string, ReviewLink> _minted = [];

    /// <summary>Thrown by every reading.</summary>
    public Exception? Failure { get; set; }

    public string Mint(ReviewLink link)
    {
        var token = $"secret-token-{_minted.Count}";
        _minted.Add(token, link);
        return token;
    }

    public bool TryRead(string token, [NotNullWhen(true)] out ReviewLink? link) => Failure is null ? _minted.TryGetValue(token, out link) : throw Failure;
}
