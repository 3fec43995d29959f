using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Embedded;

namespace AccessFunctions.Benchmarks;

/// <summary>The embedded host as a process of its own, so that its start and its memory are those a user has.</summary>
internal sealed class HostProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly Process _process;
    private readonly Uri _address;

    private HostProcess(Process process, Uri address) => (_process, _address) = (process, address);

    /// <summary>From the start of the process to the first answer that says it is ready.</summary>
    public TimeSpan ReadyAfter { get; private init; }

    /// <summary>Starts a demo host on a data directory and waits until it is ready.</summary>
    public static async Task<HostProcess> Start(string data)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        listener.Stop();
        using var client = new HttpClient { BaseAddress = address };
        var clock = Stopwatch.StartNew();
        var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(EmbeddedHost).Assembly.Location, "serve", "--data", data, "--urls", address.ToString()])
        {
            RedirectStandardOutput = true,
        })!;
        process.BeginOutputReadLine();
        while (!await IsReady(client))
        {
            if (process.HasExited || clock.Elapsed > Patience) throw new InvalidOperationException("The host did not become ready.");
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }

        return new HostProcess(process, address) { ReadyAfter = clock.Elapsed };
    }

    /// <summary>A figure of <c>/proc/PID/status</c> such as <c>VmRSS</c>, in MB (1,000,000 bytes).</summary>
    public double Memory(string figure)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith($"{figure}:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    /// <summary>Processor time used so far.</summary>
    public TimeSpan Processor
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>A client that calls as a person.</summary>
    public HttpClient As(string person, DemoIssuer issuer) =>
        new() { BaseAddress = _address, DefaultRequestHeaders = { Authorization = new("Bearer", issuer.Mint(person, TimeSpan.FromHours(1))) } };

    /// <summary>SIGTERM, as a service manager stops it.</summary>
    public async Task Stop()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private static async Task<bool> IsReady(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync("/health/ready");
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
