using System.Diagnostics;
using System.Text;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>
/// The table and blob services of the npm package <c>azurite</c>, run by node in memory on ports of their own. Where node or npm is missing the test
/// is skipped, but under <c>CI=true</c> it fails. The process ends with its input, so also when the tests end, however that happens.
/// </summary>
internal sealed class AzuriteServer
{
    /// <summary>The key of all its accounts; it protects nothing.</summary>
    public const string Key = "dGVzdHM=";

    private const int Accounts = 1000;
    private static readonly string Home = Path.Combine(AppContext.BaseDirectory, "Azurite");
    private static readonly Lazy<Task<AzuriteServer>> Shared = new(Run);
    private readonly Process _process;
    private readonly Uri _address;
    private readonly Uri _blobs;
    private int _used;

    private AzuriteServer(Process process, Uri address, Uri blobs) => (_process, _address, _blobs) = (process, address, blobs);

    /// <summary>The one server of this run, started for the first who asks.</summary>
    public static Task<AzuriteServer> Get()
    {
        NodePackages.Require("Azurite");
        return Shared.Value;
    }

    /// <summary>An account that nobody else has, with no tables: its name and endpoint.</summary>
    public (string Account, Uri Endpoint) NewAccount()
    {
        Assert.False(_process.HasExited, "Azurite has ended.");
        var number = Interlocked.Increment(ref _used) - 1;
        Assert.True(number < Accounts, "Azurite has no account left.");
        return ($"tests{number}", new Uri(_address, $"tests{number}"));
    }

    /// <summary>The same for blobs.</summary>
    public (string Account, Uri Endpoint) NewBlobAccount()
    {
        var (account, _) = NewAccount();
        return (account, new Uri(_blobs, account));
    }

    private static async Task<AzuriteServer> Run()
    {
        await NodePackages.Install(Home);
        var process = Process.Start(new ProcessStartInfo("node", [Path.Combine(Home, "server.cjs"), $"{Accounts}", Key])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        return new AzuriteServer(process, await Address(), await Address());

        async Task<Uri> Address() =>
            new(await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) ?? throw new InvalidOperationException($"Azurite did not start: {errors}"));
    }
}
