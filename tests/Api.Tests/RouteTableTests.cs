using AccessFunctions.Api.Routing;

namespace AccessFunctions.Api.Tests;

public sealed class RouteTableTests
{
    private static readonly RouteMatcher Matcher = new(ApiRoutes.All);

    [Fact]
    public void NamesAndAddresses_AreUnique()
    {
        Assert.Equal(ApiRoutes.All.Count, ApiRoutes.All.Select(route => route.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(ApiRoutes.All.Count, ApiRoutes.All.Select(route => $"{route.Method} {route.Template}").Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void NothingBeginsWith_WhatTheFunctionsHostReserves() => Assert.DoesNotContain(ApiRoutes.All, route =>
        new[] { route.Name, route.Template.TrimStart('/') }.Any(text => text.StartsWith("admin", StringComparison.OrdinalIgnoreCase) || text.StartsWith("runtime", StringComparison.OrdinalIgnoreCase)));

    [Theory]
    [InlineData("GET", "/api/requests/r-1", "GetRequest", "r-1")]
    [InlineData("GET", "/api/requests/r-1/", "GetRequest", "r-1")]
    [InlineData("GET", "/API/Requests/R-1", "GetRequest", "R-1")]
    [InlineData("GET", "/api/requests.csv", "ExportRequests", null)]
    [InlineData("POST", "/api/requests/a%2Fb/approve", "ApproveRequest", "a%2Fb")]
    [InlineData("GET", "/", "HomePage", null)]
    [InlineData("GET", "/api/audit/checkpoints", "ListCheckpoints", null)]
    public void Path_FindsItsRoute(string method, string path, string name, string? id)
    {
        var (route, values, _) = Matcher.Match(method, path);
        Assert.Equal(name, route?.Name);
        Assert.Equal(id, values["id"]);
    }

    [Theory]
    [InlineData("/api/requests//approve")]
    [InlineData("/api/requests/x/approve/y")]
    [InlineData("/api/requests/a\u0001b/approve")]
    [InlineData("/api")]
    public void OtherPaths_FindNone(string path) => Assert.Null(Matcher.Match("POST", path).Route);

    [Theory]
    [InlineData("/api/requests/r-1", "r-1")]
    [InlineData("/api/requests/r-1/audit", null)]
    [InlineData("/api/requests/a\u0001b", null)]
    [InlineData("/api/requests/", null)]
    public void ARoute_ReadsItsValuesFromAPath_AsTheMatcherDoes(string path, string? id) =>
        Assert.Equal(id, RouteMatcher.Read(ApiRoutes.All.Single(route => route.Name == "GetRequest"), path)?["id"]);

    [Fact]
    public void ARoute_ReadsNoValueThatIsTooLong() =>
        Assert.Null(RouteMatcher.Read(ApiRoutes.All.Single(route => route.Name == "GetRequest"), "/api/requests/" + new string('x', 401)));
}
