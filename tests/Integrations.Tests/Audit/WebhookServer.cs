using System.Collections.Concurrent;
using System.Text.Json;
using AccessFunctions.Application;
using AccessFunctions.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Integrations.Tests.Audit;

/// <summary>A receiver of batches over https, which checks signatures and behaves as it is told.</summary>
internal sealed class WebhookServer : LocalServer
{
    public const string Secret = "a secret that only the two of us know";
    private readonly TemporaryDirectory _directory;

    private WebhookServer(TemporaryDirectory directory, TestCertificates certificates) : base(certificates.Load()) => (_directory, Certificates) = (directory, certificates);

    public TestCertificates Certificates { get; }

    /// <summary>Where batches are sent.</summary>
    public string Endpoint => new Uri(Address, "events").AbsoluteUri;

    /// <summary>Ids of the events that were taken, in order.</summary>
    public ConcurrentQueue<string> Taken { get; } = new();

    /// <summary>By which it checks how old a signature is.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Answers in place of taking; null: takes what it gets.</summary>
    public Func<HttpContext, IReadOnlyList<string>, Task<bool>>? Behave { get; set; }

    public static async Task<WebhookServer> Start()
    {
        var directory = new TemporaryDirectory();
        var server = new WebhookServer(directory, new TestCertificates(directory.Path));
        await server.Begin();
        return server;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _directory.Dispose();
    }

    protected override void Map(WebApplication app) => app.Run(Take);

    private async Task Take(HttpContext http)
    {
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
