using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Api.Handlers;

/// <summary>Audits that somebody took much at once: an export, or a verification of the whole trail.</summary>
internal static class ReportEvents
{
    /// <summary>Appends the event; durable when it returns.</summary>
    /// <param name="about">What was taken, such as <c>audit</c>.</param>
    /// <param name="more">What was asked for, by name; null: nothing in particular.</param>
    /// <param name="outcome">How it ended; null: nothing more is to be said than whether it succeeded.</param>
    public static Task Append(
        ApiCall call, string type, string about, IReadOnlyDictionary<string, string>? more = null, bool succeeded = true, string? outcome = null)
    {
        var detail = new AuditDetail { Address = call.Caller.Address };
        return call.Service<IAuditLog>().Append(new AuditEvent
        {
            Type = type,
            At = call.Service<TimeProvider>().GetUtcNow(),
            Actor = call.Caller.Id,
            Channel = call.Caller.Channel.ToString(),
            Succeeded = succeeded,
            Reason = outcome,
            Resource = about,
            Detail = more is null ? detail : detail with { More = more },
        }, call.Cancellation);
    }
}
