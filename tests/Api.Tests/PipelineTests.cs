using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace AccessFunctions.Api.Tests;

public sealed class PipelineTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("GET", "/errors", null)]
    [InlineData("GET", "/api/requests", "alice")]
    [InlineData("GET", "/api/requests", null)]
    [InlineData("GET", "/nowhere", null)]
    public async Task EveryAnswer_CarriesTheSecurityHeaders(string method, string path, string? by)
    {
        var reply = await _api.Send(method, path, by);
        Assert.Equal("nosniff", reply.Headers.XContentTypeOptions.ToString());
        Assert.Equal("no-store", reply.Headers.CacheControl.ToString());
        Assert.Equal("no-referrer", reply.Headers["Referrer-Policy"].ToString());
        foreach (var rule in new[] { "default-src 'none'", "frame-ancestors 'none'" }) Assert.Contains(rule, reply.Headers.ContentSecurityPolicy.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownPath_IsAProblem() => Assert.Equal((404, "unknown-address"), Of(await _api.Send("GET", "/api/nothing", "alice")));

    [Fact]
    public async Task WrongMethod_NamesTheAllowedOnes()
    {
        var reply = await _api.Send("PATCH", "/api/requests");
        Assert.Equal((405, "method-not-allowed"), Of(reply));
        Assert.Equal("GET, HEAD, POST", reply.Headers.Allow.ToString());
    }

    [Fact]
    public async Task Head_AnswersAsGet_WithoutABody()
    {
        var reply = await _api.Send("HEAD", "/health/live");
        Assert.Equal(200, reply.Status);
        Assert.Empty(reply.Text);
        Assert.True(reply.Headers.ContentLength > 0);
    }

    [Fact]
    public async Task NoCredential_IsChallenged()
    {
        var reply = await _api.Send("GET", "/api/requests");
        Assert.Equal((401, "unauthenticated"), Of(reply));
        Assert.Equal("Bearer realm=\"access-functions\"", reply.Headers.WWWAuthenticate.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJpc3MiOiJ1cm46b3RoZXIifQ.")]
    public async Task BadToken_IsChallengedWithTheError(string token)
    {
        var reply = await _api.SendToken("GET", "/api/requests", token);
        Assert.Equal((401, "unauthenticated"), Of(reply));
        Assert.Contains("error=\"invalid_token\"", reply.Headers.WWWAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"alg":1}""", """{"iss":"urn:access-functions:demo"}""")]
    [InlineData("""{"alg":"ES256","kid":{}}""", """{"iss":"urn:access-functions:demo","sub":[]}""")]
    [InlineData("""{"alg":["ES256"],"typ":7}""", """{"iss":"urn:access-functions:demo","exp":"soon"}""")]
    [InlineData("""{"alg":"ES256"}""", """{"iss":"urn:access-functions:demo","exp":1e300,"aud":{}}""")]
    [InlineData("""{"alg":"ES256"}""", """{"iss":5}""")]
    [InlineData("""{"alg":"ES256"}""", """{"iss":["urn:access-functions:demo"]}""")]
    [InlineData("""{"alg":"ES256"}""", """{"iss":null}""")]
    [InlineData("""{"alg":"ES256"}""", "[]")]
    [InlineData("[]", "{}")]
    [InlineData("nothing", "nothing")]
    public async Task OddToken_IsRefused_NotABug(string header, string payload) =>
        Assert.Equal(401, (await _api.SendToken("GET", "/api/requests", $"{Part(header)}.{Part(payload)}.{Part("signature")}")).Status);

    [Fact]
    public async Task OverlongToken_IsRefused() => Assert.Equal(401, (await _api.SendToken("GET", "/api/requests", new string('a', 20_000))).Status);

    [Fact]
    public async Task PersonWhoLeft_IsRefused() => Assert.Equal((403, "not-active"), Of(await _api.Send("GET", "/api/requests", "zoe")));

    [Fact]
    public async Task Stranger_GetsTheSameAnswer_WhetherTheThingExistsOrNot()
    {
        var id = (string)(await _api.Submitted())["id"]!;
        Assert.Equal((403, "stranger"), Of(await _api.Send("GET", $"/api/requests/{id}", "mallory")));
        Assert.Equal((403, "stranger"), Of(await _api.Send("GET", "/api/requests/none", "mallory")));
    }

    [Fact]
    public async Task TooLargeABody_IsRefused_DeclaredOrNot()
    {
        var large = new byte[BodyReader.Limit + 1];
        var declared = _api.Context("POST", "/api/requests", large);
        declared.Request.Headers.Authorization = $"Bearer {_api.Issuer.Mint("alice", TimeSpan.FromMinutes(1))}";
        declared.Request.ContentLength = large.Length;
        Assert.Equal((413, "body-too-large"), Of(await _api.Run(declared)));
        Assert.Equal((413, "body-too-large"), Of(await _api.Send("POST", "/api/requests", "alice", large)));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("")]
    public async Task OtherMediaTypes_AreRefused(string type) =>
        Assert.Equal((415, "unsupported-media-type"), Of(await _api.Send("POST", "/api/requests", "alice", "{}", ("Content-Type", type))));

    [Fact]
    public async Task BrokenJson_SaysWhere()
    {
        var reply = await _api.Send("POST", "/api/requests", "alice", "{\n  \"kind\": Role }");
        Assert.Equal((400, "malformed"), Of(reply));
        Assert.Equal("The body is not JSON. Line 2, position 11.", (string)reply.Json["detail"]!);
    }

    [Theory]
    [InlineData("""{"resources":["pg/sales"],"kind":"Role","colour":"red"}""", "colour", "Unknown field.")]
    [InlineData("""{"resources":["pg/sales"],"kind":"Role","kind":"Role"}""", "kind", "The field is given twice.")]
    [InlineData("""{"kind":"Role"}""", "resources", "Required.")]
    [InlineData("""{"resources":null,"kind":"Role"}""", "resources", "null cannot stand here.")]
    [InlineData("""{"resources":[null],"kind":"Role"}""", "resources", "null cannot stand here; leave the item out.")]
    [InlineData("""{"resources":"pg/sales","kind":"Role"}""", "resources", "A list is expected.")]
    [InlineData("""{"resources":["pg/sales"],"kind":"Crown"}""", "kind", "One of Credential, Session, Certificate, Settings, Recording, Role, Other.")]
    [InlineData("""{"resources":["pg/sales"],"kind":5}""", "kind", "One of Credential, Session, Certificate, Settings, Recording, Role, Other.")]
    [InlineData("""{"resources":["pg/sales"],"kind":"5"}""", "kind", "One of Credential, Session, Certificate, Settings, Recording, Role, Other.")]
    [InlineData("""{"resources":["pg/sales"],"kind":"Role","parameters":{"a":null}}""", "parameters", "null cannot stand here; leave the item out.")]
    [InlineData("""{"resources":["pg/sales"],"kind":"Role","parameters":{"a":1}}""", "parameters.a", "Text is expected.")]
    [InlineData("""{"resources":["pg/sales"],"kind":"Role","start":"2026-11-21T09:00:00"}""", "start", "An instant is text with an offset, such as \"2026-11-21T09:00:00Z\", in the years 2000 to 2199.")]
    [InlineData("""{"resources":["pg/sales"],"kind":"Role","end":"9999-12-31T23:59:59Z"}""", "end", "An instant is text with an offset, such as \"2026-11-21T09:00:00Z\", in the years 2000 to 2199.")]
    [InlineData("""{"resources":["pg/sales"],"kind":"Role","justification":"a\u0000b"}""", "justification", "Control characters cannot stand here.")]
    [InlineData("[]", "body", "Not a valid value here.")]
    public async Task WrongShape_NamesTheField(string body, string field, string message)
    {
        var reply = await _api.Send("POST", "/api/requests", "alice", body);
        Assert.Equal((400, "malformed"), Of(reply));
        Assert.Equal(message, (string)reply.Json["errors"]![field]![0]!);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("""{"resources":["\ud800"],"kind":"Role"}""")]
    [InlineData("""{"resources":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]],"kind":"Role"}""")]
    public async Task OtherBrokenBodies_AreMalformed(string body)
    {
        var reply = await _api.Send("POST", "/api/requests", "alice", body);
        Assert.Equal((400, "malformed"), Of(reply));
    }

    [Fact]
    public async Task BytesThatAreNoUtf8_AreMalformed() =>
        Assert.Equal((400, "malformed"), Of(await _api.Send("POST", "/api/requests", "alice", (byte[])[.. "{\"kind\":\""u8, 0xff, 0xfe, .. "\"}"u8])));

    [Fact]
    public async Task LongText_IsRefused()
    {
        var reply = await _api.Send("POST", "/api/requests", "alice", new { resources = new[] { "pg/sales" }, kind = "Role", justification = new string('x', 8001) });
        Assert.Equal((400, "malformed"), Of(reply));
        Assert.DoesNotContain("AccessFunctions", reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("schlüssel")]
    [InlineData("129")]
    public async Task BadIdempotencyKey_IsRefused(string key) =>
        Assert.Equal((400, "idempotency-key-invalid"), Of(await _api.Send("POST", "/api/requests", "alice", TestApi.Ask(), ("Idempotency-Key", key == "129" ? new string('k', 129) : key))));

    [Fact]
    public async Task ABug_IsAProblemWithoutInternals_AndLogged()
    {
        _api.Audit.Checkpoints(Arg.Any<CancellationToken>()).ThrowsAsync(new InvalidOperationException("table audit is locked by 10.0.0.7"));
        var reply = await _api.Send("GET", "/api/audit/checkpoints", "erin");
        Assert.Equal((500, "internal"), Of(reply));
        Assert.DoesNotContain("10.0.0.7", reply.Text, StringComparison.Ordinal);
        var line = Assert.Single(_api.Log.Lines, line => line.Level == LogLevel.Error);
        Assert.Contains((string)reply.Json["traceId"]!, line.Text, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(line.Exception);
    }

    [Fact]
    public async Task AFailureWhileWriting_BeforeTheFirstByte_IsAProblem()
    {
        _api.Audit.Export(Arg.Any<CancellationToken>()).Throws(new InvalidOperationException("no"));
        _api.Audit.Checkpoints(Arg.Any<CancellationToken>()).Returns([]);
        var reply = await _api.Send("GET", "/api/audit/export", "erin");
        Assert.Equal((500, "internal"), Of(reply));
        Assert.False(reply.Headers.ContainsKey("Content-Disposition"));
    }

    [Fact]
    public async Task ABodyThatBreaksOff_IsMalformed()
    {
        var http = _api.Context("POST", "/api/requests", "{");
        http.Request.Headers.Authorization = $"Bearer {_api.Issuer.Mint("alice", TimeSpan.FromMinutes(1))}";
        http.Request.Body = new BreakingStream();
        Assert.Equal((400, "malformed"), Of(await _api.Run(http)));
    }

    [Fact]
    public async Task Refusals_AreAudited_OncePerReasonAndSenderAndMinute()
    {
        for (var i = 0; i < 5; i++) await _api.Send("GET", "/api/requests");
        await _api.Send("GET", "/api/requests", "mallory");
        await _api.Send("GET", "/api/audit", "alice");
        Assert.Equal(
            [("access.signin.failed", "anonymous", "credential-missing"), ("access.signin.failed", "anonymous", "stranger"), ("access.call.refused", "alice", "role-missing")],
            _api.AuditTrail.Select(happened => (happened.Type, happened.Actor, happened.Reason!)));
        Assert.All(_api.AuditTrail, happened => Assert.False(happened.Succeeded));
        Assert.Equal("127.0.0.1", _api.AuditTrail[0].Detail!.Address);
        Assert.Equal("mallory", _api.AuditTrail[1].Detail!.More["subject"]);

        _api.Clock.Advance(TimeSpan.FromMinutes(1));
        await _api.Send("GET", "/api/requests");
        Assert.Equal(("repeated", "4"), (_api.AuditTrail[3].Reason!, _api.AuditTrail[3].Detail!.More["count"]));
        Assert.Equal(5, _api.AuditTrail.Count);
    }

    [Fact]
    public async Task AttemptsOnWhatIsNotForThem_AreAudited_WithWhatWasTried()
    {
        var id = (string)(await _api.Submitted())["id"]!;
        for (var i = 0; i < 2; i++) Assert.Equal(404, (await _api.Send("GET", $"/api/requests/{id}", "olga")).Status);
        Assert.Equal(404, (await _api.Send("POST", "/api/requests/none/cancel", "olga")).Status);
        await _api.Send("POST", "/api/decisions", "olga", new { decisions = new[] { new { id = "r-other", revision = 1, verdict = "Approve" } } });
        Assert.Equal(403, (await _api.Send("PUT", "/api/people/bob/delegate", "olga", new { standIn = "olga", from = _api.Clock.GetUtcNow(), until = _api.Clock.GetUtcNow().AddDays(1) })).Status);
        Assert.Equal(403, (await _api.Send("POST", "/api/requests", "carol", TestApi.Ask())).Status);
        // The request's own chain tells of this one.
        Assert.Equal(403, (await _api.Send("POST", $"/api/requests/{id}/approve", "alice", new { revision = 1 })).Status);

        Assert.Equal(
            [
                ("olga", "not-found", "GET /api/requests/{id}", id), ("olga", "not-found", "POST /api/requests/{id}/cancel", "none"),
                ("olga", "not-found", "POST /api/decisions", "r-other"), ("olga", "not-permitted", "PUT /api/people/{id}/delegate", "bob"),
                ("carol", "no-rule", "POST /api/requests", ""),
            ],
            _api.AuditTrail.Where(happened => happened.Type == "access.call.refused")
                .Select(happened => (happened.Actor, happened.Reason!, happened.Detail!.More["route"], happened.Detail.More.GetValueOrDefault("id", ""))));
    }

    [Fact]
    public async Task OnePersonsAttempts_AreBounded()
    {
        for (var i = 0; i < RefusedCalls.PerSender + 5; i++) await _api.Send("GET", $"/api/requests/r-{i}", "olga");
        await _api.Send("GET", "/api/requests");
        Assert.Equal(RefusedCalls.PerSender + 1, _api.AuditTrail.Count);
    }

    [Fact]
    public async Task SignIn_IsAudited_OncePerCredential()
    {
        var token = _api.Issuer.Mint("alice", TimeSpan.FromMinutes(10));
        for (var i = 0; i < 3; i++) Assert.Equal(200, (await _api.SendToken("GET", "/api/requests", token)).Status);
        var first = Assert.Single(_api.SignIns);
        Assert.Equal(("alice", true, "127.0.0.1"), (first.Actor, first.Succeeded, first.Detail!.Address));
        Assert.DoesNotContain(token, string.Join(' ', first.Detail.More.Values), StringComparison.Ordinal);

        await _api.Send("GET", "/api/requests", "alice");
        await _api.Send("GET", "/api/requests", "mallory");
        await _api.Send("GET", "/api/requests", "zoe");
        Assert.Equal(["alice", "alice"], _api.SignIns.Select(signIn => signIn.Actor));
    }

    [Fact]
    public async Task SignIn_ThatCannotBeAudited_LetsNobodyIn()
    {
        var token = _api.Issuer.Mint("alice", TimeSpan.FromMinutes(10));
        _api.Audit.Append(Arg.Any<AuditEvent>(), Arg.Any<CancellationToken>()).ThrowsAsync(new IOException("disk full"));
        Assert.Equal(500, (await _api.SendToken("GET", "/api/requests", token)).Status);
        Assert.Equal(500, (await _api.SendToken("GET", "/api/requests", token)).Status);
    }

    [Fact]
    public async Task AnonymousNoise_FromManyAddresses_IsBounded()
    {
        for (var i = 0; i < RefusedCalls.PerMinute + 50; i++)
        {
            var http = _api.Context("GET", "/api/requests");
            http.Connection.RemoteIpAddress = new System.Net.IPAddress([127, 0, (byte)(i / 250), (byte)(i % 250)]);
            await _api.Run(http);
        }

        Assert.Equal(RefusedCalls.PerMinute, _api.AuditTrail.Count);
    }

    [Fact]
    public async Task AnAuditThatFails_DoesNotTurnARefusalIntoSomethingElse()
    {
        _api.Audit.Append(Arg.Any<AuditEvent>(), Arg.Any<CancellationToken>()).ThrowsAsync(new IOException("disk full"));
        Assert.Equal(401, (await _api.Send("GET", "/api/requests")).Status);
        Assert.Contains(_api.Log.Lines, line => line.Level == LogLevel.Error);
    }

    [Fact]
    public async Task Address_ComesFromTheConnection_NotFromHeaders()
    {
        using var api = new TestApi(demo: false);
        var http = api.Context("GET", "/api/requests");
        http.Connection.RemoteIpAddress = System.Net.IPAddress.Parse("::ffff:192.0.2.7");
        http.Request.Headers["X-Forwarded-For"] = "198.51.100.1";
        await api.Run(http);
        Assert.Equal("192.0.2.7", Assert.Single(api.AuditTrail).Detail!.Address);
    }

    [Fact]
    public async Task APlatformThatFails_IsUnavailable_AndItsWordsStayInTheLog()
    {
        var requests = Substitute.For<IRequestReader>();
        requests.List(default!, default, default, default).ReturnsForAnyArgs<Page<Domain.Requests.AccessRequest>>(_ => throw new PlatformException("db-7.internal refused"));
        using var api = new TestApi(services => services.AddSingleton(requests));
        var reply = await api.Send("GET", "/api/requests", "alice");
        Assert.Equal((503, "platform-unavailable"), Of(reply));
        Assert.DoesNotContain("db-7", reply.Text, StringComparison.Ordinal);
    }

    private static string Part(string text) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(text));

    private static (int, string) Of(Reply reply) => (reply.Status, reply.Problem);

    /// <summary>A connection that ends in the middle of a body, as Kestrel reports it.</summary>
    private sealed class BreakingStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new BadHttpRequestException("Unexpected end of request content.");
    }
}
