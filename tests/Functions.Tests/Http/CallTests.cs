using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Api.Assets;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Functions.Http;
using AccessFunctions.Functions.Identity;
using AccessFunctions.Functions.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AccessFunctions.Functions.Tests.Http;

/// <summary>Calls as the worker makes them: the function's method, then the result that it gave.</summary>
public sealed class CallTests
{
    private static readonly (string, string) Authenticates = (EasyAuthAuthenticator.Setting, "True");

    [Fact]
    public async Task AnAddressThatIsTooLong_IsUnknown_WhateverTheWorkersRoutingSays()
    {
        await using var host = await ComposedHost.Start();
        var http = Call(host, "GET", "/api/requests/" + new string('x', 401));
        http.Request.RouteValues["id"] = "r-1";
        Assert.Equal((404, "unknown-address"), await Answer(http, Functions<RequestFunctions>(host).GetRequest(http.Request)));
    }

    [Fact]
    public async Task ValuesInThePath_AreReadFromThePath_NotFromTheWorker()
    {
        await using var host = await ComposedHost.Start(Authenticates);
        var http = Call(host, "GET", "/api/requests/r-1", subject: "s-alice");
        http.Request.RouteValues["id"] = "r-2";
        Assert.Equal((404, "not-found"), await Answer(http, Functions<RequestFunctions>(host).GetRequest(http.Request)));
        Assert.Equal("r-1", http.Request.RouteValues["id"]);
    }

    [Fact]
    public async Task UnknownAddresses_AndWrongMethods_AreProblems()
    {
        await using var host = await ComposedHost.Start();
        var unknown = Call(host, "GET", "/wp-login.php");
        Assert.Equal((404, "unknown-address"), await Answer(unknown, Functions<OtherAddresses>(host).OtherAddress(unknown.Request, host.Orchestrations)));
        var wrong = Call(host, "PATCH", "/api/requests");
        Assert.Equal((405, "method-not-allowed"), await Answer(wrong, Functions<OtherAddresses>(host).OtherAddress(wrong.Request, host.Orchestrations)));
        Assert.Equal("GET, HEAD, POST", wrong.Response.Headers.Allow.ToString());
    }

    [Fact]
    public async Task AnAddressThatTheTableReadsAndTheWorkerDoesNot_IsServed()
    {
        await using var host = await ComposedHost.Start();
        var http = Call(host, "GET", "//health/live/");
        Assert.Equal((200, null), await Answer(http, Functions<OtherAddresses>(host).OtherAddress(http.Request, host.Orchestrations)));
    }

    [Fact]
    public async Task Pages_AreServed_AndHeadHasNoBody()
    {
        await using var host = await ComposedHost.Start();
        var errors = Call(host, "GET", "/errors");
        Assert.Equal((200, null), await Answer(errors, Functions<PageFunctions>(host).ErrorsPage(errors.Request)));
        Assert.StartsWith("text/html", errors.Response.ContentType, StringComparison.Ordinal);
        var style = Call(host, "GET", PageAssets.Style);
        Assert.Equal((200, null), await Answer(style, Functions<AppPageFunctions>(host).GetAsset(style.Request)));
        Assert.StartsWith("text/css", style.Response.ContentType, StringComparison.Ordinal);
        var head = Call(host, "HEAD", "/health/ready");
        Assert.Equal((200, null), await Answer(head, Functions<PageFunctions>(host).HealthReady(head.Request)));
        Assert.Equal(0, head.Response.Body.Length);
    }

    [Fact]
    public async Task EasyAuth_WhereThePlatformAuthenticates_FindsThePerson()
    {
        await using var host = await ComposedHost.Start(Authenticates);
        var http = Call(host, "GET", "/api/people", subject: "s-alice");
        Assert.Equal((200, null), await Answer(http, Functions<PeopleFunctions>(host).ListPeople(http.Request)));
        var stranger = Call(host, "GET", "/api/people", subject: "s-nobody");
        Assert.Equal((403, "stranger"), await Answer(stranger, Functions<PeopleFunctions>(host).ListPeople(stranger.Request)));
    }

    [Fact]
    public async Task EasyAuth_WhereThePlatformDoesNot_IsAHeaderThatAnybodyCouldSend()
    {
        await using var host = await ComposedHost.Start();
        var http = Call(host, "GET", "/api/people", subject: "s-dave");
        Assert.Equal((401, "unauthenticated"), await Answer(http, Functions<PeopleFunctions>(host).ListPeople(http.Request)));
    }

    [Fact]
    public async Task BearerTokens_AreJudgedBesideEasyAuth()
    {
        await using var host = await ComposedHost.Start(Authenticates);
        var http = Call(host, "GET", "/api/people", subject: "s-alice");
        http.Request.Headers.Authorization = "Bearer nonsense";
        Assert.Equal((401, "unauthenticated"), await Answer(http, Functions<PeopleFunctions>(host).ListPeople(http.Request)));
    }

    [Theory]
    [InlineData("site", "203.0.113.9, 198.51.100.7:51234", "198.51.100.7")]
    [InlineData("site", "[2001:db8::7]:443", "2001:db8::7")]
    [InlineData("site", "nonsense", "127.0.0.1")]
    [InlineData("", "198.51.100.7", "127.0.0.1")]
    public async Task WhoCalled_IsWhatThePlatformsFrontEndAdded_AndOnlyBehindIt(string site, string forwarded, string expected)
    {
        await using var host = await ComposedHost.Start(("WEBSITE_SITE_NAME", site));
        var http = Call(host, "GET", "/api/people");
        http.Request.Headers["X-Forwarded-For"] = forwarded;
        Assert.Equal((401, "unauthenticated"), await Answer(http, Functions<PeopleFunctions>(host).ListPeople(http.Request)));

        var failed = Assert.Single((await host.Services.GetRequiredService<IAuditLog>().List(new AuditFilter { Type = EventTypes.Host.SignInFailed }, null, 10, CancellationToken.None)).Items);
        Assert.Equal(expected, AuditBody.Read(failed).Event.Detail?.Address);
    }

    [Fact]
    public async Task ASignal_OfAStranger_IsRefusedBeforeAnyOrchestration()
    {
        await using var host = await ComposedHost.Start();
        var http = Call(host, "POST", "/api/requests/r-1/cancel");
        Assert.Equal((401, "unauthenticated"), await Answer(http, Functions<RequestFunctions>(host).CancelRequest(http.Request, host.Orchestrations)));
    }

    private static T Functions<T>(ComposedHost host) => ActivatorUtilities.CreateInstance<T>(host.Services);

    private static DefaultHttpContext Call(ComposedHost host, string method, string path, string? subject = null)
    {
        var http = new DefaultHttpContext { RequestServices = host.Services };
        (http.Request.Method, http.Request.Path, http.Connection.RemoteIpAddress) = (method, path, IPAddress.Loopback);
        http.Response.Body = new MemoryStream();
        if (subject is not null)
        {
            http.Request.Headers[EasyAuthAuthenticator.Header] = Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new
            {
                claims = new[] { new { typ = "iss", val = ComposedHost.Issuer }, new { typ = "sub", val = subject } },
            }));
        }

        return http;
    }

    /// <summary>The status, and the problem's type where it is one.</summary>
    private static async Task<(int Status, string? Problem)> Answer(DefaultHttpContext http, Task<IResult> running)
    {
        await (await running).ExecuteAsync(http);
        if (http.Response.ContentType != "application/problem+json") return (http.Response.StatusCode, null);
        var text = Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());
        return (http.Response.StatusCode, JsonNode.Parse(text)!["type"]!.GetValue<string>().Split('#')[1]);
    }
}
