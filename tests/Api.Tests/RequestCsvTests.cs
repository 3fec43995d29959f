using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Tests.Support;

namespace AccessFunctions.Api.Tests;

public sealed class RequestCsvTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "'\rx")]
    [InlineData("  =1", "'  =1")]
    [InlineData("a=1", "a=1")]
    [InlineData("", "")]
    [InlineData(null, null)]
    public void Formula_IsDefused(string? text, string? written) => Assert.Equal(written, RequestCsv.Defuse(text));

    [Fact]
    public async Task Export_HasEveryFilterColumn_DefusesFormulas_AndIsAudited()
    {
        await _api.Submitted("k", new { resources = new[] { "pg/sales" }, kind = "Role", role = "reader", justification = "=HYPERLINK(\"x\"), or\nnot", ticket = "-1" });
        var reply = await _api.Send("GET", "/api/requests.csv?emergency=false&status=Open", "erin");
        Assert.Equal((200, "text/csv; charset=utf-8"), (reply.Status, reply.Headers.ContentType.ToString()));
        Assert.Contains("attachment; filename=\"requests-20261121-090000.csv\"", reply.Headers.ContentDisposition.ToString(), StringComparison.Ordinal);
        var header = reply.Text[..reply.Text.IndexOf("\r\n", StringComparison.Ordinal)].Split(',');
        Assert.Superset(new HashSet<string>(["status", "phase", "outcome", "emergency", "expired", "requester", "kind", "resources", "platforms", "accessGroup", "ticket", "created"]), new HashSet<string>(header));
        Assert.Contains(",\"'=HYPERLINK(\"\"x\"\"), or\nnot\",", reply.Text, StringComparison.Ordinal);
        Assert.Contains(",'-1,", reply.Text, StringComparison.Ordinal);

        var export = Assert.Single(_api.AuditTrail);
        Assert.Equal(("access.requests.exported", "erin", "false"), (export.Type, export.Actor, export.Detail!.More["emergency"]));
    }

    [Fact]
    public async Task Export_GoesOverEveryPage()
    {
        for (var i = 0; i < QueryReader.MaxLimit + 3; i++) await _api.Submitted($"k{i}");
        var reply = await _api.Send("GET", "/api/requests.csv", "alice");
        Assert.Equal(QueryReader.MaxLimit + 3 + 1, reply.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Export_TakesNoPaging() => Assert.Equal((400, "bad-parameter"), Of(await _api.Send("GET", "/api/requests.csv?limit=5", "alice")));

    private static (int, string) Of(Reply reply) => (reply.Status, reply.Problem);
}
