using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Tests.Shared;

/// <summary>A web server of a test's own on a free port of 127.0.0.1. It keeps what it is asked, and is gone with the test.</summary>
public abstract class LocalServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    /// <summary>Prepares one.</summary>
    /// <param name="certificate">It speaks https with this certificate; null: http.</param>
    protected LocalServer(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        _app = builder.Build();
    }

    /// <summary>With a slash at its end; known once it has begun.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The calls as <c>METHOD /path?query</c>, in order, in vain too.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Begins to listen.</summary>
    public async Task Begin()
    {
        _app.Use(next => http =>
        {
            Calls.Enqueue($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}");
            return next(http);
        });
        Map(_app);
        await _app.StartAsync();
        Address = new Uri(_app.Urls.Single() + "/");
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _app.DisposeAsync();
    }

    /// <summary>Says what serves which calls.</summary>
    protected abstract void Map(WebApplication app);

    /// <summary>Takes no more calls, and waits for those that are under way.</summary>
    protected Task Stop() => _app.StopAsync();
}
