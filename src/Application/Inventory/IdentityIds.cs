using System.Buffers.Text;
using System.Text;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Inventory;

/// <summary>Ids of identities: opaque, and safe in addresses whatever a platform lets names hold.</summary>
public static class IdentityIds
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The id of an identity: <c>platform/name</c> in base64url.</summary>
    public static string Of(PlatformIdentity identity) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{identity.Platform}/{identity.Name}"));

    /// <summary>The identity of an id; null where it is none.</summary>
    public static PlatformIdentity? Read(string id)
    {
        try
        {
            var text = Strict.GetString(Base64Url.DecodeFromChars(id));
            var slash = text.IndexOf('/', StringComparison.Ordinal);
            var identity = slash > 0 && slash < text.Length - 1 ? new PlatformIdentity(text[..slash], text[(slash + 1)..]) : null;

            // One identity has one id, though base64 would read several.
            return identity is not null && Of(identity) == id ? identity : null;
        }
        catch (Exception broken) when (broken is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }
}
