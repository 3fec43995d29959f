using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Conformance.Tests.Slack;

/// <summary>A message in the channel.</summary>
public sealed record SlackSaid(string Channel, string Ts, JsonObject Arguments, int Edits)
{
    /// <summary>The app that posted it.</summary>
    public string App { get; init; } = SlackServer.App;

    public string Text => (string?)Arguments["text"] ?? "";

    /// <summary>Everything a reader sees, in one string.</summary>
    public string Shown => string.Join('\n', Arguments["blocks"]!.AsArray().Select(block => (string?)block!["text"]?["text"]));

    /// <summary>What the message was posted about: the request and the message's key.</summary>
    public string? Request => (string?)Arguments["metadata"]?["event_payload"]?["request"];
    public string? Key => (string?)Arguments["metadata"]?["event_payload"]?["message"];
}

/// <summary>What the app wrote to one user.</summary>
public sealed record SlackDirectMessage(string User, string Text, string Shown);

/// <summary>What only one user saw.</summary>
public sealed record SlackWhisper(string Channel, string User, string Text, string Shown);

/// <summary>
/// Stands in for Slack, which cannot run here: the four methods of its Web API that are used, with arguments, answers and error words as the pages
/// https://docs.slack.dev/reference/methods/chat.postMessage, chat.update, chat.postEphemeral and conversations.history record them, and
/// HTTP 429 with Retry-After as https://docs.slack.dev/apis/web-api/rate-limits does.
/// </summary>
public sealed class SlackServer : LocalServer
{
    public const string Token = "xoxb-not-a-secret";
    public const string SigningSecret = "8f742231b10e8888abcd99yyyzzz85a5"; // of the example in Slack's documentation
    public const string Channel = "C123ABC456";
    public const string Team = "T123ABC456";
    public const string App = "A123ABC456";
    public const string Bot = "U222222222";

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<SlackSaid> _messages = [];
    private readonly List<SlackWhisper> _whispers = [];
    private readonly List<SlackDirectMessage> _directs = [];
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<HttpContext, Func<JsonObject>, Task>>> _faults = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<TaskCompletionSource> _held = [];
    private int _next;
    private int _under;
    private bool _down;

    private SlackServer(TimeProvider time) => _time = time;

    /// <summary>True: it does not answer, as when it is down.</summary>
    public bool IsDown
    {
        get => Volatile.Read(ref _down);
        set => Volatile.Write(ref _down, value);
    }

    /// <summary>True while a call is under way.</summary>
    public bool IsCalled => Volatile.Read(ref _under) > 0;

    /// <summary>Where its methods are.</summary>
    public Uri Api => new(Address, "api/");

    public IReadOnlyList<SlackSaid> Messages
    {
        get
        {
            lock (_gate) return [.. _messages];
        }
    }

    public IReadOnlyList<SlackWhisper> Whispers
    {
        get
        {
            lock (_gate) return [.. _whispers];
        }
    }

    /// <summary>What the app wrote to single users. Slack knows those whose id begins with <c>U0</c>.</summary>
    public IReadOnlyList<SlackDirectMessage> Directs
    {
        get
        {
            lock (_gate) return [.. _directs];
        }
    }

