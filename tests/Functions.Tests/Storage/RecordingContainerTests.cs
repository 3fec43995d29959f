using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Integrations.Authorities;
using AccessFunctions.Integrations.Links;
using AccessFunctions.Integrations.Recordings;
using AccessFunctions.Tests.Shared;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

/// <summary>Recordings in a container of a real blob service, by a signature that may read and list and nothing else.</summary>
public sealed class RecordingContainerTests
{
    private static readonly HttpClient Http = new();
    private static readonly byte[] Video = [.. Enumerable.Range(0, 300_000).Select(static i => (byte)(i % 253))];

    [Fact]
    public async Task Recordings_AreListed_LookedAt_AndReadInParts()
    {
        var container = await Container.New();
        await container.Put("prod/2026/11/session 42 #1+ü.mp4", Video);
        await container.Put("prod/2026/11/session 42 #1+ü.yaml", "user: postgres\nhost: db7"u8.ToArray());
        await container.Put("prod/empty.txt", []);
        await container.Put("prod/page.html", "<script>"u8.ToArray());
        await container.Put("prod/.hidden/a.mp4", Video);
        await container.Put("test/other.mp4", Video);
        var platform = container.Platform("rl");
        Assert.Equal([("rec/empty.txt", null), ("rec/2026/11/session 42 #1+ü.mp4", "postgres on db7")], (await platform.Resources(default)).Select(static found => (found.Resource, found.Description)));

        var order = Order("rec/2026/11/session 42 #1+ü.mp4");
        await platform.Grant(order, default);
        var recording = (await platform.Open(order, default))!;
        Assert.Equal(("video/mp4", Video.Length, "postgres"), (recording.ContentType, (int)recording.Length, recording.About.User));
        Assert.DoesNotContain("\"", recording.Tag, StringComparison.Ordinal);
        Assert.True(DateTimeOffset.UtcNow - recording.ModifiedAt < TimeSpan.FromHours(1));
        foreach (var (from, count) in new[] { (0, 10), (299_990, 10), (1000, 200_000), (0, 300_000) }) Assert.Equal(Video[from..(from + count)], await Read(recording, from, count));

        var empty = Order("rec/empty.txt", "r-1.2");
        await platform.Grant(empty, default);
        Assert.Equal(0, (await platform.Open(empty, default))!.Length);
        foreach (var none in new[] { "rec/none.mp4", "rec/page.html", "rec/.hidden/a.mp4", "rec/../test/other.mp4", "rec/other.mp4" })
            Assert.True((await Assert.ThrowsAsync<PlatformException>(() => platform.Grant(Order(none, "r-1.3"), default))).Permanent);

        // What is read is what was looked at, or nothing.
        await container.Put("prod/2026/11/session 42 #1+ü.mp4", Video[..1000]);
        Assert.Contains("changed", (await Assert.ThrowsAsync<PlatformException>(() => Read(recording, 0, 10))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASignatureThatIsWrong_OrMayNotList_IsToldWithoutIt()
    {
        var container = await Container.New();
        await container.Put("prod/a.mp4", Video);
        foreach (var platform in new[] { container.Platform("r"), container.Platform("rl", wrong: true) })
        {
            var failure = await Assert.ThrowsAsync<PlatformException>(() => platform.Resources(default));
            Assert.False(failure.Permanent);
            Assert.Contains("may not read and list", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("sig", failure.ToString(), StringComparison.Ordinal);
        }

        Assert.Contains("no identity of its own", (await Assert.ThrowsAsync<PlatformException>(() => container.Platform(null).Resources(default))).Message, StringComparison.Ordinal);
    }

    private static async Task<byte[]> Read(Recording recording, long from, long count)
    {
        var bytes = new byte[count];
        await using var stream = await recording.Read(from, count, default);
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }

    private static PlatformOrder Order(string resource, string grant = "r-1.1") =>
        new() { RequestId = "r-1", GrantId = grant, Resource = resource, Kind = AccessKind.Recording, Requester = "alice", End = DateTimeOffset.UtcNow.AddHours(1) };

    /// <summary>A container of an account of its own.</summary>
    private sealed record Container(string Account, Uri Endpoint)
    {
        private const string Name = "recordings", Version = "2018-11-09";

        public static async Task<Container> New()
        {
            var (account, endpoint) = (await AzuriteServer.Get()).NewBlobAccount();
            var made = new Container(account, endpoint);
            using var created = await Http.PutAsync($"{endpoint}/{Name}?restype=container&{made.OfTheAccount()}", null);
            Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync());
            return made;
        }

        public async Task Put(string name, byte[] bytes)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, $"{Endpoint}/{Name}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}?{OfTheAccount()}") { Content = new ByteArrayContent(bytes) };
            request.Headers.Add("x-ms-blob-type", "BlockBlob");
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/html");
            using var stored = await Http.SendAsync(request);
            Assert.True(stored.IsSuccessStatusCode, await stored.Content.ReadAsStringAsync());
        }

        /// <summary>The adapter over the blobs below <c>prod/</c>.</summary>
        /// <param name="permissions">Of its signature; null: it has none.</param>
        /// <param name="wrong">The signature is another's.</param>
        public RecordingsPlatform Platform(string? permissions, bool wrong = false) => new(
            new RecordingsOptions { Name = "rec", Container = new Uri($"{Endpoint}/{Name}"), Prefix = "prod/", Sas = permissions is null ? null : OfTheContainer(permissions, wrong) },


            // It keeps no secrets, and no events of its own.
            new AuthorityServices(null!, new InMemoryChannelStore(), null!, new PublicAddress(new Uri("http://localhost/")), TimeProvider.System,
                new ProtectedRecordingLinks(new EphemeralDataProtectionProvider())),
            "/", NullLogger<RecordingsPlatform>.Instance);

        /// <summary>What the tests themselves use to write.</summary>
        private string OfTheAccount() => Signed($"{Account}\nrwlc\nb\nsco\n\n{Expiry}\n\n\n{Version}\n", $"sv={Version}&ss=b&srt=sco&sp=rwlc&se={Uri.EscapeDataString(Expiry)}", wrong: false);

        private string OfTheContainer(string permissions, bool wrong) => Signed(
            $"{permissions}\n\n{Expiry}\n/blob/{Account}/{Name}\n\n\n\n{Version}\nc\n\n\n\n\n\n", $"sv={Version}&sr=c&sp={permissions}&se={Uri.EscapeDataString(Expiry)}", wrong);

        private static string Expiry { get; } = DateTime.UtcNow.AddDays(1).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

        private static string Signed(string text, string query, bool wrong)
        {
            var key = wrong ? [1, 2, 3] : Convert.FromBase64String(AzuriteServer.Key);
            return $"{query}&sig={Uri.EscapeDataString(Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text))))}";
        }
    }
}
