using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Application.Audit;

/// <summary>
/// Appends failed sign-ins and refused calls to the audit trail's host stream. Noise cannot flood it: one event per reason, sender and
/// target and minute, at most <see cref="PerSender"/> of a sender and <see cref="PerMinute"/> in all; what was left out is counted in one event
/// when the next minute has something to say.
/// </summary>
public sealed partial class RefusedCalls(IAuditLog audit, TimeProvider time, ILogger<RefusedCalls> logger)
{
    public const int PerMinute = 120;
    public const int PerSender = 20;

    /// <summary>The name of the text that says what was called: method and template of the route, or the channel's word for it.</summary>
    public const string Route = "route";

    /// <summary>The name of the text that says what the call was about.</summary>
    public const string Target = "id";

    private readonly Lock _gate = new();
    private readonly HashSet<(string Reason, string Sender, string Target)> _told = [];
    private readonly Dictionary<string, int> _bySender = new(StringComparer.Ordinal);
    private long _minute;
    private long _leftOut;

    /// <summary>Records one refusal; never fails the call that was refused.</summary>
    /// <param name="type"><see cref="EventTypes.Host.SignInFailed"/> or <see cref="EventTypes.Host.CallRefused"/>.</param>
    /// <param name="reason">A stable word.</param>
    /// <param name="actor">The person's id, or <c>anonymous</c>.</param>
    /// <param name="address">The peer's address.</param>
    /// <param name="more">Further texts for the detail, for example the route; <c>id</c> is what the call was about.</param>
    /// <param name="channel">The way the call came in.</param>
    public async Task Record(
        string type, string reason, string actor, string? address, IReadOnlyDictionary<string, string> more, Channel channel = Channel.SignedIn)
    {
        var now = time.GetUtcNow();
        long leftOut;
        lock (_gate)
        {
            leftOut = Turn(now.ToUnixTimeSeconds() / 60);
            var sender = actor == "anonymous" ? address ?? "" : actor;
            var said = _bySender.GetValueOrDefault(sender);
            if (_told.Count >= PerMinute || said >= PerSender || !_told.Add((reason, sender, more.GetValueOrDefault(Target, ""))))
            {
                _leftOut++;
                return;
            }

            _bySender[sender] = said + 1;
        }

        try
        {
            // The refusal is over when this is written; the caller hanging up must not stop it.
            if (leftOut > 0)
            {
                var count = new AuditDetail { More = new Dictionary<string, string> { ["count"] = $"{leftOut}" } };
                await audit.Append(Event(EventTypes.Host.CallRefused, "repeated", "anonymous", now, Channel.SignedIn, count), CancellationToken.None);
            }

            await audit.Append(Event(type, reason, actor, now, channel, new() { Address = address, More = more }), CancellationToken.None);
        }
#pragma warning disable CA1031 // Whatever the store says, the caller gets the refusal, and the operator this line.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            NotRecorded(logger, exception, reason);
        }
    }

    private long Turn(long minute)
    {
        if (minute == _minute) return 0;
        var leftOut = _leftOut;
        (_minute, _leftOut) = (minute, 0);
        _told.Clear();
        _bySender.Clear();
        return leftOut;
    }

    private static AuditEvent Event(string type, string reason, string actor, DateTimeOffset at, Channel channel, AuditDetail detail) => new()
    {
        Type = type,
        At = at,
        Actor = actor,
        Channel = channel.ToString(),
        Succeeded = false,
        Reason = reason,
        Detail = detail,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "A refused call ({Reason}) could not be written to the audit trail.")]
    private static partial void NotRecorded(ILogger logger, Exception exception, string reason);
}
