using System.Diagnostics;
using System.Net;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Embedded.Tests.Scenarios;

/// <summary>The embedded host as a process of its own, a demo, which tests may kill.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];

    private HostProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }
    public string Output => string.Join('\n', _output.ToArray());
    public bool HasExited => _process.HasExited;

    /// <summary>Starts the host; it may not be ready yet.</summary>
    public static HostProcess Start(string data, string postgres)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { typeof(EmbeddedHost).Assembly.Location, "serve", "--data", data, "--urls", address.ToString() },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["ACCESS_DEMO_POSTGRES"] = postgres },
        };
        var host = new HostProcess(Process.Start(start)!, address);
        host._process.OutputDataReceived += (_, line) => host.Keep(line.Data);
        host._process.ErrorDataReceived += (_, line) => host.Keep(line.Data);
        host._process.BeginOutputReadLine();
        host._process.BeginErrorReadLine();
        return host;
    }

    public async Task<bool> IsReady()
    {
        using var client = new HttpClient { BaseAddress = Address };
        try
        {
            return (await client.GetAsync("/health/ready")).StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException) when (!_process.HasExited)
        {
            return false;
        }
    }

    public HttpClient As(string person, DemoIssuer issuer) => new()
    {
        BaseAddress = Address,
        DefaultRequestHeaders = { Authorization = new("Bearer", issuer.Mint(person, TimeSpan.FromHours(1))) },
    };

    /// <summary>SIGKILL: nothing is finished, nothing is closed.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null) lock (_output) _output.Add(line);
    }
}
