using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AccessFunctions.Integrations.Slack;

/// <summary>A message: a line for notifications and screen readers, and the blocks that are shown (https://docs.slack.dev/reference/block-kit/blocks).</summary>
internal sealed record SlackMessage(string Text, JsonArray Blocks)
{
    /// <summary>The same for the same words.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text + "\n" + Blocks.ToJsonString())))[..32];
}

/// <summary>
/// Builds blocks. What people wrote goes into <c>plain_text</c> alone, where nothing is a link, a mention, an emoji or bold; our own words,
/// mentions and links are <c>mrkdwn</c>, and even there every text from elsewhere is escaped.
/// </summary>
internal static class SlackBlocks
{
    /// <summary>Slack's limit for the text of a section.</summary>
    public const int SectionLimit = 3000;

    /// <summary>A heading, at most 150 characters.</summary>
    public static JsonObject Heading(string text) => new() { ["type"] = "header", ["text"] = Plain(SlackText.Escape(text, 150)) };

    /// <summary>Our own words in <c>mrkdwn</c>. <c>verbatim</c>: nothing but what is marked up becomes a link or a mention.</summary>
    public static JsonObject Words(string mrkdwn) => new()
    {
        ["type"] = "section",
        ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = mrkdwn, ["verbatim"] = true },
    };

    /// <summary>What people wrote, as it is; cut where Slack would refuse it.</summary>
    public static JsonObject Written(string text) => new() { ["type"] = "section", ["text"] = Plain(SlackText.Escape(text, SectionLimit)) };

    private static JsonObject Plain(string escaped) => new() { ["type"] = "plain_text", ["text"] = escaped, ["emoji"] = false };
}

/// <summary>Text as Slack wants it (https://docs.slack.dev/messaging/formatting-message-text#escaping).</summary>
internal static class SlackText
{
    private const char More = '…';

    /// <summary>
    /// Escapes the three characters that Slack reads as markup, so that no text can become a link, a mention or a call of the whole channel
    /// (<c>&lt;!channel&gt;</c>), and leaves out control characters and marks that turn the direction of what follows.
    /// </summary>
    /// <param name="text">Anything.</param>
    /// <param name="limit">Length of the result at most, escapes counted.</param>
    public static string Escape(string text, int limit)
    {
        var result = new StringBuilder(Math.Min(text.Length, limit));
        var whole = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsLeftOut(rune)) continue;
            result.Append(rune.Value switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", _ => rune.ToString() });
            if (result.Length <= limit - 1) whole = result.Length;
            if (result.Length <= limit) continue;
            result.Length = whole;
            return result.Append(More).ToString();
        }

        return result.ToString();
    }

    /// <summary>A link in <c>mrkdwn</c>.</summary>
    public static string Link(Uri address, string label) => $"<{Escape(address.AbsoluteUri.Replace("|", "%7C", StringComparison.Ordinal), 2000)}|{label}>";

    private static bool IsLeftOut(Rune rune) =>
        (Rune.IsControl(rune) && rune.Value != '\n') || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFFFD;
}
