using System.Globalization;
using AccessFunctions.Benchmarks;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var directory = Path.Combine(args is ["--data", var chosen, ..] ? chosen : Path.GetTempPath(), $"access-benchmarks-{Environment.ProcessId}");
try
{
    Console.WriteLine("| Measure | Value | Ratio |");
    Console.WriteLine("|---|---:|---:|");

    var decisions = Decisions.Run(TimeSpan.FromSeconds(5));
    Console.WriteLine($"| Decisions of the pure core, one thread | {decisions.PerSecond:N0} /s | |");
    Console.WriteLine($"| Allocated per decision | {decisions.BytesEach:N0} bytes | |");

    var plain = Signals.PlainCommits(Path.Combine(directory, "plain"), TimeSpan.FromSeconds(5));
    Console.WriteLine($"| Plain single-row SQLite commits | {plain:N0} /s | 1.00 |");
    foreach (var clients in (int[])[1, 16, 256])
    {
        var signals = await Signals.ThroughTheDoor(Path.Combine(directory, $"signals-{clients}"), clients, TimeSpan.FromSeconds(8));
        Console.WriteLine($"| Signals through the embedded host, {clients} clients | {signals:N0} /s | {signals / plain:N2} |");
    }
}
finally
{
    if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
}
