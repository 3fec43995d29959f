using System.Text.Json;
using AccessFunctions.Integrations.Configuration;
using Xunit;

namespace AccessFunctions.Integrations.Tests;

public sealed class PlatformDocumentationTests
{
    public static TheoryData<string> Types() => [.. PlatformTypes.All.Select(static type => type.Name)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Platform_ThatExists_HasARowInTheTableOfPlatforms(string type) =>
        Assert.Contains($"\n| `{type}` |", File.ReadAllText(Path.Combine(Root(), "docs", "new-platform.md")), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Types))]
    public void Platform_ThatExists_HasAPageWithItsLimitsAndEveryOption(string type)
    {
        var page = Page(type);
        Assert.Contains($"Type `{type}`", page, StringComparison.Ordinal);
        Assert.Contains("\n## What can be asked for\n", page, StringComparison.Ordinal);
        Assert.Contains("\n## Limits\n", page, StringComparison.Ordinal);
        Assert.Contains($"(platforms/{type}.md)", File.ReadAllText(Path.Combine(Root(), "docs", "new-platform.md")), StringComparison.Ordinal);

        // As a row of a table, or as a line of an example.
        var options = page[Math.Max(page.IndexOf("\n## Options\n", StringComparison.Ordinal), page.IndexOf("\n## Configuration\n", StringComparison.Ordinal))..];
        Assert.All(OptionsOf(type).GetProperties().Select(static option => JsonNamingPolicy.CamelCase.ConvertName(option.Name)), option => Assert.Matches($@"`{option}`|(?m)^ *(- )?{option}:", options));
    }

    /// <summary>What the page of a platform that works with an account has to tell besides: the statements that make it, and what tests here cannot show.</summary>
    [Theory]
    [InlineData("postgres")]
    [InlineData("redshift")]
    [InlineData("snowflake")]
    [InlineData("bigquery")]
    public void Platform_ThatWorksWithAnAccount_HasAPageWithTheAccount(string type)
    {
        var page = Page(type);
        Assert.Contains("\n## The account\n", page, StringComparison.Ordinal);
        Assert.Contains("```", page, StringComparison.Ordinal);
        if (type != "postgres") Assert.Contains("\n## What only a real account shows\n", page, StringComparison.Ordinal);
    }

    private static Type OptionsOf(string type)
    {
        for (var at = PlatformTypes.Find(type)!.GetType().BaseType; at is not null; at = at.BaseType)
        {
            if (at.IsGenericType && at.GetGenericTypeDefinition() == typeof(PlatformType<>)) return at.GetGenericArguments()[0];
        }

        throw new InvalidOperationException($"{type} has no options.");
    }

    private static string Page(string type) => File.ReadAllText(Path.Combine(Root(), "docs", "platforms", $"{type}.md"));

    private static string Root()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "AccessFunctions.sln")))
            root = root.Parent ?? throw new InvalidOperationException("The repository's root was not found.");
        return root.FullName;
    }
}
