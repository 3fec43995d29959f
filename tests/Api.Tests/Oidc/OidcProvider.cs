using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Api.Tests.Oidc;

/// <summary>
/// The npm package <c>oidc-provider</c>, run by node on a port of its own. The process ends with its input, so also when the tests end,
/// however that happens.
/// </summary>
internal sealed class OidcProvider : IAsyncDisposable
{
    private static readonly string Home = Path.Combine(AppContext.BaseDirectory, "Oidc");
    private static readonly Lazy<Task> Installed = new(static () => NodePackages.Install(Home));
    private static readonly HttpClient Http = new();
    private Process? _process;
    private string? _redirect;
    private string? _methods;

    public string Issuer { get; private set; } = "";

    /// <summary>The id of the key it signs with now.</summary>
    public string KeyId { get; private set; } = "";

    /// <summary>Starts one.</summary>
    /// <param name="redirect">Where browsers are sent back to; null: to the address of <c>TestApi</c>.</param>
    /// <param name="methods">Ways to send a client's secret that it publishes, while it takes the body alone; null: all, and it takes all.</param>
    public static async Task<OidcProvider> Start(string algorithm = "RS256", string? redirect = null, string? methods = null)
    {
        NodePackages.Require("an OpenID provider");
        await Installed.Value;
        var provider = new OidcProvider { _redirect = redirect, _methods = methods };
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
        _process = Process.Start(new ProcessStartInfo("node", [Path.Combine(Home, "provider.mjs"), $"{port}", algorithm, _redirect ?? "https://access.example/signin/callback", _methods ?? ""])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = new StringBuilder();
        _process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        _process.BeginErrorReadLine();
        var started = JsonNode.Parse(await Ready(_process, errors))!;
        (Issuer, KeyId) = ((string)started["issuer"]!, (string)started["kid"]!);
    }

    /// <summary>The line that says that it listens. A machine that builds and tests at once may take its time to load the packages.</summary>
    private static async Task<string> Ready(Process process, StringBuilder errors)
    {
        try
        {
            return await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(3)) ?? throw new InvalidOperationException($"The provider did not start: {errors}");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"The provider did not say that it listens{(process.HasExited ? $", and ended with {process.ExitCode}" : "")}: {errors}", late);
        }
    }
}
