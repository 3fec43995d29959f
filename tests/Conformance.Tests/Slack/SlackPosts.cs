using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace AccessFunctions.Conformance.Tests.Slack;

/// <summary>
/// What Slack's Events API posts, in the shapes that https://docs.slack.dev/reference/events/reaction_added and
/// https://docs.slack.dev/reference/events/url_verification record, signed as
/// https://docs.slack.dev/authentication/verifying-requests-from-slack describes.
/// </summary>
public static class SlackPosts
{
    private static int _event;

    /// <summary>A new event's id.</summary>
    public static string NewId() => $"Ev{Interlocked.Increment(ref _event):D8}{Random.Shared.Next():X8}";

    /// <summary>The Slack user that a person of the world is linked to.</summary>
    public static string User(string person) => "U0" + person.ToUpperInvariant();

    public static string Reaction(string user, string emoji, string ts, string? id = null, string type = "reaction_added", string team = SlackServer.Team, string app = SlackServer.App) => $$"""
        {
          "token": "XXYYZZ",
          "team_id": "{{team}}",
          "api_app_id": "{{app}}",
          "event": {
            "type": "{{type}}",
            "user": "{{user}}",
            "reaction": "{{emoji}}",
            "item_user": "{{SlackServer.Bot}}",
            "item": { "type": "message", "channel": "{{SlackServer.Channel}}", "ts": "{{ts}}" },
            "event_ts": "1360782804.083113"
          },
          "type": "event_callback",
          "authorizations": [ { "team_id": "{{team}}", "user_id": "{{SlackServer.Bot}}", "is_bot": true, "is_enterprise_install": false } ],
          "event_id": "{{id ?? NewId()}}",
          "event_time": 1360782804
        }
        """;

    public const string Verification = """{ "token": "Jhj5dZrVaK7ZwHHjRyZWjbDl", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P", "type": "url_verification" }""";

    /// <summary>Posts a body as Slack does.</summary>
    /// <param name="at">When it was signed.</param>
    /// <param name="secret">Null: it is not signed.</param>
    /// <param name="retry">The number of the repeat, where it is one.</param>
    public static async Task<HttpResponseMessage> Post(this HttpClient client, string body, DateTimeOffset at, string? secret = SlackServer.SigningSecret, int? retry = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/slack/events")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        if (secret is not null)
        {
            request.Headers.Add("X-Slack-Request-Timestamp", $"{at.ToUnixTimeSeconds()}");
            request.Headers.Add("X-Slack-Signature", Sign(secret, $"{at.ToUnixTimeSeconds()}", body));
        }

        if (retry is { } number)
        {
            request.Headers.Add("X-Slack-Retry-Num", $"{number}");
            request.Headers.Add("X-Slack-Retry-Reason", "http_timeout");
        }

        return await client.SendAsync(request);
    }

    /// <summary>Posts the form by which a person links their own Slack user.</summary>
    /// <returns>True where it was taken: the browser is sent to the page, which some clients do by themselves.</returns>
    public static async Task<bool> Link(this HttpClient client, params (string Name, string Value)[] fields)
    {
        using var answer = await client.LinkForm(fields);
        return answer.StatusCode is HttpStatusCode.SeeOther or HttpStatusCode.OK;
    }

    /// <summary>The same, and what the page says then.</summary>
    public static async Task<string> LinkPage(this HttpClient client, params (string Name, string Value)[] fields)
    {
        using var answer = await client.LinkForm(fields);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    private static async Task<HttpResponseMessage> LinkForm(this HttpClient client, (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await client.PostAsync("/profile/slack", form);
    }

    public static string Sign(string secret, string timestamp, string body) =>
        "v0=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"v0:{timestamp}:{body}")));
}
