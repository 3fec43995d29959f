using AccessFunctions.Integrations.Tests.Live;
using Xunit.Runner.InProc.SystemConsole;

namespace AccessFunctions.Integrations.Tests;

internal static class Program
{
    /// <summary>
    /// With <c>--live</c>, the tests that can run against a real account do so, and no others; which account, environment variables say (docs/new-platform.md).
    /// Without, they run against servers in this process.
    /// </summary>
    private static async Task<int> Main(string[] args)
    {
        if (args.Any(static arg => arg is "--server" or "--internal-msbuild-node"))
            return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
        if (!args.Contains("--live", StringComparer.Ordinal)) return await ConsoleRunner.Run(args);
        LiveAccount.IsAsked = true;
        return await ConsoleRunner.Run([.. args.Where(static arg => arg != "--live"), "-trait", $"{LiveAccount.Trait}=yes"]);
    }
}
