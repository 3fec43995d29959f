using System.Text.RegularExpressions;
using AccessFunctions.Api.Routing;

namespace AccessFunctions.Api.Tests;

public sealed partial class ApiHttpTests
{
    [Fact]
    public void EveryApiRoute_HasAnExample_AndEveryExampleARoute()
    {
        var matcher = new RouteMatcher(ApiRoutes.All);
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "docs", "api.http"));
        var shown = lines.Select(line => Call().Match(line)).Where(call => call.Success)
            .Select(call => (Call: call.Value, matcher.Match(call.Groups[1].Value, call.Groups[2].Value.Replace("{{id}}", "x", StringComparison.Ordinal)).Route)).ToList();
        Assert.All(shown, example => Assert.True(example.Route is not null, example.Call));
        Assert.Empty(ApiRoutes.All.Where(route => route.Template.StartsWith("/api/", StringComparison.Ordinal)).Select(route => route.Name)
            .Except(shown.Select(example => example.Route!.Name)));
    }

    [GeneratedRegex(@"^(GET|POST|PUT|DELETE) \{\{host\}\}(/[^?]*)")]
    private static partial Regex Call();
}
