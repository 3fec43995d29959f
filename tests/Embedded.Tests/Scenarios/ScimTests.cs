using System.Net;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Embedded.Tests.Scenarios;

public sealed class EmbeddedScimTests : ScimScenarios
{
    protected override async Task<IScenarioHost> Start(IReadOnlyDictionary<string, string?> settings) => await EmbeddedScenarioHost.Start(new ManualTimeProvider(), settings: settings);

    [Fact]
    public async Task PeopleWhoWereProvisioned_AreThereAfterARestart_AndSoAreTheGroupsThatPoliciesName()
    {
        await using var host = (EmbeddedScenarioHost)await Start(Settings);
        var people = await Staff(host);
        await Patch(host, people["olga"], """{ "op": "replace", "value": { "active": false } }""");
        await host.Restart();
        Assert.Equal(HttpStatusCode.OK, (await Scim(host, HttpMethod.Get, $"/Users/{people["walter"]}")).Status);
        Assert.Equal("not-active", (await host.As("olga").Call(HttpMethod.Get, "/api/requests")).Problem);
        Assert.Equal("cooks", Assert.Single((await host.As("dave").Call(HttpMethod.Get, "/api/access-groups/kitchen")).Body.GetProperty("members").EnumerateArray()).GetString()![6..]);
        Assert.Equal(HttpStatusCode.Conflict, (await Scim(host, HttpMethod.Post, "/Users", """{ "userName": "walter" }""")).Status);
    }

    [Theory]
    [InlineData("too-short", "at least 32 characters")]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/scim-token)", "could not be resolved")]
    public async Task AToken_ThatAnybodyCouldGuess_StopsTheStart(string token, string words)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => Start(new Dictionary<string, string?> { ["Scim:Tokens:0"] = token }));
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("too-short", failure.Message, StringComparison.Ordinal);
    }
}
