using System.Diagnostics;
using System.Net;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Embedded.Tests.Scenarios;

/// <summary>A session on a real <c>sshd</c> from the ask to its end, over HTTP, with the server set up as the documentation says.</summary>
public sealed class SshScenarios : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("access-ssh-").FullName;
    private EmbeddedScenarioHost? _host;
    private SshServer? _server;

    private static AccessGroup Operators { get; } = new()
    {
        Id = "operators",
        Members = ["alice"],
        Resources = ["ssh-prod/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Session] = new(Mode.Approve) },
        Levels = [new LevelPolicy { Approvers = ["bob", "ben"] }, new LevelPolicy { Approvers = ["carol"] }],
        Roles = ["deploy", "backup"],
    };

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Session_IsLetInWhileActive_AndEndedAndRefusedAfterTheRevocation()
    {
        var (host, server) = await Start();
        var id = await Active(host, "deploy", await server.Key("mine"));
        await Certify(host, server, id, "mine");
        Assert.Equal((0, "in\n"), await server.Execute(server.In("mine"), "echo in"));
        Assert.Contains($"ID ssh-prod.{id}.1 (serial ", server.Log(), StringComparison.Ordinal);

        // A program that runs, and a connection without one, through which another could be started at any time.
        using var working = server.Client(server.In("mine"), $"{Environment.UserName}@127.0.0.1", "echo begun; exec cat");
        Assert.Equal("begun", await working.StandardOutput.ReadLineAsync());
        using var waiting = server.Client(server.In("mine"), "-N", $"{Environment.UserName}@127.0.0.1");
        await Wait.Until(async () => (await Listed(server, id)).Length >= 2, Patience, "both connections to be noted");

        await host.As("bob").Do(id, "revoke", new { comment = "leaving" });
        var closed = await host.Becomes(host.As("alice"), id, "Closed");
        Assert.Equal("Revoked", closed["outcome"]);
        var proof = closed.Body.GetProperty("grants")[0].GetProperty("proof").GetString()!;
        Assert.Contains("/krl/ssh-prod", proof, StringComparison.Ordinal);
        Assert.Contains("tells of no live session", proof, StringComparison.Ordinal);
        using var patience = new CancellationTokenSource(Patience);
        await working.WaitForExitAsync(patience.Token);
        await waiting.WaitForExitAsync(patience.Token);
        Assert.Empty(await Listed(server, id));

        var refused = await server.Execute(server.In("mine"), "echo in");
        Assert.NotEqual(0, refused.Code);
        Assert.Contains("Permission denied", refused.Output, StringComparison.Ordinal);
        Assert.Contains("revoked", server.Log(), StringComparison.OrdinalIgnoreCase);

        // The server is well: somebody else's certificate still opens it.
        var other = await Active(host, "deploy", await server.Key("other"));
        await Certify(host, server, other, "other");
        Assert.Equal((0, "in\n"), await server.Execute(server.In("other"), "echo in"));
        var report = await AuditCheck.Store(host.Data, default);
        Assert.True(report.Sound, report.ToText());
    }

    [Fact]
    public async Task Certificate_ForAnotherPrincipalOrAnotherKey_OpensNothing()
    {
        var (host, server) = await Start();
        var id = await Active(host, "backup", await server.Key("mine"));
        await Certify(host, server, id, "mine");
        Assert.NotEqual(0, (await server.Execute(server.In("mine"), "echo in")).Code);

        var right = await Active(host, "deploy", (await File.ReadAllTextAsync(server.In("mine.pub"))).Trim());
        _ = await server.Key("stolen");
        await Certify(host, server, right, "stolen");
        Assert.NotEqual(0, (await server.Execute(server.In("stolen"), "echo in")).Code);
        await Certify(host, server, right, "mine");
        Assert.Equal((0, "in\n"), await server.Execute(server.In("mine"), "echo in"));
    }

    [Fact]
    public async Task Session_ThatCannotBeEnded_KeepsTheRequestOpenUntilItCan()
    {
        var (host, server) = await Start();
        var id = await Active(host, "deploy", await server.Key("mine"));
        await Certify(host, server, id, "mine");
        using var working = server.Client(server.In("mine"), $"{Environment.UserName}@127.0.0.1", "echo begun; exec cat");
        Assert.Equal("begun", await working.StandardOutput.ReadLineAsync());
        var script = server.In("access-sessions");
        File.Move(script, script + ".away");
        await host.As("alice").Do(id, "release");
        await Wait.Until(async () => await Happened(host, id, "access.grant.revoke-failed"), Patience, "a failed removal to be audited");
        Assert.False(working.HasExited);
        Assert.Equal("Revoking", (await host.As("alice").See(id))["phase"]);

        File.Move(script + ".away", script);
        await Wait.Until(async () => (await host.As("alice").See(id))["phase"] == "Closed", Patience, "the request to close");
        using var patience = new CancellationTokenSource(Patience);
        await working.WaitForExitAsync(patience.Token);
    }

    /// <summary>A host whose commands reach the server, and a server that trusts the host's authority: each needs the other's address first.</summary>
    private async Task<(EmbeddedScenarioHost Host, SshServer Server)> Start()
    {
        var link = Path.Combine(_folder, "server");
        _host = await EmbeddedScenarioHost.Start(null, [Operators], $$"""
              - name: ssh-prod
                type: ssh
                krlFile: {{link}}/access.krl
                endSessions: [/bin/sh, {{link}}/access-sessions, end]
                listSessions: [/bin/sh, {{link}}/access-sessions, list]
                resources: [{ name: web, principal: "web-{role}" }]
            """, new Dictionary<string, string> { ["alice"] = "{ ssh-prod: alice }" });
        using var client = _host.As(null);
        _server = await SshServer.Start(await client.GetStringAsync("/ca/ssh-prod"), "web-deploy");
        Directory.CreateSymbolicLink(link, Path.GetDirectoryName(_server.Krl)!);
        await File.WriteAllBytesAsync(_server.Krl, await client.GetByteArrayAsync("/krl/ssh-prod"));
        return (_host, _server);
    }

    private static async Task<string> Active(EmbeddedScenarioHost host, string role, string publicKey)
    {
        var asked = await host.As("alice").Ask(new { resources = new[] { "ssh-prod/web" }, kind = "Session", role, justification = "roll out", end = host.Now.AddMinutes(10), parameters = new { publicKey } });
        Assert.Equal(HttpStatusCode.Created, asked.Status);
        await host.As("bob").Approve(asked.Id);
        await host.As("carol").Approve(asked.Id);
        await host.Becomes(host.As("alice"), asked.Id, "Active");
        return asked.Id;
    }

    /// <summary>Fetches the certificate and puts it beside a key, as people do.</summary>
    private static async Task Certify(EmbeddedScenarioHost host, SshServer server, string id, string key)
    {
        var fields = (await host.As("alice").Do(id, "secret")).Body.GetProperty("fields");
        await File.WriteAllTextAsync(server.In($"{key}-cert.pub"), fields.GetProperty("certificate").GetString() + "\n");
    }

    /// <summary>The processes of the request's connections, by the documented script.</summary>
    private static async Task<string[]> Listed(SshServer server, string id)
    {
        var command = server.Script("list");
        using var process = Process.Start(new ProcessStartInfo(command[0], [.. command[1..], $"ssh-prod.{id}.1"]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task<bool> Happened(EmbeddedScenarioHost host, string id, string type) =>
        (await host.As("alice").Call(HttpMethod.Get, $"/api/requests/{id}/audit")).Body.GetProperty("items").EnumerateArray().Any(item => item.GetProperty("event").GetProperty("type").GetString() == type);
}
