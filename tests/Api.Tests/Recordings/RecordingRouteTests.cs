using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using NSubstitute;

namespace AccessFunctions.Api.Tests.Recordings;

/// <summary>What a link to a recording answers, call by call.</summary>
public sealed class RecordingRouteTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Page_ShowsAPlayer_AndWhatIsSaidOfIt_Escaped()
    {
        var link = await _api.Recorded();
        var page = await _api.Send("GET", link, "alice");
        Assert.Equal(200, page.Status);
        Assert.Contains($"src=\"{link}/media\"", page.Text, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;root&lt;/b&gt;", page.Text, StringComparison.Ordinal);
        Assert.EndsWith("media-src 'self'", page.Headers.ContentSecurityPolicy.ToString(), StringComparison.Ordinal);
        Assert.Equal("no-store", page.Headers.CacheControl.ToString());
    }

    [Fact]
    public async Task Views_AreRecorded_OncePerOpening_AndOncePerReadingFromTheBeginning()
    {
        var link = await _api.Recorded();
        await _api.Send("HEAD", link, "alice");
        await _api.Send("HEAD", link + "/media", "alice");
        Assert.Equal(0, Views());
        await _api.Send("GET", link, "alice");
        await _api.Send("GET", link + "/media", "alice", null, ("Range", "bytes=0-"));
        await _api.Send("GET", link + "/media", "alice", null, ("Range", "bytes=5-"));
        Assert.Equal(1, Views());
        await _api.Send("GET", link + "/media", "alice");
        Assert.Equal(2, Views());
        _api.Clock.Advance(TimeSpan.FromMinutes(9));
        await _api.Send("GET", link + "/media", "alice", null, ("Range", "bytes=5-"));
        Assert.Equal(2, Views());
        _api.Clock.Advance(TimeSpan.FromMinutes(1));
        await _api.Send("GET", link + "/media", "alice", null, ("Range", "bytes=5-"));
        Assert.Equal(3, Views());
    }

    [Fact]
    public async Task Bytes_LeaveOnlyAfterTheirView()
    {
        var link = await _api.Recorded();
        var before = -1;
        _api.Recordings.Reading = () => before = Views();
        await _api.Send("GET", link + "/media", "alice");
        Assert.Equal(1, before);
    }

    [Fact]
    public async Task AReadingThatGoesOn_IsRecordedEveryTenMinutes()
    {
        var link = await _api.Recorded();
        _api.Recordings.Bytes = new byte[(1024 * 1024) + 10];
        _api.Recordings.Reading = () => _api.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(200, (await _api.Send("GET", link + "/media", "alice")).Status);
        Assert.Equal(2, Views());
    }

    [Theory]
    [InlineData("alice", 410)]
    [InlineData("bob", 410)]
    [InlineData(null, 410)]
    public async Task ALinkThatIsOver_IsRefused_WhoeverComes(string? person, int status)
    {
        foreach (var ended in new Func<string, Task>[]
        {
            _ => Task.FromResult(_api.Recordings.Given = false),
            async link => _api.Requests.Set((await Request(link)) with { Phase = Phase.Revoking }),
            async link => _api.Requests.Set((await Request(link)) with { Grants = [(await Request(link)).Grants[0] with { State = GrantState.Gone }] }),
            _ => Task.FromResult(Move(TimeSpan.FromHours(1))),
        })
        {
            _api.Recordings.Given = true;
            var link = await _api.Recorded();
            await ended(link);
            foreach (var path in new[] { link, link + "/media" })
            {
                var reply = await _api.Send("GET", path, person);
                Assert.Equal(person == "bob" ? 403 : status, reply.Status);
                Assert.DoesNotContain("0123456789", reply.Text, StringComparison.Ordinal);
            }
        }

        Assert.Equal(0, Views());
        if (person == "alice") Assert.Contains(_api.AuditTrail, static happened => happened.Type == EventTypes.Host.CallRefused && happened is { Actor: "alice", Reason: "link-over" });
    }

    [Fact]
    public async Task WithoutASession_TheWayLeadsToTheSignIn_AndBack()
    {
        var link = await _api.Recorded();
        var reply = await _api.Send("GET", link);
        Assert.Equal((303, $"/signin?return={Uri.EscapeDataString(link)}"), (reply.Status, reply.Headers.Location.ToString()));
        Assert.Equal((401, "unauthenticated"), ((await _api.Send("GET", link + "/media")) is var media ? (media.Status, media.Problem) : default));
    }

    [Theory]
    [InlineData(null, 200, "0123456789", null)]
    [InlineData("bytes=2-4", 206, "234", "bytes 2-4/10")]
    [InlineData("bytes=-3", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=8-99", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=0-1,4-5", 200, "0123456789", null)]
    [InlineData("lines=1-2", 200, "0123456789", null)]
    [InlineData("bytes=10-", 416, "", "bytes */10")]
    [InlineData("bytes=-0", 416, "", "bytes */10")]
    public async Task Ranges_AreAnsweredAsAsked(string? range, int status, string text, string? said)
    {
        var link = await _api.Recorded();
        var reply = await _api.Send("GET", link + "/media", "alice", null, range is null ? [] : [("Range", range)]);
        Assert.Equal((status, text, said), (reply.Status, reply.Text, reply.Headers.ContentRange.Count == 0 ? null : reply.Headers.ContentRange.ToString()));
        Assert.Equal(("bytes", "\"t1\"", "inline", "nosniff", "no-store"), (reply.Headers.AcceptRanges.ToString(), reply.Headers.ETag.ToString(),
            reply.Headers.ContentDisposition.ToString(), reply.Headers.XContentTypeOptions.ToString(), reply.Headers.CacheControl.ToString()));
        Assert.Equal(0, reply.Headers.AccessControlAllowOrigin.Count);
    }

    [Theory]
    [InlineData("\"t1\"", 206)]
    [InlineData("\"t0\"", 200)]
    [InlineData("W/\"t1\"", 200)]
    [InlineData("Thu, 01 Jan 2026 00:00:00 GMT", 206)]
    [InlineData("Wed, 31 Dec 2025 00:00:00 GMT", 200)]
    [InlineData("nonsense", 200)]
    public async Task APart_IsOfTheVersionThatTheCallerHas(string condition, int status)
    {
        var link = await _api.Recorded();
        Assert.Equal(status, (await _api.Send("GET", link + "/media", "alice", null, ("Range", "bytes=2-4"), ("If-Range", condition))).Status);
    }

    [Fact]
    public async Task ATranscript_IsShownAsText_WithoutWhatMovesACursor()
    {
        _api.Recordings.ContentType = "application/x-asciicast";
        _api.Recordings.Bytes = [.. """
            {"version": 2, "width": 80, "height": 24}
            [0.1, "o", "\u001b[1;32m$\u001b[0m psql <db>\r\n"]
            [0.2, "i", "typed"]
            [0.3, "o", "\u001b]0;title\u0007done\u0008"]
            [0.35, "o", "\ud83d"]
            [0.4, "o", "cut o
            """u8];
        var page = await _api.Send("GET", await _api.Recorded(), "alice");
        Assert.Contains("<pre dir=\"auto\">$ psql &lt;db&gt;&#xA;done</pre>", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<video", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_OfARecording_IsALinkOnThePage()
    {
        var link = await _api.Recorded();
        var request = await Request(link);
        _api.Recordings.Platform.Secret(default!, default).ReturnsForAnyArgs(new ReleasedSecret(new Dictionary<string, string> { ["link"] = $"https://access.example{link}", ["until"] = "later" }));
        var page = await _api.Send("GET", $"/requests/{request.Id}", "alice");
        Assert.Contains("Get the link to the recording", page.Text, StringComparison.Ordinal);

        // What htmx loads stays under the policy of the page before, which plays nothing.
        var shown = await _api.Post($"/requests/{request.Id}/secret", "alice");
        Assert.Contains($"href=\"{link}\" hx-boost=\"false\"", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Show or hide", shown.Text, StringComparison.Ordinal);
    }

    private async Task<AccessRequest> Request(string link)
    {
        Assert.True(_api.Recordings.TryRead(link["/recordings/".Length..], out var read));
        return (await _api.Requests.Find(read.RequestId, default))!;
    }

    private bool Move(TimeSpan by)
    {
        _api.Clock.Advance(by);
        return true;
    }

    private int Views() => _api.Requests.AllRows.Count(static row => AuditBody.Read(row).Event.Type == EventTypes.Request.RecordingViewed);
}
