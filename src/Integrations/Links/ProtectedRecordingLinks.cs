using System.Diagnostics.CodeAnalysis;
using System.Text;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.DataProtection;

namespace AccessFunctions.Integrations.Links;

/// <summary>Links to recordings as tokens of ASP.NET Core Data Protection, as <see cref="ProtectedReviewLinks"/> are, for a purpose of their own.</summary>
public sealed class ProtectedRecordingLinks(IDataProtectionProvider protection) : IRecordingLinks
{
    private readonly IDataProtector _protector = protection.CreateProtector("AccessFunctions.RecordingLinks.v1");

    /// <inheritdoc/>
    public string Mint(RecordingLink link) => ProtectedToken.Write(_protector, writer =>
    {
        writer.Write(link.RequestId);

        // A grant's id begins with its request's.
        var begins = link.GrantId.StartsWith(link.RequestId, StringComparison.Ordinal);
        writer.Write(begins);
        writer.Write(begins ? link.GrantId[link.RequestId.Length..] : link.GrantId);
        writer.Write(link.Person);
        writer.Write7BitEncodedInt64(link.ExpiresAt.ToUnixTimeMilliseconds());
    });

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The keys cannot be read now; nothing is known of the token.</exception>
    public bool TryRead(string token, [NotNullWhen(true)] out RecordingLink? link)
    {
        link = null;
        if (ProtectedToken.Read(_protector, token) is not { } bytes) return false;
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        var request = reader.ReadString();
        var grant = reader.ReadBoolean() ? request + reader.ReadString() : reader.ReadString();
        link = new RecordingLink(request, grant, reader.ReadString(), ProtectedToken.Instant(reader));
        return true;
    }
}
