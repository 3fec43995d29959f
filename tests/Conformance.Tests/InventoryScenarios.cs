using System.Net;
using System.Text.Json;
using Xunit;

namespace AccessFunctions.Conformance.Tests;

/// <summary>What any host must do where somebody asks it to read what platforms hold.</summary>
public abstract class InventoryScenarios
{
    /// <summary>Starts a host.</summary>
    /// <param name="platforms">Platforms besides those of <see cref="World"/>, as items of the YAML list.</param>
    protected abstract Task<IScenarioHost> Start(string platforms);

    [Fact]
    public async Task Ingestion_IsMadeWhenAsked_ShowsHowFarItGot_AndAPlatformThatFailsHindersNoOther()
    {
        // Nothing listens there.
        await using var host = await Start("""
              - name: pg-down
                type: postgres
                connectionString: "Host=127.0.0.1;Port=1;Username=access;Password=none"
            """);
        Assert.Equal("role-missing", (await host.As("erin").Call(HttpMethod.Post, "/api/platforms/desk/ingest")).Problem);
        Assert.Equal(HttpStatusCode.NotFound, (await host.As("dave").Call(HttpMethod.Post, "/api/platforms/none/ingest")).Status);
        foreach (var platform in new[] { "pg-down", "desk" })
            Assert.Equal(HttpStatusCode.Accepted, (await host.As("dave").Call(HttpMethod.Post, $"/api/platforms/{platform}/ingest")).Status);

        var desk = await Ended(host, "desk", "Completed");
        Assert.Equal((host.Now, 1), (desk.GetProperty("factsAt").GetDateTimeOffset(), desk.GetProperty("facts").GetProperty("resources").GetInt32()));
        var down = await Ended(host, "pg-down", "Failed");
        Assert.Equal(JsonValueKind.Null, down.GetProperty("factsAt").ValueKind);
        Assert.DoesNotContain("Password", down.GetProperty("error").GetString(), StringComparison.Ordinal);

        var told = await host.As("erin").Call(HttpMethod.Get, "/api/audit?type=access.inventory.asked");
        Assert.Equal(["platform/desk", "platform/pg-down"], told.Body.GetProperty("items").EnumerateArray().Select(static item => item.GetProperty("event").GetProperty("resource").GetString()).Order(StringComparer.Ordinal));
    }

    /// <summary>Waits until a run that was asked for has ended so.</summary>
    private static async Task<JsonElement> Ended(IScenarioHost host, string platform, string state)
    {
        JsonElement found = default;
        await host.Until(async () =>
        {
            await host.Ingest();
            found = (await host.As("erin").Call(HttpMethod.Get, $"/api/platforms/{platform}")).Body.GetProperty("ingestion");
            return found.ValueKind == JsonValueKind.Object && found.GetProperty("state").GetString() == state && !found.GetProperty("waiting").GetBoolean();
        }, $"the ingestion of {platform} to be {state}");
        return found;
    }
}
