using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Api.Tests.Events;

/// <summary>Every route that changes, hands out or refuses something leaves an event that says who, how, from where, what, on what, when, with which outcome and why.</summary>
public sealed class RouteEventTests
{
    public static TheoryData<string> Names => [.. ApiRoutes.All.Select(static route => route.Name)];

    public static TheoryData<string> Taken => [.. RouteEvents.Writes.Where(static pair => pair.Value.Event is not null).Select(static pair => pair.Key)];

    public static TheoryData<string> Written => [.. RouteEvents.Writes.Keys];

    public static TheoryData<string> Elsewhere => [.. RouteEvents.Writes.SelectMany(static pair => pair.Value.Elsewhere ?? []).Distinct(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Route_IsInTheTableOfEvents_Once(string name) =>
        Assert.True(RouteEvents.Reads.Contains(name) != RouteEvents.Writes.ContainsKey(name), $"Say in {nameof(RouteEvents)} which event {name} yields, or that it only reads.");

    [Fact]
    public void TheTable_NamesNoRouteThatIsGone() => Assert.Empty(RouteEvents.Reads.Concat(RouteEvents.Writes.Keys).Except(ApiRoutes.All.Select(static route => route.Name)));

    [Fact]
    public void WhatOnlyReads_ChangesNothing() => Assert.All(ApiRoutes.All.Where(static route => RouteEvents.Reads.Contains(route.Name)),
        static route => Assert.True(route.Method == "GET" || route.Name == "PreviewPolicy", route.Name));

    [Theory]
    [MemberData(nameof(Taken))]
    public async Task ACallThatIsTaken_LeavesItsEvent(string name)
    {
        using var scene = new RouteScene();
        var expected = RouteEvents.Writes[name];
        var reply = await expected.Call(scene, expected.By);
        Assert.True(reply.Status is >= 200 and < 400, $"{reply.Status} {reply.Text}");

        var news = expected.Event == EventTypes.Host.SignInSucceeded ? scene.Api.SignIns : scene.News();
        var happened = Assert.Single(news, happened => happened.Type == expected.Event);
        Says(happened, scene, expected.By);
        Assert.True(happened.Succeeded);
        Assert.DoesNotContain(news, static other => other.Type == EventTypes.Host.CallRefused);
    }

    [Theory]
    [MemberData(nameof(Written))]
    public async Task ACallThatIsRefused_LeavesOneEvent(string name)
    {
        using var scene = new RouteScene();
        var expected = RouteEvents.Writes[name];
        scene.Mark();
        var reply = await expected.Call(scene, expected.NotBy);
        Assert.True(reply.Status is >= 400 and < 500 or 303 || name == "DecideBatch", $"{reply.Status} {reply.Text}");

        var happened = Assert.Single(scene.News());
        Says(happened, scene, null);
        Assert.False(happened.Succeeded);
        Assert.False(string.IsNullOrEmpty(happened.Reason));
    }

    [Fact]
    public void ARoute_WhoseEventIsNotShownHere_NamesTheTestsThatShowIt() =>
        Assert.All(RouteEvents.Writes, static pair => Assert.Equal(pair.Value.Event is null, pair.Value.Elsewhere is { Count: > 0 }));

    [Theory]
    [MemberData(nameof(Elsewhere))]
    public void ATestThatIsNamed_IsThere(string test)
    {
        var (name, method) = (test[..test.IndexOf('.', StringComparison.Ordinal)], test[(test.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "AccessFunctions.sln"))) root = root.Parent ?? throw new InvalidOperationException("The tests do not run inside a checkout.");
        var source = File.ReadAllText(Assert.Single(Directory.GetFiles(Path.Combine(root.FullName, "tests"), $"{name}.cs", SearchOption.AllDirectories)));
        Assert.Matches($@"\bclass {name}\b", source);
        Assert.Matches($@"\[(Fact|Theory)\]\s+(\[[^\n]*\]\s+)*public (async Task|Task|void) {method}\(", source);
    }

    private static void Says(AuditEvent happened, RouteScene scene, string? who)
    {
        Assert.True(AuditEventTypes.All.ContainsKey(happened.Type), happened.Type);
        if (who is null) Assert.False(string.IsNullOrEmpty(happened.Actor));
        else Assert.Equal(who, happened.Actor);
        Assert.False(string.IsNullOrEmpty(happened.Channel));
        Assert.NotEqual("System", happened.Channel);
        Assert.Equal("127.0.0.1", happened.Detail?.Address);
        Assert.Equal(scene.Api.Clock.GetUtcNow(), happened.At);
        var about = happened.RequestId ?? happened.Resource ?? happened.Detail?.More.GetValueOrDefault("route") ?? happened.Detail?.More.GetValueOrDefault("issuer");
        Assert.False(string.IsNullOrEmpty(about), $"{happened.Type} does not say on what.");
    }
}
