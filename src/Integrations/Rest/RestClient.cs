using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Rest;

/// <summary>
/// Calls a service over HTTP, with JSON. Where it is busy (429, 502, 503, 504, or what the caller knows besides) or the connection breaks, the call is made again,
/// a few times and within the attempt's own time: so every call given here must be one that may be made twice.
/// </summary>
/// <param name="platform">The platform's name, for messages.</param>
/// <param name="isBusy">Tells answers that mean "later" although their status does not say so; null: none.</param>
internal sealed class RestClient(string platform, TimeProvider time, Func<RestAnswer, bool>? isBusy = null)
{
    private const int Tries = 5;

    /// <summary>A service that asks for a longer pause is left to the next attempt.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    /// <summary>A redirect is followed nowhere: it would take credentials along.</summary>
    private static readonly HttpClient Client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = 64 * 1024 * 1024,
    };

    /// <summary>The first pause; each further one is twice as long.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Makes the call until it is answered by something else than "later".</summary>
    /// <param name="what">What is done, for messages.</param>
    /// <param name="request">Makes the request of a try, the first being 0.</param>
    /// <exception cref="PlatformException">Transient: the service is busy or does not answer.</exception>
    public async Task<RestAnswer> Send(string what, Func<int, Task<HttpRequestMessage>> request, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (answer, failure) = await Try(what, await request(attempt), cancellation);
            if (answer is not null && !IsBusy(answer)) return answer;

            var pause = answer?.RetryAfter ?? Pause * Math.Pow(2, attempt) * (1 + Random.Shared.NextDouble() / 2);
            if (attempt + 1 >= Tries || pause > LongestPause)
                throw answer is null
                    ? new PlatformException($"{platform}: {what}: the service did not answer ({failure!.HttpRequestError})", inner: failure)
                    : new PlatformException($"{platform}: {what}: the service is busy ({(int)answer.Status}){(answer.RetryAfter is { } wait ? $" and asks to come back in {wait.TotalSeconds:0} s" : "")}");
            await Task.Delay(pause, time, cancellation);
        }
    }

    private bool IsBusy(RestAnswer answer) =>
        answer.Status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout || isBusy?.Invoke(answer) == true;

    private async Task<(RestAnswer? Answer, HttpRequestException? Failure)> Try(string what, HttpRequestMessage request, CancellationToken cancellation)
    {
        using (request)
        {
            try
            {
                using var response = await Client.SendAsync(request, cancellation);
                var bytes = await response.Content.ReadAsByteArrayAsync(cancellation);
                return (new RestAnswer(response.StatusCode, Json(what, response, bytes), After(response.Headers.RetryAfter)), null);
            }
            catch (HttpRequestException lost) when (!cancellation.IsCancellationRequested)
            {
                return (null, lost);
            }
        }
    }

    private JsonElement Json(string what, HttpResponseMessage response, byte[] bytes)
    {
        if (bytes.Length == 0) return default;
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (JsonException broken)
        {
            // A proxy's or load balancer's page says nothing but its status; a success has to be readable.
            return response.IsSuccessStatusCode ? throw new PlatformException($"{platform}: {what}: the service's answer is no JSON", inner: broken) : default;
        }
    }

    private TimeSpan? After(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow() is { Ticks: > 0 } wait ? wait : TimeSpan.Zero,
        _ => null,
    };
}
