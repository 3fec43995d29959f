using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Embedded.Demo;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Browser.Tests;

/// <summary>Words that people wrote: nice ones, or such that pages have to survive.</summary>
internal sealed record Wording
{
    private const string Markup = "\"><img src=x onerror=alert(1)>";
    private static readonly string Endless = string.Concat(Enumerable.Repeat("Donaudampfschifffahrtsgesellschaft", 5));

    /// <summary>People by id.</summary>
    public required IReadOnlyDictionary<string, string> People { get; init; }

    /// <summary>A thing that is given by hand, below <c>manual/</c>.</summary>
    public required string Thing { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<string> Reasons { get; init; }

    public required IReadOnlyList<string> Comments { get; init; }

    public string Ticket { get; init; } = "OPS-2041";

    public static Wording Nice { get; } = new()
    {
        People = new Dictionary<string, string>
        {
            ["alice"] = "Alice Arnold",
            ["bob"] = "Bob Brown",
            ["ben"] = "Ben Berger",
            ["carol"] = "Carol Clark",
            ["dave"] = "Dave Dunn",
            ["erin"] = "Erin Evans",
        },
        Thing = "server-room",
        Description = "Badge for the server room",
        Reasons = ["Quarter-end check of the ledger", "Migration of the staging database", "Orders are stuck in the queue", "Restore test", "Check an alert of last night"],
        Comments = ["Fine for the quarter end.", "Please keep it short.", "Not before the freeze is over.", "The check is done."],
    };

    public static Wording Hostile { get; } = new()
    {
        People = new Dictionary<string, string>
        {
            ["alice"] = "<script>alert(1)</script>",
            ["bob"] = "\u202Enworb \u05D1\u05D5\u05D1 \u2066Bob",
            ["ben"] = "Ben",
            ["carol"] = Endless,
            ["dave"] = "Dave & \"Sons\" '",
            ["erin"] = Markup,
        },
        Thing = Markup,
        Description = $"{Markup} {Endless}",
        Reasons = [$"{Markup} why", Endless, "\u202Egnp.exe \u05E9\u05DC\u05D5\u05DD", "{{constructor.constructor('alert(1)')()}} <svg onload=alert(1)>", "javascript:alert(1)"],
        Comments = [$"</textarea>{Markup}", Endless, "\u202Eon", "'-alert(1)-'"],
        Ticket = $"{Markup[..20]}-1",
    };
}

/// <summary>Fills a demo over the API with requests in every phase, so that each page has something to show.</summary>
internal sealed class Seed(DemoHost host, Wording words)
{
    /// <summary>An access group that was saved twice, and one that was deleted.</summary>
    public const string EditedGroup = "seasonal", DeletedGroup = "retired";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The requests, by what they are: <c>open</c>, <c>second</c>, <c>active</c>, <c>emergency</c>, <c>ended</c>, <c>denied</c>, <c>by-hand</c>, <c>recording</c>.</summary>
    public Dictionary<string, string> Requests { get; } = [];

    /// <summary>Writes the words into the demo's configuration.</summary>
    public static void Configure(string folder, Wording words)
    {
        var people = Path.Combine(folder, "people.yaml");
        DemoConfiguration.Write(folder, postgres: false);
        var text = File.ReadAllText(people);
        foreach (var (id, name) in words.People) text = System.Text.RegularExpressions.Regex.Replace(text, $"(?<=- id: {id}\n    name: ).*", _ => JsonSerializer.Serialize(name));
        File.WriteAllText(people, text);
        var platforms = Path.Combine(folder, "platforms.yaml");
        File.WriteAllText(platforms, File.ReadAllText(platforms)
            .Replace("name: server-room", $"name: {JsonSerializer.Serialize(words.Thing)}", StringComparison.Ordinal)
            .Replace("description: Badge for the server room", $"description: {JsonSerializer.Serialize(words.Description)}", StringComparison.Ordinal));
        var said = Path.Combine(folder, "recordings", "2026-11", "session-42.yaml");
        File.WriteAllText(said, File.ReadAllText(said).Replace("description: Index rebuild", $"description: {JsonSerializer.Serialize(words.Description)}", StringComparison.Ordinal));
        var group = Path.Combine(folder, "access-groups", "by-hand.yaml");
        File.WriteAllText(group, File.ReadAllText(group)
            .Replace("description: What people give and take themselves.", $"description: {JsonSerializer.Serialize(words.Description)}", StringComparison.Ordinal)
            + $"allowBatch: true\nreasons: {JsonSerializer.Serialize(words.Reasons)}\n");
    }

    /// <summary>Days of requests that have ended, each a day later, up to today.</summary>
    public async Task History(int days)
    {
        for (var day = days; day > 0; day--)
        {
            host.Back(TimeSpan.FromDays(day) - TimeSpan.FromHours(day % 5));
            for (var i = 0; i <= (day * 7) % 3; i++)
            {
                var id = await Ask("alice", i == 1 ? "vault/mail-relay" : "vault/db-admin", day + i);
                if ((day + i) % 5 == 0)
                {
                    await Do("bob", id, "deny", new { revision = 1, comment = words.Comments[2] });
                    continue;
                }

                if ((day + i) % 6 == 1)
                {
                    await Do("alice", id, "emergency", new { justification = words.Reasons[2] });
                    await Do("ben", id, "ratify", new { verdict = "Ratified" });
                }
                else
                {
                    host.Back(TimeSpan.FromDays(day) - TimeSpan.FromHours(day % 5) - TimeSpan.FromMinutes(20 + 13 * i));
                    await Do(i == 0 ? "bob" : "ben", id, "approve", new { revision = 1 });
                    await Do("carol", id, "approve", new { revision = 1 });
                }

                await Becomes(id, "Active");
                await Do("alice", id, "release", new { });
                await Removing(id);
                await Do("dave", id, "confirm-removed", new { });
            }
        }

        host.Back(TimeSpan.Zero);
    }

