using System.Text;
using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using NSubstitute;

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
    [InlineData(" \t=1", "' \t=1")]
    [InlineData("\"=1", "'\"=1")]
    [InlineData(" ' @x", "' ' @x")]
    [InlineData("\nx", "'\nx")]
    [InlineData("a=1", "a=1")]
    [InlineData("\"a\"", "\"a\"")]
    [InlineData("", "")]
    [InlineData(null, null)]
    public void Formula_IsDefused(string? text, string? written) => Assert.Equal(written, Csv.Defuse(text));

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

    [Fact]
    public async Task Export_WithAByteOrderMark_BeginsWithIt_AndTheAuditSaysSo()
    {
        var reply = await _api.Send("GET", "/api/requests.csv?bom=true&justification=quarter", "erin");
        Assert.StartsWith("\uFEFFid,status,", reply.Text, StringComparison.Ordinal);
        Assert.StartsWith("id,status,", (await _api.Send("GET", "/api/requests.csv", "erin")).Text, StringComparison.Ordinal);
        var detail = _api.AuditTrail[0].Detail!;
        Assert.Equal(("requests", "true", "quarter"), (_api.AuditTrail[0].Resource, detail.More["bom"], detail.More["justification"]));
    }

    [Fact]
    public async Task Export_Filtered_HoldsWhatMatches()
    {
        var one = (string)(await _api.Submitted("k1"))["id"]!;
        var two = (string)(await _api.Submitted("k2", new { resources = new[] { "pg/sales" }, kind = "Role", role = "reader", justification = "An Incident", reason = "repair" }))["id"]!;
        foreach (var filter in new[] { "justification=incident", "reason=REPAIR", $"id={two}" })
        {
            var reply = await _api.Send("GET", $"/api/requests.csv?{filter}", "erin");
            Assert.Contains(two, reply.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(one, reply.Text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(two, (await _api.Send("GET", "/api/requests.csv?periodFrom=2030-01-01T00:00:00Z", "erin")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_AreReadNoFurtherThanAPortionAhead_OfWhatTheCallerTook()
    {
        using var slow = new SlowStream();
        var read = 0;
        CsvColumn<int>[] columns = [new("number", (number, _) => $"row-{number}")];
        var writing = Csv.Write(slow, bom: false, columns, _api.People.Current, Rows(), default);
        for (var takes = 0; !writing.IsCompleted; takes++)
        {
            Assert.InRange(read - slow.Taken, 0, Csv.Portion);
            slow.TakeOne();
            Assert.InRange(takes, 0, 1000);
        }

        await writing;
        Assert.Equal((10_000, 10_000), (read, slow.Taken));

        async IAsyncEnumerable<int> Rows()
        {
            await Task.CompletedTask;
            for (var number = 0; number < 10_000; number++)
            {
                read++;
                yield return number;
            }
        }
    }

    [Theory]
    [InlineData("bob", "approver=bob", "bob")]
    [InlineData("bob", "approver=carol", null)]
    [InlineData("bob", "everyone=true", null)]
    [InlineData("erin", "approver=bob&kind=Recording", "bob")]
    [InlineData("dave", "everyone=true&kind=Recording", "")]
    public async Task DecisionsOfOthers_AreForThoseWhoOversee(string by, string query, string? whose)
    {
        _api.Audit.List(default!, default, default, default).ReturnsForAnyArgs(new Page<AuditRow>([], null));
        var reply = await _api.Send("GET", $"/api/decisions.csv?{query}", by);
        if (whose is null)
        {
            Assert.Equal((403, "role-missing"), (reply.Status, reply.Problem));
            await _api.Audit.DidNotReceiveWithAnyArgs().List(default!, default, default, default);
            return;
        }

        Assert.Equal(200, reply.Status);
        await _api.Audit.Received().List(Arg.Is<AuditFilter>(filter => (filter.Actor ?? "") == whose && (!query.Contains("kind") || filter.Kind == "Recording")), null, 200, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Decisions_AreTheCallersOwn_WithTheRequestAndTheChannel()
    {
        var id = (string)(await _api.Submitted())["id"]!;
        await _api.Send("POST", $"/api/requests/{id}/approve", "bob", new { revision = 1, comment = "=fine" });
        _api.Audit.List(default!, default, default, default).ReturnsForAnyArgs(
            new Page<AuditRow>([.. _api.Requests.Chain(id).Where(static row => AuditBody.Read(row).Event.Type == EventTypes.Request.Approved)], null));
        var reply = await _api.Send("GET", "/api/decisions.csv?verdict=Approve&justification=QUARTER&decidedFrom=2026-11-01T00:00:00Z", "bob");
        Assert.Equal(200, reply.Status);
        Assert.Contains($"2026-11-21T09:00:00Z,bob,Bob,Approved,SignedIn,1,1,'=fine,{id},", reply.Text, StringComparison.Ordinal);
        await _api.Audit.Received().List(
            Arg.Is<AuditFilter>(filter => filter.Actor == "bob" && filter.Types!.Single() == EventTypes.Request.Approved && filter.From!.Value.Month == 11), null, 200, Arg.Any<CancellationToken>());
        Assert.DoesNotContain(id, (await _api.Send("GET", "/api/decisions.csv?justification=other", "bob")).Text, StringComparison.Ordinal);
        var export = _api.AuditTrail[^1];
        Assert.Equal((EventTypes.Host.RequestsExported, "bob", "decisions"), (export.Type, export.Actor, export.Resource));
    }

    [Fact]
    public async Task TheAuditTrail_IsExportedToo_DamagedRowsWithTheirPlace()
    {
        var id = (string)(await _api.Submitted())["id"]!;
        await _api.Send("POST", $"/api/requests/{id}/approve", "bob", new { revision = 1, comment = "@fine" });
        _api.Audit.List(default!, default, default, default).ReturnsForAnyArgs(
            new Page<AuditRow>([_api.Requests.Chain(id)[0] with { Body = [1, 2] }, .. _api.Requests.Chain(id).Skip(1)], null));
        var reply = await _api.Send("GET", "/api/audit.csv?decisions=true&kind=Role&actor=bob", "erin");
        Assert.StartsWith("at,type,actor,actorName,channel,", reply.Text, StringComparison.Ordinal);
        Assert.Contains(",access.audit.unreadable,,", reply.Text, StringComparison.Ordinal);
        Assert.Contains("access.request.approved,bob,Bob,SignedIn,", reply.Text, StringComparison.Ordinal);
        Assert.Contains(",'@fine,", reply.Text, StringComparison.Ordinal);
        await _api.Audit.Received().List(
            Arg.Is<AuditFilter>(filter => filter.Actor == "bob" && filter.Kind == "Role" && filter.Types!.Count == 2), null, 200, Arg.Any<CancellationToken>());
        Assert.Equal((EventTypes.Host.AuditExported, "erin", "bob"), (_api.AuditTrail[^1].Type, _api.AuditTrail[^1].Actor, _api.AuditTrail[^1].Detail!.More["actor"]));
    }

    private static (int, string) Of(Reply reply) => (reply.Status, reply.Problem);

    /// <summary>Takes one write at a time, when told to; counts the rows in it.</summary>
    private sealed class SlowStream : Stream
    {
        private TaskCompletionSource? _waiting;
        private int _coming;

        public int Taken { get; private set; }
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void TakeOne()
        {
            Assert.NotNull(_waiting);
            var waiting = _waiting;
            _waiting = null;
            Taken += _coming;
            waiting.SetResult();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Assert.Null(_waiting);
            _coming = Encoding.UTF8.GetString(buffer.Span).Split("row-").Length - 1;
            _waiting = new TaskCompletionSource();
            await _waiting.Task;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public override void Flush() => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
