using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Api.Authentication;

/// <summary>
/// Appends one event per credential to the audit trail's host stream, when a call first shows it to this process. Bearer tokens come with
/// every call: what signs in is the token, not the call.
/// </summary>
public sealed class SignIns(IAuditLog audit, TimeProvider time)
{
    /// <summary>Credentials remembered; past that many all are forgotten, and noted again when they return.</summary>
    public const int Remembered = 10_000;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>Notes a credential that is new here. Who cannot be noted is not let in: the audit's failure is the call's.</summary>
    public async Task Note(Identified who, Caller caller, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_seen.Count >= Remembered) _seen.Clear();
            if (!_seen.Add(who.Fingerprint)) return;
        }

        try
        {
            await audit.Append(new AuditEvent
            {
                Type = EventTypes.Host.SignInSucceeded,
                At = time.GetUtcNow(),
                Actor = caller.Id,
                Channel = who.Channel.ToString(),
                Succeeded = true,
                Detail = new AuditDetail { Address = caller.Address, More = new Dictionary<string, string> { ["issuer"] = who.Credential.Issuer } },
            }, cancellation);
        }
        catch
        {
            lock (_gate) _seen.Remove(who.Fingerprint);
            throw;
        }
    }
}
