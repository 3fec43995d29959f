using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Ssh;
using AccessFunctions.Integrations.Tests.Authorities;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Ssh;

/// <summary>SSH certificates from the ask to the list that names them, read back by <c>ssh-keygen</c>; commands are small shell scripts.</summary>
public sealed class SshPlatformTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _files = new();
    private SomeAuthority _host = null!;
    private SshPlatform _platform = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static SshOptions Options { get; } = new()
    {
        Name = "ssh-prod",
        Resources =
        [
            new SshAccess { Name = "web", Principal = "web-{role}", Extensions = ["permit-user-rc", "permit-pty", "permit-X11-forwarding"], SourceAddress = "10.0.0.0/8,127.0.0.1/32", ForceCommand = "uptime -p" },
            new SshAccess { Name = "any" },
            new SshAccess { Name = "short", MaxValidity = TimeSpan.FromHours(1) },
        ],
    };

    public async ValueTask InitializeAsync()
    {
        _host = await SomeAuthority.Start();
        _host.Publisher = _platform = Open(Options);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _files.Dispose();
    }

    [Theory]
    [InlineData("ed25519", "256")]
    [InlineData("ecdsa", "256")]
    [InlineData("ecdsa", "384")]
    [InlineData("ecdsa", "521")]
    [InlineData("rsa", "2048")]
    public async Task Certificate_IsWhatWasAsked_AsSshKeygenReadsIt_AndItsListRevokesItAndNoOther(string type, string bits)
    {
        var order = Order("ssh-prod/web", await Key(type, bits), role: "deploy");
        Assert.Equal("web-deploy", (await _platform.Grant(order, Cancellation)).Login);
        Assert.Equal("web-deploy", (await _platform.Grant(order, Cancellation)).Login);
        var fields = (await _platform.Secret(order, Cancellation))!.Fields;
        Assert.Equal(["certificate", "principal", "validBefore"], fields.Keys.Order());
        await File.WriteAllTextAsync(_files.File("c-cert.pub"), fields["certificate"] + "\n", Cancellation);
        var read = await Programs.Run("ssh-keygen", "-L", "-f", _files.File("c-cert.pub"));
        Assert.True(read.Code == 0, read.Output);
        var text = read.Output;
        Assert.Contains("user certificate", text, StringComparison.Ordinal);
        Assert.Contains("Key ID: \"ssh-prod.r-1:1\"", text, StringComparison.Ordinal);
        Assert.Matches(@"Principals:\s+web-deploy\s+Critical Options:\s+force-command uptime -p\s+source-address 10\.0\.0\.0/8,127\.0\.0\.1/32\s+Extensions:\s+permit-X11-forwarding\s+permit-pty\s+permit-user-rc\s*$", text);
        Assert.Contains($"to {order.End.LocalDateTime:yyyy-MM-ddTHH:mm:ss}", text, StringComparison.Ordinal);

        var other = Order("ssh-prod/any", await Key("ed25519", "256"), "r-2:1");
        await _platform.Grant(other, Cancellation);
        await File.WriteAllTextAsync(_files.File("o-cert.pub"), (await _platform.Secret(other, Cancellation))!.Fields["certificate"] + "\n", Cancellation);
        Assert.DoesNotContain("REVOKED", await Asked("c-cert.pub"), StringComparison.Ordinal);
        Assert.True((await _platform.ReadBack(order, Cancellation)).Present);

        await _platform.Revoke(order, Cancellation);
        await _platform.Revoke(order, Cancellation);
        Assert.Contains("REVOKED", await Asked("c-cert.pub"), StringComparison.Ordinal);
        Assert.DoesNotContain("REVOKED", await Asked("o-cert.pub"), StringComparison.Ordinal);
        var look = await _platform.ReadBack(order, Cancellation);
        Assert.False(look.Present);
        Assert.Contains($"as fetched from {_platform.ListAddress}", look.Evidence, StringComparison.Ordinal);
        Assert.Contains("was not looked at", look.Evidence, StringComparison.Ordinal);
        Assert.Null(await _platform.Secret(order, Cancellation));
    }

    [Fact]
    public async Task ShortCertificate_IsRenewed_AndExtendedOnce_AndAllOfThemAreRevoked()
    {
        var order = Order("ssh-prod/short", await Key("ed25519", "256"));
        await _platform.Grant(order, Cancellation);
        var first = (await _platform.Secret(order, Cancellation))!.Fields["certificate"];
        _host.Time.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(first, (await _platform.Secret(order, Cancellation))!.Fields["certificate"]);
        _host.Time.Advance(TimeSpan.FromMinutes(15));
        var second = (await _platform.Secret(order, Cancellation))!.Fields;
        Assert.NotEqual(first, second["certificate"]);
        Assert.Equal(_host.Now.AddHours(1).UtcDateTime, DateTimeOffset.Parse(second["validBefore"]).UtcDateTime, TimeSpan.FromSeconds(1));
        await _platform.Revoke(order, Cancellation);
        Assert.Equal(2, (await List()).Serials.Count);

        var other = Order("ssh-prod/any", await Key("ed25519", "256"), "r-2:1");
        await _platform.Grant(other, Cancellation);
        var longer = other with { End = other.End.AddHours(1) };
        await _platform.Extend(longer, Cancellation);
        await _platform.Extend(longer, Cancellation);
        await _platform.Revoke(longer, Cancellation);
        Assert.Equal(4, (await List()).Serials.Count);
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => _platform.Extend(longer, Cancellation))).Permanent);
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => _platform.Grant(longer, Cancellation))).Permanent);
    }

    [Fact]
    public async Task Renewal_ThatAnEndOvertakes_IsReleasedToNobody_AndRevoked()
    {
        var order = Order("ssh-prod/short", await Key("ed25519", "256"));
        await _platform.Grant(order, Cancellation);
        _host.Time.Advance(TimeSpan.FromMinutes(50));
        _host.Rows.Before = ("issued:", () => _platform.Revoke(order, Cancellation));
        Assert.Null(await _platform.Secret(order, Cancellation));
        Assert.Equal(2, (await List()).Serials.Count);
    }

    [Fact]
    public async Task Revoke_WritesThePushedFile_EndsSessions_AndTheLookAsksForThem()
    {
        var krl = _files.File("access.krl");
        var platform = Open(Options with
        {
            KrlFile = krl,
            Push = Script("push", $"cp \"$1\" {_files.File("pushed")}"),
            EndSessions = Script("end", $"printf '%s\\n' \"$@\" > {_files.File("ended")}; rm -f {_files.File("live")}"),
            ListSessions = Script("list", $"cat {_files.File("live")} 2>/dev/null || true"),
        });
        var order = Order("ssh-prod/any", await Key("ed25519", "256"), "r-'; rm -rf $HOME:1");
        await platform.Upkeep(Cancellation);
        Assert.True(File.Exists(krl));
        await platform.Grant(order, Cancellation);
        await File.WriteAllTextAsync(_files.File("live"), "1234\n1235\n", Cancellation);
        await platform.Revoke(order, Cancellation);
        Assert.Equal(await File.ReadAllBytesAsync(krl, Cancellation), await File.ReadAllBytesAsync(_files.File("pushed"), Cancellation));
        var serial = Assert.Single((await List()).Serials);
        Assert.Equal(["ssh-prod.r-'; rm -rf $HOME:1", $"{serial}"], await File.ReadAllLinesAsync(_files.File("ended"), Cancellation));
        Assert.Contains("tells of no live session", (await platform.ReadBack(order, Cancellation)).Evidence, StringComparison.Ordinal);

        await File.WriteAllTextAsync(_files.File("live"), "1236\n", Cancellation);
        var look = await platform.ReadBack(order, Cancellation);
        Assert.True(look.Present);
        Assert.Contains("1 live session(s)", look.Evidence, StringComparison.Ordinal);
        await platform.Disconnect(order, Cancellation);
        Assert.False((await platform.ReadBack(order, Cancellation)).Present);
    }

    [Fact]
    public async Task Command_ThatFailsHangsOrIsMissing_IsATransientFailure_AndKeepsNothingElseFromHappening()
    {
        var order = Order("ssh-prod/any", await Key("ed25519", "256"));
        foreach (var (push, says) in new[] { (Script("bad", "echo no route to web1 >&2; exit 3"), "no route to web1"), (Script("slow", "sleep 60 & wait"), "did not end within 1 s"), (["/nowhere/push"], "cannot be started") })
        {
            File.Delete(_files.File("ended"));
            var platform = Open(Options with { KrlFile = _files.File("k"), Push = push, EndSessions = Script("end", $"touch {_files.File("ended")}"), CommandTimeout = TimeSpan.FromSeconds(1) });
            await _platform.Grant(order, Cancellation);
            var failure = await Assert.ThrowsAsync<PlatformException>(() => platform.Revoke(order, Cancellation));
            Assert.False(failure.Permanent);
            Assert.Contains(says, failure.Message, StringComparison.Ordinal);
            Assert.True(File.Exists(_files.File("ended")));
            order = order with { GrantId = order.GrantId + "x" };
        }

        var unknown = Open(Options with { ListSessions = Script("list", "exit 1") });
        await unknown.Grant(order, Cancellation);
        await unknown.Revoke(order, Cancellation);
        Assert.False((await Assert.ThrowsAsync<PlatformException>(() => unknown.ReadBack(order, Cancellation))).Permanent);
    }

    [Fact]
    public async Task ProcessThatEndsAtAnyWrite_AndRunsAgain_GivesOneCertificate_AndTakesIt()
    {
        var key = await Key("ed25519", "256");
        for (var crash = 0; crash < 4; crash++)
        {
            var order = Order("ssh-prod/any", key, $"r-{crash}:1");
            await Crashed(crash, () => _platform.Grant(order, Cancellation));
            await _platform.Grant(order, Cancellation);
            await Crashed(crash, () => _platform.Revoke(order, Cancellation));
            await _platform.Revoke(order, Cancellation);
            await Crashed(crash, () => _platform.ReadBack(order, Cancellation));
            Assert.False((await Open(Options).ReadBack(order, Cancellation)).Present);
            Assert.Equal(crash + 1, (await List()).Serials.Count);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("root")]
    [InlineData("a,b")]
    [InlineData("a b")]
    [InlineData("*")]
    [InlineData("-oProxy")]
    [InlineData("al\nice")]
    [InlineData("älice")]
    public async Task PrincipalThatMeansMoreThanOneName_OrAdministers_IsRefusedForGood_AndItsRequestCanClose(string? identity)
    {
        var order = Order("ssh-prod/any", await Key("ed25519", "256"), identity: identity);
        await Refused(order);
        if (identity == "root") await Open(Options with { PrivilegedPrincipals = ["root"] }).Grant(order, Cancellation);
    }

    [Fact]
    public async Task Order_ThatCannotBeGiven_IsRefusedForGood()
    {
        var good = await Key("ed25519", "256");
        await Refused(Order("ssh-prod/other", good));
        await Refused(Order("ssh-prod/any", good) with { Kind = AccessKind.Certificate });
        await Refused(Order("ssh-prod/any", good) with { End = _host.Now });
        await Refused(Order("ssh-prod/web", good));
        var blob = good.Split(' ')[1];
        foreach (var key in new[]
        {
            "", "ssh-ed25519", "ssh-ed25519 !!", $"ssh-rsa {blob}", $"ssh-dss {blob}", $"ssh-ed25519 {blob[..^8]}", $"restrict {good}", $"{good}\n{good}", "-----BEGIN OPENSSH PRIVATE KEY-----",
            $"ssh-ed25519 {Convert.ToBase64String([.. Convert.FromBase64String(blob), 0])}", await Key("rsa", "1024"), OffTheCurve(await Key("ecdsa", "256")),
        }) await Refused(Order("ssh-prod/any", key));
    }

    [Fact]
    public async Task ReadBack_WithoutAUsableListAtTheAddress_IsATransientFailure_AndAForeignListProvesNothing()
    {
        var order = Order("ssh-prod/any", await Key("ed25519", "256"));
        await _platform.Grant(order, Cancellation);
        await _platform.Revoke(order, Cancellation);
        foreach (Func<Microsoft.AspNetCore.Http.HttpContext, Task> answer in new Func<Microsoft.AspNetCore.Http.HttpContext, Task>[]
        {
            http => { http.Response.StatusCode = 404; return Task.CompletedTask; },
            http => http.Response.Body.WriteAsync("SSHKRL\n"u8.ToArray()).AsTask(),
            http => { http.Abort(); return Task.CompletedTask; },
        })
        {
            _host.Instead = answer;
            Assert.False((await Assert.ThrowsAsync<PlatformException>(() => _platform.ReadBack(order, Cancellation))).Permanent);
        }

        var other = Open(Options with { Name = "other" });
        using var foreign = await new SshAuthorityKeys("other", _host.Services).Open(Cancellation);
        using var own = await new SshAuthorityKeys("ssh-prod", _host.Services).Open(Cancellation);
        var krl = (await _platform.Publish(PublicationKind.KeyRevocations, Cancellation))!.Content;
        Assert.Empty(RevokedKeys.Read(krl, foreign.Blob)!.Serials);
        Assert.Single(RevokedKeys.Read(krl, own.Blob)!.Serials);
        _host.Instead = async http => await http.Response.Body.WriteAsync((await other.Publish(PublicationKind.KeyRevocations, Cancellation))!.Content);
        Assert.True((await _platform.ReadBack(order, Cancellation)).Present);
    }

    [Fact]
    public async Task Logs_TellWhatHappened_AndNoCertificate()
    {
        var order = Order("ssh-prod/any", await Key("ed25519", "256"));
        await _platform.Grant(order, Cancellation);
        var certificate = (await _platform.Secret(order, Cancellation))!.Fields["certificate"];
        await _platform.Revoke(order, Cancellation);
        Assert.Contains("was issued", _host.Logs.All, StringComparison.Ordinal);
        Assert.DoesNotContain(certificate.Split(' ')[1][..40], _host.Logs.All, StringComparison.Ordinal);
    }

    private SshPlatform Open(SshOptions options) => new(options, _host.Services, _host.Logs.For<SshPlatform>());

    private PlatformOrder Order(string resource, string key, string grant = "r-1:1", string? identity = "alice", string? role = null) =>
        _host.Order(resource, AccessKind.Session, grant, identity, role, null, ("publicKey", key));

    private async Task<RevokedKeys> List()
    {
        using var authority = await new SshAuthorityKeys("ssh-prod", _host.Services).Open(Cancellation);
        return RevokedKeys.Read((await _platform.Publish(PublicationKind.KeyRevocations, Cancellation))!.Content, authority.Blob)!;
    }

    private async Task Refused(PlatformOrder order)
    {
        var refusal = await Assert.ThrowsAsync<PlatformException>(() => _platform.Grant(order, Cancellation));
        Assert.True(refusal.Permanent, refusal.Message);
        await _platform.Revoke(order with { GrantId = "never" }, Cancellation);
        Assert.False((await _platform.ReadBack(order with { GrantId = "never" }, Cancellation)).Present);
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
        _host.Publisher = _platform = Open(Options);
    }

    /// <summary>A public key as people have it.</summary>
    private async Task<string> Key(string type, string bits)
    {
        var file = _files.File($"{type}-{bits}");
        if (!File.Exists(file)) Assert.Equal(0, (await Programs.Run("ssh-keygen", "-q", "-t", type, "-b", bits, "-N", "", "-C", "alice@laptop of hers", "-f", file)).Code);
        return (await File.ReadAllTextAsync(file + ".pub", Cancellation)).Trim();
    }

    private static string OffTheCurve(string key)
    {
        var parts = key.Split(' ');
        var blob = Convert.FromBase64String(parts[1]);
        blob[^1] ^= 1;
        return $"{parts[0]} {Convert.ToBase64String(blob)}";
    }

    /// <summary>A shell script as a command.</summary>
    private string[] Script(string name, string text)
    {
        File.WriteAllText(_files.File(name), text + "\n");
        return ["/bin/sh", _files.File(name)];
    }

    /// <summary>What ssh-keygen says of a certificate by the list as it is published.</summary>
    private async Task<string> Asked(string certificate)
    {
        using var client = new HttpClient { BaseAddress = _host.Services.Address.Root };
        await File.WriteAllBytesAsync(_files.File("krl"), await client.GetByteArrayAsync("krl/ssh-prod", Cancellation), Cancellation);
        Assert.Equal(0, (await Programs.Run("ssh-keygen", "-Q", "-l", "-f", _files.File("krl"))).Code);
        return (await Programs.Run("ssh-keygen", "-Q", "-f", _files.File("krl"), _files.File(certificate))).Output;
    }
}
