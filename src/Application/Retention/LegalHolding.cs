using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Retention;

/// <summary>Places and lifts legal holds; each is audited. Who oversees may place one, since it only keeps; lifting is for administrators.</summary>
public sealed class LegalHolding(ILegalHolds holds, IRequestReader requests, IAuditLog audit, TimeProvider time)
{
    /// <summary>The longest reason, in characters.</summary>
    public const int LongestReason = 1000;

    /// <summary>Places a hold, or gives the one that is there another reason.</summary>
    public async Task<(LegalHold? Hold, Refusal? Refusal)> Place(Caller caller, string requestId, string reason, CancellationToken cancellation)
    {
        if (!caller.IsAdministrator && !caller.IsAuditor) return (null, new Refusal(RefusalReason.NotPermitted, "Only administrators and auditors may do this."));
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > LongestReason)
        {
            return (null, new Refusal(RefusalReason.InvalidAsk, $"A legal hold needs a reason of at most {LongestReason} characters.")
            {
                Errors = new Dictionary<string, IReadOnlyList<string>> { ["reason"] = [$"say why, in at most {LongestReason} characters"] },
            });
        }

        var hold = new LegalHold(requestId, reason.Trim(), caller.Id, time.GetUtcNow());
        if (await requests.Find(requestId, cancellation) is null) return (null, NoSuchRequest);

        // First on record: no hold comes or goes without an event, wherever this breaks off.
        await Record(caller, EventTypes.Host.HoldPlaced, requestId, hold.Reason, cancellation);
        return await holds.Place(hold, cancellation) ? (hold, null) : (null, NoSuchRequest);
    }

    /// <summary>Lifts a hold.</summary>
    /// <returns>Null where done; else why not.</returns>
    public async Task<Refusal?> Lift(Caller caller, string requestId, CancellationToken cancellation)
    {
        if (!caller.IsAdministrator) return new Refusal(RefusalReason.NotPermitted, "Only administrators may do this.");
        if (await holds.Find(requestId, cancellation) is null) return new Refusal(RefusalReason.NotFound, "The request is under no legal hold.");
        await Record(caller, EventTypes.Host.HoldLifted, requestId, null, cancellation);
        _ = await holds.Lift(requestId, cancellation);
        return null;
    }

    private static Refusal NoSuchRequest { get; } = new(RefusalReason.NotFound, "There is no such request.");

    private Task Record(Caller caller, string type, string requestId, string? text, CancellationToken cancellation) => audit.Append(new AuditEvent
    {
        Type = type,
        At = time.GetUtcNow(),
        Actor = caller.Id,
        Channel = caller.Channel.ToString(),
        Succeeded = true,
        RequestId = requestId,
        Resource = $"request/{requestId}",
        Detail = new AuditDetail { Address = caller.Address, Text = text },
    }, cancellation);
}
