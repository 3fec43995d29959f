using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Retention;

/// <summary>What is said of requests that were purged.</summary>
public static class PurgedRequests
{
    /// <summary>To who submits with a key under which a request was made that is gone: it cannot be made a second time.</summary>
    public static SignalAnswer CannotBeMadeAgain { get; } = new(
        null, new Refusal(RefusalReason.AlreadySubmitted, "A request made with this Idempotency-Key was removed after its keeping time. Ask again with a new key."), 0)
    {
        IsUnrecorded = true,
    };
}
