using System.Diagnostics;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Embedded.Sqlite;

namespace AccessFunctions.Benchmarks;

/// <summary>All requests of a store as CSV, over HTTP, and what memory that takes in the host.</summary>
internal static class Export
{
    private const double MostMemory = 50;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Measures, and gives each row when it is known.</summary>
    /// <param name="directory">The store: filled where it is not there yet, and left to the caller to remove.</param>
    /// <param name="count">Requests that are stored.</param>
    /// <param name="print">Takes a row.</param>
    public static async Task Run(string directory, int count, Action<Row> print)
    {
        if (!File.Exists(DataDirectory.DatabaseFile(directory)))
        {
            await using var seed = Seed.Open(directory);
            await seed.Mixed(count);
        }

        using var host = await HostProcess.Start(directory);
        using var issuer = DemoIssuer.Open(directory, TimeProvider.System);
        using var client = host.As("erin", issuer);
        client.Timeout = Timeout.InfiniteTimeSpan;

        // What every first call costs is not the export's: its code, its cache of the store, its connection.
        await Read(client, "/api/requests.csv?createdTo=2000-01-01T00:00:00Z", static () => { });
        foreach (var page in (string[])["/requests", "/api/requests?limit=200"])
        {
            using var answer = await client.GetAsync(page);
            answer.EnsureSuccessStatusCode();
        }

        var before = host.Memory("VmRSS");
        var (highest, looked) = (before, Stopwatch.StartNew());
        var clock = Stopwatch.StartNew();
        var (rows, bytes) = await Read(client, "/api/requests.csv", () =>
        {
            if (looked.Elapsed < Look) return;
            highest = Math.Max(highest, host.Memory("VmRSS"));
            looked.Restart();
        });
        var took = clock.Elapsed;
        var after = host.Memory("VmRSS");
        print(new($"Export of {rows:N0} requests as CSV", $"{rows / took.TotalSeconds:N0} rows/s", $"{took.TotalSeconds:N1} s, {bytes / 1e6:N0} MB, {(double)bytes / rows:N0} bytes each"));
        print(new("Resident memory, before / highest / after", $"{before:N0} / {highest:N0} / {after:N0} MB", $"highest − before {highest - before:N0} MB; aim ≤ {MostMemory:N0} MB"));
        await host.Stop();
    }

    /// <summary>Takes the answer as it comes and keeps none of it.</summary>
    /// <returns>Records after the header, and bytes.</returns>
    private static async Task<(long Rows, long Bytes)> Read(HttpClient client, string address, Action taken)
    {
        using var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[64 * 1024];
        var (lines, bytes, quoted) = (0L, 0L, false);
        for (int length; (length = await body.ReadAsync(buffer)) > 0;)
        {
            bytes += length;
            foreach (var one in buffer.AsSpan(0, length))
            {
                if (one == '"') quoted = !quoted;
                else if (one == '\n' && !quoted) lines++;
            }

            taken();
        }

        return (lines - 1, bytes);
    }
}
