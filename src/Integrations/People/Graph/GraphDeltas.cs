using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AccessFunctions.Integrations.Mail.Graph;

namespace AccessFunctions.Integrations.People.Graph;

/// <summary>Gets tokens for reading the directory: by a secret, else by the host's identity.</summary>
public sealed record DirectoryGraphTokens(IGraphTokens Tokens);

/// <summary>Reads delta queries of Microsoft Graph to their end (https://learn.microsoft.com/graph/delta-query-overview).</summary>
public sealed class GraphDeltas(IHttpClientFactory http, DirectoryGraphTokens tokens, DirectoryGraphOptions options, TimeProvider time)
{
    /// <summary>The named HTTP client.</summary>
    public const string ClientName = "microsoft-graph-directory";

    /// <summary>Bytes of one page.</summary>
    public const int LongestPage = 16 * 1024 * 1024;

    private const int MostPages = 20_000;
    private const int MostPauses = 20;

    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>All pages of a round. Nothing of it is told before the last one came.</summary>
    /// <param name="from">The query, or the link that the last round ended with.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>The objects in order, and the link of the next round; null: Graph no longer knows the link, so that all is to be read again (410).</returns>
    /// <exception cref="GraphException">Graph did not answer as hoped.</exception>
    public async Task<(IReadOnlyList<JsonObject> Objects, string Next)?> Round(string from, CancellationToken cancellation)
    {
        List<JsonObject> objects = [];
        var (address, pauses) = (Follow(from), 0);
        for (var page = 0; page < MostPages; page++)
        {
            using var answer = await Send(address, cancellation);
            if (answer.StatusCode == HttpStatusCode.Gone) return null;
            if (PauseOf(answer) is { } pause)
            {
                // Graph says how long it wants to be left alone (https://learn.microsoft.com/graph/throttling); the same page then comes again.
                if (++pauses > MostPauses || pause > LongestPause) throw new GraphException("Microsoft Graph wants to be left alone.", pause);
                await Task.Delay(pause, time, cancellation);
                page--;
                continue;
            }

            if (!answer.IsSuccessStatusCode) throw new GraphException($"Microsoft Graph answered {(int)answer.StatusCode} to a delta query.", null) { Everything = true };
            var body = await Body(answer, cancellation);

            // A page that says nothing is not a page without anybody: who is missing would be gone.
            objects.AddRange((body["value"] as JsonArray ?? throw new GraphException("A page of Microsoft Graph has no list of what is in it.", null)).OfType<JsonObject>());
            if ((string?)body["@odata.deltaLink"] is { } end) return (objects, Follow(end).AbsoluteUri);
            address = Follow((string?)body["@odata.nextLink"] ?? throw new GraphException("A page of Microsoft Graph has neither a next page nor an end.", null));
        }

        throw new GraphException("Microsoft Graph's pages do not end.", null);
    }

    /// <summary>The address of a query.</summary>
    public string Query(string rest) => $"{options.Endpoint.TrimEnd('/')}/v1.0/{rest}";

    /// <summary>Tokens go to Graph alone, wherever an answer points.</summary>
    private Uri Follow(string link) =>
        Uri.TryCreate(link, UriKind.Absolute, out var next) && Uri.Compare(next, new Uri(options.Endpoint), UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
            ? next
            : throw new GraphException("The next page is not at Graph's address.", null);

    private async Task<HttpResponseMessage> Send(Uri address, CancellationToken cancellation)
    {
        string? refused = null;
        while (true)
        {
            try
            {
                var token = await tokens.Tokens.Token(refused, cancellation);
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                using var client = http.CreateClient(ClientName);
                var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
                if (answer.StatusCode != HttpStatusCode.Unauthorized || refused is not null) return answer;
                answer.Dispose();
                refused = token;
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                throw new GraphException("Microsoft Graph, or who gives tokens for it, did not answer.", null, failure) { Everything = true };
            }
        }
    }

    private TimeSpan? PauseOf(HttpResponseMessage answer)
    {
        if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)) return null;
        var pause = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => DefaultPause,
        };
        return pause < TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : pause;
    }

    private static async Task<JsonObject> Body(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            if (answer.Content.Headers.ContentLength > LongestPage) throw new GraphException("A page of Microsoft Graph was too long.", null);
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellation);
            using var buffer = new MemoryStream();
            var chunk = new byte[64 * 1024];
            int read;
            while ((read = await stream.ReadAsync(chunk, cancellation)) > 0)
            {
                if (buffer.Length + read > LongestPage) throw new GraphException("A page of Microsoft Graph was too long.", null);
                buffer.Write(chunk, 0, read);
            }

            buffer.Position = 0;
            return JsonNode.Parse(buffer) as JsonObject ?? throw new GraphException("Microsoft Graph did not answer with an object.", null);
        }
        catch (Exception failure) when (failure is System.Text.Json.JsonException or IOException or HttpRequestException)
        {
            throw new GraphException("Microsoft Graph's answer could not be read.", null, failure);
        }
    }
}
