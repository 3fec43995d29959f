using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>
/// A table service spoken to over HTTP, in the protocol of the real client. It stands in because that client's package is only
/// declarations on some machines; so the stores' filters and transactions meet a real service there too.
/// </summary>
internal sealed class AzuriteTableService(string account, Uri endpoint, string key) : TableServiceClient
{
    private static readonly HttpClient Http = new();
    private readonly byte[] _key = Convert.FromBase64String(key);

    public override string AccountName => account;
    public override Uri Uri => endpoint;

    public override TableClient GetTableClient(string tableName) => new AzuriteTable(this, tableName);

    public override Task<Response<TableItem>> CreateTableIfNotExistsAsync(string tableName, CancellationToken cancellationToken = default) =>
        GetTableClient(tableName).CreateIfNotExistsAsync(cancellationToken);

    /// <summary>Sends a call to a path below the account; the answer is the caller's to dispose.</summary>
    /// <exception cref="RequestFailedException">The service refused, or (status 0) did not answer.</exception>
    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? content, Action<HttpRequestHeaders>? headers, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, $"{endpoint.AbsoluteUri}/{path}") { Content = content };
        var date = DateTime.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        request.Headers.Add("x-ms-date", date);
        request.Headers.Add("x-ms-version", "2019-02-02");
        request.Headers.Add("DataServiceVersion", "3.0");
        request.Headers.Accept.ParseAdd("application/json;odata=minimalmetadata");
        var signature = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{date}\n/{account}{request.RequestUri!.AbsolutePath}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("SharedKeyLite", $"{account}:{Convert.ToBase64String(signature)}");
        headers?.Invoke(request.Headers);
        try
        {
            var response = await Http.SendAsync(request, cancellation);
            if (response.IsSuccessStatusCode) return response;
            using (response) throw Failure(response.StatusCode, await response.Content.ReadAsStringAsync(cancellation));
        }
        catch (HttpRequestException unreachable)
        {
            throw new RequestFailedException(0, unreachable.Message, unreachable);
        }
    }

    public static RequestFailedException Failure(HttpStatusCode status, string body) =>
        body.StartsWith('{') && JsonNode.Parse(body)!["odata.error"] is { } error
            ? TableErrors.Error((int)status, (string)error["code"]!, (string?)error["message"]?["value"] ?? "")
            : new RequestFailedException((int)status, body);
}

/// <summary>One table of an <see cref="AzuriteTableService"/>.</summary>
internal sealed class AzuriteTable(AzuriteTableService service, string name) : TableClientOver(name)
{
    public override string AccountName => service.AccountName;
    public override Uri Uri => new($"{service.Uri.AbsoluteUri}/{Name}");

    protected override async Task CreateTable(CancellationToken cancellation)
    {
        using var _ = await service.Send(HttpMethod.Post, "Tables", TableJson.Content(new JsonObject { ["TableName"] = Name }), NoContent, cancellation);
    }

    protected override async Task DropTable(CancellationToken cancellation)
    {
        using var _ = await service.Send(HttpMethod.Delete, $"Tables('{Name}')", null, null, cancellation);
    }

    protected override async Task<Response> Write(TableTransactionAction action, CancellationToken cancellation)
    {
        var (method, path, body, ifMatch) = Parts(action);
        using var response = await service.Send(method, path, body is null ? null : TableJson.Content(body), headers =>
        {
            NoContent(headers);
            if (ifMatch is not null) headers.TryAddWithoutValidation("If-Match", ifMatch);
        }, cancellation);
        return new TableResponse((int)response.StatusCode, Tag(response.Headers.TryGetValues("ETag", out var tags) ? tags.First() : null));
    }

    protected override async Task<TableEntity> Read(string partition, string row, string[]? select, CancellationToken cancellation)
    {
        using var response = await service.Send(HttpMethod.Get, Path(partition, row) + (select is null ? "" : $"?$select={Uri.EscapeDataString(string.Join(',', select))}"), null, null, cancellation);
        return TableJson.Entity(JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation))!.AsObject());
    }

    protected override async Task<(IReadOnlyList<TableEntity> Rows, string? Next)> Page(string? filter, string[]? select, int? size, string? token, CancellationToken cancellation)
    {
        var query = new List<string>();
        if (!string.IsNullOrEmpty(filter)) query.Add($"$filter={Uri.EscapeDataString(filter)}");
        if (select is not null) query.Add($"$select={Uri.EscapeDataString(string.Join(',', select))}");
        if (size is not null) query.Add($"$top={size}");
        if (token?.Split(' ') is [var partition, var row]) query.Add($"NextPartitionKey={Uri.EscapeDataString(partition)}&NextRowKey={Uri.EscapeDataString(row)}");
        using var response = await service.Send(HttpMethod.Get, $"{Name}()?{string.Join('&', query)}", null, null, cancellation);
        var rows = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation))!["value"]!.AsArray().Select(entity => TableJson.Entity(entity!.AsObject())).ToList();
        string? Next(string header) => response.Headers.TryGetValues($"x-ms-continuation-{header}", out var values) ? values.First() : null;
        return (rows, Next("NextPartitionKey") is { Length: > 0 } next ? $"{next} {Next("NextRowKey")}" : null);
    }

    protected override async Task<IReadOnlyList<Response>> Transact(IReadOnlyList<TableTransactionAction> actions, CancellationToken cancellation)
    {
        var requests = actions.Select(Parts).Select(parts => (parts.Method, $"{service.Uri.AbsoluteUri}/{parts.Path}", parts.Body, parts.IfMatch));
        try
        {
            using var response = await service.Send(HttpMethod.Post, "$batch", TableBatch.Content(requests), null, cancellation);
            var answers = TableBatch.Answers(await response.Content.ReadAsStringAsync(cancellation));
            foreach (var answer in answers)
                if ((int)answer.Status >= 400) throw AzuriteTableService.Failure(answer.Status, answer.Body);
            return [.. answers.Select(answer => new TableResponse((int)answer.Status, Tag(answer.ETag)))];
        }
        catch (RequestFailedException failure) when (failure.Status is >= 400 and < 500)
        {
            throw new TableTransactionFailedException(failure);
        }
    }

    private (HttpMethod Method, string Path, JsonObject? Body, string? IfMatch) Parts(TableTransactionAction action)
    {
        var path = Path(action.Entity.PartitionKey, action.Entity.RowKey);
        var tag = action.ETag == default ? "*" : action.ETag.ToString();
        JsonObject Body() => TableJson.Body((TableEntity)action.Entity);
        return action.ActionType switch
        {
            TableTransactionActionType.Add => (HttpMethod.Post, Name, Body(), null),
            TableTransactionActionType.UpdateMerge => (HttpMethod.Patch, path, Body(), tag),
            TableTransactionActionType.UpdateReplace => (HttpMethod.Put, path, Body(), tag),
            TableTransactionActionType.UpsertMerge => (HttpMethod.Patch, path, Body(), null),
            TableTransactionActionType.UpsertReplace => (HttpMethod.Put, path, Body(), null),
            TableTransactionActionType.Delete => (HttpMethod.Delete, path, null, tag),
            _ => throw new ArgumentOutOfRangeException(nameof(action)),
        };
    }

    private string Path(string partition, string row) => $"{Name}(PartitionKey='{Key(partition)}',RowKey='{Key(row)}')";

    private static string Key(string value) => Uri.EscapeDataString(value.Replace("'", "''", StringComparison.Ordinal));

    private static ETag Tag(string? value) => value is null ? default : new ETag(value);

    private static void NoContent(HttpRequestHeaders headers) => headers.Add("Prefer", "return-no-content");
}
