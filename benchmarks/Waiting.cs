using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Embedded.Sqlite;

namespace AccessFunctions.Benchmarks;

/// <summary>What very many waiting requests cost: the start, memory, a page of "my approvals", an approval, and a second in which many deadlines fall due.</summary>
internal static class Waiting
{
    private const int Lapsing = 10_000;
    private const int Measured = 300;
    private const int WarmUp = 300;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    /// <summary>After the start: the time that settling and the calls take, with room.</summary>
    private static readonly TimeSpan DueAfter = TimeSpan.FromSeconds(90);

    /// <summary>Measures, and gives each row when it is known.</summary>
    /// <param name="directory">The store: filled where it is not there yet, and left to the caller to remove.</param>
    /// <param name="count">Requests that wait.</param>
    /// <param name="print">Takes a row.</param>
    public static async Task Run(string directory, int count, Action<Row> print)
    {
        var file = new FileInfo(DataDirectory.DatabaseFile(directory));
        if (!file.Exists)
        {
            await Fill(directory, count, print);
            file.Refresh();
            print(new("Store on disk", $"{file.Length / 1e6:N0} MB", $"{(double)file.Length / count:N0} bytes each"));
            await FirstStart(directory, print);
        }


        var due = DateTimeOffset.UtcNow + DueAfter;
        await using (var seed = Seed.Open(directory)) await seed.Lapsing(Lapsing, due);
        using var host = await HostProcess.Start(directory);
        print(new("Start-up to ready", $"{host.ReadyAfter.TotalSeconds:N2} s", $"≤ 5 s; {host.Processor.TotalSeconds:N1} s of processor"));
        print(new("Resident memory, ready", $"{host.Memory("VmRSS"):N0} MB", "≤ 300 MB"));
        await Task.Delay(Settling);
        print(new("Resident memory, 30 s later", $"{host.Memory("VmRSS"):N0} MB", "≤ 300 MB"));
        using (var issuer = DemoIssuer.Open(directory, TimeProvider.System))
        {
            await MyApprovals(host, issuer, count, print);
            await Approvals(host, issuer, count, print);
        }

        print(new("Resident memory, after these calls", $"{host.Memory("VmRSS"):N0} MB", "≤ 300 MB"));
        await Deadlines(host, directory, due, print);
        print(new("Resident memory, highest of the whole run", $"{host.Memory("VmHWM"):N0} MB", "≤ 300 MB"));
        await host.Stop();
    }

    private static async Task Fill(string directory, int count, Action<Row> print)
    {
        var clock = Stopwatch.StartNew();
        await using (var seed = Seed.Open(directory)) await seed.Waiting(count);
        print(new($"Filling the store with {count:N0} waiting requests", $"{clock.Elapsed.TotalSeconds:N0} s", $"{count / clock.Elapsed.TotalSeconds:N0} /s"));
    }

