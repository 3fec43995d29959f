using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Embedded.Tests;

/// <summary>The whole host as a demo, over HTTP.</summary>
public sealed class EmbeddedHostTests : IDisposable
{
    private readonly string _data = Store.NewPath();

    public void Dispose()
    {
        if (Directory.Exists(_data)) Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Demo_Starts_AndIsReady()
    {
        await using var host = await Start();
        using var anyone = host.Client();
        var ready = await anyone.GetFromJsonAsync<JsonObject>("/health/ready");
        Assert.Equal("Ok", (string?)ready!["status"]);
        Assert.Equal(["audit-sinks", "configuration", "store"], ready["parts"]!.AsArray().Select(part => (string?)part!["name"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Request_ApprovedByBothLevels_GivesTheSecret_AndNoticesAreWritten()
    {
        await using var host = await Start();
        var id = await Active(host);
        using var alice = host.Client("alice");
        var answer = await alice.PostAsJsonAsync($"/api/requests/{id}/secret", new { });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("db-admin", (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["fields"]!["username"]);
        await Wait.Until(() => Directory.Exists(Mail) && Directory.GetFiles(Mail, "*.eml").Length >= 5, TimeSpan.FromSeconds(30), "the notices of the request");
    }

    [Fact]
    public async Task Stop_KeepsEverything_AndTheNextStartGoesOn()
    {
        string id;
        await using (var host = await Start()) id = await Active(host);

        var report = await AuditCheck.Store(_data, CancellationToken.None);
        Assert.True(report.Sound, report.ToText());
        Assert.Equal(0, report.EventsBeyond);

        await using var again = await Start();
        using var alice = again.Client("alice");
        Assert.Equal("Active", (string?)(await alice.GetFromJsonAsync<JsonObject>($"/api/requests/{id}"))!["phase"]);
        var released = await alice.PostAsJsonAsync($"/api/requests/{id}/release", new { });
        Assert.Equal(HttpStatusCode.OK, released.StatusCode);
    }

    [Fact]
    public async Task Clock_ThatMovesPastTheEnd_EndsTheAccess()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await Start(time);
        var id = await Active(host);
        time.Advance(TimeSpan.FromHours(2));
        using var dave = host.Client("dave");
        await Wait.Until(
            async () => (string?)(await dave.GetFromJsonAsync<JsonObject>($"/api/requests/{id}"))!["phase"] == "Revoking", TimeSpan.FromSeconds(30), "the access to be taken away");
    }

    [Fact]
    public async Task Audit_OfASecondProcess_VerifiesWhileServing_AndASecondHostIsTurnedAway()
    {
        await using var host = await Start();
        await Active(host);
        var verified = await Command("audit", "verify", "--data", _data);
        Assert.Equal(0, verified.ExitCode);
        Assert.Contains("Nothing was edited", verified.Output, StringComparison.Ordinal);

        var second = await Command("serve", "--data", _data, "--urls", "http://localhost:0");
        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"in use by another process (process {Environment.ProcessId})", second.Output, StringComparison.Ordinal);

        var nobody = await Command("token", "--person", "alcie", "--data", _data);
        Assert.Equal(1, nobody.ExitCode);
        Assert.Contains("no person \"alcie\". It has alice, ben, bob", nobody.Output, StringComparison.Ordinal);

        var token = await Command("token", "--person", "alice", "--data", _data);
        using var alice = host.Client();
        alice.DefaultRequestHeaders.Authorization = new("Bearer", token.Output.Trim());
        Assert.Equal(HttpStatusCode.OK, (await alice.GetAsync("/api/requests")).StatusCode);
    }

    [Theory]
    [InlineData("UPDATE audit SET body = CAST(replace(CAST(body AS TEXT), 'alice', 'mallory') AS BLOB) WHERE type = 'access.request.submitted'")]
    [InlineData("DELETE FROM audit WHERE type = 'access.request.approved' AND sequence = (SELECT max(sequence) FROM audit WHERE type = 'access.request.approved')")]
    [InlineData("DELETE FROM audit WHERE position = (SELECT max(position) FROM audit)")]
    [InlineData("DELETE FROM checkpoints")]
    public async Task AuditVerify_OfATamperedStore_SaysSo(string tampering)
    {
        await using (var host = await Start()) await Active(host);
        Assert.True((await AuditCheck.Store(_data, CancellationToken.None)).Sound);
        using (var session = new Session(DataDirectory.DatabaseFile(_data), Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite, 1024))
            Assert.Equal(1, session.Run(tampering));
        var report = await AuditCheck.Store(_data, CancellationToken.None);
        if (tampering.Contains("checkpoints", StringComparison.Ordinal)) Assert.Null(report.VouchesUntil);
        else Assert.False(report.Sound);
    }

    [Fact]
    public async Task BrokenConfiguration_IsAudited_WithFileLineAndField_AndTheLastGoodOneStaysInForce()
    {
        await using var host = await Start();
        var group = Path.Combine(_data, "demo-config", "access-groups", "by-hand.yaml");
        await File.WriteAllTextAsync(group, "id: by-hand\nrules:\n  Other: { mode: Aprove }\n");
        using var dave = host.Client("dave");
        JsonArray? refused = null;
        await Wait.Until(
            async () => (refused = (await dave.GetFromJsonAsync<JsonObject>("/api/audit?type=access.configuration.refused"))!["items"]!.AsArray()).Count == 1,
            TimeSpan.FromSeconds(30), "the refusal in the audit trail");
        Assert.Contains("access-groups/by-hand.yaml:3:18: rules.Other.mode:", (string?)refused![0]!["event"]!["detail"]!["text"], StringComparison.Ordinal);
        Assert.Equal("Approve", (string?)(await dave.GetFromJsonAsync<JsonObject>("/api/access-groups/by-hand"))!["rules"]!["Other"]!["mode"]);
        var ready = await dave.GetFromJsonAsync<JsonObject>("/health/ready");
        Assert.Equal("Degraded", (string?)ready!["status"]);
    }

    [Fact]
    public async Task Demo_OnAnAddressThatOthersReach_DoesNotStart()
    {
        var refused = await Assert.ThrowsAsync<StartupException>(() => EmbeddedHost.Start(new EmbeddedHostOptions { Data = _data, Urls = "http://0.0.0.0:0" }));
        Assert.Contains("loopback", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_data));
    }

    [Fact]
    public async Task RealConfiguration_OnADemosData_DoesNotStart_AndLetsGoOfTheDirectory()
    {
        await using (await Start())
        {
        }

        var config = Path.Combine(_data, "demo-config");
        await Assert.ThrowsAsync<DataDirectoryException>(() => EmbeddedHost.Start(new EmbeddedHostOptions { Data = _data, Config = config, Urls = "http://localhost:0" }));
        await using var demo = await Start();
        Assert.True(demo.IsDemo);
    }

    private string Mail => Path.Combine(_data, "mail");

    private Task<EmbeddedHost> Start(TimeProvider? time = null) =>
        EmbeddedHost.Start(new EmbeddedHostOptions { Data = _data, Urls = "http://localhost:0", Time = time ?? TimeProvider.System });

    private static async Task<string> Active(EmbeddedHost host)
    {
        using var alice = host.Client("alice");
        var made = await alice.PostAsJsonAsync("/api/requests", new { resources = new[] { "vault/db-admin" }, kind = "Credential", justification = "quarter-end check" });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var id = (string)(await made.Content.ReadFromJsonAsync<JsonObject>())!["id"]!;
        foreach (var person in new[] { "bob", "carol" })
        {
            using var approver = host.Client(person);
            Assert.Equal(HttpStatusCode.OK, (await approver.PostAsJsonAsync($"/api/requests/{id}/approve", new { revision = 1 })).StatusCode);
        }

        await Wait.Until(
            async () => (string?)(await alice.GetFromJsonAsync<JsonObject>($"/api/requests/{id}"))!["phase"] == "Active", TimeSpan.FromSeconds(30), "the access to be active");
        return id;
    }

    private static async Task<(int ExitCode, string Output)> Command(params string[] arguments)
    {
        using var process = new System.Diagnostics.Process
        {
            StartInfo = new("dotnet", [typeof(EmbeddedHost).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        process.Start();
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(output));
    }
}
