using System.Text.Json;
using Xunit;

namespace AccessFunctions.Functions.Tests.Infra;

/// <summary>
/// The rule of the workspace that takes tokens of links out of recorded calls: found where the workspace names it, and its query run on rows as
/// Application Insights writes them.
/// </summary>
public sealed class LinkTokenTests
{
    private const string Monitoring = "infra/modules/monitoring.bicep";
    private const string Workspace = "infra/modules/workspace.bicep";
    private const string Token = "CfDJ8Token_of-a-link";

    [Theory]
    [InlineData("AppRequests", "Url")]
    [InlineData("AppRequests", "Name")]
    [InlineData("AppRequests", "OperationName")]
    [InlineData("AppRequests", "Properties")]
    [InlineData("AppDependencies", "Data")]
    [InlineData("AppDependencies", "Name")]
    public void TheWorkspacesRule_TakesTheTokenOut_OfWhatTheHostRecords(string table, string column)
    {
        var row = Row();
        Assert.Contains(Token, row[column], StringComparison.Ordinal);
        var stored = Kql.Run(Query(Infrastructure.Load(), table), row);
        Assert.DoesNotContain(Token, stored[column], StringComparison.Ordinal);
        Assert.Contains(column == "Properties" ? "{}" : "/review/-", stored[column], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AppRequests", "Url")]
    [InlineData("AppRequests", "Name")]
    [InlineData("AppRequests", "OperationName")]
    [InlineData("AppRequests", "Properties")]
    [InlineData("AppDependencies", "Data")]
    public void TheWorkspacesRule_TakesTheCodeOfASignInOut(string table, string column)
    {
        var row = Row().ToDictionary(static cell => cell.Key, static cell => cell.Value.Replace($"/review/{Token}", $"/SignIn/callback?code={Token}&state=s", StringComparison.Ordinal));
        Assert.Contains(Token, row[column], StringComparison.Ordinal);
        var stored = Kql.Run(Query(Infrastructure.Load(), table), row);
        Assert.DoesNotContain(Token, stored[column], StringComparison.Ordinal);
        Assert.Contains(column == "Properties" ? "{}" : "/signin/callback", stored[column], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void OtherCalls_StayAsTheyAre()
    {
        var row = Row().ToDictionary(static cell => cell.Key, static cell => cell.Value.Replace("/review/", "/requests/", StringComparison.OrdinalIgnoreCase));
        foreach (var table in (string[])["AppRequests", "AppDependencies"]) Assert.Equal(row, Kql.Run(Query(Infrastructure.Load(), table), row));
    }

    [Fact]
    public void AnAddressInCapitals_IsOneOfALinkToo()
    {
        var row = Row().ToDictionary(static cell => cell.Key, static cell => cell.Value.Replace("/review/", "/Review/", StringComparison.Ordinal));
        Assert.All(Kql.Run(Query(Infrastructure.Load(), "AppRequests"), row).Where(static cell => cell.Key != "Data"), static cell => Assert.DoesNotContain(Token, cell.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void ApplicationInsights_SendsToTheWorkspace_OnlyOnceThatHasTheRule()
    {
        var file = Infrastructure.Load().Files.Single(static file => file.Path == Monitoring);
        var insights = file.Of("resource").Single(static resource => resource.Type!.StartsWith("Microsoft.Insights/components@", StringComparison.Ordinal));
        Assert.True(Follows(insights.Body!.At("properties", "WorkspaceResourceId"), "ruled"));
        Assert.True(Follows(file.Find("ruled")!.Body!.At("params", "ruleId"), "rule"));
        Assert.True(Follows(file.Find("rule")!.Body!.At("properties", "destinations"), "workspace"));
    }

    [Theory]
    [InlineData(Monitoring, "kind: 'WorkspaceTransforms'", "kind: 'Direct'")]
    [InlineData(Monitoring, "    ruleId: rule.id\n", "")]
    [InlineData(Workspace, "defaultDataCollectionRuleResourceId", "defaultRule")]
    [InlineData(Monitoring, "'Microsoft-Table-AppRequests'", "'Microsoft-Table-AppTraces'")]
    public void ARule_ThatIsNotInForce_IsFound(string path, string old, string replacement) =>
        Assert.ThrowsAny<Exception>(() => Query(Infrastructure.Load().With(path, old, replacement), "AppRequests"));

    private static Dictionary<string, string> Row() => new()
    {
        ["Url"] = $"https://access.example.com/review/{Token}/decide?x=1",
        ["Name"] = $"GET /review/{Token}",
        ["OperationName"] = $"GET /review/{Token}",
        ["Data"] = $"http://localhost:5050/review/{Token}",
        ["Properties"] = JsonSerializer.Serialize(new Dictionary<string, string> { ["HttpMethod"] = "GET", ["HttpPath"] = $"/review/{Token}" }),
    };

    /// <summary>The query by which the workspace changes rows of a table.</summary>
    private static string Query(Infrastructure infra, string table)
    {
        var file = infra.Files.Single(static file => file.Path == Monitoring);
        var (_, rule) = Assert.Single(infra.Resources("Microsoft.Insights/dataCollectionRules"), static found => ((TextNode)found.Resource.Body!["kind"]!).Literal == "WorkspaceTransforms");
        Assert.True(Follows(file.Find("ruled")!.Body!.At("params", "ruleId"), rule.Name));
        var workspace = Assert.Single(infra.Resources("Microsoft.OperationalInsights/workspaces")).Resource;
        Assert.True(Follows(workspace.Body!.At("properties", "defaultDataCollectionRuleResourceId"), "ruleId"));
        var flow = Assert.Single(((ArrayNode)rule.Body!.At("properties", "dataFlows")!).Items.Cast<ObjectNode>(), flow => flow["streams"]!.All().OfType<TextNode>().Any(text => text.Literal == $"Microsoft-Table-{table}"));
        return Text(file, (TextNode)flow["transformKql"]!);
    }

    private static string Text(BicepFile file, TextNode text) => string.Concat(text.Parts.Select(part => part switch
    {
        PieceNode piece => piece.Text,
        NameNode name => Text(file, (TextNode)file.Find(name.Name)!.Value!),
        _ => throw new NotSupportedException("The query is made of texts."),
    }));

    private static bool Follows(Node? value, string name) => value?.All().OfType<NameNode>().Any(node => node.Name == name) == true;
}
