namespace AccessFunctions.Application.Directory;

/// <summary>Ids of Slack users.</summary>
public static class SlackUsers
{
    /// <summary>True for a member id as Slack writes them: <c>U</c> or <c>W</c>, then capitals and digits. Not a name, not an address.</summary>
    public static bool IsId(string id) => id is ['U' or 'W', _, ..] && id.Length <= 40 && id.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c));
}
