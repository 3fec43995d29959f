using System.ComponentModel.DataAnnotations;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// Section <c>Retention</c>: how long things are kept. Durations such as <c>365d</c>, at least 30 days and at most ten years; where one is not set, that is kept
/// for good.
/// </summary>
public sealed class RetentionOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Retention";

    /// <summary>Requests with their audit chains, from when they were finished.</summary>
    public string? Requests { get; set; }

    /// <summary>Audit events outside requests, from the day they happened.</summary>
    public string? Events { get; set; }

    /// <summary>Free text, names and addresses in either, from the same instants. Of use only where it is shorter.</summary>
    public string? PersonalData { get; set; }

    /// <summary>The rules that these say.</summary>
    public RetentionRules Rules() => new(Time(Requests), Time(Events), Time(PersonalData));

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, text) in new[] { (nameof(Requests), Requests), (nameof(Events), Events), (nameof(PersonalData), PersonalData) })
        {
            if (!string.IsNullOrEmpty(text) && !(Time(text) >= RetentionRules.Shortest))
            {
                yield return new ValidationResult(
                    $"{Section}:{name}: \"{text}\" is no duration from {Duration.Format(RetentionRules.Shortest)} to ten years, such as 365d. Leave it out to keep them for good.", [name]);
            }
        }
    }

    private static TimeSpan? Time(string? text) => text is not null && Duration.TryParse(text, out var duration) ? duration : null;
}