    /// <summary>A store that was never compared with this directory: every request is looked at once, while the host serves.</summary>
    private static async Task FirstStart(string directory, Action<Row> print)
    {
        var clock = Stopwatch.StartNew();
        using var host = await HostProcess.Start(directory);
        using (var store = Database.OpenReadOnly(directory))
        {
            while (store.Number("SELECT 1 FROM meta WHERE name = 'sweep'") is null) await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        print(new("First look at all of them after a change of people", $"{clock.Elapsed.TotalSeconds:N0} s", $"{host.Processor.TotalSeconds:N0} s of processor"));
        print(new("Resident memory, highest until then", $"{host.Memory("VmHWM"):N0} MB", "≤ 300 MB"));
        await host.Stop();
    }

    private static async Task MyApprovals(HostProcess host, DemoIssuer issuer, int count, Action<Row> print)
    {
        var people = new HttpClient[Seed.Teams];
        for (var team = 0; team < people.Length; team++) people[team] = host.As(Seed.Approver(team), issuer);
        var took = await Measure(host, async call =>
        {
            var page = await people[call % people.Length].GetFromJsonAsync<JsonElement>("/api/requests?toReview=true");
            if (page.GetProperty("items").GetArrayLength() == 0) throw new InvalidOperationException("Nothing waits for an approver.");
        });
        print(Percentiles($"\"My approvals\": 50 of {count / Seed.Teams:N0}", took));
        foreach (var person in people) person.Dispose();
    }

    private static async Task Approvals(HostProcess host, DemoIssuer issuer, int count, Action<Row> print)
    {
        var people = new HttpClient[Seed.Teams];
        for (var team = 0; team < people.Length; team++) people[team] = host.As(Seed.Approver(team), issuer);
        // Another place in each run on a kept store: what was approved once is answered as a repeat.
        var (step, first) = (count / (Measured + WarmUp), Random.Shared.Next(count / (Measured + WarmUp)));
        var took = await Measure(host, async call =>
        {
            // Spread over all that waits, so that nothing is in a cache because a neighbour was just read.
            var number = first + (call * step);
            using var approve = new HttpRequestMessage(HttpMethod.Post, $"/api/requests/{Seed.RequestId("r", number)}/approve") { Content = JsonContent.Create(new { revision = 1 }) };
            approve.Headers.Add("Idempotency-Key", $"approve-{number}");
            using var answer = await people[number % Seed.Teams].SendAsync(approve);
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"An approval was answered {answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        });
        print(Percentiles("One approval", took));
        foreach (var person in people) person.Dispose();
    }

    /// <summary>Looks from outside until no deadline of that second is left: what is counted is durable.</summary>
    private static async Task Deadlines(HostProcess host, string directory, DateTimeOffset begins, Action<Row> print)
    {
        var over = begins.AddSeconds(1);
        using var store = Database.OpenReadOnly(directory);
        if (DateTimeOffset.UtcNow > begins || Left() != Lapsing) throw new InvalidOperationException("The deadlines fell due before their turn.");
        await Task.Delay(begins - DateTimeOffset.UtcNow);
        var before = host.Processor;
        while (Left() > 0) await Task.Delay(TimeSpan.FromMilliseconds(20));
        print(new($"Last of {Lapsing:N0} deadlines that fall due in one second", $"{(DateTimeOffset.UtcNow - over).TotalSeconds:N2} s late", $"{(host.Processor - before).TotalSeconds:N1} s of processor"));

        long Left() => store.Number("SELECT count(*) FROM requests WHERE next_deadline BETWEEN ?1 AND ?2", begins.UtcTicks, over.UtcTicks)!.Value;
    }

    private static async Task<Calls> Measure(HostProcess host, Func<int, Task> call)
    {
        for (var n = 0; n < WarmUp; n++) await call(n);
        var took = new TimeSpan[Measured];
        var before = host.Processor;
        for (var n = 0; n < Measured; n++)
        {
            var started = Stopwatch.GetTimestamp();
            await call(WarmUp + n);
            took[n] = Stopwatch.GetElapsedTime(started);
        }

        Array.Sort(took);
        return new Calls(took, (host.Processor - before) / Measured);
    }

    private static Row Percentiles(string measure, Calls calls) => new(
        $"{measure}: p50 / p99",
        $"{calls.Sorted[Measured / 2].TotalMilliseconds:N1} / {calls.Sorted[Measured * 99 / 100].TotalMilliseconds:N1} ms",
        $"p99 ≤ 20 ms; {calls.Processor.TotalMilliseconds:N1} ms of processor each");

    /// <summary>Calls of one kind, timed.</summary>
    /// <param name="Sorted">How long each took for its caller.</param>
    /// <param name="Processor">What the host's process used for one.</param>
    private sealed record Calls(TimeSpan[] Sorted, TimeSpan Processor);
}

/// <summary>A row of the table.</summary>
internal sealed record Row(string Measure, string Value, string Ratio);
