using System.Text.Json;
using AccessFunctions.Integrations.BigQuery;
using AccessFunctions.Integrations.Configuration;
using AccessFunctions.Integrations.Postgres;
using AccessFunctions.Integrations.Redshift;
using AccessFunctions.Integrations.Snowflake;
using Xunit;

namespace AccessFunctions.Integrations.Tests;

public sealed class PlatformDocumentationTests
{
    public static TheoryData<string> Types() => [.. PlatformTypes.All.Select(static type => type.Name)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Platform_ThatExists_HasARowInTheTableOfPlatforms(string type) =>
        Assert.Contains($"\n| `{type}` |", File.ReadAllText(Path.Combine(Root(), "docs", "new-platform.md")), StringComparison.Ordinal);

    /// <summary>What a platform's own page has to tell: the statements that make its account, its limits, and each of its options.</summary>
    [Theory]
    [InlineData("postgres", typeof(PostgresPlatformOptions))]
    [InlineData("redshift", typeof(RedshiftPlatformOptions))]
    [InlineData("snowflake", typeof(SnowflakePlatformOptions))]
    [InlineData("bigquery", typeof(BigQueryPlatformOptions))]
    public void Platform_ThatWorksWithAnAccount_HasAPageWithTheAccountAndEveryOption(string type, Type options)
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "platforms", $"{type}.md"));
        Assert.Contains("\n## The account\n", page, StringComparison.Ordinal);
        Assert.Contains("```", page, StringComparison.Ordinal);
        Assert.All(options.GetProperties(), option => Assert.Contains($"`{JsonNamingPolicy.CamelCase.ConvertName(option.Name)}`", page[page.IndexOf("\n## Options\n", StringComparison.Ordinal)..], StringComparison.Ordinal));
        if (type != "postgres") Assert.Contains("\n## What only a real account shows\n", page, StringComparison.Ordinal);
        Assert.Contains($"(platforms/{type}.md)", File.ReadAllText(Path.Combine(Root(), "docs", "new-platform.md")), StringComparison.Ordinal);
    }

    private static string Root()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "AccessFunctions.sln")))
            root = root.Parent ?? throw new InvalidOperationException("The repository's root was not found.");
        return root.FullName;
    }
}
