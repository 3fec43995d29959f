using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pipeline;

/// <summary>
/// What the audit trail knows of a call by the time it is answered. A refusal that nobody recorded is recorded by the pipeline, so that
/// none goes without an event and none gets two.
/// </summary>
internal sealed class CallTrace
{
    /// <summary>True: an event tells of the refusal, in the request's chain or in the host's stream.</summary>
    public bool IsRecorded { get; set; }

    /// <summary>Why it is refused, where the answer itself does not say: a page with a form to mend.</summary>
    public string? Reason { get; set; }

    /// <summary>Who calls, where no credential but a link says so.</summary>
    public string? Person { get; set; }

    /// <summary>The trace of a call.</summary>
    public static CallTrace Of(HttpContext http)
    {
        if (http.Features.Get<CallTrace>() is { } trace) return trace;
        trace = new CallTrace();
        http.Features.Set(trace);
        return trace;
    }

    /// <summary>Notes how the request's door answered: what it refused is in a chain already, what was refused on the way to it is not.</summary>
    public void Note(SignalAnswer answer)
    {
        if (answer.ContentDiffers) Reason = Problems.Of(Fault.IdempotencyKeyReused).Slug;
        else if (answer is { Refusal: { } refusal, IsUnrecorded: true }) Reason = Problems.Of(refusal.Reason).Slug;
        else if (answer.Refusal is not null) IsRecorded = true;
    }
}
