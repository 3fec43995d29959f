using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Embedded.Tests.Scenarios;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AccessFunctions.Functions.Tests.Scenarios;

/// <summary>
/// Runs every conformance scenario on both hosts and holds their ends against each other: the requests as the API shows them, and each
/// request's audit chain, instants included. What differs by nature is left out: ids, and the order of two things that happen at once.
/// </summary>
[TakesLong]
public sealed class SameOnBothHostsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static TheoryData<string, string> Scenarios() => [.. new[] { typeof(DecisionScenarios), typeof(LifeScenarios) }
        .SelectMany(suite => suite.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null).Select(method => (suite.Name, method.Name)))];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Scenario_EndsInTheSameState_WithTheSameAudit(string suite, string scenario)
    {
        await using var embedded = new SteadyEmbedded(await EmbeddedScenarioHost.Start(new ManualTimeProvider()));
        await using var azure = await AzureScenarioHost.Start(new ManualTimeProvider());
        await Run(suite, scenario, new SteadyHost(embedded, embedded.Quiet));
        await Run(suite, scenario, new SteadyHost(azure, azure.Orchestrations.Settle));

        // What effects still report comes in by itself.
        var (here, there) = ("", "");
        try
        {
            await Wait.Until(async () => (here = await End(embedded, scenario)) == (there = await End(azure, scenario)), Patience, "both hosts to come to the same end");
        }
        catch (TimeoutException)
        {
            Assert.Equal(here, there);
        }

        Assert.Equal(embedded.Now, azure.Now);
    }

    private static Task Run(string suite, string scenario, IScenarioHost host)
    {
        object scenarios = suite == nameof(DecisionScenarios) ? new Decisions(host) : new Lives(host);
        return (Task)scenarios.GetType().GetMethod(scenario)!.Invoke(scenarios, null)!;
    }

    /// <summary>All requests in the order they were made, each with its chain; ids by place.</summary>
    private static async Task<string> End(IScenarioHost host, string scenario)
    {
        var auditor = host.As("erin");
        var found = (await auditor.Call(HttpMethod.Get, "/api/requests")).Body.GetProperty("items").EnumerateArray().ToList();
        var requests = found.OrderBy(request => request.GetProperty("createdAt").GetDateTimeOffset())
            .ThenBy(request => request.GetProperty("resources")[0].GetString(), StringComparer.Ordinal).Select(request => request.GetProperty("id").GetString()!).ToList();
        var lines = new List<string>();
        for (var number = 0; number < requests.Count; number++)
        {
            var seen = JsonNode.Parse((await auditor.See(requests[number])).Body.GetRawText())!;
            var audit = (await auditor.Call(HttpMethod.Get, $"/api/requests/{requests[number]}/audit")).Body.GetProperty("items").EnumerateArray().Select(Told).ToList();
            var text = string.Join('\n', [seen.ToJsonString(new JsonSerializerOptions { WriteIndented = true }), .. Ordered(audit)]);
            lines.Add(text.Replace(requests[number], string.Create(CultureInfo.InvariantCulture, $"request-{number}"), StringComparison.Ordinal));
        }

        var all = string.Join('\n', lines);
        return scenario == nameof(DecisionScenarios.Approve_ByTwoApproversAtTheSameInstant_CountsOne_AndTellsTheOtherWhoSettledIt)
            ? all.Replace("ben", "bob", StringComparison.Ordinal) // either may be first
            : all;
    }

    private static string Told(JsonElement item)
    {
        var happened = item.GetProperty("event");
        string? Text(string name) => happened.TryGetProperty(name, out var value) ? value.ToString() : null;
        return string.Join(' ', new[] { "type", "actor", "at", "channel", "succeeded", "reason", "level", "phase", "outcome", "grantId", "emergency" }.Select(Text));
    }

    /// <summary>That an emergency's notice was delivered comes beside the first attempt to give the access, before or after it.</summary>
    private static IEnumerable<string> Ordered(IReadOnlyList<string> audit) =>
        audit.Where(line => !Beside(line)).Concat(audit.Where(Beside).Select(line => line.Replace("Provisioning", "Active", StringComparison.Ordinal)));

    private static bool Beside(string line) => line.StartsWith("access.request.emergency-notice-delivered", StringComparison.Ordinal);

    private sealed class Decisions(IScenarioHost host) : DecisionScenarios
    {
        protected override Task<IScenarioHost> Start() => Task.FromResult(host);
    }

    private sealed class Lives(IScenarioHost host) : LifeScenarios
    {
        protected override Task<IScenarioHost> Start() => Task.FromResult(host);
    }

    /// <summary>Outlives its scenario, which would stop it; and lets effects end before the next call, whose place among them would differ.</summary>
    private sealed class SteadyHost(IScenarioHost inner, Func<Task> quiet) : IScenarioHost
    {
        public DateTimeOffset Now => inner.Now;

        public HttpClient As(string? person)
        {
            using var plain = inner.As(person);
            var client = new HttpClient(new QuietFirst(quiet)) { BaseAddress = plain.BaseAddress };
            client.DefaultRequestHeaders.Authorization = plain.DefaultRequestHeaders.Authorization;
            return client;
        }

        public void Advance(TimeSpan by) => inner.Advance(by);

        public IReadOnlyList<DeliveredMail> Mails() => inner.Mails();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class QuietFirst(Func<Task> quiet) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await quiet();
            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>
    /// The embedded host works in real time while a test's clock jumps: here the clock stops wherever something falls due, and waits for
    /// what that leads to, as the fake orchestration service does.
    /// </summary>
    private sealed class SteadyEmbedded(EmbeddedScenarioHost inner) : IScenarioHost
    {
        private readonly Database _database = inner.Services.GetRequiredService<Database>();

        public DateTimeOffset Now => inner.Now;

        public HttpClient As(string? person) => inner.As(person);

        public void Advance(TimeSpan by) => Task.Run(async () =>
        {
            var target = Now + by;
            await Quiet();
            while (Due(">") is { } next && next <= target)
            {
                inner.Advance(next - Now);
                await Quiet();
            }

            inner.Advance(target - Now);
            await Quiet();
        }).GetAwaiter().GetResult();

        public IReadOnlyList<DeliveredMail> Mails() => inner.Mails();

        public Task Quiet() => Wait.Until(() => Due("<=") is null, Patience, "the embedded host to do what is due");

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        private DateTimeOffset? Due(string when) => _database.Read(session => session.Number(
            $"""
            SELECT min(at) FROM (
                SELECT next_deadline AS at FROM requests WHERE next_deadline {when} ?1
                UNION ALL SELECT available_at FROM outbox WHERE available_at {when} ?1)
            """, Now.UtcTicks)) is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }
}
