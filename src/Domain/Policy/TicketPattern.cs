using System.Text.RegularExpressions;

namespace AccessFunctions.Domain.Policy;

/// <summary>The regular expression that a governance id must fit as a whole, run without backtracking: no text can make it slow.</summary>
public static class TicketPattern
{
    public const int MaxLength = 200;

    /// <summary>What is wrong with a pattern, for people; null where it can be used.</summary>
    public static string? Fault(string pattern)
    {
        if (pattern.Length is 0 or > MaxLength) return $"a ticket pattern has 1 to {MaxLength} characters";
        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant);
            _ = Whole(pattern);
            return null;
        }
        catch (ArgumentException error)
        {
            return $"not a regular expression: {error.Message}";
        }
        catch (NotSupportedException)
        {
            return "look-around, back-references and atomic groups cannot be used: the pattern is run without backtracking";
        }
    }

    /// <summary>True where the whole ticket fits; false too where the pattern cannot be used.</summary>
    public static bool Matches(string pattern, string ticket) => Fault(pattern) is null && Whole(pattern).IsMatch(ticket);

    private static Regex Whole(string pattern) => new($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
