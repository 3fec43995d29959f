using System.Reflection;
using System.Text.Json.Nodes;
using AccessFunctions.Api.OpenApi;
using AccessFunctions.Api.Routing;
using AccessFunctions.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Xunit;

namespace AccessFunctions.Functions.Tests.Http;

/// <summary>Both hosts serve the same routes: here the functions are held to the table that the embedded host serves.</summary>
public sealed class FunctionTableTests
{
    /// <summary>A function with its HTTP trigger; the template as the table writes it.</summary>
    private sealed record HttpFunction(MethodInfo Code, string Name, HttpTriggerAttribute Trigger)
    {
        public string Template => Trigger.Route == HttpDoor.Root ? "/" : "/" + Trigger.Route;
        public IEnumerable<string> Methods => (Trigger.Methods ?? []).Select(method => method.ToUpperInvariant());
        public bool TakesDurableClient => Code.GetParameters()
            .Any(parameter => parameter.GetCustomAttribute<DurableClientAttribute>() is not null && parameter.ParameterType == typeof(DurableTaskClient));
    }

    private static IReadOnlyList<HttpFunction> Everything { get; } =
    [
        .. typeof(HttpDoor).Assembly.GetTypes().SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Select(method => (Method: method, Function: method.GetCustomAttribute<FunctionAttribute>(),
                Trigger: method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(trigger => trigger is not null)))
            .Where(found => found.Function is not null && found.Trigger is not null)
            .Select(found => new HttpFunction(found.Method, found.Function!.Name, found.Trigger!)),
    ];

    private static IEnumerable<HttpFunction> Routed => Everything.Where(function => function.Name != nameof(OtherAddresses.OtherAddress));

    [Fact]
    public void Functions_AreTheRouteTable_NameMethodAndTemplate()
    {
        var functions = Routed.SelectMany(function => function.Methods.Select(method => (method, function.Template, function.Name))).Order().ToList();
        var routes = ApiRoutes.All
            .SelectMany(route => Methods(route.Method).Select(method => (method, route.Template, route.Name))).Order().ToList();
        Assert.Equal(routes, functions);
    }

    [Fact]
    public void Functions_AreWhatOpenApiLists()
    {
        var described = JsonNode.Parse(OpenApiDocument.Bytes)!["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => (operation.Key.ToUpperInvariant(), path.Key, operation.Value!["operationId"]!.GetValue<string>())))
            .Order().ToList();
        var functions = Routed.SelectMany(function => function.Methods.Where(method => method != HttpMethods.Head).Select(method => (method, function.Template, function.Name)))
            .Order().ToList();
        Assert.NotEmpty(described);
        Assert.Equal(described, functions);
    }

    [Fact]
    public void Functions_AreNamedAsTheirMethods_BecauseTheNameFindsTheRoute() =>
        Assert.All(Everything, function => Assert.Equal(function.Code.Name, function.Name));

    [Fact]
    public void Functions_ThatSignal_BringTheDurableClient()
    {
        var signalling = ApiRoutes.All.Where(route => route.Signals).Select(route => route.Name).Concat(["DecideBatch", "SlackEvents", "PostMail", "AddScimUser", "PutScimUser", "PatchScimUser", "DeleteScimUser", "DecideReview", "ActOnRequest", "ShowSecret", "DecideApprovals", "AskForAccess", "RecordingPage", "RecordingMedia"]).ToHashSet();
        Assert.All(Routed, function => Assert.Equal(signalling.Contains(function.Name), function.TakesDurableClient));
    }

    [Fact]
    public void OtherAddress_TakesEveryMethodAndPath()
    {
        var other = Assert.Single(Everything, function => function.Name == nameof(OtherAddresses.OtherAddress));
        Assert.Equal("{*path}", other.Trigger.Route);
        Assert.Empty(other.Methods);
        Assert.True(other.TakesDurableClient);
    }

    [Fact]
    public void NoFunction_AsksForAFunctionsKey_OrUsesAReservedName()
    {
        Assert.All(Everything, function => Assert.Equal(AuthorizationLevel.Anonymous, function.Trigger.AuthLevel));
        Assert.All(Everything.SelectMany(function => new[] { function.Name, function.Trigger.Route!.TrimStart('/') }), name =>
        {
            Assert.False(name.StartsWith("admin", StringComparison.OrdinalIgnoreCase), name);
            Assert.False(name.StartsWith("runtime", StringComparison.OrdinalIgnoreCase), name);
        });
    }

    [Fact]
    public void Routes_AreReadByTheWorkersRouting_WhichPutsASlashBeforeThem() => Assert.All(Everything, function =>
    {
        var pattern = RoutePatternFactory.Parse("/" + function.Trigger.Route);
        Assert.Equal(function.Template == "/", new TemplateMatcher(new RouteTemplate(pattern), []).TryMatch("/", []) && function.Trigger.Route != "{*path}");
    });

    private static string[] Methods(string method) => method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [method];
}
