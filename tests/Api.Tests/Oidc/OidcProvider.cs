using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace AccessFunctions.Api.Tests.Oidc;

/// <summary>
/// The npm package <c>oidc-provider</c>, run by node on a port of its own. Where node or npm is missing the test is skipped, but under
/// <c>CI=true</c> it fails. The process ends with its input, so also when the tests end, however that happens.
/// </summary>
internal sealed class OidcProvider : IAsyncDisposable
{
    private static readonly string Home = Path.Combine(AppContext.BaseDirectory, "Oidc");
    private static readonly Lazy<Task> Installed = new(Install);
    private static readonly HttpClient Http = new();
    private Process? _process;

    public string Issuer { get; private set; } = "";

    /// <summary>The id of the key it signs with now.</summary>
    public string KeyId { get; private set; } = "";

    public static async Task<OidcProvider> Start(string algorithm = "RS256")
    {
        RequireNode();
        await Installed.Value;
        var provider = new OidcProvider();
        await provider.Run(0, algorithm);
        return provider;
    }

    /// <summary>Starts it anew on the same port, with new keys.</summary>
    public async Task Restart()
    {
        var port = new Uri(Issuer).Port;
        await Stop();
        await Run(port, "RS256");
    }

    /// <summary>Ends it: its port then refuses connections.</summary>
    public async Task Stop()
    {
        if (_process is not { } process) return;
        _process = null;
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        process.Dispose();
    }

    /// <summary>An access token for a client (its id is the subject) and an audience.</summary>
    public async Task<string> Token(string client, string audience = "urn:access-functions")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Issuer}/token");
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{client}:{client}-secret")));
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["scope"] = "access", ["resource"] = audience });
        using var response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (string)(await response.Content.ReadFromJsonAsync<JsonNode>())!["access_token"]!;
    }

    /// <summary>The public key as the provider publishes it.</summary>
    public async Task<string> PublishedKey() => (string)(await Http.GetFromJsonAsync<JsonNode>($"{Issuer}/jwks"))!["keys"]![0]!["n"]!;

    public async ValueTask DisposeAsync() => await Stop();

    private async Task Run(int port, string algorithm)
    {
        _process = Process.Start(new ProcessStartInfo("node", [Path.Combine(Home, "provider.mjs"), $"{port}", algorithm])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = new StringBuilder();
        _process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        _process.BeginErrorReadLine();
        var ready = await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) ?? throw new InvalidOperationException($"The provider did not start: {errors}");
        var started = JsonNode.Parse(ready)!;
        (Issuer, KeyId) = ((string)started["issuer"]!, (string)started["kid"]!);
    }

    private static void RequireNode()
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (new[] { "node", "npm" }.All(program => found.Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe"))))) return;
        const string Missing = "node and npm are needed to run a real OpenID provider, and are not on the PATH.";
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(Missing);
        Assert.Skip(Missing);
    }

    // Once per lock file: what is there from an earlier run of the same one is used again.
    private static async Task Install()
    {
        var wanted = await File.ReadAllTextAsync(Path.Combine(Home, "package-lock.json"));
        var marker = Path.Combine(Home, "node_modules", ".installed");
        if (File.Exists(marker) && await File.ReadAllTextAsync(marker) == wanted) return;
        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts"]) { WorkingDirectory = Home, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await Task.WhenAll(npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync()).WaitAsync(TimeSpan.FromMinutes(3));
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0) throw new InvalidOperationException($"npm ci failed: {string.Join('\n', said)}");
        await File.WriteAllTextAsync(marker, wanted);
    }
}
