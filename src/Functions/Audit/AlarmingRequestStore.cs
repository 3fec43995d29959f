using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Audit;

/// <summary>
/// A request store that also logs the few events that somebody has to act on, once they are stored: alerts rest on these lines
/// (<c>infra/modules/alerts.bicep</c>). A save that is repeated may log again.
/// </summary>
public sealed partial class AlarmingRequestStore(IRequestStore store, ILogger<AlarmingRequestStore> logger) : IRequestStore
{
    /// <summary>The types that are logged. Who, what and why is in the audit trail, not in the log.</summary>
    internal static IReadOnlySet<string> Alarming { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        EventTypes.Grant.RevocationFailing,
        EventTypes.Request.EmergencyDeclared,
        EventTypes.Request.EmergencyReviewOverdue,
        EventTypes.Request.EmergencyNoticeUndelivered,
    };

    /// <inheritdoc/>
    public Task<AccessRequest?> Find(string requestId, CancellationToken cancellation) => store.Find(requestId, cancellation);

    /// <inheritdoc/>
    public Task<bool> IsPurged(string requestId, CancellationToken cancellation) => store.IsPurged(requestId, cancellation);

    /// <inheritdoc/>
    public Task<KeptAnswer?> Answer(string requestId, string actor, string signalId, CancellationToken cancellation) =>
        store.Answer(requestId, actor, signalId, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Notify>> Notices(string requestId, CancellationToken cancellation) => store.Notices(requestId, cancellation);

    /// <inheritdoc/>
    public async Task<Saved> Save(SaveOrder order, CancellationToken cancellation)
    {
        var saved = await store.Save(order, cancellation);
        if (!saved.Applied) return saved;
        foreach (var happened in order.Events)
        {
            if (Alarming.Contains(happened.Type)) LogAlarm(happened.Type, order.RequestId);
        }

        return saved;
    }

    [LoggerMessage(EventId = 4005, EventName = "AlarmingEvent", Level = LogLevel.Warning, Message = "An event to act on was audited: {Type}, request {Request}.")]
    private partial void LogAlarm(string type, string request);
}
