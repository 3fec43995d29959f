using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Directory;

namespace AccessFunctions.Api.Tests.Oidc;

/// <summary>Bearer tokens of a real OpenID provider, through the whole pipeline.</summary>
[Collection("OpenID provider")]
public sealed class OidcTests : IAsyncLifetime
{
    private OidcProvider _provider = null!;
    private TestApi _api = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await OidcProvider.Start();
        _api = Open(_provider);
    }

    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        if (_provider is not null) await _provider.DisposeAsync();
    }

    [Fact]
    public async Task ValidToken_IsItsPerson() => Assert.Equal(200, (await Call(await _provider.Token("alice"))).Status);

    [Fact]
    public async Task RolesInTheToken_AddToThePersons_AndOnlyKnownOnes()
    {
        _api.People.Set("dave", person => person with { Roles = [] });
        Assert.Equal(200, (await _api.SendToken("GET", "/api/audit", await _provider.Token("dave"))).Status);
        Assert.Equal(403, (await _api.SendToken("GET", "/api/audit", await _provider.Token("alice"))).Status);
        var judged = await _api.Tokens.Single().Validate(await _provider.Token("dave"), default);
        Assert.Equal(["Admin", "Auditor"], Assert.IsType<Identified>(judged).Roles);
    }

    [Fact]
    public async Task Stranger_IsForbidden_AndAuditedByIssuerAndSubject()
    {
        var reply = await Call(await _provider.Token("nobody"));
        Assert.Equal((403, "stranger"), (reply.Status, reply.Problem));
        Assert.Equal("nobody", Assert.Single(_api.AuditTrail).Detail!.More["subject"]);
    }

    [Fact]
    public Task OtherAudience_IsRefused() => Refused(_provider.Token("alice", "urn:other"), "another audience");

    [Fact]
    public async Task ExpiredToken_IsRefused_AfterAMinuteOfGrace()
    {
        var token = await _provider.Token("alice");
        _api.Clock.Advance(TimeSpan.FromSeconds(600 + 50));
        Assert.Equal(200, (await Call(token)).Status);
        _api.Clock.Advance(TimeSpan.FromSeconds(20));
        await Refused(Task.FromResult(token), "has expired");
    }

    [Fact]
    public async Task ChangedPayload_IsRefused() => await Refused(Task.FromResult(Forge(await _provider.Token("alice"), payload: token => token["sub"] = "dave")), "signature does not hold");

    [Fact]
    public async Task AlgorithmNone_IsRefused()
    {
        var forged = Forge(await _provider.Token("alice"), header => header["alg"] = "none");
        await Refused(Task.FromResult(forged[..(forged.LastIndexOf('.') + 1)]), "algorithm is not accepted");
        await Refused(Task.FromResult(forged), "algorithm is not accepted");
    }

    [Fact]
    public async Task PublicKeyAsSharedSecret_IsRefused()
    {
        var forged = Forge(await _provider.Token("alice"), header => header["alg"] = "HS256", token => token["sub"] = "dave");
        var signed = forged[..forged.LastIndexOf('.')];
        var mac = HMACSHA256.HashData(Encoding.ASCII.GetBytes(await _provider.PublishedKey()), Encoding.ASCII.GetBytes(signed));
        await Refused(Task.FromResult($"{signed}.{Base64Url.EncodeToString(mac)}"), "algorithm is not accepted");
    }

    [Fact]
    public async Task RotatedKeys_AreReadAtOnce_ThoughNotAtEveryMadeUpKeyId()
    {
        var before = await _provider.Token("alice");
        Assert.Equal(200, (await Call(before)).Status);
        _api.Clock.Advance(TimeSpan.FromSeconds(31));
        var oldKey = _provider.KeyId;
        await _provider.Restart();
        Assert.NotEqual(oldKey, _provider.KeyId);
        Assert.Equal(200, (await Call(await _provider.Token("alice"))).Status);
        await Refused(Task.FromResult(before), "key that its issuer does not publish");

        await _provider.Restart();
        await Refused(_provider.Token("alice"), "key that its issuer does not publish");
        _api.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(200, (await Call(await _provider.Token("alice"))).Status);
    }

    [Fact]
    public async Task ProviderDown_TheKeysReadLastStayGood()
    {
        var token = await _provider.Token("alice");
        Assert.Equal(200, (await Call(token)).Status);
        await _provider.Stop();
        _api.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(200, (await Call(token)).Status);

        using var fresh = Open(_provider);
        Assert.Equal(401, (await fresh.SendToken("GET", "/api/requests", token)).Status);
    }

    [Fact]
    public async Task EllipticKeys_AreAccepted()
    {
        await using var provider = await OidcProvider.Start("ES256");
        using var api = Open(provider);
        Assert.Equal(200, (await api.SendToken("GET", "/api/requests", await provider.Token("alice"))).Status);
    }

    [Fact]
    public async Task SameSubject_OfAnotherIssuer_IsSomebodyElse()
    {
        await using var other = await OidcProvider.Start();
        using var api = Open(_provider, other);
        Assert.Equal(200, (await api.SendToken("GET", "/api/requests", await _provider.Token("alice"))).Status);
        Assert.Equal(403, (await api.SendToken("GET", "/api/requests", await other.Token("alice"))).Status);
        Assert.Equal(401, (await _api.SendToken("GET", "/api/requests", await other.Token("alice"))).Status);
    }

    private static TestApi Open(OidcProvider known, params OidcProvider[] others)
    {
        var settings = new Dictionary<string, string?>();
        foreach (var (provider, i) in others.Prepend(known).Select((provider, i) => (provider, i)))
        {
            settings[$"Oidc:Issuers:{i}:Issuer"] = provider.Issuer;
            settings[$"Oidc:Issuers:{i}:Audience"] = "urn:access-functions";
        }

        var api = new TestApi(settings: settings, demo: false, now: DateTimeOffset.UtcNow);
        foreach (var id in new[] { "alice", "dave" }) api.People.Set(id, person => person with { Credentials = [new Credential(known.Issuer, id)] });
        return api;
    }

    private Task<Reply> Call(string token) => _api.SendToken("GET", "/api/requests", token);

    private async Task Refused(Task<string> token, string why)
    {
        var reply = await Call(await token);
        Assert.Equal((401, "unauthenticated"), (reply.Status, reply.Problem));
        Assert.Contains(why, (string)reply.Json["detail"]!, StringComparison.Ordinal);
    }

    private static string Forge(string token, Action<JsonNode>? header = null, Action<JsonNode>? payload = null)
    {
        var parts = token.Split('.');
        return $"{Part(parts[0], header)}.{Part(parts[1], payload)}.{parts[2]}";

        static string Part(string part, Action<JsonNode>? change)
        {
            var json = JsonNode.Parse(Base64Url.DecodeFromChars(part))!;
            change?.Invoke(json);
            return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
        }
    }
}
