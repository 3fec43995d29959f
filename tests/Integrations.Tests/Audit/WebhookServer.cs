using System.Collections.Concurrent;
using System.Text.Json;
using AccessFunctions.Application;
using AccessFunctions.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Tests.Audit;

/// <summary>An https receiver of batches on a free port of 127.0.0.1, which checks signatures and behaves as it is told.</summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    public const string Secret = "a secret that only the two of us know";
    private readonly TemporaryDirectory _directory = new();
    private readonly WebApplication _app;

    private WebhookServer(WebApplication app, TemporaryDirectory directory, TestCertificates certificates) => (_app, _directory, Certificates) = (app, directory, certificates);

    public TestCertificates Certificates { get; }

    public string Address { get; private set; } = "";

    /// <summary>Ids of the events that were taken, in order.</summary>
    public ConcurrentQueue<string> Taken { get; } = new();

    /// <summary>Batches that came, taken or not.</summary>
    public int Calls => _calls;

    private int _calls;

    /// <summary>By which it checks how old a signature is.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Answers in place of taking; null: takes what it gets.</summary>
    public Func<HttpContext, IReadOnlyList<string>, Task<bool>>? Behave { get; set; }

    public static async Task<WebhookServer> Start()
    {
        var directory = new TemporaryDirectory();
        var certificates = new TestCertificates(directory.Path);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(certificates.Load())));
        var app = builder.Build();
        var server = new WebhookServer(app, directory, certificates);
        app.Run(server.Take);
        await app.StartAsync();
        server.Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/events";
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _directory.Dispose();
    }

    private async Task Take(HttpContext http)
    {
        Interlocked.Increment(ref _calls);
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        if (!PostSignature.IsValid(http.Request.Headers[PostSignature.Header], body.ToArray(), [Secret], Time.GetUtcNow()) || http.Request.ContentType != "application/cloudevents-batch+json")
        {
            http.Response.StatusCode = 401;
            return;
        }

        using var batch = JsonDocument.Parse(body.ToArray());
        List<string> ids = [.. batch.RootElement.EnumerateArray().Select(one => one.GetProperty("id").GetString()!)];
        if (Behave is { } behave && await behave(http, ids)) return;
        foreach (var id in ids) Taken.Enqueue(id);
        http.Response.StatusCode = 204;
    }
}
