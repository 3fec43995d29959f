using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Recordings;
using AccessFunctions.Integrations.Tests.Authorities;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Recordings;

/// <summary>What a container's service answers in cases that a small one never sees; the tests of the Azure host read from a real service.</summary>
public sealed class RecordingContainerTests : IAsyncLifetime, IStorageTokens
{
    private SomeAuthority _service = null!;

    public async ValueTask InitializeAsync() => _service = await SomeAuthority.Start();

    public async ValueTask DisposeAsync() => await _service.DisposeAsync();

    public Task<string> Token(CancellationToken cancellation) => Task.FromResult("the-identitys-token");

    [Fact]
    public async Task AList_GoesOnBehindItsMarker_AndIsAskedForByTheHostsIdentity()
    {
        List<string> asked = [];
        _service.Instead = async http =>
        {
            asked.Add($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString} {http.Request.Headers.Authorization} {http.Request.Headers["x-ms-version"]}");
            var second = http.Request.Query["marker"] == "m/2";
            await http.Response.WriteAsync($"""
                <?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>
                <Blob><Name>prod/{(second ? "b" : "a")}.mp4</Name><Properties><Content-Length>5000000000</Content-Length><Etag>"0x8D{(second ? 2 : 1)}"</Etag><Last-Modified>Sun, 01 Nov 2026 10:00:00 GMT</Last-Modified></Properties></Blob>
                <Blob><Name>prod/broken.mp4</Name></Blob>
                </Blobs><NextMarker>{(second ? "" : "m/2")}</NextMarker></EnumerationResults>
                """.TrimStart());
        };
        var catalogue = Catalogue();
        var found = (await catalogue.All(default)).Select(static pair => pair.File).ToList();
        Assert.False(catalogue.More);
        Assert.Equal([("b.mp4", 5_000_000_000, "0x8D2"), ("a.mp4", 5_000_000_000, "0x8D1")], found.Select(static file => (file.Path, file.Length, file.Tag)));
        Assert.Equal(new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.Zero), found[0].ModifiedAt);
        Assert.Equal(
            ["GET /recordings?restype=container&comp=list&prefix=prod%2F Bearer the-identitys-token 2021-12-02", "GET /recordings?restype=container&comp=list&prefix=prod%2F&marker=m%2F2 Bearer the-identitys-token 2021-12-02"], asked);
    }

    [Fact]
    public async Task AContainerOfManyFolders_IsReadFromTheLastOne_AndSaysThatThereAreMore()
    {
        List<string> asked = [];
        Task<RecordingPage> Page(string prefix, bool folders, string? marker, CancellationToken cancellation)
        {
            asked.Add($"{prefix}{(folders ? " folders" : "")} {marker}".TrimEnd());
            if (folders) return Task.FromResult(new RecordingPage([File("0-first.mp4"), File("z-last.mp4")], ["prod/.hidden/", .. Enumerable.Range(2000, 27).Select(static year => $"prod/{year}/")], null));
            if (prefix == "prod/") return Task.FromResult(new RecordingPage([File("0.mp4")], [], "on"));
            return Task.FromResult(new RecordingPage([File($"{prefix[5..]}b.mp4"), File($"{prefix[5..]}b.yaml"), File($"{prefix[5..]}a.mp4")], [], null));
        }

        var found = await new RecordingListing(Page, "prod/", most: 4).Read(default);
        Assert.True(found.More);
        Assert.Equal([.. Enumerable.Repeat("prod/", 1), "prod/ on", "prod/ on", "prod/ on", "prod/ folders", "prod/2026/", "prod/2025/"], asked);
        Assert.Equal(["z-last.mp4", "2026/b.mp4", "2026/a.mp4", "2025/b.mp4"], found.Files.Where(static file => RecordingFormats.IsName(file.Path)).Select(static file => file.Path).OrderDescending(StringComparer.Ordinal).Take(4));
        Assert.Contains(found.Files, static file => file.Path == "2025/b.yaml");

        // All of them, where there are not more.
        asked.Clear();
        found = await new RecordingListing(Page, "prod/", most: 1000).Read(default);
        Assert.Equal((true, RecordingListing.MostPages), (found.More, asked.Count));
        found = await new RecordingListing((prefix, folders, marker, token) => folders ? Task.FromResult(new RecordingPage([File("a.mp4")], ["prod/2026/"], null)) : Page(prefix, folders, marker, token), "prod/", most: 1000).Read(default);
        Assert.Equal((false, 4), (found.More, found.Files.Count));
    }

    [Fact]
    public async Task AFolderWithoutEnd_IsReadNoFurtherThanACertainNumberOfCalls()
    {
        var calls = 0;
        _service.Instead = http =>
        {
            calls++;
            return http.Response.WriteAsync($"""
                <?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>
                <Blob><Name>prod/{calls:D5}.mp4</Name><Properties><Content-Length>5</Content-Length><Etag>"0x8D"</Etag></Properties></Blob>
                </Blobs><NextMarker>more</NextMarker></EnumerationResults>
                """.TrimStart());
        };
        var catalogue = Catalogue();
        Assert.NotEmpty(await catalogue.All(default));
        Assert.True(catalogue.More);
        Assert.Equal(RecordingListing.MostPages, calls);
    }

    [Theory]
    [InlineData(401, "may not read and list")]
    [InlineData(403, "may not read and list")]
    [InlineData(404, "no such container")]
    [InlineData(503, "answered 503")]
    [InlineData(200, "no list")]
    public async Task AServiceThatRefuses_OrFails_IsTriedAgain(int status, string words)
    {
        _service.Instead = http =>
        {
            http.Response.StatusCode = status;
            return http.Response.WriteAsync("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>");
        };
        var failure = await Assert.ThrowsAsync<PlatformException>(() => Catalogue().All(default));
        Assert.False(failure.Permanent);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServiceThatIsNotThere_IsToldWithoutItsAddress()
    {
        var container = Container("sv=1&sig=secret");
        await using (_service)
        {
        }

        var failure = await Assert.ThrowsAsync<PlatformException>(() => container.Find("a.mp4", default));
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    private static RecordingFile File(string path) => new(path, 1, "t", DateTimeOffset.UnixEpoch);

    private RecordingCatalogue Catalogue() => new("rec", Container(null), NullLogger.Instance);

    private RecordingContainer Container(string? sas) => new(new RecordingsOptions { Name = "rec", Container = new Uri(_service.Services.Address.Root, "recordings"), Prefix = "prod/", Sas = sas }, this);
}
