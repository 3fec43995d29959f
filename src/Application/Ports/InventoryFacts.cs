namespace AccessFunctions.Application.Ports;

/// <summary>What lives on a platform under a name.</summary>
public enum IdentityKind
{
    /// <summary>Somebody, or some program, can sign in as it.</summary>
    Login,

    /// <summary>Nobody signs in as it: it is held by others.</summary>
    Role,

    /// <summary>Several identities under one name, where the platform tells groups from roles.</summary>
    Group,

    /// <summary>Every identity of the platform, without being named a member. A platform has at most one.</summary>
    Everyone,
}

/// <summary>Something that a platform says is so. Names are the platform's own, in its own case.</summary>
public abstract record InventoryFact;

/// <summary>A user, role or group.</summary>
public sealed record IdentityFact(string Name, IdentityKind Kind) : InventoryFact
{
    /// <summary>The address the platform has for it; null: none.</summary>
    public string? Email { get; init; }

    /// <summary>True where the platform vouches for the address, so that it may link the identity to a person. An address that users set themselves is not.</summary>
    public bool EmailVerified { get; init; }

    /// <summary>Rights of its own over the whole platform, in the platform's words (<c>superuser</c>); empty: none.</summary>
    public IReadOnlyList<string> Admin { get; init; } = [];

    /// <summary>True: its rights are over everything there is, so that no membership adds to them. Making databases or other roles is not.</summary>
    public bool IsSuperuser => Admin.Any(static word => word is "superuser" or "administration" or "roles/owner" or "roles/bigquery.admin");

    /// <summary>True: this product made it, or works as it. It is nobody's login, and no orphan.</summary>
    public bool Managed { get; init; }

    /// <summary>True: it has members that the platform does not tell (a group of another directory), so that who has what it has is not known.</summary>
    public bool MembersUnknown { get; init; }
}

/// <summary>One identity is a member of another.</summary>
/// <param name="Inherit">The member has what <paramref name="Of"/> has, without doing anything.</param>
/// <param name="Set">The member can become <paramref name="Of"/> (<c>SET ROLE</c>).</param>
/// <param name="Admin">The member can give the membership to others.</param>
public sealed record MembershipFact(string Member, string Of, bool Inherit = true, bool Set = false, bool Admin = false) : InventoryFact;

/// <summary>What one identity may do to one resource, given to it directly.</summary>
/// <param name="Resource"><c>platform/path</c>; <c>platform/*</c> stands for everything on the platform (<see cref="Everything"/>).</param>
/// <param name="Privileges">In the platform's words; in order.</param>
public sealed record PrivilegeFact(string Grantee, string Resource, IReadOnlyList<string> Privileges) : InventoryFact
{
    /// <summary>Of the privileges, those the grantee can pass on.</summary>
    public IReadOnlyList<string> Grantable { get; init; } = [];

    /// <summary>True: members do not have it by being members; they have to become the grantee (<see cref="MembershipFact.Set"/>).</summary>
    public bool NotInherited { get; init; }

    /// <summary>The resource that covers whatever there is on a platform.</summary>
    public static string Everything(string platform) => $"{platform}/*";
}

/// <summary>Something on the platform that access is given to.</summary>
/// <param name="Resource"><c>platform/path</c>.</param>
/// <param name="Type">What it is, in the platform's words (<c>table</c>); null where it does not say.</param>
public sealed record ResourceFact(string Resource, string? Type = null, string? Description = null) : InventoryFact;

/// <summary>Some facts, and from where the rest follows.</summary>
/// <param name="Facts">In any order; no fact comes twice in a run.</param>
/// <param name="Next">The mark to go on from after this page, also in another process; null: this was the last page.</param>
public sealed record InventoryPage(IReadOnlyList<InventoryFact> Facts, string? Next);

/// <summary>What a grant is among the facts of its platform once it was given.</summary>
/// <param name="Identity">Who has it; null where only the grant itself knows (the login it made).</param>
/// <param name="Role">What the identity is a member of by it; null: it is the identity itself, such as a login made for it.</param>
public sealed record GrantFootprint(string? Identity, string? Role);
