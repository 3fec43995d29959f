using System.Globalization;
using AccessFunctions.Benchmarks;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length % 2 != 0 || args.Where((_, place) => place % 2 == 0).Any(name => name is not ("--data" or "--waiting" or "--requests" or "--store" or "--only")))
{
    Console.Error.WriteLine(
        """
        --data DIR      where stores are made, and removed afterwards
        --waiting N     how many requests wait (1000000)
        --requests N    how many requests the pages are read from (100000), or exported (1000000)
        --store DIR     the store they wait in: filled where it is not there yet, and kept
        --only PART     decisions, signals, verification, pages, export or waiting
        """);
    return 1;
}

var directory = Path.Combine(Option("--data") ?? Path.GetTempPath(), $"access-benchmarks-{Environment.ProcessId}");
var only = Option("--only");
try
{
    Console.WriteLine("| Measure | Value | Ratio, or aim |");
    Console.WriteLine("|---|---:|---:|");

    if (only is null or "decisions")
    {
        var decisions = Decisions.Run(TimeSpan.FromSeconds(5));
        Print(new("Decisions of the pure core, one thread", $"{decisions.PerSecond:N0} /s", "≥ 1,000,000 /s"));
        Print(new("Allocated per decision", $"{decisions.BytesEach:N0} bytes", ""));
    }

    if (only is null or "signals")
    {
        var plain = Signals.PlainCommits(Path.Combine(directory, "plain"), TimeSpan.FromSeconds(5));
        Print(new("Plain single-row SQLite commits", $"{plain:N0} /s", "1.00"));
        foreach (var clients in (int[])[1, 16, 256])
        {
            var signals = await Signals.ThroughTheDoor(Path.Combine(directory, $"signals-{clients}"), clients, TimeSpan.FromSeconds(8));
            Print(new($"Signals through the embedded host, {clients} clients", $"{signals:N0} /s", $"{signals / plain:N2}"));
        }
    }

    if (only is null or "verification")
    {
        var (perSecond, ratio) = await Verification.Run(1_000_000);
        Print(new("Verification of 1,000,000 audit events", $"{perSecond:N0} /s", $"{ratio:N2} of plain SHA-256; aim ≥ 0.5"));
    }

    if (only is null or "pages")
        await Pages.Run(Store("pages"), Number("--requests", 100_000), Print);

    if (only is null or "export")
        await Export.Run(Store("export"), Number("--requests", 1_000_000), Print);

    if (only is null or "waiting")
        await Waiting.Run(Store("waiting"), Number("--waiting", 1_000_000), Print);
    return 0;
}
finally
{
    if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
}

string Store(string part) => Path.Combine(Option("--store") ?? directory, part);

int Number(string name, int otherwise) => Option(name) is { } given ? int.Parse(given, NumberStyles.AllowThousands) : otherwise;

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var place ? args[place + 1] : null;

static void Print(Row row) => Console.WriteLine($"| {row.Measure} | {row.Value} | {row.Ratio} |");
