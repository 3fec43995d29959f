using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Rest;

namespace AccessFunctions.Integrations.Snowflake;

/// <summary>
/// Runs statements over the SQL REST API (docs.snowflake.com, "Snowflake SQL API reference"). Each is a session of its own on the server. Every submission has a
/// request id, so that one whose answer was lost is sent again without being run again.
/// </summary>
internal sealed class SnowflakeApi(SnowflakePlatformOptions options, TimeProvider time)
{
    /// <summary>How long the server is asked to stop a statement whose attempt ran out of time.</summary>
    private static readonly TimeSpan CancelTime = EffectRunner.Grace / 2;

    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(1);

    private readonly RestClient _client = new(options.Name, time);
    private readonly SnowflakeToken _token = new(options, time);

    /// <summary>Where the API is.</summary>
    public Uri Address { get; } = options.Address ?? new Uri($"https://{options.Account.Replace('_', '-').ToLowerInvariant()}.snowflakecomputing.com/");

    /// <summary>Reads all rows of one statement.</summary>
    /// <param name="what">What it is for, for messages.</param>
    /// <param name="bindings">Texts for its question marks.</param>
    public Task<List<SnowflakeRow>> Query(string what, string statement, CancellationToken cancellation, params IReadOnlyList<string> bindings) =>
        Run(what, statement, bindings, isAsync: false, isSecret: false, cancellation);

    /// <summary>
    /// Changes something. Submitted asynchronously, so that its handle is known before it runs, and it can be cancelled.
    /// </summary>
    /// <param name="isSecret">The statement holds a secret, which the server's message may quote: only its code is told.</param>
    public Task Change(string what, string statement, CancellationToken cancellation, bool isSecret = false) =>
        Run(what, statement, [], isAsync: true, isSecret, cancellation);

    private async Task<List<SnowflakeRow>> Run(string what, string statement, IReadOnlyList<string> bindings, bool isAsync, bool isSecret, CancellationToken cancellation)
    {
        var body = Body(statement, bindings);
        var id = Guid.NewGuid();
        var answer = await _client.Send(what, attempt => Request(HttpMethod.Post, $"api/v2/statements?requestId={id}{(isAsync ? "&async=true" : "")}{(attempt > 0 ? "&retry=true" : "")}", body), cancellation);
        if (answer.Status == HttpStatusCode.Accepted) answer = await Await(what, answer, isSecret, cancellation);
        Check(what, answer, isSecret);

        var columns = SnowflakeRow.Columns(answer.Body);
        var rows = SnowflakeRow.Read(columns, answer.Body);
        var partitions = answer.Body.TryGetProperty("resultSetMetaData", out var meta) ? RestAnswer.List(meta, "partitionInfo").Count() : 0;
        for (var partition = 1; partition < partitions; partition++)
        {
            var handle = Handle(what, answer);
            var more = await _client.Send(what, _ => Request(HttpMethod.Get, $"api/v2/statements/{handle}?partition={partition}", null), cancellation);
            Check(what, more, isSecret);
            rows.AddRange(SnowflakeRow.Read(columns, more.Body));
        }

        return rows;
    }

    /// <summary>Asks until the statement ended. One that is not awaited to its end is cancelled: its effect must not come after a later look.</summary>
    private async Task<RestAnswer> Await(string what, RestAnswer accepted, bool isSecret, CancellationToken cancellation)
    {
        var handle = Handle(what, accepted);
        try
        {
            for (var pause = FirstPoll; ; pause = pause * 2 < LongestPoll ? pause * 2 : LongestPoll)
            {
                var answer = await _client.Send(what, _ => Request(HttpMethod.Get, $"api/v2/statements/{handle}", null), cancellation);
                if (answer.Status != HttpStatusCode.Accepted) return answer;
                await Task.Delay(pause, time, cancellation);
            }
        }
        catch (Exception broken) when (broken is OperationCanceledException or PlatformException)
        {
            await Cancel(what, handle, isSecret);
            throw;
        }
    }

    private async Task Cancel(string what, string handle, bool isSecret)
    {
        using var bound = new CancellationTokenSource(CancelTime);
        try
        {
            var answer = await _client.Send(what, _ => Request(HttpMethod.Post, $"api/v2/statements/{handle}/cancel", null), bound.Token);
            if (answer.Status != HttpStatusCode.UnprocessableEntity) Check(what, answer, isSecret); // 422: it has ended already
        }
        catch (Exception unheard) when (unheard is OperationCanceledException or PlatformException)
        {
            // The server's own time-out ends it; what is thrown is why it was to be cancelled.
            return;
        }
    }

