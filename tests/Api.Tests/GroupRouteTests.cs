using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Domain.Json;

namespace AccessFunctions.Api.Tests;

public sealed class GroupRouteTests : IDisposable
{
    private const string Path = "/api/access-groups/analysts";
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Edit_ReadChangeWrite_WithTheETag()
    {
        var read = await _api.Send("GET", Path, "dave");
        var tag = read.Headers.ETag.ToString();
        Assert.Equal("\"v1\"", tag);
        Assert.Equal("1h", (string)read.Json["defaultDuration"]!);
        var changed = read.Json;
        changed["maxDuration"] = "4h";

        var written = await _api.Send("PUT", Path, "dave", changed.ToJsonString(), ("If-Match", tag));
        Assert.Equal((200, "\"v2\"", "4h"), (written.Status, written.Headers.ETag.ToString(), (string)written.Json["maxDuration"]!));
        Assert.Equal((412, "precondition-failed"), Of(await _api.Send("PUT", Path, "dave", changed.ToJsonString(), ("If-Match", tag))));
        Assert.Contains(_api.AuditTrail, happened => happened is { Type: "access.policy.saved", Actor: "dave" });
    }

    [Fact]
    public async Task Get_WithTheVersionOneHas_Answers304()
    {
        var reply = await _api.Send("GET", Path, "dave", null, ("If-None-Match", "\"v0\", \"v1\""));
        Assert.Equal((304, "", "\"v1\""), (reply.Status, reply.Text, reply.Headers.ETag.ToString()));
        var list = await _api.Send("GET", "/api/access-groups", "dave");
        Assert.Equal(304, (await _api.Send("GET", "/api/access-groups", "dave", null, ("If-None-Match", list.Headers.ETag.ToString()))).Status);
        Assert.Equal(200, (await _api.Send("GET", "/api/access-groups", "bob", null, ("If-None-Match", list.Headers.ETag.ToString()))).Status);
    }

    [Fact]
    public async Task Create_OnlyWhereNoneIs()
    {
        var group = Document("fresh");
        var created = await _api.Send("PUT", "/api/access-groups/fresh", "dave", group, ("If-None-Match", "*"));
        Assert.Equal(201, created.Status);
        Assert.Equal((412, "precondition-failed"), Of(await _api.Send("PUT", "/api/access-groups/fresh", "dave", group, ("If-None-Match", "*"))));
    }

    [Theory]
    [InlineData(null, null, 428, "precondition-required")]
    [InlineData("If-Match", "v1", 400, "bad-parameter")]
    [InlineData("If-Match", "W/\"v1\"", 400, "bad-parameter")]
    [InlineData("If-Match", "*", 400, "bad-parameter")]
    [InlineData("If-None-Match", "\"v1\"", 400, "bad-parameter")]
    public async Task Put_WithoutAUsablePrecondition_IsRefused(string? header, string? value, int status, string problem) =>
        Assert.Equal((status, problem), Of(await _api.Send("PUT", Path, "dave", Document("analysts"), header is null ? [] : [(header, value!)])));

    [Fact]
    public async Task Put_OfAnUnsoundGroup_NamesTheField()
    {
        var group = JsonNode.Parse(Document("analysts"))!;
        group["levels"]![0]!["approvalsRequired"] = 5;
        var reply = await _api.Send("PUT", Path, "dave", group.ToJsonString(), ("If-Match", "\"v1\""));
        Assert.Equal((422, "invalid"), Of(reply));
        Assert.NotEmpty(reply.Json["errors"]!.AsObject());
    }

    [Theory]
    [InlineData("""{"id":"analysts","colour":1}""", "colour")]
    [InlineData("""{"id":"analysts","members":[null]}""", "members")]
    [InlineData("""{"id":"analysts","levels":[{"approvers":null}]}""", "levels[0].approvers")]
    [InlineData("""{"id":"analysts","levels":[null]}""", "levels")]
    [InlineData("""{"id":"analysts","rules":{"Role":null}}""", "rules")]
    [InlineData("""{"id":"analysts","maxDuration":"8 hours"}""", "maxDuration")]
    [InlineData("""{"id":"analysts","priority":"high"}""", "priority")]
    [InlineData("""{"id":"analysts","accessWindows":[{"days":["Someday"]}]}""", "accessWindows[0].days[0]")]
    [InlineData("""{"id":"analysts","freezes":[{"from":"2026-01-01","to":"2026-01-02"}]}""", "freezes[0].from")]
    public async Task Put_OfAWrongShape_NamesTheField(string body, string field)
    {
        var reply = await _api.Send("PUT", Path, "dave", body, ("If-Match", "\"v1\""));
        Assert.Equal((400, "malformed"), Of(reply));
        Assert.NotNull(reply.Json["errors"]![field]);
    }

    [Fact]
    public async Task Put_UnderAnotherId_IsInvalid() =>
        Assert.Equal((422, "invalid"), Of(await _api.Send("PUT", "/api/access-groups/other", "dave", Document("analysts"), ("If-None-Match", "*"))));

    [Fact]
    public async Task Delete_NeedsTheVersion()
    {
        Assert.Equal((428, "precondition-required"), Of(await _api.Send("DELETE", Path, "dave")));
        Assert.Equal((412, "precondition-failed"), Of(await _api.Send("DELETE", Path, "dave", null, ("If-Match", "\"v9\""))));
        Assert.Equal(204, (await _api.Send("DELETE", Path, "dave", null, ("If-Match", "\"v1\""))).Status);
        Assert.Equal((404, "not-found"), Of(await _api.Send("GET", Path, "dave")));
    }

    [Theory]
    [InlineData("dave", 200)]
    [InlineData("erin", 200)]
    [InlineData("alice", 200)]
    [InlineData("bob", 404)]
    public async Task Get_IsForThoseItCovers_AndForThoseWhoOversee(string by, int status)
    {
        Assert.Equal(status, (await _api.Send("GET", Path, by)).Status);
        Assert.Equal(status == 200 ? 1 : 0, (await _api.Send("GET", "/api/access-groups", by)).Json["items"]!.AsArray().Count);
    }

    private static string Document(string id) => JsonSerializer.Serialize(TestApi.Analysts with { Id = id }, DomainJson.Default.AccessGroup);

    private static (int, string) Of(Reply reply) => (reply.Status, reply.Problem);
}
