using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Slack;

/// <summary>What a post of the Events API turned out to be.</summary>
internal abstract record SlackEvent
{
    /// <summary>The one-time question whether this address is the app's (https://docs.slack.dev/reference/events/url_verification).</summary>
    public sealed record Verification(string Challenge) : SlackEvent;

    /// <summary>A verdict on a message (https://docs.slack.dev/reference/events/reaction_added).</summary>
    /// <param name="Author">Who wrote the message, where that is said; our own bot, where that is known too.</param>
    public sealed record Reaction(string Team, string App, string EventId, string User, Verdict Verdict, string Channel, string Ts, string? Author, string? Bot) : SlackEvent;

    /// <summary>Anything else of an app.</summary>
    public sealed record Other(string Team, string App) : SlackEvent;

    /// <summary>Reads a post; null where it is not of the form that Slack documents.</summary>
    public static SlackEvent? Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static SlackEvent? Read(JsonElement post)
    {
        switch (Text(post, "type"))
        {
            case "url_verification":
                return Text(post, "challenge") is { Length: <= 1000 } challenge ? new Verification(challenge) : null;
            case "event_callback":
                if (Text(post, "team_id") is not { } team || Text(post, "api_app_id") is not { } app || Text(post, "event_id") is not { Length: > 0 and <= 100 } id) return null;
                return Member(post, "event") is { } happened && Text(happened, "type") == "reaction_added" && ReactionOf(post, happened, team, app, id) is { } reaction
                    ? reaction
                    : new Other(team, app);
            default:
                // app_rate_limited and whatever comes to be: signed by Slack, and nothing to us.
                return Text(post, "team_id") is { } other ? new Other(other, Text(post, "api_app_id") ?? "") : null;
        }
    }

    private static Reaction? ReactionOf(JsonElement post, JsonElement happened, string team, string app, string id)
    {
        // Neither has skin tones; other names, aliases of workspaces too, decide nothing.
        var verdict = Text(happened, "reaction") switch { "white_check_mark" => Verdict.Approve, "x" => Verdict.Deny, _ => (Verdict?)null };
        if (verdict is not { } said || Text(happened, "user") is not { } user || Member(happened, "item") is not { } item || Text(item, "type") != "message") return null;
        if (Text(item, "channel") is not { } channel || Text(item, "ts") is not { } ts) return null;
        return new Reaction(team, app, id, user, said, channel, ts, Text(happened, "item_user"), BotOf(post));
    }

    private static string? BotOf(JsonElement post)
    {
        if (Member(post, "authorizations") is not { ValueKind: JsonValueKind.Array } all) return null;
        foreach (var one in all.EnumerateArray())
        {
            if (one.ValueKind == JsonValueKind.Object && one.TryGetProperty("is_bot", out var bot) && bot.ValueKind == JsonValueKind.True) return Text(one, "user_id");
        }

        return null;
    }

    private static JsonElement? Member(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement of, string name) => Member(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}

/// <summary>An event that was taken and is not done.</summary>
/// <param name="TakenAt">When it came.</param>
/// <param name="Since">Since when somebody is at it; null: nobody.</param>
internal sealed record EventRow(string EventId, string User, Verdict Verdict, string Channel, string Ts, DateTimeOffset TakenAt, DateTimeOffset? Since = null)
{
    /// <summary>The set of all that are not done; small, because it is read whole.</summary>
    public const string Waiting = "slack-waiting";

    /// <summary>Nothing is left to do: then the row goes, and its id is kept in <see cref="DoneSet"/>.</summary>
    [JsonIgnore]
    public bool Done { get; init; }

    /// <summary>It is decided, and this is still to be told to its author.</summary>
    public string? Say { get; init; }

    /// <summary>The page that goes with it.</summary>
    public string? RequestId { get; init; }

    /// <summary>Where ids of events lie that are done, so that a repeat is known for one; spread, so that no set grows with the number of events.</summary>
    public static string DoneSet(string eventId) => $"slack-done:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(eventId)))[..2]}";

    [JsonIgnore]
    public string Emoji => Verdict == Verdict.Approve ? "✅" : "❌";
}
