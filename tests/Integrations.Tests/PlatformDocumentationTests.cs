using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Postgres;
using Xunit;

namespace AccessFunctions.Integrations.Tests;

public sealed class PlatformDocumentationTests
{
    public static TheoryData<string> Types() =>
        [.. typeof(PostgresPlatform).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IPlatform)))
            .Select(type => type.GetField("TypeName")?.GetRawConstantValue() as string ?? $"{type.Name} without a TypeName")];

    [Theory]
    [MemberData(nameof(Types))]
    public void Platform_ThatExists_HasARowInTheTableOfPlatforms(string type) =>
        Assert.Contains($"\n| `{type}` |", File.ReadAllText(Path.Combine(Root(), "docs", "new-platform.md")), StringComparison.Ordinal);

    private static string Root()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "AccessFunctions.sln")))
            root = root.Parent ?? throw new InvalidOperationException("The repository's root was not found.");
        return root.FullName;
    }
}
