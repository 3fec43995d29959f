using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace AccessFunctions.Conformance.Tests;

/// <summary>One answer of the API: status and JSON body (undefined where there was none).</summary>
public sealed record Answer(HttpStatusCode Status, JsonElement Body, Uri? Location)
{
    /// <summary>A member of the body as text.</summary>
    public string? this[string name] => Body.TryGetProperty(name, out var value) ? value.ValueKind == JsonValueKind.Null ? null : value.ToString() : null;

    /// <summary>The part of a problem's type after the hash.</summary>
    public string? Problem => this["type"] is { } type && type.Contains('#', StringComparison.Ordinal) ? type[(type.IndexOf('#', StringComparison.Ordinal) + 1)..] : null;

    public string Id => this["id"] ?? throw new InvalidOperationException($"No id in {(int)Status}: {Body}");
    public IReadOnlyList<string> Actions => [.. Body.GetProperty("actions").EnumerateArray().Select(action => action.GetString()!)];
    public override string ToString() => $"{(int)Status} {Body}";
}

/// <summary>Calls as a client writes them.</summary>
public static class Calls
{
    public static Task<Answer> Ask(this HttpClient client, object ask, string? key = null) => client.Call(HttpMethod.Post, "/api/requests", ask, key);

    /// <summary>Asks for a vault secret.</summary>
    public static Task<Answer> AskForSecret(this HttpClient client, string secret = "db-admin", DateTimeOffset? start = null, DateTimeOffset? end = null, string? key = null) =>
        client.Ask(new { resources = new[] { $"vault/{secret}" }, kind = "Credential", justification = "quarter-end check", start, end }, key);

    public static Task<Answer> Do(this HttpClient client, string id, string action, object? body = null, string? key = null) =>
        client.Call(HttpMethod.Post, $"/api/requests/{id}/{action}", body ?? new { }, key);

    public static Task<Answer> Approve(this HttpClient client, string id, int revision = 1) => client.Do(id, "approve", new { revision });
    public static Task<Answer> Deny(this HttpClient client, string id, int revision = 1) => client.Do(id, "deny", new { revision, comment = "not now" });
    public static Task<Answer> See(this HttpClient client, string id) => client.Call(HttpMethod.Get, $"/api/requests/{id}");

    public static async Task<Answer> Call(this HttpClient client, HttpMethod method, string path, object? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body, options: Web);
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var json = response.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json" && text.Length > 0
            ? JsonDocument.Parse(text).RootElement
            : default;
        return new Answer(response.StatusCode, json, response.Headers.Location);
    }

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };
}
