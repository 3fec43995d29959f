using System.Diagnostics.CodeAnalysis;
using System.Text;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.DataProtection;

namespace AccessFunctions.Integrations.Links;

/// <summary>
/// Links as tokens of ASP.NET Core Data Protection: encrypted and authenticated by a key that the token names, so that keys rotate and a
/// revoked one makes its links foreign. Fields are written in binary, because the token stands in a mail and in a path.
/// </summary>
public sealed class ProtectedReviewLinks(IDataProtectionProvider protection) : IReviewLinks
{
    private readonly IDataProtector _protector = protection.CreateProtector("AccessFunctions.ReviewLinks.v1");

    public string Mint(ReviewLink link) => ProtectedToken.Write(_protector, writer =>
    {
        writer.Write((byte)link.Kind);
        writer.Write(link.RequestId);
        writer.Write7BitEncodedInt(link.Revision);
        writer.Write7BitEncodedInt(link.Level);
        writer.Write(link.Person);
        writer.Write7BitEncodedInt64(link.ExpiresAt.ToUnixTimeMilliseconds());
        writer.Write(link.TokenId);
    });

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The keys cannot be read now; nothing is known of the token.</exception>
    public bool TryRead(string token, [NotNullWhen(true)] out ReviewLink? link)
    {
        link = null;
        if (ProtectedToken.Read(_protector, token) is not { } bytes) return false;
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        link = new ReviewLink(
            (ReviewLinkKind)reader.ReadByte(), reader.ReadString(), reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt(),
            reader.ReadString(), ProtectedToken.Instant(reader), reader.ReadString());
        return true;
    }
}
