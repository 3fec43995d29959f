using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Rest;

namespace AccessFunctions.Integrations.BigQuery;

/// <summary>
/// BigQuery's REST API (cloud.google.com/bigquery/docs/reference/rest): datasets, tables and their policies. A policy is changed only as it was read: its etag goes along, and
/// where somebody else was faster it is read again.
/// </summary>
internal sealed class BigQueryApi(BigQueryPlatformOptions options, GoogleTokens tokens, TimeProvider time)
{
    private const int Tries = 6;

    private readonly RestClient _client = new(options.Name, time, IsBusy);

    /// <summary>The policy of a dataset or table; null where it does not exist.</summary>
    public async Task<BigQueryPolicy?> Policy(BigQueryTarget target, CancellationToken cancellation)
    {
        if (target.Table is null)
        {
            if (await Dataset(target.Dataset, cancellation) is not { } dataset) return null;
            return new DatasetPolicy(dataset["access"]?.DeepClone() as JsonArray ?? [], dataset["etag"]?.GetValue<string>() ?? throw Unclear(target, "no etag"));
        }

        var answer = await Send($"look at the policy of {target}", HttpMethod.Post, $"{TablePath(target)}:getIamPolicy", new JsonObject { ["options"] = new JsonObject { ["requestedPolicyVersion"] = 3 } }, null, cancellation);
        return answer.Status == HttpStatusCode.NotFound ? null : new IamPolicy(Object(target, Checked("look at a policy", answer)));
    }

    /// <summary>Changes a policy, as long as somebody else changes it too.</summary>
    /// <param name="edit">Changes what was read; false: it is as it should be.</param>
    /// <returns>False where the dataset or table does not exist.</returns>
    public async Task<bool> Change(BigQueryTarget target, Func<BigQueryPolicy, bool> edit, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await Policy(target, cancellation) is not { } policy) return false;
            if (!edit(policy)) return true;
            var answer = policy switch
            {
                DatasetPolicy dataset => await Send($"change access to {target}", HttpMethod.Patch, $"{DatasetPath(target.Dataset)}?accessPolicyVersion=3", new JsonObject { ["access"] = dataset.Access.DeepClone() }, policy.Etag, cancellation),
                _ => await Send($"change access to {target}", HttpMethod.Post, $"{TablePath(target)}:setIamPolicy", new JsonObject { ["policy"] = ((IamPolicy)policy).Policy.DeepClone() }, null, cancellation),
            };
            if (answer.Status is not (HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict))
            {
                Checked($"change access to {target}", answer);
                return true;
            }

