using System.Net;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Tests.Shared;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Tests;

public sealed class DemoTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("localhost:7071", 200)]
    [InlineData("LOCALHOST", 200)]
    [InlineData("127.0.0.1:7071", 200)]
    [InlineData("[::1]:7071", 200)]
    [InlineData("127.9.9.9", 200)]
    [InlineData("access.example", 421)]
    [InlineData("localhost.evil.example", 421)]
    [InlineData("192.0.2.1", 421)]
    [InlineData("", 421)]
    public async Task Host_MustBeThisMachine(string host, int status)
    {
        var http = _api.Context("GET", "/health/live");
        http.Request.Host = new HostString(host);
        Assert.Equal(status, (await _api.Run(http)).Status);
    }

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("x-forwarded-proto")]
    [InlineData("Forwarded")]
    [InlineData("Via")]
    public async Task ForwardedCalls_AreRefused(string header)
    {
        var reply = await _api.Send("GET", "/api/requests", "alice", null, (header, "198.51.100.1"));
        Assert.Equal((400, "forwarded"), (reply.Status, reply.Problem));
        Assert.Equal(400, (await _api.Send("GET", "/nowhere", null, null, (header, "x"))).Status);
    }

    [Fact]
    public async Task CallsFromElsewhere_AreRefused()
    {
        var http = _api.Context("GET", "/health/live");
        http.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
        Assert.Equal(421, (await _api.Run(http)).Status);
    }

    [Fact]
    public async Task OutsideADemo_DemoTokensAreAnUnknownIssuers_AndAnyHostIsFine()
    {
        using var api = new TestApi(demo: false);
        Assert.Equal(401, (await api.Send("GET", "/api/requests", "alice")).Status);
        Assert.Equal(200, (await api.Send("GET", "/health/live", null, null, ("Host", "access.example"), ("X-Forwarded-For", "198.51.100.1"))).Status);
    }

    [Fact]
    public async Task Tokens_Expire_WithAMinuteOfGrace()
    {
        var token = _api.Issuer.Mint("alice", TimeSpan.FromMinutes(10));
        _api.Clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(59));
        Assert.Equal(200, (await _api.SendToken("GET", "/api/requests", token)).Status);
        _api.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(401, (await _api.SendToken("GET", "/api/requests", token)).Status);
    }

    [Fact]
    public async Task ManyCallsAtOnce_ShareTheKey()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => _api.Send("GET", "/api/platforms", "alice"))));
        Assert.All(replies, reply => Assert.Equal(200, reply.Status));
    }

    [Fact]
    public async Task Key_StaysInTheDataDirectory_AndIsItsOwnersAlone()
    {
        var data = Directory.CreateTempSubdirectory("af-demo-").FullName;
        try
        {
            var clock = new ManualTimeProvider();
            using var first = DemoIssuer.Open(data, clock);
            using var second = DemoIssuer.Open(data, clock);
            Assert.Equal("alice", Assert.IsType<Identified>(await second.Validate(first.Mint("alice", TimeSpan.FromHours(1)), default)).Credential.Subject);
            Assert.IsType<Rejected>(await _api.Issuer.Validate(first.Mint("alice", TimeSpan.FromHours(1)), default));
            var file = Assert.Single(Directory.GetFiles(data));
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }
}
