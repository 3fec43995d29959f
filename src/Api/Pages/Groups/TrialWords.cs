using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Api.Pages.Groups;

/// <summary>What policy answers to an ask, in words; only that in which two answers differ.</summary>
internal static class TrialWords
{
    private const int MostNames = 8;

    /// <summary>One of the two outcomes of a difference.</summary>
    public static string Of(PolicyOutcome outcome, IReadOnlyList<PolicyAspect> aspects, IPeople people) => Sentence(string.Join("; ", aspects.Select(aspect => aspect switch
    {
        PolicyAspect.Taken => outcome.Refusal is { } refusal ? $"refused: {refusal.Detail.TrimEnd('.')}" : $"taken, {Mode(outcome, people)}",
        PolicyAspect.AccessGroup => $"access group {outcome.AccessGroup}",
        PolicyAspect.Mode => outcome.Mode is { } mode ? GroupWords.Word(mode) : "nothing",
        PolicyAspect.Deciders => Deciders(outcome, people),
        PolicyAspect.Longest => outcome.Longest is { } longest ? $"at most {Duration.Format(longest)}" : "nothing",
        PolicyAspect.Period => outcome.Period is { } period ? $"for {Duration.Format(period.Length)} from {RequestWords.At(period.Start)}" : "nothing",
        PolicyAspect.Emergency => outcome.Emergency ? "emergency possible" : "no emergency",
    })));

    private static string Mode(PolicyOutcome outcome, IPeople people) => outcome.Levels.Count > 0 ? $"decided by {Deciders(outcome, people)}" : outcome.Mode is { } mode ? GroupWords.Word(mode) : "nothing";

    private static string Deciders(PolicyOutcome outcome, IPeople people) => outcome.Levels.Count == 0 ? "nobody decides"
        : string.Join(", then ", outcome.Levels.Select(level => $"{level.Approvals} of {Names(level.People, people)}{(level.Denials == 1 ? "" : $" ({level.Denials} denials deny)")}"));

    private static string Names(IReadOnlyList<string> ids, IPeople people) =>
        string.Join(", ", ids.Take(MostNames).Select(id => GroupWords.Person(id, people))) + (ids.Count > MostNames ? $" and {ids.Count - MostNames} more" : "");

    private static string Sentence(string words) => words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];
}
