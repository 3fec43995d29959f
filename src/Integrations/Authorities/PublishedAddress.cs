using System.Net;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Authorities;

/// <summary>Looks at what this host publishes as others do, over its address. A redirect is no answer, because a server's script may not follow it either.</summary>
internal static class PublishedAddress
{
    private const int Largest = 32 * 1024 * 1024;

    /// <summary>One client for all platforms: looks are few.</summary>
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = Largest,
    };

    /// <summary>Fetches what is there.</summary>
    /// <param name="what">What should be there, for messages.</param>
    /// <exception cref="PlatformException">Transient: nothing is there, or nobody answers.</exception>
    public static async Task<byte[]> Fetch(Uri address, string what, CancellationToken cancellation)
    {
        try
        {
            using var answer = await Client.GetAsync(address, cancellation);
            if (!answer.IsSuccessStatusCode) throw new PlatformException($"{address} answered {(int)answer.StatusCode} instead of the {what}.");
            return await answer.Content.ReadAsByteArrayAsync(cancellation);
        }
        catch (HttpRequestException failure)
        {
            throw new PlatformException($"The {what} could not be fetched from {address}: {failure.HttpRequestError}.", inner: failure);
        }
    }

    /// <summary>With which status an address answers; the rest of the answer is not read.</summary>
    /// <exception cref="HttpRequestException">Nobody answers. Its words hold the address.</exception>
    public static async Task<HttpStatusCode> Status(Uri address, CancellationToken cancellation)
    {
        using var answer = await Client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return answer.StatusCode;
    }
}
