using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Integrations.Tests.Rest;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessFunctions.Integrations.Tests.Snowflake;

/// <summary>
/// Snowflake's SQL REST API over an account in memory. Written from "Snowflake SQL API reference" (https://docs.snowflake.com/en/developer-guide/sql-api/reference),
/// "Submitting a request to execute SQL statements" (…/sql-api/submitting-requests), "Handling responses" (…/sql-api/handling-responses) and "Authenticating to the server"
/// (…/sql-api/authenticating).
/// </summary>
public sealed class SnowflakeServer : RestServer
{
    public const string Account = "MYORG-PROD";
    private static readonly RSA Key = RSA.Create(2048);

    private readonly SnowflakeSql _sql;
    private readonly Dictionary<string, Statement> _byHandle = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Statement> _byRequest = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public SnowflakeServer() => _sql = new SnowflakeSql(Model);

    public SnowflakeModel Model { get; } = new();

    /// <summary>The private key whose public half the account's user has.</summary>
    public static string PrivateKey { get; } = Key.ExportPkcs8PrivateKeyPem();

    /// <summary>How many times a statement that is polled, or submitted synchronously and takes long, is answered with 202.</summary>
    public int Polls { get; set; }

    /// <summary>Rows in one partition.</summary>
    public int PartitionSize { get; set; } = 10_000;

    /// <summary>A statement that runs longer than its timeout: what it is refused with.</summary>
    public bool TimesOut { get; set; }

    /// <summary>Handles that were cancelled.</summary>
    public List<string> Cancelled { get; } = [];

    /// <summary>The bodies of submissions.</summary>
    public List<JsonNode> Bodies { get; } = [];

    protected override async Task Answer(HttpContext http, string body)
    {
        if (await Fault(http) is { } fault)
        {
            await Write(http, 401, new JsonObject { ["code"] = "390144", ["message"] = $"JWT token is invalid. [{fault}]" }.ToJsonString());
            return;
        }

        var parts = http.Request.Path.Value!.Trim('/').Split('/');
        switch (parts)
        {
            case ["api", "v2", "statements"] when http.Request.Method == "POST":
                await Submit(http, JsonNode.Parse(body)!);
                break;
            case ["api", "v2", "statements", var handle] when http.Request.Method == "GET":
                await (Find(handle) is { } found ? Tell(http, found, int.TryParse(http.Request.Query["partition"], out var partition) ? partition : null) : Write(http, 404, """{"code":"390404","message":"no such statement"}"""));
                break;
            case ["api", "v2", "statements", var handle, "cancel"] when http.Request.Method == "POST":
                lock (_lock) Cancelled.Add(handle);
                await Write(http, 200, """{"code":"000000","message":"Statement canceled."}""");
                break;
            default:
                await Write(http, 405, """{"code":"390405","message":"method not allowed"}""");
                break;
        }
    }

    private async Task Submit(HttpContext http, JsonNode body)
    {
        Statement statement;
        var request = http.Request.Query["requestId"].ToString();
        lock (_lock)
        {
            if (!Guid.TryParse(request, out _)) throw new InvalidOperationException("no requestId");
            if (http.Request.Query["retry"] != "true" || !_byRequest.TryGetValue(request, out statement!))
            {
                Bodies.Add(body);
                var bindings = body["bindings"]?.AsObject().OrderBy(static one => int.Parse(one.Key)).Select(static one => one.Value!["type"]!.GetValue<string>() == "TEXT" ? one.Value["value"]!.GetValue<string>() : throw new InvalidOperationException("no text")).ToList() ?? [];
                var outcome = Refusal(body) ?? _sql.Run(body["statement"]!.GetValue<string>(), bindings);
                statement = new Statement(Guid.NewGuid().ToString(), outcome) { Polls = Polls };
                _byHandle[statement.Handle] = statement;
                _byRequest[request] = statement;
            }
        }

        if (http.Request.Query["async"] == "true") await Running(http, statement);
        else await Tell(http, statement, null);
    }

