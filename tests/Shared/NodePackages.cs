using System.Diagnostics;
using Xunit;

namespace AccessFunctions.Tests.Shared;

/// <summary>Packages of npm that tests run by node: pinned by a lock file in a folder beside the tests.</summary>
internal static class NodePackages
{
    /// <summary>Skips the test where node or npm is missing; under <c>CI=true</c> fails it.</summary>
    /// <param name="what">What they are needed for: <c>a mail server</c>.</param>
    public static void Require(string what)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (new[] { "node", "npm" }.All(program => found.Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".exe"))))) return;
        var missing = $"node and npm are needed to run {what}, and are not on the PATH.";
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(missing);
        Assert.Skip(missing);
    }

    /// <summary>Installs what the folder's lock file names. Once per lock file: what is there from an earlier run of the same one is used again.</summary>
    public static async Task Install(string folder)
    {
        var wanted = await File.ReadAllTextAsync(Path.Combine(folder, "package-lock.json"));
        var marker = Path.Combine(folder, "node_modules", ".installed");
        if (File.Exists(marker) && await File.ReadAllTextAsync(marker) == wanted) return;
        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts"]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await Task.WhenAll(npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync()).WaitAsync(TimeSpan.FromMinutes(5));
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0) throw new InvalidOperationException($"npm ci failed: {string.Join('\n', said)}");
        await File.WriteAllTextAsync(marker, wanted);
    }
}
