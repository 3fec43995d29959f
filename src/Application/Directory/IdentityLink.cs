namespace AccessFunctions.Application.Directory;

/// <summary>How an identity came to be a person's.</summary>
public enum LinkKind
{
    /// <summary>The configuration says so.</summary>
    Configured,

    /// <summary>The platform vouches for an address that is one active person's alone.</summary>
    Email,

    /// <summary>An administrator said so.</summary>
    Hand,
}

/// <summary>Whose an identity is, as set at run time.</summary>
/// <param name="Person">A person id; null: nobody's, whatever the configuration or an address says.</param>
/// <param name="Kind"><see cref="LinkKind.Hand"/>, which holds against the configuration, or <see cref="LinkKind.Email"/>, which yields to it.</param>
public sealed record IdentityLink(string? Person, LinkKind Kind);
