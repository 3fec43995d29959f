using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Api.Tests.Assistants;

/// <summary>What the protocol's client never sends, and what the specification asks of a server: modelcontextprotocol.io, "Transports".</summary>
public sealed class McpTests : IDisposable
{
    private static readonly (string, string) Accept = ("Accept", "application/json, text/event-stream");
    private static readonly object List = new { jsonrpc = "2.0", id = 1, method = "tools/list" };
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Call_WithoutBothTypesAccepted_IsRefused() =>
        Assert.Equal((406, "not-acceptable"), Refusal(await _api.Send("POST", "/mcp", "alice", List, ("Accept", "application/json"))));

    [Fact]
    public async Task Call_OfARevisionOfNobody_IsRefused()
    {
        Assert.Equal((400, "bad-parameter"), Refusal(await _api.Send("POST", "/mcp", "alice", List, Accept, ("MCP-Protocol-Version", "1999-01-01"))));
        Assert.Equal(200, (await _api.Send("POST", "/mcp", "alice", List, Accept, ("MCP-Protocol-Version", "2025-06-18"))).Status);
    }

    [Fact]
    public async Task Call_WhoseHeadersSayAnotherMethodThanItsBody_IsRefused() => Assert.Equal((400, "bad-parameter"), Refusal(
        await _api.Send("POST", "/mcp", "alice", List, Accept, ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"))));

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"name\":7}")]
    public async Task Call_WhoseParametersAreNone_IsNoFaultOfOurs(string parameters)
    {
        var reply = await _api.Send("POST", "/mcp", "alice", $$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{parameters}}}""", Accept, ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"));
        Assert.True(reply.Status < 500, reply.Text);
    }

    [Fact]
    public async Task Call_FromAnotherSite_IsRefused() =>
        Assert.Equal((403, "not-from-our-page"), Refusal(await _api.Send("POST", "/mcp", "alice", List, Accept, ("Origin", "https://evil.example"))));

    [Theory]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"tools/list\"}")]
    public async Task Body_ThatIsNoMessage_IsRefused(string body) => Assert.Equal((400, "malformed"), Refusal(await _api.Send("POST", "/mcp", "alice", body, Accept)));

    [Fact]
    public async Task Notification_HasNoAnswer() => Assert.Equal(202, (await _api.Send("POST", "/mcp", "alice", new { jsonrpc = "2.0", method = "notifications/initialized" }, Accept)).Status);

    [Fact]
    public async Task Stream_OfTheServersOwn_IsNotOffered() => Assert.Equal(405, (await _api.Send("GET", "/mcp", "alice")).Status);

    [Fact]
    public async Task ToolOfNoName_IsAnErrorTheAssistantCanRead_AndAudited()
    {
        var reply = await _api.Send("POST", "/mcp", "alice", new { jsonrpc = "2.0", id = 1, method = "tools/call", @params = new { name = "approve", arguments = new { } } }, Accept);
        Assert.Equal(200, reply.Status);
        Assert.Contains("\"isError\":true", reply.Text, StringComparison.Ordinal);
        Assert.Contains("there are check_access", reply.Text, StringComparison.Ordinal);
        var used = Assert.Single(_api.AuditTrail);
        Assert.Equal((EventTypes.Host.AssistantToolUsed, "tool/unknown", false), (used.Type, used.Resource, used.Succeeded));
    }

    private static (int, string) Refusal(Reply reply) => (reply.Status, reply.Problem);
}
