using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Certificates;
using AccessFunctions.Integrations.Tests.Authorities;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Certificates;

/// <summary>Certificates from the ask to the list that names them, read back by OpenSSL.</summary>
public sealed class CertificatesPlatformTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _files = new();
    private SomeAuthority _host = null!;
    private CertificatesPlatform _platform = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static CertificatesOptions Options { get; } = new()
    {
        Name = "pki",
        Profiles =
        [
            new CertificateProfile { Name = "db", Organization = "Example" },
            new CertificateProfile { Name = "short", MaxValidity = TimeSpan.FromHours(1) },
            new CertificateProfile { Name = "role", CommonName = CertificateName.Role },
        ],
    };

    public async ValueTask InitializeAsync()
    {
        _host = await SomeAuthority.Start();
        _host.Publisher = _platform = Open();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _files.Dispose();
    }

    [Fact]
    public async Task SigningRequest_GivesItsKeyAlone_AndOpenSslAcceptsTheCertificateUntilItIsRevoked()
    {
        var order = Order("pki/db", parameters: ("csr", Csr("CN=root, O=Evil", out var key)));
        var given = await _platform.Grant(order, Cancellation);
        Assert.Equal("alice", given.Login);
        var secret = (await _platform.Secret(order, Cancellation))!.Fields;
        Assert.Equal(["authority", "certificate", "notAfter"], secret.Keys.Order());

        await File.WriteAllTextAsync(_files.File("c.pem"), secret["certificate"], Cancellation);
        var text = (await Programs.Run("openssl", "x509", "-in", _files.File("c.pem"), "-noout", "-text", "-nameopt", "RFC2253")).Output;
        Assert.Contains("Subject: CN=alice,O=Example\n", text, StringComparison.Ordinal);
        Assert.Contains("TLS Web Client Authentication", text, StringComparison.Ordinal);
        Assert.Contains("CA:FALSE", text, StringComparison.Ordinal);
        Assert.Contains($"URI:{_platform.ListAddress}", text, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", text, StringComparison.Ordinal);
        using var certificate = X509Certificate2.CreateFromPem(secret["certificate"]);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), certificate.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.InRange(certificate.NotAfter.ToUniversalTime(), order.End.UtcDateTime.AddSeconds(-1), order.End.UtcDateTime);
        Assert.Equal(17, certificate.SerialNumberBytes.Length);

        Assert.Equal(0, (await Verify()).Code);
        Assert.True((await _platform.ReadBack(order, Cancellation)).Present);
        await _platform.Revoke(order, Cancellation);
        await _platform.Revoke(order, Cancellation);
        var refused = await Verify();
        Assert.NotEqual(0, refused.Code);
        Assert.Contains("certificate revoked", refused.Output, StringComparison.Ordinal);
        foreach (var look in new[] { await _platform.ReadBack(order, Cancellation), await _platform.ReadBack(order, Cancellation) })
        {
            Assert.False(look.Present);
            Assert.Contains($"serial {certificate.SerialNumber} is in the list number", look.Evidence, StringComparison.Ordinal);
            Assert.Contains(_platform.ListAddress.ToString(), look.Evidence, StringComparison.Ordinal);
        }

        Assert.Null(await _platform.Secret(order, Cancellation));
    }

    [Fact]
    public async Task WithoutASigningRequest_AKeyIsDelivered_AgainForTenMinutes_AndThenNeverMore()
    {
        var order = Order("pki/db");
        await _platform.Grant(order, Cancellation);
        await _platform.Grant(order, Cancellation);
        var first = (await _platform.Secret(order, Cancellation))!.Fields;
        _host.Time.Advance(TimeSpan.FromMinutes(9));
        await _platform.Upkeep(Cancellation);
        var again = (await Open().Secret(order, Cancellation))!.Fields;
        Assert.Equal((first["certificate"], first["password"]), (again["certificate"], again["password"]));
        foreach (var fields in new[] { first, again })
        {
            await File.WriteAllBytesAsync(_files.File("c.p12"), Convert.FromBase64String(fields["pkcs12"]), Cancellation);
            Assert.Equal(0, (await Programs.Run("openssl", "pkcs12", "-in", _files.File("c.p12"), "-passin", $"pass:{fields["password"]}", "-nodes", "-out", _files.File("all.pem"))).Code);
            using var both = X509Certificate2.CreateFromPemFile(_files.File("all.pem"), _files.File("all.pem"));
            Assert.True(both.HasPrivateKey);
        }

        Assert.NotEmpty(await _host.Secrets.Names("grants/", Cancellation));
        _host.Time.Advance(TimeSpan.FromMinutes(2));
        await _platform.Upkeep(Cancellation);
        Assert.Empty(await _host.Secrets.Names("grants/", Cancellation));
        var later = (await _platform.Secret(order, Cancellation))!.Fields;
        Assert.Equal(first["certificate"], later["certificate"]);
        Assert.Equal(["authority", "certificate", "notAfter"], later.Keys.Order());
        await _platform.Grant(order, Cancellation);
        Assert.Empty(await _host.Secrets.Names("grants/", Cancellation));
    }

    [Fact]
    public async Task Key_ThatUpkeepDidNotForgetYet_IsNotDeliveredAfterItsTime()
    {
        var order = Order("pki/db");
        await _platform.Grant(order, Cancellation);
        Assert.Contains("pkcs12", (await _platform.Secret(order, Cancellation))!.Fields);
        _host.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.DoesNotContain("pkcs12", (await _platform.Secret(order, Cancellation))!.Fields);
        Assert.Empty(await _host.Secrets.Names("grants/", Cancellation));
    }

    [Fact]
    public async Task ShortCertificate_IsRenewedInItsLastThird_ForTheSameKey_AndNeverBeyondThePeriod()
    {
        var order = Order("pki/short", length: TimeSpan.FromMinutes(90));
        await _platform.Grant(order, Cancellation);
        var first = await Fetched(order);
        Assert.Equal(_host.Now.AddHours(1).UtcDateTime, first.NotAfter.ToUniversalTime(), TimeSpan.FromSeconds(1));
        _host.Time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(first, await Fetched(order));
        _host.Time.Advance(TimeSpan.FromMinutes(22));
        var second = await Fetched(order);
        Assert.NotEqual(first.SerialNumber, second.SerialNumber);
        Assert.Equal(first.PublicKey.EncodedKeyValue.RawData, second.PublicKey.EncodedKeyValue.RawData);
        Assert.InRange(second.NotAfter.ToUniversalTime(), order.End.UtcDateTime.AddSeconds(-1), order.End.UtcDateTime);
        _host.Time.Advance(TimeSpan.FromMinutes(40));
        Assert.Equal(second, await Fetched(order));

        await _platform.Revoke(order, Cancellation);
        var look = await _platform.ReadBack(order, Cancellation);
        Assert.False(look.Present);
        Assert.Contains(first.SerialNumber, look.Evidence, StringComparison.Ordinal);
        Assert.Contains(second.SerialNumber, look.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extend_IssuesOneCertificateToTheNewEnd_HoweverOftenItRuns()
    {
        var order = Order("pki/db");
        await _platform.Grant(order, Cancellation);
        var first = await Fetched(order);
        var longer = order with { End = order.End.AddHours(2) };
        await _platform.Extend(longer, Cancellation);
        await _platform.Extend(longer, Cancellation);
        var second = await Fetched(longer);
        Assert.NotEqual(first.SerialNumber, second.SerialNumber);
        Assert.InRange(second.NotAfter.ToUniversalTime(), longer.End.UtcDateTime.AddSeconds(-1), longer.End.UtcDateTime);
        await _platform.Revoke(longer, Cancellation);
        Assert.Equal(2, (await List()).Serials.Count);
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => _platform.Extend(longer, Cancellation))).Permanent);
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => _platform.Grant(longer, Cancellation))).Permanent);
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => _platform.Extend(Order("pki/db", "r-2:1"), Cancellation))).Permanent);
    }

    [Fact]
    public async Task Renewal_ThatAnEndOvertakes_IsReleasedToNobody_AndRevoked()
    {
        var order = Order("pki/short");
        await _platform.Grant(order, Cancellation);
        _host.Time.Advance(TimeSpan.FromMinutes(50));
        _host.Rows.Before = ("issued:", () => _platform.Revoke(order, Cancellation));
        Assert.Null(await _platform.Secret(order, Cancellation));
        Assert.Equal(2, (await List()).Serials.Count);
        Assert.False((await _platform.ReadBack(order, Cancellation)).Present);
    }

    [Fact]
    public async Task ProcessThatEndsAtAnyWrite_AndRunsAgain_GivesOneCertificate_AndTakesIt()
    {
        for (var crash = 0; crash < 4; crash++)
        {
            var order = Order("pki/db", $"r-{crash}:1");
            await Crashed(crash, () => _platform.Grant(order, Cancellation));
            await _platform.Grant(order, Cancellation);
            var given = await Fetched(order);
            await Crashed(crash, () => _platform.Revoke(order, Cancellation));
            await _platform.Revoke(order, Cancellation);
            await Crashed(crash, () => _platform.ReadBack(order, Cancellation));
            var look = await Open().ReadBack(order, Cancellation);
            Assert.False(look.Present);
            Assert.Contains(given.SerialNumber, look.Evidence, StringComparison.Ordinal);
            Assert.Equal(crash + 1, (await List()).Serials.Count);
        }
    }

    [Theory]
    [InlineData("o'brien\", O=Evil, CN=root")]
    [InlineData("a/CN=root")]
    [InlineData("ünïcode ナ; DROP TABLE x;--")]
    public async Task NameWithAnything_IsOneCommonName(string name)
    {
        var order = Order("pki/db", identity: name);
        await _platform.Grant(order, Cancellation);
        var certificate = await Fetched(order);
        var names = certificate.SubjectName.EnumerateRelativeDistinguishedNames().ToDictionary(part => part.GetSingleElementType().FriendlyName!, part => part.GetSingleElementValue());
        Assert.Equal((2, name, "Example"), (names.Count, names["CN"], names["O"]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    [InlineData("alice ")]
    [InlineData("al\nice")]
    [InlineData("al\0ice")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234567890")]
    public async Task NameThatNoCertificateCanBear_IsRefusedForGood_AndItsRequestCanClose(string? name)
    {
        await Refused(Order("pki/db", identity: name));
        await Refused(Order("pki/role", role: name));
    }

    [Fact]
    public async Task Order_ThatCannotBeGiven_IsRefusedForGood()
    {
        await Refused(Order("pki/other"));
        await Refused(Order("pki/db", length: TimeSpan.FromSeconds(-1)));
        await Refused(Order("pki/db") with { Kind = AccessKind.Session });
        await Refused(Order("pki/db", parameters: ("csr", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----")));
        await Refused(Order("pki/db", parameters: ("csr", "please")));
        using var weak = RSA.Create(1024);
        await Refused(Order("pki/db", parameters: ("csr", new CertificateRequest("CN=x", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequestPem())));
        using var odd = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1"));
        await Refused(Order("pki/db", parameters: ("csr", new CertificateRequest("CN=x", odd, HashAlgorithmName.SHA256).CreateSigningRequestPem())));

        // Signed by another key than the one in it.
        using var stolen = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var mine = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forged = new CertificateRequest(new X500DistinguishedName("CN=x"), new PublicKey(stolen), HashAlgorithmName.SHA256).CreateSigningRequestPem(X509SignatureGenerator.CreateForECDsa(mine));
        await Refused(Order("pki/db", parameters: ("csr", forged)));
    }

    [Fact]
    public async Task RsaRequest_IsTaken_AndARoleCanBeTheName()
    {
        using var rsa = RSA.Create(2048);
        var order = Order("pki/role", role: "analyst", parameters: ("csr", new CertificateRequest("", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequestPem()));
        Assert.Equal("analyst", (await _platform.Grant(order, Cancellation)).Login);
        Assert.Equal("CN=analyst", (await Fetched(order)).Subject);
    }

    [Fact]
    public async Task ReadBack_WithoutAUsableListAtTheAddress_IsATransientFailure()
    {
        var order = Order("pki/db");
        await _platform.Grant(order, Cancellation);
        await _platform.Revoke(order, Cancellation);
        var other = new CertificatesPlatform(Options with { Name = "other" }, _host.Services, _host.Logs.For<CertificatesPlatform>());
        var foreign = (await other.Publish(PublicationKind.CertificateRevocations, Cancellation))!.Content;
        foreach (Func<Microsoft.AspNetCore.Http.HttpContext, Task> answer in new Func<Microsoft.AspNetCore.Http.HttpContext, Task>[]
        {
            http => { http.Response.StatusCode = 404; return Task.CompletedTask; },
            http => { http.Response.Redirect("/elsewhere"); return Task.CompletedTask; },
            http => http.Response.Body.WriteAsync("<html>"u8.ToArray()).AsTask(),
            http => http.Response.Body.WriteAsync(foreign).AsTask(),
            http => { http.Abort(); return Task.CompletedTask; },
        })
        {
            _host.Instead = answer;
            Assert.False((await Assert.ThrowsAsync<PlatformException>(() => _platform.ReadBack(order, Cancellation))).Permanent);
        }

        _host.Instead = null;
        var stale = (await _platform.Publish(PublicationKind.CertificateRevocations, Cancellation))!.Content;
        _host.Instead = http => http.Response.Body.WriteAsync(stale).AsTask();
        Assert.False((await _platform.ReadBack(order, Cancellation)).Present);
        _host.Time.Advance(TimeSpan.FromDays(1));
        Assert.Contains("expired", (await Assert.ThrowsAsync<PlatformException>(() => _platform.ReadBack(order, Cancellation))).Message, StringComparison.Ordinal);

        // A cache that holds on to an old list is what servers see as well: not gone.
        _host.Instead = null;
        var second = Order("pki/db", "r-2:1");
        await _platform.Grant(second, Cancellation);
        var before = (await _platform.Publish(PublicationKind.CertificateRevocations, Cancellation))!.Content;
        await _platform.Revoke(second, Cancellation);
        _host.Instead = http => http.Response.Body.WriteAsync(before).AsTask();
        Assert.True((await _platform.ReadBack(second, Cancellation)).Present);
        using var stopped = new CancellationTokenSource();
        _host.Instead = async http => { await stopped.CancelAsync(); await Task.Delay(Timeout.Infinite, http.RequestAborted); };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _platform.ReadBack(second, stopped.Token));
    }

    [Fact]
    public async Task LogsEventsAndMessages_HoldNoKeyAndNoPassword()
    {
        var order = Order("pki/db");
        await _platform.Grant(order, Cancellation);
        var fields = (await _platform.Secret(order, Cancellation))!.Fields;
        await _platform.Revoke(order, Cancellation);
        await _platform.ReadBack(order, Cancellation);
        Assert.Contains("was issued", _host.Logs.All, StringComparison.Ordinal);
        Assert.DoesNotContain(fields["password"], _host.Logs.All, StringComparison.Ordinal);
        Assert.DoesNotContain(fields["pkcs12"][..40], _host.Logs.All, StringComparison.Ordinal);
        Assert.Equal(EventTypes.Host.AuthorityMade, _host.Audit.Events.First().Type);
        Assert.All(_host.Audit.Events.Skip(1), happened => Assert.Equal(EventTypes.Host.RevocationsPublished, happened.Type));
        var words = string.Join('\n', _host.Audit.Events.SelectMany(happened => happened.Detail!.More.Values));
        Assert.DoesNotContain(fields["password"], words, StringComparison.Ordinal);
    }

    private CertificatesPlatform Open() => new(Options, _host.Services, _host.Logs.For<CertificatesPlatform>());

    private PlatformOrder Order(string resource, string grant = "r-1:1", string? identity = "alice", string? role = null, TimeSpan? length = null, params (string Name, string Value)[] parameters) =>
        _host.Order(resource, AccessKind.Certificate, grant, identity, role, length, parameters);

    private async Task<X509Certificate2> Fetched(PlatformOrder order) => X509Certificate2.CreateFromPem((await _platform.Secret(order, Cancellation))!.Fields["certificate"]);

    private async Task<PublishedCrl> List()
    {
        using var authority = X509Certificate2.CreateFromPem(System.Text.Encoding.ASCII.GetString((await _platform.Publish(PublicationKind.Authority, Cancellation))!.Content));
        return PublishedCrl.Read((await _platform.Publish(PublicationKind.CertificateRevocations, Cancellation))!.Content, authority)!;
    }

    private async Task Refused(PlatformOrder order)
    {
        var refusal = await Assert.ThrowsAsync<PlatformException>(() => _platform.Grant(order, Cancellation));
        Assert.True(refusal.Permanent, refusal.Message);
        await _platform.Revoke(order, Cancellation);
        Assert.False((await _platform.ReadBack(order, Cancellation)).Present);
    }

    private async Task Crashed(int writes, Func<Task> run)
    {
        _host.Rows.Left = writes;
        try
        {
            await run();
        }
        catch (Exception gone) when (gone is IOException or PlatformException)
        {
            Assert.Equal(0, _host.Rows.Left);
        }

        _host.Rows.Left = null;
        _host.Publisher = _platform = Open();
    }

    /// <summary>OpenSSL's word on the certificate, with the authority and the list as they are published.</summary>
    private async Task<(int Code, string Output)> Verify()
    {
        using var client = new HttpClient { BaseAddress = _host.Services.Address.Root };
        await File.WriteAllBytesAsync(_files.File("ca.pem"), await client.GetByteArrayAsync("ca/pki", Cancellation), Cancellation);
        await File.WriteAllBytesAsync(_files.File("crl.der"), await client.GetByteArrayAsync("crl/pki", Cancellation), Cancellation);
        var read = await Programs.Run("openssl", "crl", "-inform", "DER", "-in", _files.File("crl.der"), "-CAfile", _files.File("ca.pem"), "-out", _files.File("crl.pem"));
        Assert.Contains("verify OK", read.Output, StringComparison.Ordinal);
        return await Programs.Run("openssl", "verify", "-purpose", "sslclient", "-crl_check", "-CAfile", _files.File("ca.pem"), "-CRLfile", _files.File("crl.pem"), _files.File("c.pem"));
    }

    private static string Csr(string subject, out ECDsa key)
    {
        key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("evil.example");
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSigningRequestPem();
    }
}
