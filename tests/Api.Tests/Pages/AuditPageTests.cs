using System.Net;
using AccessFunctions.Api.Pages.Auditing;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using NSubstitute;

namespace AccessFunctions.Api.Tests.Pages;

/// <summary>The page of the audit trail: events, decisions counted, and the verification in words.</summary>
public sealed class AuditPageTests : IDisposable
{
    private static readonly byte[] Salt = new byte[16];
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("dave", 200)]
    [InlineData("erin", 200)]
    [InlineData("alice", 403)]
    public async Task Trail_IsForThoseWhoOversee(string by, int status)
    {
        _api.Audit.Checkpoints(default).ReturnsForAnyArgs([]);
        _api.Audit.Export(default).ReturnsForAnyArgs(_ => Rows(Row("r-1")));
        Assert.Equal(status, (await _api.Send("GET", "/audit", by)).Status);
        Assert.Equal(status, (await _api.Send("POST", "/audit/verify", by)).Status);
        Assert.Equal(status == 200, (await _api.Send("GET", "/", by)).Text.Contains("href=\"/audit\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_AreShown_WithWhoDecidedHowOften()
    {
        Lists(Row("r-1"));
        var page = await _api.Send("GET", "/audit", "erin");
        Assert.Contains(">request approved</a>", page.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"/requests/r-1\">pg/sales</a>", page.Text, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;fine", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>fine", page.Text, StringComparison.Ordinal);
        Assert.Contains("<td data-label=\"Approvals\">1</td>", page.Text, StringComparison.Ordinal);
        Assert.Contains("<td data-label=\"Disapprovals\">0</td>", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_ReachTheTrail_AndStayInTheAddress()
    {
        Lists(Row("r-1"));
        var page = await _api.Send("GET", "/audit?actor=bob&type=access.request.approved&request=&from=2026-11-21&to=2026-11-21&limit=7", "erin");
        Assert.Contains("href=\"/audit?actor=bob&amp;type=access.request.approved&amp;from=2026-11-21&amp;to=2026-11-21&amp;cursor=more\"", page.Text, StringComparison.Ordinal);
        Assert.Contains("<option value=\"access.request.approved\" selected>", page.Text, StringComparison.Ordinal);
        await _api.Audit.Received().List(
            Arg.Is<AuditFilter>(filter => filter.Actor == "bob" && filter.Type == "access.request.approved" && filter.RequestId == null && filter.From!.Value.Day == 21 && filter.To!.Value.Day == 22),
            null, 7, Arg.Any<CancellationToken>());
        Assert.Equal(422, (await _api.Send("GET", "/audit?from=soon", "erin")).Status);
    }

    [Fact]
    public async Task ADamagedRow_IsShownAsSuch_AndHidesNothing()
    {
        Lists(Row("r-1"), Row("r-2") with { Body = "{"u8.ToArray() });
        var page = await _api.Send("GET", "/audit", "erin");
        Assert.Equal(200, page.Status);
        Assert.Contains("audit unreadable", page.Text, StringComparison.Ordinal);
        Assert.Contains("r-2/1", page.Text, StringComparison.Ordinal);
        Assert.Contains("request approved", page.Text, StringComparison.Ordinal);
        var api = await _api.Send("GET", "/api/audit", "erin");
        Assert.Equal(200, api.Status);
        Assert.Contains("access.audit.unreadable", api.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AVerificationWhileAnotherRuns_SaysSo()
    {
        var begun = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        _api.Audit.Checkpoints(default).ReturnsForAnyArgs(async _ =>
        {
            begun.TrySetResult();
            await goOn.Task;
            return (IReadOnlyList<Checkpoint>)[];
        });
        _api.Audit.Export(default).ReturnsForAnyArgs(_ => Rows(Row("r-1")));
        var first = _api.Send("POST", "/audit/verify", "erin");
        await begun.Task;
        var second = await _api.Send("POST", "/audit/verify", "dave");
        Assert.Equal(503, second.Status);
        Assert.Contains("Somebody verifies the trail already.", second.Text, StringComparison.Ordinal);
        goOn.SetResult();
        Assert.Equal(200, (await first).Status);
        Assert.Equal(200, (await _api.Send("POST", "/audit/verify", "dave")).Status);
    }

    [Fact]
    public async Task KindAndDecisions_ReachTheTrail_AndTheExport()
    {
        Lists(Row("r-1"));
        var page = await _api.Send("GET", "/audit?actor=bob&decisions=true&kind=Role&from=2026-11-21", "erin");
        Assert.Contains("href=\"/api/audit.csv?actor=bob&amp;decisions=true&amp;kind=Role&amp;from=2026-11-21T00%3A00%3A00Z\"", page.Text, StringComparison.Ordinal);
        await _api.Audit.Received().List(
            Arg.Is<AuditFilter>(filter => filter.Kind == "Role" && filter.Types!.Count == 2 && filter.Type == null), null, 50, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task EachApprover_LeadsToTheHistoryOfTheirDecisions_ByKind()
    {
        Lists(Row("r-1"));
        var page = await _api.Send("GET", "/audit?kind=Recording&from=2026-11-21", "erin");
        Assert.Matches("href=\"/audit\\?actor=[a-z]+&amp;decisions=true(&amp;kind=[A-Za-z]+)?&amp;from=2026-11-21\"", page.Text);
        Assert.Contains("href=\"/api/decisions.csv?everyone=true&amp;kind=Recording&amp;decidedFrom=2026-11-21T00%3A00%3A00Z\"", page.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"/api/decisions.csv?approver=bob\"", (await _api.Send("GET", "/audit?actor=bob", "erin")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutEvents_ItSaysSo()
    {
        var page = await _api.Send("GET", "/audit", "erin");
        Assert.Contains("Nobody has approved or denied anything yet.", page.Text, StringComparison.Ordinal);
        Assert.Contains("No event matches these filters.", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_SaysThatASoundTrailIsSound_AndWhatIsWrongWithAnother()
    {
        _api.Audit.Checkpoints(default).ReturnsForAnyArgs([]);
        var first = Row("r-1");
        var second = AuditLink.Next("r-1", new AccessFunctions.Domain.Requests.AuditHead(first.Sequence, first.Hash), Approved, Salt);
        _api.Audit.Export(default).ReturnsForAnyArgs(_ => Rows(first, second));
        var sound = await _api.Send("POST", "/audit/verify", "erin");
        Assert.Contains("The trail is sound.", sound.Text, StringComparison.Ordinal);
        Assert.Contains("2 events in 1 chain", sound.Text, StringComparison.Ordinal);
        Assert.Contains("role=\"status\"", sound.Text, StringComparison.Ordinal);

        _api.Audit.Export(default).ReturnsForAnyArgs(_ => Rows(second));
        var cut = WebUtility.HtmlDecode((await _api.Send("POST", "/audit/verify", "erin")).Text);
        Assert.Contains("The trail is not as it was written.", cut, StringComparison.Ordinal);
        Assert.Contains("r-1, 1: Row 1", cut, StringComparison.Ordinal);
    }

    [Fact]
    public void Decisions_AreCounted_ByApproverAndKind()
    {
        var counts = DecisionCount.Of([Approved, Approved, Approved with { Type = EventTypes.Request.Denied }, Approved with { Kind = "Session" }, Approved with { Actor = "amy" }, Approved with { Type = EventTypes.Request.Lapsed }]);
        Assert.Equal([new("amy", "Role", 1, 0), new("bob", "Role", 2, 1), new("bob", "Session", 1, 0)], counts);
    }

    private static AuditEvent Approved { get; } = new()
    {
        Type = EventTypes.Request.Approved,
        At = new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero),
        Actor = "bob",
        Channel = "SignedIn",
        Succeeded = true,
        RequestId = "r-1",
        Kind = "Role",
        Resource = "pg/sales",
        Detail = new AuditDetail { Text = "<script>fine", Address = "192.0.2.1" },
    };

    private static AuditRow Row(string stream) => AuditLink.Next(stream, null, Approved, Salt);

    private static async IAsyncEnumerable<AuditRow> Rows(params AuditRow[] rows)
    {
        await Task.CompletedTask;
        foreach (var row in rows) yield return row;
    }

    // As a store does: the type decides.
    private void Lists(params AuditRow[] rows) => _api.Audit.List(default!, default, default, default).ReturnsForAnyArgs(call =>
        call.Arg<AuditFilter>().Type is null or EventTypes.Request.Approved ? new Page<AuditRow>(rows, "more") : new Page<AuditRow>([], null));
}
