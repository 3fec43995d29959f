using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessFunctions.Integrations.Tests.Rest;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessFunctions.Integrations.Tests.BigQuery;

/// <summary>
/// BigQuery's REST API over a project in memory, with the token service before it. Written from "REST Resource: datasets", "Method: datasets.get" and ".patch" (accessPolicyVersion),
/// "Method: tables.getIamPolicy" and ".setIamPolicy" (https://cloud.google.com/bigquery/docs/reference/rest/v2/…), "Error messages" (https://cloud.google.com/bigquery/docs/error-messages),
/// "Policy" (https://cloud.google.com/iam/docs/reference/rest/v1/Policy: etag, version, conditions), "Using OAuth 2.0 for Server to Server Applications"
/// (https://developers.google.com/identity/protocols/oauth2/service-account) and "Method: projects.getIamPolicy" (https://cloud.google.com/resource-manager/reference/rest/v1/projects/getIamPolicy).
/// </summary>
public sealed partial class BigQueryServer : RestServer
{
    public const string Project = "example-analytics";
    public const string Account = "access-functions@example-analytics.iam.gserviceaccount.com";
    private static readonly RSA Key = RSA.Create(2048);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _tokens = new(StringComparer.Ordinal);
    private int _version;

    public BigQueryServer()
    {
        Datasets["sales"] = new Dataset(NewEtag(), [new JsonObject { ["role"] = "OWNER", ["specialGroup"] = "projectOwners" }, new JsonObject { ["view"] = new JsonObject { ["projectId"] = Project, ["datasetId"] = "marts", ["tableId"] = "totals" } }]);
        Datasets["empty"] = new Dataset(NewEtag(), []);
        Datasets["sales"].Tables["orders"] = new JsonObject { ["etag"] = "ACAB", ["version"] = 1 };
    }

    public SortedDictionary<string, Dataset> Datasets { get; } = new(StringComparer.Ordinal);

    /// <summary>The project's own policy.</summary>
    public JsonObject Policy { get; set; } = new() { ["etag"] = "BwXY", ["version"] = 1, ["bindings"] = new JsonArray(new JsonObject { ["role"] = "roles/owner", ["members"] = new JsonArray("user:Root@example.org") }) };

    /// <summary>Addresses that exist; others are refused in policies.</summary>
    public HashSet<string> Known { get; } = new(["alice@example.org", "analysts@example.org", "etl@example-analytics.iam.gserviceaccount.com", Account], StringComparer.OrdinalIgnoreCase);

    /// <summary>How many changes somebody else makes just before one arrives.</summary>
    public int Races { get; set; }

    /// <summary>Rows in a page, whatever was asked for.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>The key file of the account.</summary>
    public string KeyFile(RSA? key = null) => new JsonObject
    {
        ["type"] = "service_account",
        ["project_id"] = Project,
        ["private_key_id"] = "1",
        ["private_key"] = (key ?? Key).ExportPkcs8PrivateKeyPem(),
        ["client_email"] = Account,
        ["client_id"] = "1",
        ["token_uri"] = new Uri(Address, "token").ToString(),
    }.ToJsonString();

    protected override async Task Answer(HttpContext http, string body)
    {
        var path = http.Request.Path.Value!;
        if (path == "/token")
        {
            await Token(http, body);
            return;
        }

        var (status, answer) = !_tokens.Contains(http.Request.Headers.Authorization.ToString()) ? Error(401, "authError", "Invalid Credentials") : Serve(http, path, body.Length > 0 ? JsonNode.Parse(body)!.AsObject() : []);
        await Write(http, status, answer.ToJsonString());
    }

