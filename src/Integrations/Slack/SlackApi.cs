using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Integrations.Slack;

/// <summary>By which a message that stands in the channel is found again: the metadata it was posted with.</summary>
internal sealed record SlackMark(string RequestId, string Key);

/// <summary>
/// Slack's Web API, as much as is needed (https://docs.slack.dev/reference/methods). While Slack asks for a pause (429 with
/// <c>Retry-After</c>) or is out of reach, calls fail at once instead of holding up whoever waits for them.
/// </summary>
internal sealed partial class SlackApi(IHttpClientFactory clients, IOptions<SlackSettings> settings, TimeProvider time, ILogger<SlackApi> logger)
{
    /// <summary>The HTTP client's name.</summary>
    public const string ClientName = "slack";

    /// <summary>Longest wait for an answer.</summary>
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(10);

    /// <summary>No call is made for so long after one that found Slack out of reach.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromSeconds(15);

    private const string EventType = "access_request_message";
    private const string Everything = "*";
    private const int PageLength = 200;
    private const int Pages = 3;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    /// <summary>Until when a method, or every one, is not called.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> _pauses = new(StringComparer.Ordinal);

    /// <summary>Until when some method is not called; in the past where all are.</summary>
    public DateTimeOffset PausedUntil => _pauses.IsEmpty ? DateTimeOffset.MinValue : _pauses.Values.Max();

    /// <summary>Posts to the channel (<c>chat.postMessage</c>).</summary>
    /// <returns>The message's <c>ts</c>, which with the channel is its name.</returns>
    public async Task<string> Post(string channel, SlackMessage message, SlackMark mark, CancellationToken cancellation)
    {
        var arguments = Arguments(channel, message);
        arguments["unfurl_links"] = false;
        arguments["unfurl_media"] = false;
        arguments["metadata"] = new JsonObject
        {
            ["event_type"] = EventType,
            ["event_payload"] = new JsonObject { ["request"] = mark.RequestId, ["message"] = mark.Key },
        };
        var answer = await Call("chat.postMessage", JsonContent.Create(arguments), cancellation);
        return Text(answer, "ts") ?? throw new SlackBusyException("Slack's answer to chat.postMessage names no message.", unsure: true);
    }

    /// <summary>Says something to one user, in the conversation between them and the app (<c>chat.postMessage</c> with the member id).</summary>
    public Task Say(string user, SlackMessage message, CancellationToken cancellation)
    {
        var arguments = Arguments(user, message);
        arguments["unfurl_links"] = false;
        arguments["unfurl_media"] = false;
        return Call("chat.postMessage", JsonContent.Create(arguments), cancellation);
    }

    /// <summary>Replaces what a message says (<c>chat.update</c>).</summary>
    public Task Update(string channel, string ts, SlackMessage message, CancellationToken cancellation)
    {
        var arguments = Arguments(channel, message);
        arguments["ts"] = ts;
        return Call("chat.update", JsonContent.Create(arguments), cancellation);
    }

    /// <summary>Says something in the channel that only one of its members sees (<c>chat.postEphemeral</c>).</summary>
    public Task Tell(string channel, string user, SlackMessage message, CancellationToken cancellation)
    {
        var arguments = Arguments(channel, message);
        arguments["user"] = user;
        return Call("chat.postEphemeral", JsonContent.Create(arguments), cancellation);
    }

    /// <summary>Looks for a message that the app posted since then, by its metadata (<c>conversations.history</c>).</summary>
    /// <returns>Its <c>ts</c>; null where there is none.</returns>
    public async Task<string?> Find(string channel, SlackMark mark, DateTimeOffset since, CancellationToken cancellation)
    {
        var cursor = "";
        for (var page = 0; page < Pages; page++)
        {
            using var arguments = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["channel"] = channel,
                ["oldest"] = $"{since.ToUnixTimeSeconds()}.000000",
                ["include_all_metadata"] = "true",
                ["limit"] = PageLength.ToString(CultureInfo.InvariantCulture),
                ["cursor"] = cursor,
            });
            var answer = await Call("conversations.history", arguments, cancellation);
            foreach (var message in answer["messages"] as JsonArray ?? [])
            {
                // Whoever may post in the channel may write the same metadata; who posted, Slack says.
                if (IsOurs(message) && message?["metadata"] is JsonObject metadata && Text(metadata, "event_type") == EventType && metadata["event_payload"] is JsonObject payload
                    && Text(payload, "request") == mark.RequestId && Text(payload, "message") == mark.Key)
                {
                    return Text(message, "ts");
                }
            }

