using Xunit;

namespace AccessFunctions.Integrations.Tests.Live;

/// <summary>A real account of a platform, given by environment variables named <c>ACCESS_LIVE_{PLATFORM}_{SETTING}</c>.</summary>
internal static class LiveAccount
{
    /// <summary>The trait of tests that run against a server in this process and, unchanged, against a real account.</summary>
    public const string Trait = "live";

    /// <summary>True: run against real accounts.</summary>
    public static bool IsAsked { get; set; }

    /// <summary>The settings of a platform's account; null where the server of this process is to be used.</summary>
    /// <param name="optional">Settings that may be missing; then they are empty.</param>
    public static IReadOnlyDictionary<string, string>? Settings(string platform, IReadOnlyList<string> required, params IReadOnlyList<string> optional)
    {
        if (!IsAsked) return null;
        var values = required.Concat(optional).ToDictionary(static name => name, name => Environment.GetEnvironmentVariable($"ACCESS_LIVE_{platform}_{name}") ?? "", StringComparer.Ordinal);
        var missing = required.Where(name => values[name].Length == 0).Select(name => $"ACCESS_LIVE_{platform}_{name}").ToList();
        if (missing.Count > 0) Assert.Skip($"No real account is given: set {string.Join(", ", missing)}.");
        return values;
    }
}
