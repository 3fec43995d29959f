using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Npgsql;
using Xunit;

namespace AccessFunctions.Embedded.Tests.Scenarios;

/// <summary>A certificate from the ask to its end, over HTTP, with a real PostgreSQL that lets it in and follows the published list as the documentation says.</summary>
public sealed class CertificateScenarios : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _tls = Directory.CreateTempSubdirectory("access-tls-").FullName;
    private PostgresServer _server = null!;
    private EmbeddedScenarioHost _host = null!;
    private TestCertificates _certificates = null!;

    private static AccessGroup Analysts { get; } = new()
    {
        Id = "analysts",
        Members = ["alice"],
        Resources = ["pki/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Certificate] = new(Mode.Approve) },
        Levels = [new LevelPolicy { Approvers = ["bob", "ben"] }, new LevelPolicy { Approvers = ["carol"] }],
        ExtendUpTo = TimeSpan.FromHours(1),
    };

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.CreateAsync();
        _host = await EmbeddedScenarioHost.Start(null, [Analysts], """
              - name: pki
                type: certificates
                profiles: [{ name: analytics }]
            """, new Dictionary<string, string> { ["alice"] = "{ pki: alice }" });

        // The server runs as another user than the tests, where those run as root.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_tls, (UnixFileMode)0b111_101_101);
        _certificates = new TestCertificates(_tls);
        await _server.ExecuteAsync("CREATE ROLE alice LOGIN; CREATE TABLE orders (id int); GRANT SELECT ON orders TO alice;");
        await Write("server.crt", _certificates.Certificate);
        await Write("server.key", _certificates.Key);
        await Fetch("ca/pki", "access-ca.pem");
        await Refresh();
        await _server.ExecuteAsync($"ALTER SYSTEM SET ssl_ca_file = '{_tls}/access-ca.pem'");
        await _server.ExecuteAsync($"ALTER SYSTEM SET ssl_crl_file = '{_tls}/access-crl.pem'");
        await _server.ExecuteAsync("ALTER SYSTEM SET ssl = on");
        var rules = Convert.ToBase64String("hostssl all alice 0.0.0.0/0 cert\nhost all postgres 127.0.0.1/32 scram-sha-256\n"u8);
        await _server.ExecuteAsync($"COPY (SELECT '{rules}') TO PROGRAM 'base64 -d > pg_hba.conf'");
        await _server.RestartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        Directory.Delete(_tls, recursive: true);
    }

    [Fact]
    public async Task Certificate_OpensTheDoorWhileActive_AndNotAfterItWasRevoked()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var csr = new CertificateRequest("CN=postgres", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        var id = await Active(new { csr });
        Assert.Equal(HttpStatusCode.Forbidden, (await _host.As("bob").Do(id, "secret")).Status);
        var fields = (await _host.As("alice").Do(id, "secret")).Body.GetProperty("fields");
        Assert.False(fields.TryGetProperty("pkcs12", out _));
        using var plain = X509Certificate2.CreateFromPem(fields.GetProperty("certificate").GetString());
        using var certificate = plain.CopyWithPrivateKey(key);
        Assert.Equal(0, await Orders(certificate));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Orders(certificate, "postgres"));

        await _host.As("bob").Do(id, "revoke", new { comment = "leaving" });
        var closed = await _host.Becomes(_host.As("alice"), id, "Closed");
        Assert.Equal("Revoked", closed["outcome"]);
        var proof = closed.Body.GetProperty("grants")[0].GetProperty("proof").GetString();
        Assert.Contains($"serial {certificate.SerialNumber} is in the list number", proof, StringComparison.Ordinal);
        Assert.Contains("/crl/pki", proof, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await _host.As("alice").Do(id, "secret")).Status);

        await Refresh();
        await _server.ExecuteAsync("SELECT pg_reload_conf()");
        await Wait.Until(async () => await Refused(certificate), Patience, "PostgreSQL to refuse the certificate");
        Assert.Contains("certificate verify failed", _server.Log, StringComparison.Ordinal);
        Assert.Equal(0, await Orders(await Generated()));

        var report = await AuditCheck.Store(_host.Data, default);
        Assert.True(report.Sound, report.ToText());
    }

    [Fact]
    public async Task Extension_GivesALongerCertificate_AndTheListIsAnsweredFromCaches()
    {
        var id = await Active(new { });
        var before = (await _host.As("alice").Do(id, "secret")).Body.GetProperty("fields");
        var end = _host.Now.AddMinutes(30);
        Assert.Equal(HttpStatusCode.OK, (await _host.As("alice").Do(id, "extend", new { end })).Status);
        await _host.Until(async () => (await _host.As("alice").Do(id, "secret")).Body.GetProperty("fields").GetProperty("notAfter").GetString() == $"{end:yyyy-MM-ddTHH:mm:ss}Z", "a longer certificate");
        Assert.True(before.TryGetProperty("pkcs12", out _));

        using var client = _host.As(null);
        using var first = await client.GetAsync("/crl/pki");
        Assert.Equal(("application/pkix-crl", "public, max-age=60"), (first.Content.Headers.ContentType!.MediaType, first.Headers.CacheControl!.ToString()));
        using var again = new HttpRequestMessage(HttpMethod.Get, "/crl/pki");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var same = await client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        foreach (var path in new[] { "/crl/none", "/crl/vault", "/ca/none" })
        {
            using var none = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }

        var published = await _host.As("erin").Call(HttpMethod.Get, "/api/audit?type=access.authority.revocations-published");
        Assert.NotEmpty(published.Body.GetProperty("items").EnumerateArray());
    }

    /// <summary>An active request's certificate, with the key that was made for it.</summary>
    private async Task<X509Certificate2> Generated()
    {
        var id = await Active(new { });
        var fields = (await _host.As("alice").Do(id, "secret")).Body.GetProperty("fields");
        return X509CertificateLoader.LoadPkcs12(Convert.FromBase64String(fields.GetProperty("pkcs12").GetString()!), fields.GetProperty("password").GetString());
    }

    private async Task<string> Active(object parameters)
    {
        var asked = await _host.As("alice").Ask(new { resources = new[] { "pki/analytics" }, kind = "Certificate", justification = "quarter-end check", end = _host.Now.AddMinutes(10), parameters });
        Assert.Equal(HttpStatusCode.Created, asked.Status);
        await _host.As("bob").Approve(asked.Id);
        await _host.As("carol").Approve(asked.Id);
        await _host.Becomes(_host.As("alice"), asked.Id, "Active");
        return asked.Id;
    }

    private async Task<bool> Refused(X509Certificate2 certificate)
    {
        try
        {
            await Orders(certificate);
            return false;
        }
        catch (NpgsqlException)
        {
            return true;
        }
    }

    private async Task<long> Orders(X509Certificate2 certificate, string user = "alice")
    {
        var settings = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = _server.Port, Username = user, Database = "postgres", Pooling = false, SslMode = SslMode.VerifyFull, RootCertificate = _certificates.Authority };
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UseSslClientAuthenticationOptionsCallback(ssl => ssl.ClientCertificates = [certificate]);
        await using var source = builder.Build();
        await using var command = source.CreateCommand("SELECT count(*) FROM orders");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Puts a file into the server's own directory, readable by it alone.</summary>
    private async Task Write(string name, string file) =>
        await _server.ExecuteAsync($"COPY (SELECT '{Convert.ToBase64String(await File.ReadAllBytesAsync(file))}') TO PROGRAM 'umask 077; base64 -d > {name}'");

    private async Task Fetch(string path, string file)
    {
        using var client = _host.As(null);
        await File.WriteAllBytesAsync(Path.Combine(_tls, file), await client.GetByteArrayAsync(path));
    }

    /// <summary>The script of docs/platforms/certificates.md, with this test's addresses.</summary>
    private async Task Refresh()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "AccessFunctions.sln"))) root = root.Parent ?? throw new InvalidOperationException("The repository's root was not found.");
        var page = await File.ReadAllTextAsync(Path.Combine(root.FullName, "docs", "platforms", "certificates.md"));
        var from = page.IndexOf("```sh\n", StringComparison.Ordinal) + "```sh\n".Length;
        using var client = _host.As(null);
        var script = page[from..page.IndexOf("```", from, StringComparison.Ordinal)]
            .Replace("https://access.example.org/", client.BaseAddress!.ToString(), StringComparison.Ordinal)
            .Replace("/etc/postgresql/tls", _tls, StringComparison.Ordinal)
            .Replace("systemctl reload postgresql", "true", StringComparison.Ordinal);
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, said);
    }
}