    private Task<HttpRequestMessage> Request(HttpMethod method, string path, string? body)
    {
        var request = new HttpRequestMessage(method, new Uri(Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token.Current());
        request.Headers.Add("X-Snowflake-Authorization-Token-Type", "KEYPAIR_JWT");
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.UserAgent.ParseAdd("access-functions/1.0");
        if (method == HttpMethod.Post) request.Content = new StringContent(body ?? "", Encoding.UTF8, "application/json");
        return Task.FromResult(request);
    }

    private string Body(string statement, IReadOnlyList<string> bindings)
    {
        var values = new JsonObject();
        for (var i = 0; i < bindings.Count; i++) values[(i + 1).ToString(CultureInfo.InvariantCulture)] = new JsonObject { ["type"] = "TEXT", ["value"] = bindings[i] };
        var body = new JsonObject
        {
            ["statement"] = statement,
            ["timeout"] = (int)options.StatementTimeout.TotalSeconds,
            ["role"] = options.Role,
            ["warehouse"] = options.Warehouse,
            ["database"] = options.Database,
            ["parameters"] = new JsonObject { ["query_tag"] = "access-functions", ["timezone"] = "UTC" },
        };
        if (bindings.Count > 0) body["bindings"] = values;
        return body.ToJsonString();
    }

    private string Handle(string what, RestAnswer answer) =>
        Guid.TryParse(answer.Text("statementHandle"), out var handle) ? handle.ToString() : throw new PlatformException($"{options.Name}: {what}: the service named no statement handle");

    private void Check(string what, RestAnswer answer, bool isSecret)
    {
        if (answer.Status == HttpStatusCode.OK) return;
        var (code, state) = (answer.Text("code"), answer.Text("sqlState"));
        var told = isSecret ? null : answer.Text("message");
        throw new PlatformException(
            $"{options.Name}: {what}: {told ?? "the statement was refused"} ({code ?? ((int)answer.Status).ToString(CultureInfo.InvariantCulture)}{(state is null ? "" : $", {state}")}){Advice(answer.Status, state)}",
            IsPermanent(answer.Status, state), new SnowflakeException(answer.Status, code, state));
    }

    private static bool IsPermanent(HttpStatusCode status, string? state) => status switch
    {
        // Insufficient privileges, no such object (or none this role may see), syntax, a value that is none.
        HttpStatusCode.UnprocessableEntity => state is "42501" or "02000" or "42S02" or "42710" or "42000" or "42601" or "22023",
        HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed or HttpStatusCode.UnsupportedMediaType => true,
        _ => false,
    };

    private static string Advice(HttpStatusCode status, string? state) => (status, state) switch
    {
        (HttpStatusCode.Unauthorized, _) => "; the platform's own user could not sign in: is its RSA_PUBLIC_KEY that of the configured key?",
        (HttpStatusCode.Forbidden, _) => "; the account lets nobody in from here (a network policy?)",
        (HttpStatusCode.RequestTimeout, _) or (_, "57014") => "; the statement took longer than the platform's time-out",
        (_, "42501") => "; the platform's role lacks a right, see docs/platforms/snowflake.md",
        _ => "",
    };
}

/// <summary>What the service answered to a statement, as codes.</summary>
internal sealed class SnowflakeException(HttpStatusCode status, string? code, string? state) : Exception($"{(int)status} {code} {state}")
{
    /// <summary>The statement was read and refused.</summary>
    public bool IsRefusal => status == HttpStatusCode.UnprocessableEntity;

    public string? Code => code;

    public string? State => state;

    /// <summary>There is no such object, or none that the role may see: the service does not tell which.</summary>
    public bool IsMissing => IsRefusal && state is "02000" or "42S02";
}

/// <summary>One row, by the names of its columns in lower case.</summary>
internal sealed record SnowflakeRow(IReadOnlyDictionary<string, int> Names, IReadOnlyList<string?> Values)
{
    /// <summary>The value of a column; null where it is NULL, or there is no such column.</summary>
    public string? this[string column] => Names.TryGetValue(column, out var at) && at < Values.Count ? Values[at] : null;

    public static Dictionary<string, int> Columns(JsonElement body) =>
        body.TryGetProperty("resultSetMetaData", out var meta)
            ? RestAnswer.List(meta, "rowType").Select(static (column, at) => (Name: RestAnswer.Text(column, "name")?.ToLowerInvariant() ?? "", at)).DistinctBy(static column => column.Name).ToDictionary(static column => column.Name, static column => column.at, StringComparer.Ordinal)
            : [];

    public static List<SnowflakeRow> Read(IReadOnlyDictionary<string, int> columns, JsonElement body) =>
        [.. RestAnswer.List(body, "data").Select(row => new SnowflakeRow(columns, [.. row.EnumerateArray().Select(static value => value.ValueKind == JsonValueKind.Null ? null : value.ToString())]))];
}