            if (attempt >= Tries) throw new PlatformException($"{options.Name}: change access to {target}: others kept changing it meanwhile ({(int)answer.Status}); it is tried again");
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(20, 100) * attempt), time, cancellation);
        }
    }

    /// <summary>A page of the project's datasets, and the token of the next; null: it was the last.</summary>
    public Task<(List<string> Names, string? Next)> Datasets(int limit, string? token, CancellationToken cancellation) =>
        List($"projects/{options.Project}/datasets", "datasets", "datasetReference", "datasetId", limit, token, cancellation);

    /// <summary>A page of a dataset's tables and views. A dataset that is gone has none.</summary>
    public Task<(List<string> Names, string? Next)> Tables(string dataset, int limit, string? token, CancellationToken cancellation) =>
        List($"{DatasetPath(dataset)}/tables", "tables", "tableReference", "tableId", limit, token, cancellation);

    /// <summary>The project's own policy ("projects.getIamPolicy" of the Resource Manager).</summary>
    public async Task<IamPolicy> ProjectPolicy(CancellationToken cancellation)
    {
        var answer = await Send("look at the project's policy", HttpMethod.Post, new Uri(options.ResourceManagerAddress, $"v1/projects/{options.Project}:getIamPolicy"), new JsonObject { ["options"] = new JsonObject { ["requestedPolicyVersion"] = 3 } }, null, cancellation);
        return new IamPolicy(JsonObject.Create(Checked("look at the project's policy", answer).Body) ?? []);
    }

    private async Task<JsonObject?> Dataset(string dataset, CancellationToken cancellation)
    {
        var answer = await Send($"look at {dataset}", HttpMethod.Get, $"{DatasetPath(dataset)}?accessPolicyVersion=3", null, null, cancellation);
        return answer.Status == HttpStatusCode.NotFound ? null : Object(new BigQueryTarget(dataset, null), Checked($"look at {dataset}", answer));
    }

    private async Task<(List<string> Names, string? Next)> List(string path, string list, string reference, string id, int limit, string? token, CancellationToken cancellation)
    {
        var answer = await Send($"list {list}", HttpMethod.Get, $"{path}?maxResults={limit}{(token is null ? "" : $"&pageToken={Uri.EscapeDataString(token)}")}", null, null, cancellation);
        if (answer.Status == HttpStatusCode.NotFound && list == "tables") return ([], null);
        Checked($"list {list}", answer);
        return ([.. RestAnswer.List(answer.Body, list).Select(one => RestAnswer.Text(one, reference, id)).OfType<string>()], answer.Text("nextPageToken"));
    }

    private Task<RestAnswer> Send(string what, HttpMethod method, string path, JsonObject? body, string? etag, CancellationToken cancellation) =>
        Send(what, method, new Uri(options.Address, $"bigquery/v2/{path}"), body, etag, cancellation);

    private Task<RestAnswer> Send(string what, HttpMethod method, Uri address, JsonObject? body, string? etag, CancellationToken cancellation) => _client.Send(what, async _ =>
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.Current(cancellation));
        request.Headers.UserAgent.ParseAdd("access-functions/1.0");
        if (etag is not null) request.Headers.TryAddWithoutValidation("If-Match", etag);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return request;
    }, cancellation);

    /// <summary>"Error messages" of the documentation: too fast is told by a 403 as well, and 500 is to be tried again.</summary>
    private static bool IsBusy(RestAnswer answer) =>
        answer.Status == HttpStatusCode.InternalServerError || (answer.Status == HttpStatusCode.Forbidden && Reason(answer) is "rateLimitExceeded" or "userRateLimitExceeded");

    private static string? Reason(RestAnswer answer) =>
        answer.Body.ValueKind == JsonValueKind.Object && answer.Body.TryGetProperty("error", out var error) ? RestAnswer.List(error, "errors").Select(static one => RestAnswer.Text(one, "reason")).FirstOrDefault() : null;

    private RestAnswer Checked(string what, RestAnswer answer)
    {
        if (answer.Status == HttpStatusCode.OK) return answer;
        var reason = Reason(answer);
        var advice = (answer.Status, reason) switch
        {
            (HttpStatusCode.Unauthorized, _) => "; the platform's own account could not sign in",
            (HttpStatusCode.Forbidden, "quotaExceeded") => "; a quota of the project is used up",
            (HttpStatusCode.Forbidden, _) => "; the platform's account lacks a right, see docs/platforms/bigquery.md",
            _ => "",
        };
        var permanent = answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound || (answer.Status == HttpStatusCode.Forbidden && reason != "quotaExceeded");
        throw new PlatformException($"{options.Name}: {what}: {answer.Text("error", "message") ?? "the call was refused"} ({(int)answer.Status}{(reason is null ? "" : $", {reason}")}){advice}", permanent);
    }

    private JsonObject Object(BigQueryTarget target, RestAnswer answer) => JsonObject.Create(answer.Body) ?? throw Unclear(target, "no object");

    private PlatformException Unclear(BigQueryTarget target, string why) => new($"{options.Name}: the answer about {target} cannot be read: {why}");

    private string DatasetPath(string dataset) => $"projects/{options.Project}/datasets/{dataset}";

    private string TablePath(BigQueryTarget target) => $"{DatasetPath(target.Dataset)}/tables/{Uri.EscapeDataString(target.Table!)}";
}
