using System.Net;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Embedded.Tests.Scenarios;

/// <summary>Recordings on the embedded host, over HTTP, from a folder.</summary>
public sealed class RecordingScenarios : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("access-recordings-").FullName;
    private readonly ManualTimeProvider _time = new();
    private EmbeddedScenarioHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        await RecordingStory.Fill(_folder);
        _host = await EmbeddedScenarioHost.Start(_time, [RecordingStory.Group], RecordingStory.Platform(_folder));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public Task ALink_PlaysForItsPerson_AndIsRefusedAfterTheEnd() => RecordingStory.Tell(_host);

    [Fact]
    public async Task ALink_EndsWithItsPeriod_AndWithARevocation()
    {
        var (id, link) = await _host.Given();
        await _host.As("bob").Do(id, "revoke", new { comment = "not this one" });
        await _host.Becomes(_host.As("alice"), id, "Closed");
        await _host.IsOver(link);

        var (second, other) = await _host.Given();
        _host.Advance(TimeSpan.FromHours(1));
        await _host.IsOver(other);
        Assert.Equal("Expired", (await _host.Becomes(_host.As("alice"), second, "Closed"))["outcome"]);
        await _host.IsOver(other);
    }

    [Fact]
    public async Task WhoIsWatching_IsCutOff_WhenTheAccessEnds()
    {
        // More than all buffers on the way hold, so that most of it has not left yet.
        await File.WriteAllBytesAsync(Path.Combine(_folder, "2026", "11", "session-42.mp4"), new byte[64 * 1024 * 1024]);
        var (id, link) = await _host.Given();
        using var playing = await _host.Part(link, 0, null);
        await using var bytes = await playing.Content.ReadAsStreamAsync();
        await bytes.ReadExactlyAsync(new byte[1024]);
        await _host.As("alice").Do(id, "release");
        await _host.Becomes(_host.As("alice"), id, "Closed");
        await Assert.ThrowsAnyAsync<IOException>(() => bytes.CopyToAsync(Stream.Null));

        var (_, other) = await _host.Given();
        using var again = await _host.Part(other, 0, null);
        await using var rest = await again.Content.ReadAsStreamAsync();
        await rest.ReadExactlyAsync(new byte[1024]);
        _host.Advance(TimeSpan.FromHours(2));
        await Assert.ThrowsAnyAsync<IOException>(() => rest.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task WithoutASession_ABrowserIsLedToTheSignIn_AndBackToTheLink()
    {
        var (_, link) = await _host.Given();
        using var answer = await _host.As(null).GetAsync(link);
        Assert.Equal((HttpStatusCode.SeeOther, $"/signin?return={Uri.EscapeDataString(link)}"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
    }
}
