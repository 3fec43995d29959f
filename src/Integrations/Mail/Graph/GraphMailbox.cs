using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace AccessFunctions.Integrations.Mail.Graph;

/// <summary>The calls to Microsoft Graph that reading a mailbox needs, as the application itself.</summary>
public sealed class GraphMailbox(IHttpClientFactory http, IGraphTokens tokens, GraphOptions options, TimeProvider time)
{
    /// <summary>The named HTTP client.</summary>
    public const string ClientName = "microsoft-graph";

    /// <summary>Bytes of one message as JSON; attachments are not part of it.</summary>
    public const int LongestMessage = 4 * 1024 * 1024;

    private const int PageSize = 50;
    private const int MostPages = 20;

    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private const string Parts = "id,subject,from,toRecipients,ccRecipients,internetMessageId,internetMessageHeaders,body,uniqueBody";

    /// <summary>
    /// The ids of unread messages in the inbox, at most 1,000. They are read before any is handled: marking some as read would move the others
    /// across the pages. https://learn.microsoft.com/graph/api/user-list-messages
    /// </summary>
    /// <exception cref="GraphException">Graph did not answer as hoped.</exception>
    public async Task<IReadOnlyList<string>> Unread(CancellationToken cancellation)
    {
        List<string> ids = [];
        var next = Address($"mailFolders/inbox/messages?$filter=isRead%20eq%20false&$select=id&$top={PageSize}");
        for (var page = 0; next is not null && page < MostPages; page++)
        {
            using var answer = await Send(HttpMethod.Get, next, null, cancellation);
            using var document = await Json(answer, cancellation);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("value", out var items) && items.ValueKind == JsonValueKind.Array)
                ids.AddRange(items.EnumerateArray().Select(static item => item.ValueKind == JsonValueKind.Object && item.TryGetProperty("id", out var id) ? id.GetString() : null).OfType<string>());
            next = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("@odata.nextLink", out var link) ? Follow(link.GetString()) : null;
        }

        return ids;
    }

    /// <summary>One message; null where it is gone. It comes without its JSON where that is larger than <see cref="LongestMessage"/>.</summary>
    /// <exception cref="GraphException">Graph did not answer as hoped.</exception>
    public async Task<GraphMessage?> Read(string id, CancellationToken cancellation)
    {
        using var answer = await Send(HttpMethod.Get, Address($"messages/{Uri.EscapeDataString(id)}?$select={Parts}"), null, cancellation, HttpStatusCode.NotFound);
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;
        var json = await Limited(answer, cancellation);
        return new GraphMessage(id, json);
    }

    /// <summary>Marks a message as read; nothing where it is gone. https://learn.microsoft.com/graph/api/message-update</summary>
    /// <exception cref="GraphException">Graph did not answer as hoped.</exception>
    public async Task MarkRead(string id, CancellationToken cancellation)
    {
        using var answer = await Send(HttpMethod.Patch, Address($"messages/{Uri.EscapeDataString(id)}"), new { isRead = true }, cancellation, HttpStatusCode.NotFound);
    }

    private Uri Address(string rest) => new($"{options.Endpoint.TrimEnd('/')}/v1.0/users/{Uri.EscapeDataString(options.Mailbox!)}/{rest}");

    /// <summary>Tokens go to Graph alone, wherever an answer points.</summary>
    private Uri? Follow(string? link) =>
        Uri.TryCreate(link, UriKind.Absolute, out var next) && Uri.Compare(next, new Uri(options.Endpoint), UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
            ? next
            : throw new GraphException("The next page is not at Graph's address.", null);

    private async Task<HttpResponseMessage> Send(HttpMethod method, Uri address, object? body, CancellationToken cancellation, HttpStatusCode? alsoFine = null)
    {
        string? refused = null;
        while (true)
        {
            var token = await Token(refused, cancellation);
            var answer = await Send(method, address, body, token, cancellation);
            if (answer.IsSuccessStatusCode || answer.StatusCode == alsoFine) return answer;
            using (answer)
            {
                if (answer.StatusCode == HttpStatusCode.Unauthorized && refused is null)
                {
                    refused = token;
                    continue;
                }

                throw new GraphException($"Microsoft Graph answered {(int)answer.StatusCode} to {method} of {(body is null ? "messages" : "a message")}.", PauseOf(answer))
                {
                    Everything = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden,
                };
            }
        }
    }

    private async Task<string> Token(string? refused, CancellationToken cancellation)
    {
        try
        {
            return await tokens.Token(refused, cancellation);
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new GraphException("No token for Microsoft Graph was given.", null, failure) { Everything = true };
        }
    }

    private async Task<HttpResponseMessage> Send(HttpMethod method, Uri address, object? body, string token, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        // Ids that stay the same when a message is moved.
        request.Headers.Add("Prefer", "IdType=\"ImmutableId\"");
        if (body is not null) request.Content = JsonContent.Create(body);
        using var client = http.CreateClient(ClientName);
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            // A connection that cannot be made is everybody's; one message may take Graph too long.
            throw new GraphException("Microsoft Graph did not answer.", null, failure) { Everything = failure is HttpRequestException };
        }
    }

    /// <summary>How long Graph wants to be left alone; null where it says nothing of the kind. https://learn.microsoft.com/graph/throttling</summary>
    private TimeSpan? PauseOf(HttpResponseMessage answer)
    {
        if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)) return null;
        var pause = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => DefaultPause,
        };
        return pause < TimeSpan.Zero ? TimeSpan.Zero : pause > LongestPause ? LongestPause : pause;
    }

    private static async Task<JsonDocument> Json(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            return JsonDocument.Parse(await Limited(answer, cancellation) ?? throw new GraphException("A page of Microsoft Graph was too long.", null));
        }
        catch (JsonException failure)
        {
            throw new GraphException("Microsoft Graph did not answer with JSON.", null, failure);
        }
    }

    /// <summary>The body; null where it is longer than <see cref="LongestMessage"/>.</summary>
    private static async Task<byte[]?> Limited(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.Content.Headers.ContentLength > LongestMessage) return null;
        try
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
            using var buffer = new MemoryStream();
            var chunk = new byte[16 * 1024];
            int read;
            while ((read = await stream.ReadAsync(chunk, cancellation)) > 0)
            {
                if (buffer.Length + read > LongestMessage) return null;
                buffer.Write(chunk, 0, read);
            }

            return buffer.ToArray();
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            throw new GraphException("Microsoft Graph's answer broke off.", null, failure);
        }
    }
}

/// <summary>A message of the mailbox.</summary>
/// <param name="Json">Null where it is too large to be read.</param>
public sealed record GraphMessage(string Id, byte[]? Json);

/// <summary>Graph did not answer as hoped; to be tried again.</summary>
/// <param name="pause">How long Graph is to be left alone; null: it did not say.</param>
public sealed class GraphException(string message, TimeSpan? pause, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How long Graph is to be left alone; null: it did not say.</summary>
    public TimeSpan? Pause { get; } = pause;

    /// <summary>True where it is not the matter of one message, such as a token that is refused: the next message would fare no better.</summary>
    public bool Everything { get; init; } = pause is not null;
}
