using System.Net.Http.Json;
using System.Text.Json;
using AccessFunctions.Embedded.Demo;
using AccessFunctions.Tests.Shared;
using Microsoft.Playwright;

namespace AccessFunctions.Browser.Tests;

/// <summary>A recorded session, watched by clicking: the player plays what the link gives, and nothing once the access has ended.</summary>
public sealed class RecordingTests(Chromium chromium, RecordingTests.Host host) : IClassFixture<RecordingTests.Host>
{
    private const string Resource = "recordings/2026-11/clip.webm";

    [Fact]
    public async Task AVideo_Plays_ThroughItsLink_AndNotAfterItsEnd()
    {
        await using var alice = await chromium.Open(host.Demo.Address, Look.Desktop);
        await alice.OpenAs("Alice Arnold", "/");
        await File.WriteAllBytesAsync(Path.Combine(host.Folder, "clip.webm"), await Recorded(alice.Page));
        var id = await Given();

        await alice.Page.GotoAsync($"/requests/{id}");
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Get the link to the recording" }).ClickAsync();
        await alice.Page.GetByRole(AriaRole.Link, new() { Name = "Watch the recording" }).ClickAsync();
        await Assertions.Expect(alice.Page.Locator("h1")).ToHaveTextAsync(Resource);
        var link = alice.Page.Url;
        Assert.Contains("/recordings/", link, StringComparison.Ordinal);
        var played = await alice.Page.EvaluateAsync<double>("""
            async () => {
              const video = document.querySelector('video');
              video.muted = true;
              await video.play();
              await new Promise((resolve) => { if (video.currentTime > 0) resolve(); else video.addEventListener('timeupdate', resolve, { once: true }); });
              return video.videoWidth;
            }
            """);
        Assert.Equal(64, played);
        await alice.CheckPage();

        await using (var bob = await chromium.Open(host.Demo.Address, Look.Desktop))
        {
            await bob.Page.GotoAsync(link);
            await bob.ChoosePerson("Bob Brown");
            Assert.Equal(link, bob.Page.Url);
            await Assertions.Expect(bob.Page.Locator("h1")).ToHaveTextAsync("Not the requester");
            bob.CheckQuiet();
        }

        await Send("alice", $"/{id}/release", new { });
        await alice.Page.GotoAsync(link);
        await Assertions.Expect(alice.Page.Locator("h1")).ToHaveTextAsync("This link is over");
        Assert.Equal(0, await alice.Page.Locator("video").CountAsync());
        alice.CheckQuiet();
    }

    /// <summary>A second of a moving square, recorded by the browser itself.</summary>
    private static async Task<byte[]> Recorded(IPage page) => Convert.FromBase64String(await page.EvaluateAsync<string>("""
        async () => {
          const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 48 });
          const pen = canvas.getContext('2d');
          const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm' });
          const parts = [];
          recorder.ondataavailable = (event) => parts.push(event.data);
          const stopped = new Promise((resolve) => { recorder.onstop = resolve; });
          recorder.start();
          for (let frame = 0; frame < 25; frame++) {
            pen.fillStyle = frame % 2 ? '#fff' : '#036';
            pen.fillRect(frame, 0, 40, 40);
            await new Promise((resolve) => setTimeout(resolve, 40));
          }
          recorder.stop();
          await stopped;
          const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
          let text = '';
          for (const byte of bytes) text += String.fromCharCode(byte);
          return btoa(text);
        }
        """));

    private async Task<string> Given()
    {
        var asked = await Send("alice", "", new { resources = new[] { Resource }, kind = "Recording", justification = "what happened" });
        var id = asked.GetProperty("id").GetString()!;
        await Send("bob", $"/{id}/approve", new { revision = 1 });
        await Send("carol", $"/{id}/approve", new { revision = 1 });
        using var alice = host.Demo.As("alice");
        await Wait.Until(async () => (await alice.GetFromJsonAsync<JsonElement>($"/api/requests/{id}")).GetProperty("phase").GetString() == "Active", TimeSpan.FromSeconds(30), "the recording to be given");
        return id;
    }

    private async Task<JsonElement> Send(string person, string path, object body)
    {
        using var client = host.Demo.As(person);
        using var answer = await client.PostAsJsonAsync($"/api/requests{path}", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{person}{path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>A demo whose folder of recordings is known.</summary>
    public sealed class Host : IAsyncLifetime
    {
        internal DemoHost Demo { get; } = new();
        internal string Folder { get; private set; } = "";

        public async ValueTask InitializeAsync() => await Demo.Start(null, folder =>
        {
            DemoConfiguration.Write(folder, postgres: false);
            Folder = Path.Combine(folder, "recordings", "2026-11");
        });

        public ValueTask DisposeAsync() => Demo.DisposeAsync();
    }
}
