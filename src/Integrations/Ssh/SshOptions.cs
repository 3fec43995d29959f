using AccessFunctions.Application.Effects;

namespace AccessFunctions.Integrations.Ssh;

/// <summary>One SSH certificate authority, and the servers that trust it.</summary>
public sealed record SshOptions
{
    /// <summary>The platform's name, the first segment of its resources and the last of its addresses.</summary>
    public required string Name { get; init; }

    /// <summary>The address under which servers fetch <c>krl/{name}</c>; null: the host's public address.</summary>
    public Uri? Address { get; init; }

    /// <summary>A file of this machine that always holds the list of revoked keys; null: none.</summary>
    public string? KrlFile { get; init; }

    /// <summary>Run when the list has changed, before sessions are ended; <c>KrlFile</c>'s path is its last argument. Empty: none.</summary>
    public IReadOnlyList<string> Push { get; init; } = [];

    /// <summary>Ends live sessions; the certificate's key id and serials are its last arguments. Empty: none.</summary>
    public IReadOnlyList<string> EndSessions { get; init; } = [];

    /// <summary>Prints a line for each live session; the same arguments. Empty: nobody can tell.</summary>
    public IReadOnlyList<string> ListSessions { get; init; } = [];

    /// <summary>How long one command may run, at least a second and, with its fellows, less than <see cref="EffectRunner.AttemptTimeout"/>.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Names that administer servers and may be certified all the same; <c>root</c> is refused without.</summary>
    public IReadOnlyList<string> PrivilegedPrincipals { get; init; } = [];

    /// <summary>What can be asked for.</summary>
    public IReadOnlyList<SshAccess> Resources { get; init; } = [];
}

/// <summary>Servers that are asked for together: <c>{platform}/{Name}</c>.</summary>
public sealed record SshAccess
{
    /// <summary>What stands for the requester's identity on the platform in <see cref="Principal"/>.</summary>
    public const string Identity = "{identity}";

    /// <summary>What stands for the role asked for.</summary>
    public const string Role = "{role}";

    /// <summary>The path on the platform; may have slashes.</summary>
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>The name that the certificate is for, such as <c>web-{role}</c>: it is all that tells servers apart.</summary>
    public string Principal { get; init; } = Identity;

    /// <summary>What the session may do besides running programs; of <see cref="SshCertificate.KnownExtensions"/>.</summary>
    public IReadOnlyList<string> Extensions { get; init; } = ["permit-pty"];

    /// <summary>Networks it may come from, such as <c>10.0.0.0/8,2001:db8::/32</c>; null: any.</summary>
    public string? SourceAddress { get; init; }

    /// <summary>The one program that runs, whatever is asked for; null: any.</summary>
    public string? ForceCommand { get; init; }

    /// <summary>The longest a certificate is valid; within a longer period the requester fetches it anew. Null: to the period's end.</summary>
    public TimeSpan? MaxValidity { get; init; }
}
