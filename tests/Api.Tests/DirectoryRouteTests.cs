using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace AccessFunctions.Api.Tests;

public sealed class DirectoryRouteTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task People_AreNamesForMost_AndMoreForOverseers()
    {
        var mine = await _api.Send("GET", "/api/people", "alice");
        var bob = mine.Json["items"]!.AsArray().Single(person => (string)person!["id"]! == "bob")!.AsObject();
        Assert.Equal(["id", "name"], bob.Select(field => field.Key));
        Assert.Equal("alice@example.com", (string)mine.Json["items"]![0]!["email"]!);
        Assert.DoesNotContain(mine.Json["items"]!.AsArray(), person => (string)person!["id"]! == "zoe");

        var all = await _api.Send("GET", "/api/people?q=ZO", "dave");
        Assert.False((bool)Assert.Single(all.Json["items"]!.AsArray())!["active"]!);
    }

    [Fact]
    public async Task People_ArePaged()
    {
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _api.Send("GET", $"/api/people?limit=2{(cursor is null ? "" : "&cursor=" + cursor)}", "dave");
            ids.AddRange(page.Json["items"]!.AsArray().Select(person => (string)person!["id"]!));
            cursor = (string?)page.Json["next"];
        }
        while (cursor is not null);
        Assert.Equal(["alice", "bob", "carol", "dave", "erin", "olga", "zoe"], ids);
        Assert.Equal((400, "bad-parameter"), Of(await _api.Send("GET", "/api/people?cursor=%23", "dave")));
    }

    [Fact]
    public async Task Delegate_IsSetByThatPerson_OrAnAdministrator()
    {
        var body = new { standIn = "olga", from = "2026-11-21T00:00:00Z", until = "2026-11-28T00:00:00Z" };
        var set = await _api.Send("PUT", "/api/people/bob/delegate", "bob", body);
        Assert.Equal((200, "Olga"), (set.Status, (string)set.Json["delegate"]!["standIn"]!["name"]!));
        Assert.Equal(403, (await _api.Send("PUT", "/api/people/bob/delegate", "alice", body)).Status);
        Assert.Equal(204, (await _api.Send("DELETE", "/api/people/bob/delegate", "dave")).Status);
        Assert.Empty(_api.People.Current.Delegations);
        var invalid = await _api.Send("PUT", "/api/people/bob/delegate", "bob", body with { standIn = "bob" });
        Assert.Equal((422, "invalid"), Of(invalid));
        Assert.NotNull(invalid.Json["errors"]!["standIn"]);
    }

    [Fact]
    public async Task Roles_AreSetByAnAdministrator()
    {
        var set = await _api.Send("PUT", "/api/people/bob/roles", "dave", new { roles = new[] { "Reviewer" } });
        Assert.Equal((200, "Reviewer"), (set.Status, (string)set.Json["roles"]![0]!));
        Assert.Equal((422, "invalid"), Of(await _api.Send("PUT", "/api/people/bob/roles", "dave", new { roles = new[] { "King" } })));
        Assert.Equal((404, "not-found"), Of(await _api.Send("PUT", "/api/people/nobody/roles", "dave", new { roles = Array.Empty<string>() })));
    }

    [Fact]
    public async Task Resources_AreThoseTheCallerMayAskFor()
    {
        var reply = await _api.Send("GET", "/api/resources", "alice");
        var only = Assert.Single(reply.Json["items"]!.AsArray())!;
        Assert.Equal(("pg/sales", "Role"), ((string)only["resource"]!, (string)Assert.Single(only["kinds"]!.AsArray())!));
        Assert.Empty((await _api.Send("GET", "/api/resources", "bob")).Json["items"]!.AsArray());
        Assert.Empty((await _api.Send("GET", "/api/resources?kind=Session", "alice")).Json["items"]!.AsArray());
        Assert.Single((await _api.Send("GET", "/api/resources?platform=pg&kind=Role", "alice")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task Resources_AreReadOnceAMinute_AndAPlatformThatIsDownIsNamed()
    {
        await _api.Send("GET", "/api/resources", "alice");
        await _api.Send("GET", "/api/resources", "bob");
        await _api.Platform.Received(1).Resources(Arg.Any<CancellationToken>());

        _api.Platform.Resources(Arg.Any<CancellationToken>()).ThrowsAsync(new PlatformException("down"));
        _api.Clock.Advance(TimeSpan.FromMinutes(2));
        var reply = await _api.Send("GET", "/api/resources", "alice");
        Assert.Equal("pg", (string)reply.Json["unavailable"]![0]!);
        Assert.Single(reply.Json["items"]!.AsArray());
        Assert.Empty(reply.Json["partial"]!.AsArray());
    }

    [Fact]
    public async Task Resources_OfAPlatformThatListsAPartOfThem_SaySo()
    {
        _api.Platform.ListsPart.Returns(true);
        Assert.Equal("pg", (string)(await _api.Send("GET", "/api/resources", "alice")).Json["partial"]![0]!);
        Assert.Empty((await _api.Send("GET", "/api/resources?platform=other", "alice")).Json["partial"]!.AsArray());
        Assert.Contains("pg: there is more than can be listed here", (await _api.Open("/request", "alice")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Platforms_AreNamed()
    {
        var only = Assert.Single((await _api.Send("GET", "/api/platforms", "alice")).Json["items"]!.AsArray())!;
        Assert.Equal(("pg", "postgres", nameof(AccessKind.Role)), ((string)only["name"]!, (string)only["type"]!, (string)only["kinds"]![0]!));
    }

    private static (int, string) Of(Reply reply) => (reply.Status, reply.Problem);
}
