using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using AccessFunctions.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Conformance.Tests.People;

/// <summary>
/// Stands in for Microsoft Graph and its token endpoint, which cannot be reached from here. It speaks what is documented of
/// https://learn.microsoft.com/graph/api/user-delta, https://learn.microsoft.com/graph/api/group-delta,
/// https://learn.microsoft.com/graph/delta-query-overview, https://learn.microsoft.com/graph/throttling and
/// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow: a log of changes per collection, pages that are asked for by
/// <c>$skiptoken</c>, a round that ends with a <c>$deltatoken</c>. It refuses what is not documented.
/// </summary>
public sealed class GraphDirectoryServer : LocalServer
{
    private const string Tenant = "contoso.example";
    private const string ClientId = "11111111-2222-3333-4444-555555555555";
    private const string ClientSecret = "a~secret+of/the=application";
    private const int PageSize = 2;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<JsonObject>> _changes = new() { ["users"] = [], ["groups"] = [] };
    private readonly ConcurrentQueue<(int Status, string? RetryAfter)> _failures = new();
    private int _tokens;
    private int _forgottenBefore;

    private GraphDirectoryServer()
    {
    }

    /// <summary>Another place for the next page to be said to be at.</summary>
    public Uri? NextPageElsewhere { get; set; }

    /// <summary>True: pages come without the list of what is in them.</summary>
    public bool WithoutLists { get; set; }

    /// <summary>Settings of a host that reads this directory.</summary>
    public Dictionary<string, string?> Settings(string issuer, params string[] groups) => new()
    {
        ["Directory:Graph:Enabled"] = "true",
        ["Directory:Graph:Groups:0"] = string.Join(", ", groups),
        ["Directory:Graph:Issuer"] = issuer,
        ["Directory:Graph:Tenant"] = Tenant,
        ["Directory:Graph:ClientId"] = ClientId,
        ["Directory:Graph:ClientSecret"] = ClientSecret,
        ["Directory:Graph:Endpoint"] = Address.AbsoluteUri,
        ["Directory:Graph:Authority"] = Address.AbsoluteUri,
        ["Directory:Graph:EverySeconds"] = "3600",
    };

    public static async Task<GraphDirectoryServer> Start()
    {
        var server = new GraphDirectoryServer();
        await server.Begin();
        return server;
    }

    /// <summary>A user as it is from now on.</summary>
    public void User(string id, string? manager = null, bool enabled = true) => Changed("users", new JsonObject
    {
        ["id"] = id,
        ["displayName"] = $"{id} of Graph",
        ["givenName"] = id,
        ["surname"] = null,
        ["userPrincipalName"] = $"{id}@contoso.example",
        ["mail"] = $"{id}@example.org",
        ["accountEnabled"] = enabled,
        ["manager@delta"] = manager is null ? null : new JsonArray(new JsonObject { ["@odata.type"] = "#microsoft.graph.user", ["id"] = manager }),
    });

    /// <summary>A change of some properties, as later rounds have it.</summary>
    public void Change(string collection, JsonObject change) => Changed(collection, change);

    public void Remove(string collection, string id) => Changed(collection, new JsonObject { ["id"] = id, ["@removed"] = new JsonObject { ["reason"] = "changed" } });

    /// <summary>A group, or further members of it.</summary>
    public void Group(string id, string? name, params string[] members)
    {
        var group = new JsonObject { ["id"] = id, ["members@delta"] = new JsonArray([.. members.Select(static member => (JsonNode)new JsonObject { ["@odata.type"] = "#microsoft.graph.user", ["id"] = member })]) };
        if (name is not null) group["displayName"] = name;
        Changed("groups", group);
    }

    /// <summary>Answers the next call with a failure.</summary>
    public void FailNext(int status, string? retryAfter = null) => _failures.Enqueue((status, retryAfter));

    /// <summary>Takes everything back, so that what is told from now on is all there is.</summary>
    public void StartOver()
    {
        lock (_gate)
        {
            foreach (var changes in _changes.Values) changes.Clear();
            _forgottenBefore = int.MaxValue;
        }
    }

    protected override void Map(WebApplication app)
    {
        app.MapPost("/{tenant}/oauth2/v2.0/token", Token);
        app.MapGet("/v1.0/{collection}/delta", Delta);
    }

    private void Changed(string collection, JsonObject change)
    {
        lock (_gate) _changes[collection].Add(change);
    }

    private async Task Token(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var right = (string?)http.Request.RouteValues["tenant"] == Tenant && form["client_id"] == ClientId && form["client_secret"] == ClientSecret
            && form["grant_type"] == "client_credentials" && form["scope"] == $"{Address.AbsoluteUri.TrimEnd('/')}/.default";
        if (!right)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        await http.Response.WriteAsJsonAsync(new { token_type = "Bearer", expires_in = 3599, access_token = $"token-{Interlocked.Increment(ref _tokens)}" });
    }

    private Task Delta(HttpContext http)
    {
        var (collection, query) = ((string)http.Request.RouteValues["collection"]!, http.Request.Query);
        if (_failures.TryDequeue(out var failure))
        {
            if (failure.RetryAfter is { } after) http.Response.Headers.RetryAfter = after;
            return Refuse(http, failure.Status);
        }

        if (http.Request.Headers.Authorization != $"Bearer token-{_tokens}" || _tokens == 0) return Refuse(http, StatusCodes.Status401Unauthorized);
        string? skip = query["$skiptoken"], delta = query["$deltatoken"];
        if (skip is null && delta is null)
        {
            var select = (string?)query["$select"];
            if (collection == "users" ? select?.Split(',').Contains("manager") != true : select?.Split(',').Contains("members") != true || query["$filter"].Count == 0) return Refuse(http, StatusCodes.Status400BadRequest);
        }
        else if (query.Count != 1)
        {
            return Refuse(http, StatusCodes.Status400BadRequest); // a link is asked for as it was given
        }

        lock (_gate)
        {
            var from = int.Parse(skip ?? delta ?? "0", CultureInfo.InvariantCulture);
            if ((skip ?? delta) is not null && _forgottenBefore > 0 && from <= _forgottenBefore)
            {
                _forgottenBefore = 0;
                return Refuse(http, StatusCodes.Status410Gone);
            }

            var changes = _changes[collection];
            var page = changes.Skip(from).Take(PageSize).ToList();
            var next = from + page.Count;
            var body = new JsonObject { ["@odata.context"] = $"{Address}v1.0/$metadata#{collection}", ["value"] = new JsonArray([.. page.Select(static change => change.DeepClone())]) };
            if (WithoutLists) body.Remove("value");
            if (next < changes.Count) body["@odata.nextLink"] = new Uri(NextPageElsewhere ?? Address, $"/v1.0/{collection}/delta?$skiptoken={next}").AbsoluteUri;
            else body["@odata.deltaLink"] = new Uri(Address, $"/v1.0/{collection}/delta?$deltatoken={next}").AbsoluteUri;
            return http.Response.WriteAsync(body.ToJsonString());
        }
    }

    private static Task Refuse(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync("""{ "error": { "code": "x", "message": "x" } }""");
    }
}
