using AccessFunctions.Api.Tests.Support;

namespace AccessFunctions.Api.Tests.Assistants;

/// <summary>How clients find where to get a token: RFC 9728, and "Authorization" at modelcontextprotocol.io.</summary>
public sealed class ProtectedResourceTests
{
    private const string Address = "https://access.example";
    private const string Document = "/.well-known/oauth-protected-resource";

    private static readonly Dictionary<string, string?> Providers = new()
    {
        ["Oidc:Issuers:0:Issuer"] = "https://login.example.com/tenant",
        ["Oidc:Issuers:0:Audience"] = "access",
        ["Oidc:Issuers:1:Issuer"] = "https://other.example.com",
        ["Oidc:Issuers:1:Audience"] = "access",
    };

    [Theory]
    [InlineData("")]
    [InlineData("/mcp")]
    public async Task Document_NamesTheAddressItIsAskedAbout_AndTheConfiguredProviders_ForAnybody(string path)
    {
        using var api = new TestApi(settings: Providers);
        var reply = await api.Send("GET", Document + path);
        Assert.Equal(200, reply.Status);
        Assert.StartsWith("application/json", reply.Headers.ContentType.ToString(), StringComparison.Ordinal);
        Assert.Equal(Address + path, (string)reply.Json["resource"]!);
        Assert.Equal(["https://login.example.com/tenant", "https://other.example.com"], reply.Json["authorization_servers"]!.AsArray().Select(static server => (string)server!));
        Assert.Equal("header", (string)Assert.Single(reply.Json["bearer_methods_supported"]!.AsArray())!);
        Assert.Equal(4, reply.Json.AsObject().Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no-token")]
    public async Task Call_WithoutAGoodToken_IsToldWhereTheDocumentIs_AtMcpAlone(string? token)
    {
        using var api = new TestApi(settings: Providers);
        var refused = await api.SendToken("POST", "/mcp", token, new { });
        Assert.Equal(401, refused.Status);
        var challenge = refused.Headers.WWWAuthenticate.ToString();
        Assert.StartsWith("Bearer ", challenge, StringComparison.Ordinal);
        Assert.EndsWith($", resource_metadata=\"{Address}{Document}/mcp\"", challenge, StringComparison.Ordinal);
        Assert.DoesNotContain("resource_metadata", (await api.SendToken("GET", "/api/requests", token)).Headers.WWWAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutProviders_ThereIsNoDocument_AndNobodyIsSentThere()
    {
        using var api = new TestApi();
        Assert.Equal(404, (await api.Send("GET", Document)).Status);
        Assert.Equal(404, (await api.Send("GET", $"{Document}/mcp")).Status);
        Assert.DoesNotContain("resource_metadata", (await api.Send("POST", "/mcp", null, new { })).Headers.WWWAuthenticate.ToString(), StringComparison.Ordinal);
    }
}
