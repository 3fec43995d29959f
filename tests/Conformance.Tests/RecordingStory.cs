using System.Net;
using System.Net.Http.Headers;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Conformance.Tests;

/// <summary>A recording from the ask to the end of its link, as both hosts have to tell it.</summary>
public static class RecordingStory
{
    /// <summary>The recording's bytes: longer than what is sent without looking at the request again.</summary>
    public static byte[] Video { get; } = [.. Enumerable.Range(0, 3 * 1024 * 1024).Select(static i => (byte)(i % 251))];

    public const string Resource = "rec-prod/2026/11/session-42.mp4";

    /// <summary>Who may ask, and who decides.</summary>
    public static AccessGroup Group { get; } = new()
    {
        Id = "recordings",
        Members = ["alice", "mallory"],
        Resources = ["rec-prod/*/*/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Recording] = new(Mode.Approve) },
        Levels = [new LevelPolicy { Approvers = ["bob"] }],
    };

    /// <summary>The platform over a folder, as an item of the YAML list.</summary>
    public static string Platform(string folder) => $"""
          - name: rec-prod
            type: recordings
            folder: {folder}
        """;

    /// <summary>Puts a recording, what is said of it, and what is none, into a folder.</summary>
    public static async Task Fill(string folder)
    {
        var month = Directory.CreateDirectory(Path.Combine(folder, "2026", "11")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(month, "session-42.mp4"), Video);
        await File.WriteAllTextAsync(Path.Combine(month, "session-42.yaml"), "user: postgres\nhost: db7\nstarted: 2026-11-02T09:00:00Z\nended: 2026-11-02T09:40:00Z\ndescription: Index rebuild\n");
        await File.WriteAllTextAsync(Path.Combine(month, "page.html"), "<script>alert(1)</script>");
    }

    /// <summary>Asks for it and has it approved; the request's id and the link's path.</summary>
    public static async Task<(string Id, string Link)> Given(this IScenarioHost host)
    {
        var asked = await host.As("alice").Ask(new { resources = new[] { Resource }, kind = "Recording", justification = "what happened to the index", end = host.Now.AddHours(1) });
        Assert.True(asked.Status == HttpStatusCode.Created, asked.ToString());
        Assert.Equal(HttpStatusCode.Conflict, (await host.As("alice").Do(asked.Id, "secret")).Status);
        await host.As("bob").Approve(asked.Id);
        await host.Becomes(host.As("alice"), asked.Id, "Active");
        return (asked.Id, await host.Link(asked.Id));
    }

    public static async Task<string> Link(this IScenarioHost host, string id)
    {
        var fields = (await host.As("alice").Do(id, "secret")).Body.GetProperty("fields");
        var link = new Uri(fields.GetProperty("link").GetString()!);
        Assert.Matches("^/recordings/[A-Za-z0-9_-]{100,400}$", link.AbsolutePath);
        return link.AbsolutePath;
    }

    /// <summary>Tells it: the link plays in parts for its person alone, each view is audited, and after the end the same link is refused.</summary>
    public static async Task Tell(IScenarioHost host)
    {
        var found = await host.As("alice").Call(HttpMethod.Get, "/api/resources?platform=rec-prod&kind=Recording");
        var resource = Assert.Single(found.Body.GetProperty("items").EnumerateArray());
        Assert.Equal((Resource, "Index rebuild · postgres on db7 · 2026-11-02 09:00 to 09:40 UTC"), (resource.GetProperty("resource").GetString(), resource.GetProperty("description").GetString()));

        var (id, link) = await host.Given();
        using (var page = await host.As("alice").GetAsync(link))
        {
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            Assert.Contains("media-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            var html = await page.Content.ReadAsStringAsync();
            Assert.Contains($"src=\"{link}/media\"", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        }

        Assert.Equal(1, await host.Views(id));

        // The player begins at the first byte: that is the view which the page recorded. Then it jumps.
        using (var start = await host.Part(link, 0, 999))
        {
            Assert.Equal(HttpStatusCode.PartialContent, start.StatusCode);
            Assert.Equal(("video/mp4", "no-store", "nosniff"), (start.Content.Headers.ContentType!.ToString(), start.Headers.CacheControl!.ToString(), start.Headers.GetValues("X-Content-Type-Options").Single()));
            Assert.Equal(("inline", "bytes"), (start.Content.Headers.ContentDisposition!.DispositionType, start.Headers.AcceptRanges.Single()));
            Assert.Equal($"bytes 0-999/{Video.Length}", start.Content.Headers.ContentRange!.ToString());
            Assert.Equal(Video[..1000], await start.Content.ReadAsByteArrayAsync());
        }

        using (var jump = await host.Part(link, Video.Length - 10, null)) Assert.Equal(Video[^10..], await jump.Content.ReadAsByteArrayAsync());
        Assert.Equal(1, await host.Views(id));

        // Whoever reads it from the beginning again views it again.
        Assert.Equal(Video, await host.As("alice").GetByteArrayAsync(link + "/media"));
        Assert.Equal(2, await host.Views(id));
        using (var head = await host.As("alice").SendAsync(new HttpRequestMessage(HttpMethod.Head, link + "/media"))) Assert.Equal(Video.Length, head.Content.Headers.ContentLength);
        using (var beyond = await host.Part(link, Video.Length, null)) Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        Assert.Equal(2, await host.Views(id));

        await host.OpensForNobodyElse(link);
        await host.As("alice").Do(id, "release");
        var closed = await host.Becomes(host.As("alice"), id, "Closed");
        var proof = closed.Body.GetProperty("grants")[0].GetProperty("proof").GetString();
        Assert.Contains("marked as ended", proof, StringComparison.Ordinal);
        Assert.Contains("/recordings/ (410)", proof, StringComparison.Ordinal);
        Assert.DoesNotContain(link, proof, StringComparison.Ordinal);
        await host.IsOver(link);
        Assert.Equal(2, await host.Views(id));
        var refused = await host.As("erin").Call(HttpMethod.Get, "/api/audit?type=access.call.refused&actor=alice");
        Assert.Contains(refused.Body.GetProperty("items").EnumerateArray(), row => row.ToString().Contains("link-over", StringComparison.Ordinal));
    }

    /// <summary>The link as it answers when its access is over.</summary>
    public static async Task IsOver(this IScenarioHost host, string link)
    {
        foreach (var person in new[] { "alice", null })
        {
            using var page = await host.As(person).GetAsync(link);
            Assert.Equal(HttpStatusCode.Gone, page.StatusCode);
            using var media = await host.As(person).GetAsync(link + "/media");
            Assert.Equal(HttpStatusCode.Gone, media.StatusCode);
        }
    }

    /// <summary>How often the request's chain says that its recording was viewed, each time by whom, what and from where.</summary>
    public static async Task<int> Views(this IScenarioHost host, string id)
    {
        var chain = (await host.As("erin").Call(HttpMethod.Get, $"/api/requests/{id}/audit")).Body.GetProperty("items");
        var views = chain.EnumerateArray().Where(static row => row.ToString().Contains("access.request.recording-viewed", StringComparison.Ordinal)).Select(static row => row.ToString()).ToList();
        Assert.All(views, view =>
        {
            Assert.Contains("\"alice\"", view, StringComparison.Ordinal);
            Assert.Contains(Resource, view, StringComparison.Ordinal);
            Assert.Contains("127.0.0.1", view, StringComparison.Ordinal);
        });
        return views.Count;
    }

    public static async Task<HttpResponseMessage> Part(this IScenarioHost host, string link, long from, long? to)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, link + "/media");
        request.Headers.Range = new RangeHeaderValue(from, to);
        return await host.As("alice").SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task OpensForNobodyElse(this IScenarioHost host, string link)
    {
        // Who may see everything of the request may not see the recording.
        foreach (var person in new[] { "mallory", "bob", "dave", "erin" })
        {
            using var page = await host.As(person).GetAsync(link);
            Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await host.As(person).Call(HttpMethod.Get, link + "/media")).Status);
        }

        var refused = await host.As("erin").Call(HttpMethod.Get, "/api/audit?type=access.call.refused&actor=mallory");
        Assert.Contains(refused.Body.GetProperty("items").EnumerateArray(), row => row.ToString().Contains("not-the-requester", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.As(null).Call(HttpMethod.Get, link + "/media")).Status);
        using var foreign = await host.As("alice").GetAsync("/recordings/made-up");
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
    }
}
