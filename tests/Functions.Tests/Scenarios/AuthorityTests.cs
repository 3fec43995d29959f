using System.Net;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Functions.Tests.Scenarios;

/// <summary>Certificates on the Azure host: keys in the vault, what was issued and revoked in tables, lists published and looked at over HTTP.</summary>
public sealed class AuthorityTests
{
    private static AccessGroup Operators { get; } = new()
    {
        Id = "operators",
        Members = ["alice"],
        Resources = ["pki/*", "ssh-prod/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Certificate] = new(Mode.Approve), [AccessKind.Session] = new(Mode.Approve) },
        Levels = [new LevelPolicy { Approvers = ["bob"] }],
    };

    [Theory]
    [InlineData("pki/analytics", "Certificate", "crl/pki", "BEGIN CERTIFICATE")]
    [InlineData("ssh-prod/web", "Session", "krl/ssh-prod", "ecdsa-sha2-nistp256")]
    public async Task Certificate_IsGivenAndProvenGone_AtItsPublishedAddress(string resource, string kind, string list, string authority)
    {
        const string PublicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl alice";
        var address = $"http://127.0.0.1:{FreePort.Find()}/";
        await using var host = await AzureScenarioHost.Start(
            new ManualTimeProvider(), [Operators], new Dictionary<string, string?> { ["urls"] = address, ["Host:PublicAddress"] = address }, """
              - name: pki
                type: certificates
                authority: certificate authority
                profiles: [{ name: analytics }]
              - name: ssh-prod
                type: ssh
                resources: [{ name: web }]
            """, new Dictionary<string, string> { ["alice"] = "{ pki: alice, ssh-prod: alice }" });
        var asked = await host.As("alice").Ask(new { resources = new[] { resource }, kind, justification = "quarter-end check", parameters = new { publicKey = PublicKey } });
        await host.As("bob").Approve(asked.Id);
        await host.Becomes(host.As("alice"), asked.Id, "Active");
        var fields = (await host.As("alice").Do(asked.Id, "secret")).Body.GetProperty("fields");
        Assert.False(string.IsNullOrEmpty(fields.GetProperty("certificate").GetString()));
        await host.As("alice").Do(asked.Id, "release");
        var closed = await host.Becomes(host.As("alice"), asked.Id, "Closed");
        Assert.Contains($"as fetched from {address}{list}", closed.Body.GetProperty("grants")[0].GetProperty("proof").GetString(), StringComparison.Ordinal);

        using var client = host.As(null);
        using var published = await client.GetAsync(new Uri(list, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, published.StatusCode);
        var trusted = await client.GetStringAsync(new Uri($"ca/{list.Split('/')[1]}", UriKind.Relative));
        Assert.Contains(authority, trusted, StringComparison.Ordinal);
        var events = await host.As("erin").Call(HttpMethod.Get, "/api/audit?type=access.authority.made");
        Assert.NotEmpty(events.Body.GetProperty("items").EnumerateArray());
    }
}
