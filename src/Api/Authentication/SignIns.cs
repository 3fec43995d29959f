using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Api.Authentication;

/// <summary>
/// Appends one event per credential to the audit trail's host stream: for a session of ours when it begins, for a token, which comes with
/// every call, when a call first shows it to this process.
/// </summary>
public sealed class SignIns(IAuditLog audit, TimeProvider time)
{
    /// <summary>Credentials remembered; past that many all are forgotten, and noted again when they return.</summary>
    public const int Remembered = 10_000;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    // Apart, because anybody can send what looks like an old cookie.
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);

    /// <summary>Notes a credential that is new here. Who cannot be noted is not let in: the audit's failure is the call's.</summary>
    public async Task Note(Identified who, Caller caller, CancellationToken cancellation)
    {
        if (!IsNew(_seen, who.Fingerprint)) return;
        try
        {
            await Append(EventTypes.Host.SignInSucceeded, who, caller, cancellation);
        }
        catch
        {
            lock (_gate) _seen.Remove(who.Fingerprint);
            throw;
        }
    }

    /// <summary>Notes that somebody signed out.</summary>
    public Task NoteEnd(Identified who, Caller caller, CancellationToken cancellation) => Append(EventTypes.Host.SignedOut, who, caller, cancellation);

    /// <summary>True the first time that a session which has ended is shown to this process.</summary>
    internal bool IsNewsThatEnded(string fingerprint) => IsNew(_ended, fingerprint);

    private bool IsNew(HashSet<string> known, string fingerprint)
    {
        lock (_gate)
        {
            if (known.Count >= Remembered) known.Clear();
            return known.Add(fingerprint);
        }
    }

    private Task Append(string type, Identified who, Caller caller, CancellationToken cancellation) => audit.Append(new AuditEvent
    {
        Type = type,
        At = time.GetUtcNow(),
        Actor = caller.Id,
        Channel = who.Channel.ToString(),
        Succeeded = true,
        Detail = new AuditDetail
        {
            Address = caller.Address,
            More = new Dictionary<string, string> { ["issuer"] = who.Credential.Issuer, ["by"] = who.HasSession ? "browser" : "credential" },
        },
    }, cancellation);
}
