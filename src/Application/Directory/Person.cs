using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Directory;

/// <summary>Someone known to the directory. The id is opaque to the core: it is what chained audit bytes and state name.</summary>
public sealed record Person
{
    public required string Id { get; init; }
    public required string Name { get; init; }

    /// <summary>Stands for <c>[#USERNAME#]</c> in resource patterns; the id where none is given.</summary>
    public string? UserName { get; init; }
    public string? Email { get; init; }
    public string? Manager { get; init; }

    /// <summary>True: a source named <see cref="Manager"/>, not the file.</summary>
    public bool ManagerIsProvisioned { get; init; }
    public IReadOnlyList<string> Groups { get; init; } = [];
    public string? SlackUserId { get; init; }

    /// <summary>False: known, but gone; may do nothing and fills no seat.</summary>
    public bool Active { get; init; } = true;

    /// <summary>Credentials that are this person's, as (issuer, subject). Never matched by e-mail.</summary>
    public IReadOnlyList<Credential> Credentials { get; init; } = [];

    /// <summary>Identities on platforms: platform name → user there.</summary>
    public IReadOnlyDictionary<string, string> Identities { get; init; } = new Dictionary<string, string>();

    /// <summary>Identities beside those, linked at run time: where a person is several on one platform, <see cref="Identities"/> has the one that access goes to.</summary>
    public IReadOnlyList<PlatformIdentity> FurtherIdentities { get; init; } = [];

    /// <summary>Of <see cref="Roles"/>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>All of them; on each platform first the one that access goes to.</summary>
    public IEnumerable<PlatformIdentity> PlatformIdentities() => Identities.Select(pair => new PlatformIdentity(pair.Key, pair.Value)).Concat(FurtherIdentities);
}

/// <summary>Whose token names a person: the issuer's address and the subject it gives.</summary>
public sealed record Credential(string Issuer, string Subject);

/// <summary>Roles a person can hold in the product itself.</summary>
public static class Roles
{
    public const string Admin = "Admin";
    public const string Auditor = "Auditor";
    public const string Reviewer = "Reviewer";
    public static IReadOnlyList<string> All { get; } = [Admin, Auditor, Reviewer];
}

/// <summary>A stand-in for an absent person, from <see cref="From"/> until <see cref="Until"/> (UTC, exclusive).</summary>
public sealed record Delegation(string Person, string StandIn, DateTimeOffset From, DateTimeOffset Until);
