using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Authorities;

/// <summary>What platforms that issue certificates need of their host.</summary>
/// <param name="Secrets">Keeps the authorities' keys.</param>
/// <param name="Rows">Keeps what was issued and revoked; every process of the host sees the same.</param>
/// <param name="Audit">Gets what happens outside any request: a key was made, a list was signed.</param>
/// <param name="Address">Where lists are published, unless the platform's options say otherwise.</param>
public sealed record AuthorityServices(ISecretStore Secrets, IChannelStore Rows, IAuditLog Audit, PublicAddress Address, TimeProvider Time)
{
    /// <summary>Records something that an authority did by itself.</summary>
    internal Task Record(string type, string platform, IReadOnlyDictionary<string, string> more, CancellationToken cancellation) => Audit.Append(new AuditEvent
    {
        Type = type,
        At = Time.GetUtcNow(),
        Actor = SystemActors.Prefix + "authority",
        Channel = nameof(Channel.System),
        Succeeded = true,
        Resource = platform,
        Detail = new AuditDetail { More = more },
    }, cancellation);
}
