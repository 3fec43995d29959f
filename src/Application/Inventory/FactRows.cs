using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Inventory;

/// <summary>Kinds of facts, by the letters they are stored under.</summary>
public static class FactKinds
{
    public const string Identity = "i";
    public const string Membership = "m";
    public const string Privilege = "p";
    public const string Resource = "r";
}

/// <summary>A fact as hosts store it. The first three are what it is found by on its platform; the rest is JSON.</summary>
/// <param name="First">The identity, member, grantee or resource.</param>
/// <param name="Second">What the member is a member of, or the grantee's resource; empty for identities and resources.</param>
public sealed record FactRow(string Kind, string First, string Second, string Content)
{
    /// <summary>The first 8 bytes of SHA-256 over what it is found by: enough to tell the facts of one platform apart.</summary>
    public long Key => Hash($"{Kind}\n{First.Length}\n{First}{Second}");

    /// <summary>The same over its content.</summary>
    public long ContentHash => Hash(Content);

    /// <summary>The key of a row that is known by its names alone.</summary>
    public static long KeyOf(string kind, string first, string second) => new FactRow(kind, first, second, "").Key;

    /// <summary>The row of a fact.</summary>
    public static FactRow Of(InventoryFact fact) => fact switch
    {
        IdentityFact one => new FactRow(FactKinds.Identity, one.Name, "", JsonSerializer.Serialize(
            new IdentityContent(one.Kind, one.Email, one.EmailVerified, Given(one.Admin), one.Managed, one.MembersUnknown), FactJson.Default.IdentityContent)),
        MembershipFact one => new FactRow(FactKinds.Membership, one.Member, one.Of, JsonSerializer.Serialize(new MembershipContent(one.Inherit, one.Set, one.Admin), FactJson.Default.MembershipContent)),
        PrivilegeFact one => new FactRow(FactKinds.Privilege, one.Grantee, one.Resource, JsonSerializer.Serialize(
            new PrivilegeContent(one.Privileges, Given(one.Grantable), one.NotInherited), FactJson.Default.PrivilegeContent)),
        ResourceFact one => new FactRow(FactKinds.Resource, one.Resource, "", JsonSerializer.Serialize(new ResourceContent(one.Type, one.Description), FactJson.Default.ResourceContent)),
        _ => throw new ArgumentOutOfRangeException(nameof(fact)),
    };

    /// <summary>The fact of a row.</summary>
    public InventoryFact Fact() => Kind switch
    {
        FactKinds.Identity => Identity(),
        FactKinds.Membership => Membership(),
        FactKinds.Privilege => Privilege(),
        FactKinds.Resource => Resource(),
        _ => throw new InvalidDataException($"\"{Kind}\" is no kind of fact."),
    };

    public IdentityFact Identity()
    {
        var content = JsonSerializer.Deserialize(Content, FactJson.Default.IdentityContent)!;
        return new IdentityFact(First, content.Kind) { Email = content.Email, EmailVerified = content.EmailVerified, Admin = content.Admin ?? [], Managed = content.Managed, MembersUnknown = content.MembersUnknown };
    }

    public MembershipFact Membership()
    {
        var content = JsonSerializer.Deserialize(Content, FactJson.Default.MembershipContent)!;
        return new MembershipFact(First, Second, content.Inherit, content.Set, content.Admin);
    }

    public PrivilegeFact Privilege()
    {
        var content = JsonSerializer.Deserialize(Content, FactJson.Default.PrivilegeContent)!;
        return new PrivilegeFact(First, Second, content.Privileges) { Grantable = content.Grantable ?? [], NotInherited = content.NotInherited };
    }

    public ResourceFact Resource()
    {
        var content = JsonSerializer.Deserialize(Content, FactJson.Default.ResourceContent)!;
        return new ResourceFact(First, content.Type, content.Description);
    }

    private static IReadOnlyList<string>? Given(IReadOnlyList<string> list) => list.Count == 0 ? null : list;

    private static long Hash(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }
}

/// <summary>Progress as hosts store it.</summary>
public static class ProgressRow
{
    public static byte[] Write(IngestProgress progress) => JsonSerializer.SerializeToUtf8Bytes(progress, FactJson.Default.IngestProgress);

    public static IngestProgress Read(ReadOnlySpan<byte> row) => JsonSerializer.Deserialize(row, FactJson.Default.IngestProgress)!;
}

internal sealed record IdentityContent(IdentityKind Kind, string? Email, bool EmailVerified, IReadOnlyList<string>? Admin, bool Managed, bool MembersUnknown);

internal sealed record MembershipContent(bool Inherit, bool Set, bool Admin);

internal sealed record PrivilegeContent(IReadOnlyList<string> Privileges, IReadOnlyList<string>? Grantable, bool NotInherited);

internal sealed record ResourceContent(string? Type, string? Description);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IdentityContent))]
[JsonSerializable(typeof(MembershipContent))]
[JsonSerializable(typeof(PrivilegeContent))]
[JsonSerializable(typeof(ResourceContent))]
[JsonSerializable(typeof(IngestProgress))]
internal sealed partial class FactJson : JsonSerializerContext;
