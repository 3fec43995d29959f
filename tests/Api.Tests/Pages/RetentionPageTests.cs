using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using NSubstitute;

namespace AccessFunctions.Api.Tests.Pages;

/// <summary>Keeping times, legal holds and the deletion of a person's data, as page and as JSON.</summary>
public sealed class RetentionPageTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Times_TheLastRun_AndHolds_AreShown()
    {
        _api.Retention.LastRun(default).ReturnsForAnyArgs(new RetentionRun(_api.Clock.GetUtcNow(), 3, 2, 1, new Dictionary<KeptFor, int> { [KeptFor.NotDelivered] = 4 }, Complete: false));
        _api.Holds.All(default).ReturnsForAnyArgs([new LegalHold("r-1", "<b>case 7</b>", "erin", _api.Clock.GetUtcNow())]);
        var page = (await _api.Send("GET", "/audit/retention", "erin")).Text;
        foreach (var words in new[] { "2555d", "for good", "365d", "3 requests, 2 days of events", "cut short", "4: a sink has not taken all of it yet", "href=\"/requests/r-1\"", "&lt;b&gt;case 7" })
            Assert.Contains(words, page, StringComparison.Ordinal);
        Assert.DoesNotContain("Delete a person", page, StringComparison.Ordinal);
        Assert.Contains("Delete a person", (await _api.Send("GET", "/audit/retention", "dave")).Text, StringComparison.Ordinal);

        var json = (await _api.Send("GET", "/api/retention", "erin")).Json;
        Assert.Equal(("2555d", null, "365d", 3), ((string?)json["requests"], (string?)json["events"], (string?)json["personalData"], (int)json["lastRun"]!["requests"]!));
        Assert.Equal("NotDelivered", (string?)json["lastRun"]!["kept"]![0]!["why"]);
        Assert.Equal("Erin", (string?)(await _api.Send("GET", "/api/legal-holds", "dave")).Json["items"]![0]!["by"]!["name"]);
    }

    [Fact]
    public async Task Hold_IsPlacedOnTheRequestsPage_AndLiftedByAnAdministrator()
    {
        var id = (string)(await _api.Submitted())["id"]!;
        _api.Holds.Place(default!, default).ReturnsForAnyArgs(call =>
        {
            _api.Holds.Find(id, Arg.Any<CancellationToken>()).Returns(call.Arg<LegalHold>());
            return true;
        });
        _api.Holds.Lift(default!, default).ReturnsForAnyArgs(true);
        Assert.DoesNotContain("Legal hold", (await _api.Send("GET", $"/requests/{id}", "alice")).Text, StringComparison.Ordinal);
        Assert.Contains("Place a hold", (await _api.Send("GET", $"/requests/{id}", "erin")).Text, StringComparison.Ordinal);

        var without = await _api.Post($"/requests/{id}/legal-hold", "erin", ("hold-reason", " "));
        Assert.Equal(422, without.Status);
        Assert.Contains("needs a reason", without.Text, StringComparison.Ordinal);

        Assert.Equal(303, (await _api.Post($"/requests/{id}/legal-hold", "erin", ("hold-reason", "case 7"))).Status);
        var held = (await _api.Send("GET", $"/requests/{id}", "erin")).Text;
        Assert.Contains("case 7", held, StringComparison.Ordinal);
        Assert.DoesNotContain("Lift the hold", held, StringComparison.Ordinal);
        Assert.Contains("Lift the hold", (await _api.Send("GET", $"/requests/{id}", "dave")).Text, StringComparison.Ordinal);
        Assert.Equal(403, (await _api.Post($"/requests/{id}/legal-hold", "erin", ("step", "lift"))).Status);
        Assert.Equal(303, (await _api.Post($"/requests/{id}/legal-hold", "dave", ("step", "lift"))).Status);
        Assert.Equal([EventTypes.Host.HoldPlaced, EventTypes.Host.HoldLifted], _api.AuditTrail.Where(static one => one.Succeeded).Select(static one => one.Type));
        Assert.All(_api.AuditTrail, one => Assert.Equal(id, one.RequestId ?? id));
    }

    [Theory]
    [InlineData("", 422)]
    [InlineData("no reason at all: {}", 400)]
    public async Task Hold_WithoutAReason_IsRefused(string reason, int status)
    {
        var id = (string)(await _api.Submitted())["id"]!;
        var reply = await _api.Send("PUT", $"/api/requests/{id}/legal-hold", "dave", status == 400 ? "{}" : new { reason });
        Assert.Equal(status, reply.Status);
        Assert.Equal(404, (await _api.Send("DELETE", $"/api/requests/{id}/legal-hold", "dave")).Status);
        await _api.Holds.DidNotReceiveWithAnyArgs().Place(default!, default);
    }

    [Fact]
    public async Task Person_OfWhomNothingIsThere_IsAnsweredSo()
    {
        var reply = await _api.Send("POST", "/api/people/nobody/pseudonymise", "dave");
        Assert.Equal((200, 0, 0, true), (reply.Status, (int)reply.Json["streams"]!, (int)reply.Json["events"]!, (bool)reply.Json["complete"]!));
        Assert.Contains("0 events of", (await _api.Post("/audit/retention", "dave", ("person", "nobody"))).Text, StringComparison.Ordinal);
        Assert.Equal(422, (await _api.Post("/audit/retention", "dave", ("person", " "))).Status);
    }
}
