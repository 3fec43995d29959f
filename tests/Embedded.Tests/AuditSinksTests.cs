using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Integrations.Tests.Audit;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Options;
using Xunit;

namespace AccessFunctions.Embedded.Tests;

/// <summary>A host with several sinks: each gets every event, in the order of its chain, whatever becomes of the others.</summary>
public sealed class AuditSinksTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _data = Store.NewPath();

    public void Dispose()
    {
        if (Directory.Exists(_data)) Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task ASinkThatIsDown_StopsNothing_IsSaidByReadiness_AndMissesNothing()
    {
        await using var siem = await WebhookServer.Start();
        await using var other = await WebhookServer.Start();
        siem.Behave = (http, _) =>
        {
            http.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        (siem.Time, other.Time) = (time, time);
        await using var host = await EmbeddedHost.Start(new EmbeddedHostOptions
        {
            Data = _data,
            Urls = "http://localhost:0",
            Time = time,
            Settings = new Dictionary<string, string?>([.. Webhook(0, "siem", siem), .. Webhook(1, "lake", other)]),
        });
        using var alice = host.Client("alice");
        var id = (string)(await (await alice.PostAsJsonAsync("/api/requests", new { resources = new[] { "vault/db-admin" }, kind = "Credential", justification = "month end" }))
            .EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>())!["id"]!;
        await Wait.Until(() => other.Taken.Contains($"{id}/1"), Patience, "the other sink");
        await Wait.Until(() => Lines().Any(line => (string?)line["id"] == $"{id}/1"), Patience, "the file");
        Assert.Equal("Ok", await Readiness(alice));
        Assert.Empty(siem.Taken);

        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("Degraded", await Readiness(alice));
        siem.Behave = null;
        await Wait.Until(() => Passes(other.Taken.All(siem.Taken.Contains) && siem.Taken.Contains($"{id}/1")), Patience, "what was missed");
        foreach (var chain in siem.Taken.GroupBy(one => one[..one.LastIndexOf('/')]))
        {
            var sequence = chain.Select(one => long.Parse(one[(one.LastIndexOf('/') + 1)..], System.Globalization.CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(sequence.Order(), sequence);
        }

        await Wait.Until(async () => Passes(await Readiness(alice) == "Ok"), Patience, "readiness");

        // Time goes on while something is waited for, so that whoever pauses tries again.
        bool Passes(bool done)
        {
            if (!done) time.Advance(TimeSpan.FromSeconds(2));
            return done;
        }
    }

    [Theory]
    [InlineData("Audit:Webhooks:0:Address", "http://siem.example/", "https")]
    [InlineData("Audit:Webhooks:0:Secret", "short", "32 characters")]
    [InlineData("Audit:Webhooks:0:AllowedNetworks:0", "everything", "no network")]
    [InlineData("Audit:Webhooks:0:Name", "file", "named \"file\"")]
    [InlineData("Audit:Syslog:0:Host", "siem.example:514", "no host name")]
    [InlineData("Audit:Syslog:0:TrustedCertificates", "/nowhere/ca.pem", "no file")]
    [InlineData("Audit:File:MaxMegabytes", "0", "MaxMegabytes")]
    public async Task SettingsThatCannotBe_AreSaidAtStart(string setting, string value, string says)
    {
        Dictionary<string, string?> settings = new()
        {
            ["Audit:Webhooks:0:Name"] = "siem",
            ["Audit:Webhooks:0:Address"] = "https://siem.example/",
            ["Audit:Webhooks:0:Secret"] = WebhookServer.Secret,
            ["Audit:Syslog:0:Host"] = "siem.example",
            [setting] = value,
        };
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => EmbeddedHost.Start(new EmbeddedHostOptions { Data = _data, Urls = "http://localhost:0", Settings = settings }));
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(WebhookServer.Secret, failure.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<KeyValuePair<string, string?>> Webhook(int place, string name, WebhookServer server) =>
    [
        new($"Audit:Webhooks:{place}:Name", name),
        new($"Audit:Webhooks:{place}:Address", server.Endpoint),
        new($"Audit:Webhooks:{place}:Secret", WebhookServer.Secret),
        new($"Audit:Webhooks:{place}:AllowedNetworks:0", "127.0.0.0/8"),
        new($"Audit:Webhooks:{place}:TrustedCertificates", server.Certificates.Authority),
    ];

    private IEnumerable<JsonNode> Lines() => Directory.Exists(Path.Combine(_data, "audit"))
        ? Directory.GetFiles(Path.Combine(_data, "audit")).SelectMany(File.ReadLines).Select(line => JsonNode.Parse(line)!)
        : [];

    private static async Task<string?> Readiness(HttpClient client) => (string?)(await client.GetFromJsonAsync<JsonObject>("/health/ready"))!["status"];
}