    /// <summary>A request in each phase.</summary>
    public async Task Today()
    {
        var ended = Requests["ended"] = await Approved("vault/db-admin", 0);
        await Do("carol", ended, "revoke", new { comment = words.Comments[3] });
        await Removing(ended);
        await Do("dave", ended, "confirm-removed", new { comment = words.Comments[0] });
        var denied = Requests["denied"] = await Ask("alice", "vault/mail-relay", 1);
        await Do("bob", denied, "deny", new { revision = 1, comment = words.Comments[2] });
        Requests["active"] = await Approved("vault/mail-relay", 3);
        var emergency = Requests["emergency"] = await Ask("alice", "vault/db-admin", 2);
        await Do("alice", emergency, "emergency", new { justification = words.Reasons[2] });
        await Becomes(emergency, "Active");
        var second = Requests["second"] = await Ask("alice", "vault/db-admin", 4);
        await Do("ben", second, "approve", new { revision = 1, comment = words.Comments[1] });
        Requests["open"] = await Ask("alice", "vault/db-admin", 0);
        Requests["by-hand"] = await Ask("alice", $"manual/{words.Thing}", 1, "Other");
        Requests["recording"] = await Approved("recordings/2026-11/session-42.cast", 4, "Recording");
        await Groups();
        using var dave = host.As("dave");
        using var linked = await dave.PutAsJsonAsync("/api/people/carol/slack", new { slackUserId = "U0123CAROL" });
        Assert.True(linked.IsSuccessStatusCode, await linked.Content.ReadAsStringAsync());
    }

    // Access groups with a past. Nothing that is asked for falls under them.
    private async Task Groups()
    {
        using var dave = host.As("dave");
        var group = (await dave.GetFromJsonAsync<JsonObject>("/api/access-groups/by-hand"))!;
        group["resources"] = new JsonArray("vault/of-the-past");
        foreach (var id in new[] { EditedGroup, DeletedGroup })
        {
            (group["id"], group["maxDuration"]) = (id, "4h");
            var version = await Save(dave, group, null);
            group["maxDuration"] = "8h";
            version = await Save(dave, group, version);
            if (id == EditedGroup) continue;
            using var delete = new HttpRequestMessage(HttpMethod.Delete, $"/api/access-groups/{id}") { Headers = { IfMatch = { version } } };
            using var deleted = await dave.SendAsync(delete);
            Assert.True(deleted.IsSuccessStatusCode, await deleted.Content.ReadAsStringAsync());
        }
    }

    private static async Task<EntityTagHeaderValue> Save(HttpClient client, JsonObject group, EntityTagHeaderValue? version)
    {
        using var put = new HttpRequestMessage(HttpMethod.Put, $"/api/access-groups/{group["id"]}") { Content = JsonContent.Create(group) };
        if (version is null) put.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        else put.Headers.IfMatch.Add(version);
        using var saved = await client.SendAsync(put);
        Assert.True(saved.IsSuccessStatusCode, await saved.Content.ReadAsStringAsync());
        return saved.Headers.ETag!;
    }

    private async Task<string> Approved(string resource, int reason, string kind = "Credential")
    {
        var id = await Ask("alice", resource, reason, kind);
        await Do("bob", id, "approve", new { revision = 1, comment = words.Comments[0] });
        await Do("carol", id, "approve", new { revision = 1 });
        await Becomes(id, "Active");
        return id;
    }

    private async Task<string> Ask(string person, string resource, int reason, string kind = "Credential")
    {
        var why = words.Reasons[reason % words.Reasons.Count];
        var answer = await Send(person, "", new { resources = new[] { resource }, kind, justification = why, reason = kind == "Other" ? why : null, ticket = kind == "Other" ? words.Ticket : null });
        return answer.GetProperty("id").GetString()!;
    }

    private Task Do(string person, string id, string action, object body) => Send(person, $"/{id}/{action}", body);

    private Task Becomes(string id, string phase) => Shows(id, phase, request => request.GetProperty("phase").GetString() == phase);

    private Task Removing(string id) => Shows(id, "awaiting its removal", static request => request.GetProperty("actions").EnumerateArray().Any(static action => action.GetString() == "confirm-removed"));

    private async Task Shows(string id, string what, Func<JsonElement, bool> holds)
    {
        using var client = host.As("dave");
        await Wait.Until(async () => holds(await client.GetFromJsonAsync<JsonElement>($"/api/requests/{id}")), Patience, $"{id} to be {what}");
    }

    private async Task<JsonElement> Send(string person, string path, object body)
    {
        using var client = host.As(person);
        using var answer = await client.PostAsJsonAsync($"/api/requests{path}", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{person}{path}: {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
