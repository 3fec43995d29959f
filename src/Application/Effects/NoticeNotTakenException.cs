using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Effects;

/// <summary>Some channel did not take a notice; all others were tried. Repeating is safe: who has it is not told twice.</summary>
/// <param name="notice">The notice's id.</param>
/// <param name="failures">Why, by channel and reader.</param>
/// <param name="outcome">What is to be reported all the same: that an emergency's notice reached an approver by another channel; else null.</param>
public sealed class NoticeNotTakenException(string notice, IEnumerable<Exception> failures, Signal? outcome)
    : AggregateException($"Notice {notice} was not taken by every channel.", failures)
{
    /// <summary>The signal to deliver before the notice is run again.</summary>
    public Signal? Outcome { get; } = outcome;
}
