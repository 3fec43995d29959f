using System.Diagnostics;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Embedded.Sqlite;

namespace AccessFunctions.Benchmarks;

/// <summary>What each page of the web page costs where very many requests are stored, beside a page that has nothing to show.</summary>
internal static class Pages
{
    private const int WarmUp = 100, Measured = 200;

    /// <summary>Asks for nothing from the store but the reader's menu.</summary>
    private static readonly Page Empty = new("An empty page (My requests of one who has none)", "/", _ => "erin");

    private static readonly Page[] All =
    [
        new("My requests", "/", static call => $"requester-{call % 1000}"),
        new("Request access", "/request", static call => $"requester-{call % 1000}"),
        new("One request", "", static call => Seed.Approver(call * 37)) { AddressOf = static call => $"/requests/{Seed.RequestId("r", call * 37)}" },
        new("My approvals", "/approvals", static call => Seed.Approver(call)),
        new("Requests, an approver's", "/requests", static call => Seed.Approver(call)),
        new("Requests, all", "/requests", static _ => "erin"),
        new("Requests, those that are active", "/requests?status=Active", static _ => "erin"),
        new("Requests, on one platform, of one group", "/requests?platform=vault&accessGroup=team-7", static _ => "erin"),
        new("Requests, emergencies", "/requests?emergency=true", static _ => "erin"),
        new("Requests, with a ticket that none has", "/requests?ticket=CHG-7", static _ => "erin"),
        new("Audit", "/audit", static _ => "erin"),
        new("Audit, approvals of one person", "/audit?actor=approver-7&type=access.request.approved", static _ => "erin"),
        new("Access, by person", "/access", static _ => "erin"),
        new("Access, to one resource", "/access?by=Resource&resource=vault%2Fdb-admin", static _ => "erin"),
        new("Access groups", "/access-groups", static _ => "dave"),
        new("One access group", "/access-groups/vault-secrets", static _ => "dave"),
    ];

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
        await Measure(host, issuer, Empty);
        var empty = await Measure(host, issuer, Empty);
        print(Figures(Empty.Name, empty, empty));
        foreach (var page in All) print(Figures(page.Name, await Measure(host, issuer, page), empty));
        await host.Stop();
    }

    private static async Task<TimeSpan[]> Measure(HostProcess host, DemoIssuer issuer, Page page)
    {
        Dictionary<string, HttpClient> readers = new(StringComparer.Ordinal);
        var took = new TimeSpan[Measured];
        for (var call = 0; call < WarmUp + Measured; call++)
        {
            var reader = page.ReaderOf(call);
            if (!readers.TryGetValue(reader, out var client)) readers[reader] = client = host.As(reader, issuer);
            var started = Stopwatch.GetTimestamp();
            using var answer = await client.GetAsync(page.AddressOf(call));
            await answer.Content.ReadAsByteArrayAsync();
            if (call >= WarmUp) took[call - WarmUp] = Stopwatch.GetElapsedTime(started);
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{page.AddressOf(call)} was answered {answer.StatusCode} to {reader}.");
        }

        foreach (var client in readers.Values) client.Dispose();
        Array.Sort(took);
        return took;
    }

    private static Row Figures(string name, TimeSpan[] sorted, TimeSpan[] empty) => new(
        $"{name}: p50 / p99",
        $"{Half(sorted).TotalMilliseconds:N1} / {sorted[Measured * 99 / 100].TotalMilliseconds:N1} ms",
        $"≤ 50 ms; {Half(sorted) / Half(empty):N1} × the empty page");

    private static TimeSpan Half(TimeSpan[] sorted) => sorted[sorted.Length / 2];

    /// <summary>A page, and who reads it at which address call by call.</summary>
    private sealed record Page(string Name, string Address, Func<int, string> ReaderOf)
    {
        public Func<int, string> AddressOf { get; init; } = _ => Address;
    }
}