            if (Text(answer["response_metadata"], "next_cursor") is not { Length: > 0 } next) return null;
            cursor = next;
        }

        return null;
    }

    private bool IsOurs(JsonNode? message) =>
        string.Equals(Text(message, "app_id") ?? Text((message as JsonObject)?["bot_profile"], "app_id"), settings.Value.AppId, StringComparison.Ordinal);

    private static JsonObject Arguments(string channel, SlackMessage message) => new()
    {
        ["channel"] = channel,
        ["text"] = message.Text,
        ["blocks"] = message.Blocks.DeepClone(),

        // chat.update reads names and links out of text unless told not to; chat.postMessage does not. Said for both.
        ["parse"] = "none",
        ["link_names"] = false,
    };

    private async Task<JsonObject> Call(string method, HttpContent content, CancellationToken cancellation)
    {
        RefuseWhilePaused(method);
        using var client = clients.CreateClient(ClientName);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.Value.Api, method)) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.Value.BotToken);
        try
        {
            using var response = await client.SendAsync(request, cancellation);
            if (response.StatusCode == HttpStatusCode.TooManyRequests) throw Limited(method, response.Headers.RetryAfter);
            if (response.StatusCode >= HttpStatusCode.InternalServerError) throw Unreachable(method, $"HTTP {(int)response.StatusCode}", null);
            return Answered(method, response, await response.Content.ReadAsStringAsync(cancellation));
        }
        catch (HttpRequestException failure)
        {
            throw Unreachable(method, failure.HttpRequestError.ToString(), failure);
        }
        catch (OperationCanceledException failure) when (!cancellation.IsCancellationRequested)
        {
            throw Unreachable(method, "no answer in time", failure);
        }
    }

    private JsonObject Answered(string method, HttpResponseMessage response, string body)
    {
        JsonObject? answer = null;
        try
        {
            answer = JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            LogNoJson(method, (int)response.StatusCode);
        }

        if (answer is null || answer["ok"] is not JsonValue ok || !ok.TryGetValue<bool>(out var taken))
        {
            // A proxy's page, or half an answer. A client error was surely not carried out.
            if (response.IsSuccessStatusCode) throw Unreachable(method, "an answer that is not Slack's", null);
            throw new SlackRefusedException(method, $"http_{(int)response.StatusCode}");
        }

        if (taken) return answer;
        var code = Text(answer, "error") ?? "unknown_error";
        if (code is "ratelimited" or "rate_limited") throw Limited(method, response.Headers.RetryAfter);
        if (SlackErrors.Passing.Contains(code)) throw new SlackBusyException($"Slack did not take {method}: {code}.", unsure: code is "internal_error" or "fatal_error" or "request_timeout");
        throw new SlackRefusedException(method, code);
    }

    private void RefuseWhilePaused(string method)
    {
        var now = time.GetUtcNow();
        foreach (var name in (ReadOnlySpan<string>)[method, Everything])
        {
            if (_pauses.TryGetValue(name, out var until) && until > now) throw new SlackBusyException($"Slack is not called ({method}) before {until:u}.", unsure: false);
        }
    }

    private SlackBusyException Limited(string method, RetryConditionHeaderValue? retry)
    {
        var pause = retry?.Delta ?? (retry?.Date is { } date ? date - time.GetUtcNow() : TimeSpan.FromSeconds(30));
        pause = pause < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : pause > LongestPause ? LongestPause : pause;
        _pauses[method] = time.GetUtcNow() + pause;
        LogLimited(method, pause.TotalSeconds);
        return new SlackBusyException($"Slack asked for a pause of {pause.TotalSeconds:0} s ({method}).", unsure: false);
    }

    private SlackBusyException Unreachable(string method, string why, Exception? failure)
    {
        _pauses[Everything] = time.GetUtcNow() + Pause;
        LogUnreachable(method, why);
        return new SlackBusyException($"Slack did not answer {method}: {why}.", unsure: true, failure);
    }

    private static string? Text(JsonNode? node, string name) => node is JsonObject found && found[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slack asked for a pause: {Method} is not called for {Seconds} s.")]
    private partial void LogLimited(string method, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slack is out of reach: {Method}, {Why}. What it was to be told is kept and told later.")]
    private partial void LogUnreachable(string method, string why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The answer to {Method} ({Status}) is no JSON.")]
    private partial void LogNoJson(string method, int status);
}
