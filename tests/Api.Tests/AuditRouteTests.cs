using System.Text;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using NSubstitute;

namespace AccessFunctions.Api.Tests;

public sealed class AuditRouteTests : IDisposable
{
    private static readonly byte[] Salt = new byte[16];
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task RequestsChain_IsForWhoeverSeesTheRequest_AddressesForOverseersOnly()
    {
        var id = (string)(await _api.Submitted())["id"]!;
        _api.Audit.Stream(id, Arg.Any<CancellationToken>()).Returns([Row(id)]);
        var mine = await _api.Send("GET", $"/api/requests/{id}/audit", "alice");
        var link = Assert.Single(mine.Json["items"]!.AsArray())!;
        Assert.Equal(("Bob", "access.request.approved", "fine", AuditLink.Origin),
            ((string)link["actor"]!["name"]!, (string)link["event"]!["type"]!, (string)link["event"]!["detail"]!["text"]!, (string)link["previous"]!));
        Assert.DoesNotContain("192.0.2.1", mine.Text, StringComparison.Ordinal);
        Assert.Contains("192.0.2.1", (await _api.Send("GET", $"/api/requests/{id}/audit", "erin")).Text, StringComparison.Ordinal);
        Assert.Equal(404, (await _api.Send("GET", $"/api/requests/{id}/audit", "olga")).Status);
    }

    [Fact]
    public async Task Trail_ReadsFilters_AndPages()
    {
        _api.Audit.List(default!, default, default, default).ReturnsForAnyArgs(new Page<AuditRow>([Row("r")], "more"));
        var reply = await _api.Send("GET", "/api/audit?actor=bob&type=access.request.approved&emergency=true&from=2026-11-01T00:00:00Z&limit=7&cursor=c", "erin");
        Assert.Equal("more", (string)reply.Json["next"]!);
        await _api.Audit.Received().List(
            Arg.Is<AuditFilter>(filter => filter.Actor == "bob" && filter.Type == "access.request.approved" && filter.Emergency == true && filter.From!.Value.Month == 11), "c", 7, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Export_IsAudited_BeforeItLeaves_AndReadsBack()
    {
        _api.Audit.Checkpoints(Arg.Any<CancellationToken>()).Returns([]);
        _api.Audit.Export(Arg.Any<CancellationToken>()).Returns(_ =>
        {
            Assert.Equal("access.audit.exported", Assert.Single(_api.AuditTrail).Type);
            return Rows();
        });
        var reply = await _api.Send("GET", "/api/audit/export", "erin");
        Assert.Equal((200, "application/x-ndjson"), (reply.Status, reply.Headers.ContentType.ToString()));
        var lines = new List<ExportLine>();
        await foreach (var line in AuditExport.Read(new MemoryStream(Encoding.UTF8.GetBytes(reply.Text)), default)) lines.Add(line);
        Assert.Equal(["a", "b"], lines.Select(line => line.Row?.Stream));
    }

    private static async IAsyncEnumerable<AuditRow> Rows()
    {
        await Task.CompletedTask;
        yield return Row("a");
        yield return Row("b");
    }

    private static AuditRow Row(string stream) => AuditLink.Next(stream, null, new AuditEvent
    {
        Type = "access.request.approved",
        At = new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero),
        Actor = "bob",
        Channel = "SignedIn",
        Succeeded = true,
        Detail = new AuditDetail { Address = "192.0.2.1", Text = "fine" },
    }, Salt);
}
