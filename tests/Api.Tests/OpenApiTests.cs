using System.Text.Json.Nodes;
using AccessFunctions.Api.OpenApi;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Tests.Support;

namespace AccessFunctions.Api.Tests;

public sealed class OpenApiTests
{
    private static readonly JsonObject Document = OpenApiDocument.Build(ApiRoutes.All);

    [Fact]
    public async Task Document_IsServed()
    {
        using var api = new TestApi();
        var reply = await api.Send("GET", "/openapi.json");
        Assert.Equal((200, "3.1.0"), (reply.Status, (string)reply.Json["openapi"]!));
    }

    [Fact]
    public void EveryRoute_IsInIt_WithItsPathParametersAndItsBody() => Assert.All(ApiRoutes.All, route =>
    {
        var operation = Document["paths"]![route.Template]![route.Method.ToLowerInvariant()]!;
        Assert.Equal(route.Name, (string)operation["operationId"]!);
        var parameters = operation["parameters"]?.AsArray() ?? [];
        var inPath = parameters.Where(parameter => (string)parameter!["in"]! == "path").Select(parameter => "{" + (string)parameter!["name"]! + "}");
        Assert.Equal(route.Template.Split('/').Where(segment => segment.StartsWith('{')), inPath);
        Assert.Equal(route.RequestType is not null || route.BodyTypes.Count > 0 || route.Form.Count > 0, operation["requestBody"] is not null);
        Assert.NotNull(operation["responses"]![$"{route.SuccessStatus}"]);
        Assert.NotNull(operation["responses"]!["default"]);
        Assert.Equal(route.Anonymous, operation["security"] is not null);
    });

    [Fact]
    public void IdempotencyKey_IsNamed_WhereARepeatIsTheSameCall() => Assert.All(ApiRoutes.All, route =>
    {
        var operation = Document["paths"]![route.Template]![route.Method.ToLowerInvariant()]!;
        var named = operation["parameters"]?.AsArray().Any(parameter => (string)parameter!["name"]! == "Idempotency-Key") ?? false;
        Assert.Equal(route.Method == "POST" && !route.EachCallCounts, named);
    });

    [Fact]
    public void NothingElse_IsInIt() => Assert.Equal(ApiRoutes.All.Count, Document["paths"]!.AsObject().Sum(path => path.Value!.AsObject().Count));

    [Fact]
    public void EveryReference_LeadsSomewhere()
    {
        var references = new List<string>();
        Collect(Document);
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.NotNull(Resolve(reference)));

        void Collect(JsonNode? node)
        {
            if (node is JsonObject entries)
            {
                if (entries["$ref"] is JsonValue reference) references.Add(reference.GetValue<string>());
                foreach (var (_, value) in entries) Collect(value);
            }
            else if (node is JsonArray items)
            {
                foreach (var item in items) Collect(item);
            }
        }
    }

    [Fact]
    public void AnswersBesideTheUsualOne_AreInIt()
    {
        Assert.NotNull(Document["paths"]!["/api/access-groups/{id}"]!["put"]!["responses"]!["201"]!["content"]);
        Assert.Null(Document["paths"]!["/api/access-groups/{id}"]!["get"]!["responses"]!["304"]!["content"]);
    }

    [Fact]
    public void Durations_AreTexts() => Assert.Equal("string", (string)Document["components"]!["schemas"]!["AccessGroup"]!["properties"]!["maxDuration"]!["type"]!);

    [Fact]
    public void Bodies_AreClosed_AndSayWhatTheyNeed()
    {
        var ask = Document["components"]!["schemas"]!["Ask"]!;
        Assert.False((bool)ask["additionalProperties"]!);
        Assert.Equal(["kind", "resources"], ask["required"]!.AsArray().Select(name => (string)name!).Order(StringComparer.Ordinal));
    }

    private static JsonNode? Resolve(string reference)
    {
        JsonNode? node = Document;
        foreach (var step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
            node = node is JsonArray items ? items[int.Parse(step, null)] : node?[step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)];
        return node;
    }
}
