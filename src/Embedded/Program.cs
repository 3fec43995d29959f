namespace AccessFunctions.Embedded;

internal static class Program
{
    private static Task<int> Main(string[] args) => CommandLine.Run(args);
}