    /// <summary>The settings that lead a host here.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Slack:BotToken"] = Token,
        ["Slack:SigningSecret"] = "an-older-secret, " + SigningSecret,
        ["Slack:Channel"] = Channel,
        ["Slack:TeamId"] = Team,
        ["Slack:AppId"] = App,
        ["Slack:ApiAddress"] = Api.AbsoluteUri,
    };

    public static async Task<SlackServer> Start(TimeProvider time)
    {
        var server = new SlackServer(time);
        await server.Begin();
        return server;
    }

    /// <summary>A message is another app's, with all that it says.</summary>
    public void IsPostedBy(string app, string ts)
    {
        lock (_gate)
        {
            var at = _messages.FindIndex(said => said.Ts == ts);
            _messages[at] = _messages[at] with { App = app };
        }
    }

    /// <summary>How often a method was called, in vain too.</summary>
    public int CallsOf(string method) => Calls.Count(call => call == $"POST /api/{method}");

    /// <summary>The next call of the method is answered with 429.</summary>
    public void Limit(string method, int retryAfter) => Next(method, async (http, _) =>
    {
        http.Response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        await http.Response.WriteAsJsonAsync(Error("ratelimited"));
    });

    /// <summary>The next call of the method is refused with this word.</summary>
    public void Refuse(string method, string error) => Next(method, (http, _) => http.Response.WriteAsJsonAsync(Error(error)));

    /// <summary>The next call of the method is carried out, and the connection breaks before its answer.</summary>
    public void BreakAfter(string method) => Next(method, (http, carryOut) =>
    {
        _ = carryOut();
        http.Abort();
        return Task.CompletedTask;
    });

    /// <summary>The next call of the method waits until it is let go, and is then carried out.</summary>
    /// <returns>Completes when the call has come; what lets it go.</returns>
    public (Task Arrived, Action LetGo) Hold(string method)
    {
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously), release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _held.Add(release);
        Next(method, async (http, carryOut) =>
        {
            arrived.TrySetResult();
            await release.Task;
            await http.Response.WriteAsJsonAsync(carryOut());
        });
        return (arrived.Task, () => release.TrySetResult());
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var held in _held) held.TrySetResult();
        await Stop();
        await base.DisposeAsync();
    }

    protected override void Map(WebApplication app) => app.MapPost("/api/{method}", Serve);

    private void Next(string method, Func<HttpContext, Func<JsonObject>, Task> answer) => _faults.GetOrAdd(method, static _ => new()).Enqueue(answer);

    private async Task Serve(HttpContext http, string method)
    {
        if (IsDown)
        {
            http.Abort();
            return;
        }

        _ = Interlocked.Increment(ref _under);
        try
        {
            var arguments = await Arguments(http);
            if (_faults.TryGetValue(method, out var faults) && faults.TryDequeue(out var fault)) await fault(http, () => CarryOut(http, method, arguments));
            else await http.Response.WriteAsJsonAsync(CarryOut(http, method, arguments));
        }
        finally
        {
            _ = Interlocked.Decrement(ref _under);
        }
    }

    private JsonObject CarryOut(HttpContext http, string method, JsonObject arguments)
    {
        if (http.Request.Headers.Authorization != $"Bearer {Token}") return Error("invalid_auth");
        lock (_gate)
        {
            return method switch
            {
                "chat.postMessage" => Post(arguments),
                "chat.update" => Update(arguments),
                "chat.postEphemeral" => Whisper(arguments),
                "conversations.history" => History(arguments),
                _ => Error("unknown_method"),
            };
        }
    }

    private static async Task<JsonObject> Arguments(HttpContext http)
    {
        if (!http.Request.HasFormContentType) return (await JsonNode.ParseAsync(http.Request.Body))!.AsObject();
        var form = await http.Request.ReadFormAsync();
        return new JsonObject(form.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)field.Value.ToString())));
    }

    private JsonObject Post(JsonObject arguments)
    {
        // A member id stands for the conversation between that user and the app.
        if ((string?)arguments["channel"] is ['U', '0', ..] user)
        {
            if (Unfit(arguments) is { } unfit) return unfit;
            var direct = new SlackSaid($"D{user[1..]}", $"{_time.GetUtcNow().ToUnixTimeSeconds()}.{++_next:D6}", arguments, 0);
            _directs.Add(new SlackDirectMessage(user, direct.Text, direct.Shown));
            return new JsonObject { ["ok"] = true, ["channel"] = direct.Channel, ["ts"] = direct.Ts };
        }

        if (Wrong(arguments) is { } wrong) return wrong;
        var said = new SlackSaid(Channel, $"{_time.GetUtcNow().ToUnixTimeSeconds()}.{++_next:D6}", arguments, 0);
        _messages.Add(said);
        return new JsonObject { ["ok"] = true, ["channel"] = Channel, ["ts"] = said.Ts, ["message"] = new JsonObject { ["text"] = said.Text, ["type"] = "message", ["ts"] = said.Ts } };
    }

    private JsonObject Update(JsonObject arguments)
    {
        if (Wrong(arguments) is { } wrong) return wrong;
        var at = _messages.FindIndex(said => said.Ts == (string?)arguments["ts"]);
        if (at < 0) return Error("message_not_found");

        // Metadata that an update does not name stays as it was.
        arguments["metadata"] ??= _messages[at].Arguments["metadata"]?.DeepClone();
        _messages[at] = _messages[at] with { Arguments = arguments, Edits = _messages[at].Edits + 1 };
        return new JsonObject { ["ok"] = true, ["channel"] = Channel, ["ts"] = _messages[at].Ts, ["text"] = _messages[at].Text };
    }

    private JsonObject Whisper(JsonObject arguments)
    {
        if (Wrong(arguments) is { } wrong) return wrong;
        var said = new SlackSaid(Channel, "", arguments, 0);
        _whispers.Add(new SlackWhisper(Channel, (string?)arguments["user"] ?? "", said.Text, said.Shown));
        return new JsonObject { ["ok"] = true, ["message_ts"] = $"{_time.GetUtcNow().ToUnixTimeSeconds()}.{++_next:D6}" };
    }

    private JsonObject History(JsonObject arguments)
    {
        if ((string?)arguments["channel"] != Channel) return Error("channel_not_found");
        var metadata = (string?)arguments["include_all_metadata"] == "true";
        var oldest = decimal.Parse((string?)arguments["oldest"] ?? "0", CultureInfo.InvariantCulture);
        var found = _messages.Where(said => decimal.Parse(said.Ts, CultureInfo.InvariantCulture) > oldest).Reverse().Select(said =>
        {
            var message = new JsonObject { ["type"] = "message", ["ts"] = said.Ts, ["text"] = said.Text, ["bot_id"] = $"B{said.App[1..]}", ["user"] = Bot, ["app_id"] = said.App, ["bot_profile"] = new JsonObject { ["id"] = $"B{said.App[1..]}", ["app_id"] = said.App } };
            if (metadata && said.Arguments["metadata"] is { } about) message["metadata"] = about.DeepClone();
            return (JsonNode)message;
        });
        return new JsonObject { ["ok"] = true, ["messages"] = new JsonArray([.. found]), ["has_more"] = false, ["pin_count"] = 0, ["response_metadata"] = new JsonObject { ["next_cursor"] = "" } };
    }

    /// <summary>What Slack checks of every message.</summary>
    private static JsonObject? Wrong(JsonObject arguments) => (string?)arguments["channel"] != Channel ? Error("channel_not_found") : Unfit(arguments);

    private static JsonObject? Unfit(JsonObject arguments)
    {
        if (string.IsNullOrEmpty((string?)arguments["text"])) return Error("no_text");
        if (((string?)arguments["text"])!.Length > 40_000) return Error("msg_too_long");
        foreach (var block in arguments["blocks"]?.AsArray() ?? [])
        {
            var text = (string?)block!["text"]?["text"] ?? "";
            if (text.Length == 0 || text.Length > ((string?)block["type"] == "header" ? 150 : 3000)) return Error("invalid_blocks");
        }

        return null;
    }

    private static JsonObject Error(string word) => new() { ["ok"] = false, ["error"] = word };
}