    /// <summary>Exchanges a signed assertion for a token.</summary>
    private async Task Token(HttpContext http, string body)
    {
        var form = new FormReader(body).ReadForm();
        var result = form.TryGetValue("assertion", out var assertion) && form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
            ? await new JsonWebTokenHandler().ValidateTokenAsync(assertion.ToString(), new TokenValidationParameters
            {
                IssuerSigningKey = new RsaSecurityKey(Key),
                ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
                ValidIssuer = Account,
                ValidAudience = "https://oauth2.googleapis.com/token", // wherever the service itself is
            })
            : null;
        if (result?.IsValid != true || result.SecurityToken is not JsonWebToken token || token.ValidTo - token.IssuedAt > TimeSpan.FromHours(1) || !token.GetClaim("scope").Value.Contains("auth/bigquery", StringComparison.Ordinal))
        {
            await Write(http, 400, """{"error":"invalid_grant","error_description":"Invalid JWT Signature."}""");
            return;
        }

        var access = $"ya29.{Guid.NewGuid():N}";
        lock (_lock) _tokens.Add($"Bearer {access}");
        await Write(http, 200, new JsonObject { ["access_token"] = access, ["expires_in"] = 3599, ["token_type"] = "Bearer" }.ToJsonString());
    }

    private (int, JsonObject) Serve(HttpContext http, string path, JsonObject body)
    {
        var parts = path.Trim('/').Split('/');
        lock (_lock)
        {
            return (http.Request.Method, parts) switch
            {
                ("GET", ["bigquery", "v2", "projects", Project, "datasets"]) => List(http, "datasets", "datasetReference", "datasetId", [.. Datasets.Keys]),
                ("GET", ["bigquery", "v2", "projects", Project, "datasets", var name]) => Datasets.TryGetValue(name, out var dataset) ? (200, Shown(http, name, dataset)) : NotFound("dataset", name),
                ("PATCH", ["bigquery", "v2", "projects", Project, "datasets", var name]) => Datasets.TryGetValue(name, out var dataset) ? Patch(http, name, dataset, body) : NotFound("dataset", name),
                ("GET", ["bigquery", "v2", "projects", Project, "datasets", var name, "tables"]) => Datasets.TryGetValue(name, out var dataset) ? List(http, "tables", "tableReference", "tableId", [.. dataset.Tables.Keys]) : NotFound("dataset", name),
                ("POST", ["bigquery", "v2", "projects", Project, "datasets", var name, "tables", var call]) => TablePolicy(name, call, body),
                ("POST", ["v1", "projects", Project + ":getIamPolicy"]) => (200, (JsonObject)Policy.DeepClone()),
                _ => NotFound("url", path),
            };
        }
    }

    private static (int, JsonObject) NotFound(string what, string name) => Error(404, "notFound", $"Not found: {what} {name}");

    private (int, JsonObject) List(HttpContext http, string list, string reference, string id, List<string> names)
    {
        var from = http.Request.Query["pageToken"].ToString() is { Length: > 0 } token ? int.Parse(token[1..], CultureInfo.InvariantCulture) : 0;
        var limit = Math.Min(PageSize, int.Parse(http.Request.Query["maxResults"].ToString(), CultureInfo.InvariantCulture));
        var answer = new JsonObject { [list] = new JsonArray([.. names.Skip(from).Take(limit).Select(name => new JsonObject { [reference] = new JsonObject { ["projectId"] = Project, [id] = name } })]) };
        if (from + limit < names.Count) answer["nextPageToken"] = $"t{from + limit}";
        return (200, answer);
    }

    /// <summary>Conditions are shown to those only who ask for version 3; others get roles that end in a hash.</summary>
    private static JsonObject Shown(HttpContext http, string name, Dataset dataset)
    {
        var access = (JsonArray)new JsonArray([.. dataset.Access.Select(static entry => entry.DeepClone())]);
        foreach (var entry in access.OfType<JsonObject>().Where(entry => http.Request.Query["accessPolicyVersion"] != "3" && entry.ContainsKey("condition")))
        {
            entry.Remove("condition");
            entry["role"] = $"{entry["role"]}_withcond_7a34";
        }

        return new JsonObject { ["etag"] = dataset.Etag, ["datasetReference"] = new JsonObject { ["datasetId"] = name }, ["access"] = access };
    }

