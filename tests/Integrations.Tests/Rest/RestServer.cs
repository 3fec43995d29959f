using System.Collections.Concurrent;
using System.Globalization;
using AccessFunctions.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Integrations.Tests.Rest;

/// <summary>A service that answers in JSON, which can be told to be busy or to lose answers.</summary>
public abstract class RestServer : LocalServer
{
    /// <summary>What is answered in place of the next calls, in order; null: that call is served.</summary>
    public ConcurrentQueue<Func<HttpContext, Task>?> Instead { get; } = new();

    /// <summary>The next call that fits is served, and then its connection broken in place of the answer; once.</summary>
    public Func<HttpRequest, bool>? Lose { get; set; }

    /// <summary>Calls beyond it are answered 429 with how many seconds to wait (RFC 6585, section 4; RFC 9110, "Retry-After"); null: there is none.</summary>
    public CallLimit? Limit { get; set; }

    /// <summary>An answer with a status, and perhaps how long to wait.</summary>
    public static Func<HttpContext, Task> Busy(int status, string? retryAfter = "0", string body = "") => async http =>
    {
        http.Response.StatusCode = status;
        if (retryAfter is not null) http.Response.Headers.RetryAfter = retryAfter;
        if (body.Length > 0) await Write(http, status, body);
    };

    protected override void Map(WebApplication app) => app.Run(Serve);

    /// <summary>Serves one call.</summary>
    protected abstract Task Answer(HttpContext http, string body);

    protected static async Task Write(HttpContext http, int status, string json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(json);
    }

    private async Task Serve(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        if (Limit?.Take() is { } seconds)
        {
            await Busy(429, seconds.ToString(CultureInfo.InvariantCulture))(http);
        }
        else if (Instead.TryDequeue(out var instead) && instead is not null)
        {
            await instead(http);
        }
        else if (Lose?.Invoke(http.Request) == true)
        {
            Lose = null;
            var outside = new DefaultHttpContext { RequestServices = http.RequestServices };
            (outside.Request.Method, outside.Request.Path, outside.Request.QueryString) = (http.Request.Method, http.Request.Path, http.Request.QueryString);
            foreach (var (name, value) in http.Request.Headers) outside.Request.Headers[name] = value;
            outside.Response.Body = Stream.Null;
            await Answer(outside, body);
            http.Abort();
        }
        else
        {
            await Answer(http, body);
        }
    }
}
