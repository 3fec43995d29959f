using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Conformance.Tests.Replies;

/// <summary>
/// Stands in for Microsoft Graph and its token endpoint, which cannot be reached from here. It speaks what is documented of
/// https://learn.microsoft.com/graph/api/user-list-messages, https://learn.microsoft.com/graph/api/message-get,
/// https://learn.microsoft.com/graph/api/message-update, https://learn.microsoft.com/graph/paging, https://learn.microsoft.com/graph/throttling and
/// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, and refuses what is not.
/// </summary>
public sealed class GraphServer : LocalServer
{
    public const string Mailbox = "access@example.org";
    private const string Tenant = "contoso.example";
    private const string ClientId = "11111111-2222-3333-4444-555555555555";
    private const string ClientSecret = "a~secret+of/the=application";

    private readonly ConcurrentDictionary<string, JsonObject> _messages = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Method, int Status, string? RetryAfter)> _failures = new();
    private readonly ConcurrentDictionary<(string Method, string Id), bool> _broken = new();
    private int _tokens;

    private GraphServer()
    {
    }

    /// <summary>Tokens given so far.</summary>
    public int Tokens => _tokens;

    /// <summary>Another place for the next page to be said to be at.</summary>
    public Uri? NextPageElsewhere { get; set; }

    /// <summary>Settings of a host that reads this mailbox.</summary>
    public Dictionary<string, string?> Settings => new(MailGateway.Settings)
    {
        ["Mail:Inbound:Graph:Mailbox"] = Mailbox,
        ["Mail:Inbound:Graph:Tenant"] = Tenant,
        ["Mail:Inbound:Graph:ClientId"] = ClientId,
        ["Mail:Inbound:Graph:ClientSecret"] = ClientSecret,
        ["Mail:Inbound:Graph:Endpoint"] = Address.AbsoluteUri,
        ["Mail:Inbound:Graph:Authority"] = Address.AbsoluteUri,
        ["Mail:Inbound:Graph:EverySeconds"] = "3600",
    };

    public IReadOnlyList<string> Unread => [.. _messages.Where(message => !message.Value["isRead"]!.GetValue<bool>()).Select(message => message.Key).Order(StringComparer.Ordinal)];

    public static async Task<GraphServer> Start()
    {
        var server = new GraphServer();
        await server.Begin();
        return server;
    }

    /// <summary>Delivers a message into the inbox, unread.</summary>
    public void Deliver(string id, byte[] graphMessage)
    {
        var message = JsonNode.Parse(graphMessage)!.AsObject();
        message["id"] = id;
        message["isRead"] = false;
        _messages[id] = message;
    }

    public void Delete(string id) => _messages.TryRemove(id, out _);

    /// <summary>Answers each call of that method about that message with a failure.</summary>
    public void Break(string method, string id) => _broken[(method, id)] = true;

    /// <summary>Answers the next call of that method with a failure.</summary>
    public void FailNext(string method, int status, string? retryAfter = null) => _failures.Enqueue((method, status, retryAfter));

    protected override void Map(WebApplication app)
    {
        app.MapPost("/{tenant}/oauth2/v2.0/token", Token);
        app.MapGet("/v1.0/users/{mailbox}/mailFolders/inbox/messages", http => Guarded(http, List));
        app.MapGet("/v1.0/users/{mailbox}/messages/{id}", http => Guarded(http, Get));
        app.MapPatch("/v1.0/users/{mailbox}/messages/{id}", http => Guarded(http, Update));
    }

    private async Task Token(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var right = (string?)http.Request.RouteValues["tenant"] == Tenant && form["client_id"] == ClientId && form["client_secret"] == ClientSecret
            && form["grant_type"] == "client_credentials" && form["scope"] == $"{Address.AbsoluteUri.TrimEnd('/')}/.default";
        if (Failed("TOKEN", http)) return;
        if (!right)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            await http.Response.WriteAsJsonAsync(new { error = "invalid_client" });
            return;
        }

        await http.Response.WriteAsJsonAsync(new { token_type = "Bearer", expires_in = 3599, access_token = $"token-{Interlocked.Increment(ref _tokens)}" });
    }

    private async Task Guarded(HttpContext http, Func<HttpContext, Task> serve)
    {
        if (Failed(http.Request.Method, http)) return;
        if (http.Request.Headers.Authorization != $"Bearer token-{_tokens}") http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        else if ((string?)http.Request.RouteValues["mailbox"] != Mailbox) http.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (_broken.ContainsKey((http.Request.Method, (string?)http.Request.RouteValues["id"] ?? ""))) await Refuse(http, StatusCodes.Status500InternalServerError);
        else if (http.Request.Headers["Prefer"] != "IdType=\"ImmutableId\"") http.Response.StatusCode = StatusCodes.Status400BadRequest;
        else await serve(http);
    }

    private Task List(HttpContext http)
    {
        var query = http.Request.Query;
        if (query["$filter"] != "isRead eq false") return Refuse(http, StatusCodes.Status400BadRequest);
        int top = int.Parse(query["$top"]!, null), skip = query.ContainsKey("$skip") ? int.Parse(query["$skip"]!, null) : 0;
        var unread = Unread;
        var page = new Dictionary<string, object?>
        {
            ["@odata.context"] = $"{Address}v1.0/$metadata#users('{Mailbox}')/mailFolders('inbox')/messages(id)",
            ["value"] = unread.Skip(skip).Take(top).Select(id => Selected(_messages[id], query["$select"]!)).ToList(),
        };
        if (skip + top < unread.Count)
            page["@odata.nextLink"] = new Uri(NextPageElsewhere ?? Address, $"/v1.0/users/{Mailbox}/mailFolders/inbox/messages?$filter=isRead%20eq%20false&$select={query["$select"]}&$top={top}&$skip={skip + top}").AbsoluteUri;
        return http.Response.WriteAsync(JsonSerializer.Serialize(page));
    }

    private Task Get(HttpContext http) => _messages.TryGetValue((string)http.Request.RouteValues["id"]!, out var message)
        ? http.Response.WriteAsync(Selected(message, http.Request.Query["$select"]!).ToJsonString())
        : Refuse(http, StatusCodes.Status404NotFound);

    private async Task Update(HttpContext http)
    {
        if (!_messages.TryGetValue((string)http.Request.RouteValues["id"]!, out var message))
        {
            await Refuse(http, StatusCodes.Status404NotFound);
            return;
        }

        var change = (await http.Request.ReadFromJsonAsync<JsonObject>())!;
        message["isRead"] = change.Single() is { Key: "isRead", Value: { } value } ? value.GetValue<bool>() : throw new InvalidOperationException("Only isRead is changed here.");
        await http.Response.WriteAsync(message.ToJsonString());
    }

    private static JsonObject Selected(JsonObject message, string select) => new(select.Split(',').Where(message.ContainsKey)
        .Select(name => KeyValuePair.Create(name, message[name]?.DeepClone())).Append(new("@odata.etag", "W/\"x\"")));

    private bool Failed(string method, HttpContext http)
    {
        if (!_failures.TryPeek(out var failure) || failure.Method != method || !_failures.TryDequeue(out _)) return false;
        http.Response.StatusCode = failure.Status;
        if (failure.RetryAfter is { } after) http.Response.Headers.RetryAfter = after;
        return true;
    }

    private static Task Refuse(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync("""{ "error": { "code": "x", "message": "x" } }""");
    }
}
