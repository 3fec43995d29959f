using System.ComponentModel.DataAnnotations;
using System.Net;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Integrations.Audit.Webhook;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Audit;

/// <summary>Batches as a receiver sees them, and receivers that misbehave.</summary>
public sealed class WebhookSinkTests : IAsyncLifetime
{
    private WebhookServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await WebhookServer.Start();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Events_ComeInSignedBatches_InOrder()
    {
        using var sink = Sink();
        var rows = Rows.Chain("r-1", 25);
        await sink.Send(rows, CancellationToken.None);
        await sink.Send(Checkpoints.Make(1, Rows.Event.At, [new StreamHead("r-1", 25, rows[^1].Hash)], null), CancellationToken.None);
        Assert.Equal([.. Enumerable.Range(1, 25).Select(number => $"r-1/{number}"), "checkpoint/1"], _server.Taken);
        Assert.Equal(4, _server.Calls.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task AnEventThatIsRefused_IsNamed_AndThoseBeforeItAreSafe(int status)
    {
        _server.Behave = Refusing("r-1/4", status);
        using var sink = Sink();
        var refused = await Assert.ThrowsAsync<AuditRefusedException>(() => sink.Send(Rows.Chain("r-1", 9), CancellationToken.None));
        Assert.Equal(("r-1", 4L), (refused.Stream, refused.Sequence));
        Assert.Equal(["r-1/1", "r-1/2", "r-1/3"], _server.Taken);
    }

    [Fact]
    public async Task ACheckpointThatIsRefused_IsNamed()
    {
        _server.Behave = Refusing("checkpoint/7", 400);
        using var sink = Sink();
        var refused = await Assert.ThrowsAsync<AuditRefusedException>(() => sink.Send(Checkpoints.Make(7, Rows.Event.At, [], null), CancellationToken.None));
        Assert.Equal((AuditRefusedException.Checkpoints, 7L), (refused.Stream, refused.Sequence));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task AnyOtherAnswer_MeansThatTheReceiverIsDown(int status)
    {
        var elsewhere = 0;
        _server.Behave = (http, _) =>
        {
            if (http.Request.Path != "/events") Interlocked.Increment(ref elsewhere);
            http.Response.StatusCode = status;
            http.Response.Headers.Location = "/elsewhere";
            return Task.FromResult(true);
        };
        using var sink = Sink();
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => sink.Send(Rows.Chain("r-1", 2), CancellationToken.None));
        Assert.Equal(status, (int)failure.StatusCode!);
        Assert.Equal((1, 0), (_server.Calls.Count, elsewhere));
        Assert.DoesNotContain(WebhookServer.Secret, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReceiverThatDoesNotAnswer_IsDown()
    {
        var over = new TaskCompletionSource();
        _server.Behave = async (http, _) =>
        {
            await Task.WhenAny(over.Task, Task.Delay(Timeout.Infinite, http.RequestAborted));
            return true;
        };
        using var sink = Sink(options => options.TimeoutSeconds = 1);
        await Assert.ThrowsAsync<HttpRequestException>(() => sink.Send(Rows.Chain("r-1", 1), CancellationToken.None));
        over.SetResult();
    }

    [Fact]
    public async Task AReceiverThatBreaksOff_OrAnswersWithoutEnd_StopsNothing()
    {
        _server.Behave = (http, _) =>
        {
            http.Abort();
            return Task.FromResult(true);
        };
        using var sink = Sink();
        await Assert.ThrowsAsync<HttpRequestException>(() => sink.Send(Rows.Chain("r-1", 1), CancellationToken.None));
        _server.Behave = async (http, ids) =>
        {
            foreach (var id in ids) _server.Taken.Enqueue(id);
            while (!http.RequestAborted.IsCancellationRequested) await http.Response.WriteAsync(new string('x', 10_000));
            return true;
        };
        await sink.Send(Rows.Chain("r-1", 1), CancellationToken.None);
        Assert.Equal(["r-1/1"], _server.Taken);
    }

    [Fact]
    public async Task LoopbackAddresses_AreNotCalled_UnlessListed()
    {
        foreach (var address in new[] { _server.Endpoint, _server.Endpoint.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), _server.Endpoint.Replace("127.0.0.1", "[::ffff:127.0.0.1]", StringComparison.Ordinal) })
        {
            using var sink = Sink(options =>
            {
                options.Address = address;
                options.AllowedNetworks.Clear();
            });
            await Assert.ThrowsAsync<HttpRequestException>(() => sink.Send(Rows.Chain("r-1", 1), CancellationToken.None));
        }

        Assert.Empty(_server.Calls);
    }

    [Fact]
    public async Task ACertificateThatIsNotTrusted_IsRefused()
    {
        using var sink = Sink(options => options.TrustedCertificates = null);
        await Assert.ThrowsAsync<HttpRequestException>(() => sink.Send(Rows.Chain("r-1", 1), CancellationToken.None));
        Assert.Empty(_server.Calls);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("10.0.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("10.1.2.3", true)]
    public void OnlyPublicAddresses_MayBeCalled_AndListedOnes(string address, bool may) =>
        Assert.Equal(may, PublicNetworks.MayCall(IPAddress.Parse(address), [IPNetwork.Parse("10.1.0.0/16")]));

    [Theory]
    [InlineData("http://siem.example/")]
    [InlineData("siem.example")]
    [InlineData("https://user:pass@siem.example/")]
    [InlineData("file:///etc/passwd")]
    public void AnAddress_IsHttps_WithoutCredentials(string address) =>
        Assert.Contains(new WebhookOptions { Address = address, Secret = WebhookServer.Secret }.Validate(new ValidationContext(this)), result => result.MemberNames.Contains("Address"));

    private static Func<HttpContext, IReadOnlyList<string>, Task<bool>> Refusing(string id, int status) => (http, ids) =>
    {
        http.Response.StatusCode = status;
        return Task.FromResult(ids.Contains(id));
    };

    private WebhookSink Sink(Action<WebhookOptions>? change = null)
    {
        var options = new WebhookOptions { Address = _server.Endpoint, Secret = WebhookServer.Secret, BatchSize = 10, TrustedCertificates = _server.Certificates.Authority };
        options.AllowedNetworks.Add("127.0.0.0/8");
        change?.Invoke(options);
        return new WebhookSink(options, new WireFormat(new WireOptions()), TimeProvider.System);
    }
}