    /// <summary>What the context fields of a submission are refused with.</summary>
    private SnowflakeOutcome? Refusal(JsonNode body) => body switch
    {
        _ when body["role"]?.GetValue<string>() != SnowflakeModel.OwnRole => SnowflakeOutcome.Refused("390189", "08004", "Role is not granted to this user."),
        _ when body["timeout"]?.GetValue<int>() is not > 0 => SnowflakeOutcome.Refused("391917", "22023", "timeout is invalid"),
        _ when TimesOut => SnowflakeOutcome.Refused("000630", "57014", "Statement reached its statement or warehouse timeout of 20 second(s) and was canceled."),
        _ => null,
    };

    private async Task Tell(HttpContext http, Statement statement, int? partition)
    {
        if (statement.Polls > 0)
        {
            statement.Polls--;
            await Running(http, statement);
            return;
        }

        if (statement.Outcome.Code is { } code)
        {
            var status = code == "000630" ? 408 : 422;
            await Write(http, status, new JsonObject { ["code"] = code, ["message"] = statement.Outcome.Message, ["sqlState"] = statement.Outcome.State, ["statementHandle"] = statement.Handle }.ToJsonString());
            return;
        }

        var pages = statement.Outcome.Rows.Chunk(PartitionSize).ToList();
        var rows = pages.ElementAtOrDefault(partition ?? 0) ?? [];
        var answer = new JsonObject { ["data"] = new JsonArray([.. rows.Select(static row => new JsonArray([.. row.Select(static value => (JsonNode?)value)]))]) };
        if (partition is null)
        {
            answer["code"] = "090001";
            answer["statementHandle"] = statement.Handle;
            answer["statementStatusUrl"] = $"/api/v2/statements/{statement.Handle}";
            answer["resultSetMetaData"] = new JsonObject
            {
                ["numRows"] = statement.Outcome.Rows.Count,
                ["format"] = "jsonv2",
                ["rowType"] = new JsonArray([.. statement.Outcome.Columns.Select(static name => new JsonObject { ["name"] = name, ["type"] = "text" })]),
                ["partitionInfo"] = new JsonArray([.. pages.Select(static page => new JsonObject { ["rowCount"] = page.Length, ["uncompressedSize"] = 1 })]),
            };
        }

        await Write(http, 200, answer.ToJsonString());
    }

    private static Task Running(HttpContext http, Statement statement) => Write(http, 202, new JsonObject
    {
        ["code"] = "333334",
        ["message"] = "Asynchronous execution in progress. Use provided query id to perform query monitoring and management.",
        ["statementHandle"] = statement.Handle,
        ["statementStatusUrl"] = $"/api/v2/statements/{statement.Handle}",
    }.ToJsonString());

    private Statement? Find(string handle)
    {
        lock (_lock) return _byHandle.GetValueOrDefault(handle);
    }

    /// <summary>What is wrong with the call's authentication; null: nothing.</summary>
    private static async Task<string?> Fault(HttpContext http)
    {
        var headers = http.Request.Headers;
        if (headers["X-Snowflake-Authorization-Token-Type"] != "KEYPAIR_JWT") return "token type";
        if (headers.UserAgent.ToString().Length == 0 || !headers.Accept.ToString().Contains("application/json", StringComparison.Ordinal)) return "headers";
        if (headers.Authorization.ToString() is not { } authorization || !authorization.StartsWith("Bearer ", StringComparison.Ordinal)) return "no token";

        var subject = $"{Account}.{SnowflakeModel.OwnUser}";
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(authorization["Bearer ".Length..], new TokenValidationParameters
        {
            IssuerSigningKey = new RsaSecurityKey(Key),
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            ValidIssuer = $"{subject}.SHA256:{Convert.ToBase64String(SHA256.HashData(Key.ExportSubjectPublicKeyInfo()))}",
            ValidateAudience = false,
            ClockSkew = TimeSpan.FromMinutes(1),
        });
        if (!result.IsValid) return result.Exception.GetType().Name;
        var token = (JsonWebToken)result.SecurityToken;
        if (token.Subject != subject) return "sub";
        return token.ValidTo - token.IssuedAt > TimeSpan.FromHours(1) ? "lives for more than an hour" : null;
    }

    private sealed class Statement(string handle, SnowflakeOutcome outcome)
    {
        public string Handle => handle;
        public SnowflakeOutcome Outcome => outcome;
        public int Polls { get; set; }
    }
}