    private (int, JsonObject) Patch(HttpContext http, string name, Dataset dataset, JsonObject body)
    {
        Race(() => dataset.Etag = NewEtag());
        if (http.Request.Headers.IfMatch.ToString() is { Length: > 0 } etag && etag != dataset.Etag) return Error(412, "conditionNotMet", "Precondition check failed.");
        var access = body["access"]!.AsArray().Select(static entry => (JsonObject)entry!.DeepClone()).ToList();
        var conditional = access.Concat(dataset.Access).Any(static entry => entry.ContainsKey("condition"));
        if (conditional && http.Request.Query["accessPolicyVersion"] != "3") return Error(400, "invalid", "Conditional access entries need accessPolicyVersion 3.");
        foreach (var entry in access)
        {
            if (entry["condition"] is { } condition && Fault(condition) is { } fault) return Error(400, "invalid", fault);
            if ((entry["userByEmail"] ?? entry["groupByEmail"])?.GetValue<string>() is { } address && !Known.Contains(address)) return Error(400, "invalid", $"IAM setPolicy failed for Dataset {Project}:{name}: User {address} does not exist.");
            if (entry["role"]?.GetValue<string>() is "roles/bigquery.dataViewer") entry["role"] = "READER";
        }

        (dataset.Access, dataset.Etag) = (access, NewEtag());
        return (200, Shown(http, name, dataset));
    }

    private (int, JsonObject) TablePolicy(string dataset, string call, JsonObject body)
    {
        var (table, method) = (call[..call.LastIndexOf(':')], call[(call.LastIndexOf(':') + 1)..]);
        if (!Datasets.TryGetValue(dataset, out var holds) || !holds.Tables.TryGetValue(table, out var policy)) return Error(404, "notFound", $"Not found: Table {Project}:{dataset}.{table}");
        var conditional = policy["bindings"]?.AsArray().Any(static binding => binding!["condition"] is not null) == true;
        if (method == "getIamPolicy")
        {
            return conditional && body["options"]?["requestedPolicyVersion"]?.GetValue<int>() != 3 ? Error(400, "invalid", "requestedPolicyVersion must be 3.") : (200, (JsonObject)policy.DeepClone());
        }

        Race(() => policy["etag"] = NewEtag());
        var next = (JsonObject)body["policy"]!.DeepClone();
        if (next["etag"]?.GetValue<string>() != policy["etag"]!.GetValue<string>())
            return (409, new JsonObject { ["error"] = new JsonObject { ["code"] = 409, ["message"] = "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.", ["status"] = "ABORTED" } });
        foreach (var binding in next["bindings"]?.AsArray() ?? [])
        {
            if (binding!["condition"] is { } condition && (next["version"]?.GetValue<int>() != 3 ? "version must be 3" : Fault(condition)) is { } fault) return Error(400, "invalid", fault);
            foreach (var member in binding["members"]!.AsArray())
            {
                if (member!.GetValue<string>().Split(':') is [_, var address] && !Known.Contains(address)) return Error(400, "invalid", $"User {address} does not exist.");
            }
        }

        next["etag"] = NewEtag();
        holds.Tables[table] = next;
        return (200, (JsonObject)next.DeepClone());
    }

    /// <summary>A condition is a title of at most 100 characters and CEL, of which this understands one form.</summary>
    private static string? Fault(JsonNode condition) => condition switch
    {
        _ when condition["title"]?.GetValue<string>() is not { Length: > 0 and <= 100 } => "Condition title is invalid.",
        _ when condition["expression"]?.GetValue<string>() is not { } expression || !Cel().IsMatch(expression) => "Condition expression compilation failed.",
        _ => null,
    };

    private void Race(Action other)
    {
        if (Races <= 0) return;
        Races--;
        other();
    }

    private string NewEtag() => $"etag{Interlocked.Increment(ref _version)}==";

    private static (int, JsonObject) Error(int status, string reason, string message) =>
        (status, new JsonObject { ["error"] = new JsonObject { ["code"] = status, ["message"] = message, ["errors"] = new JsonArray(new JsonObject { ["message"] = message, ["domain"] = "global", ["reason"] = reason }) } });

    public sealed class Dataset(string etag, List<JsonObject> access)
    {
        public string Etag { get; set; } = etag;
        public List<JsonObject> Access { get; set; } = access;
        public SortedDictionary<string, JsonObject> Tables { get; } = new(StringComparer.Ordinal);
    }

    [GeneratedRegex("""^request\.time < timestamp\("\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"\)$""")]
    private static partial Regex Cel();
}
