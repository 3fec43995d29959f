using AccessFunctions.Benchmarks;

var decisions = Decisions.Run(TimeSpan.FromSeconds(5));
Console.WriteLine($"decisions/s {decisions.PerSecond:N0}, {decisions.BytesEach:N0} bytes each");
