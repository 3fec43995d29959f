using System.Globalization;
using System.Text.Json;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Requests;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>What must hold over any history. A failure prints the shrunk scenario and the seed to replay it with.</summary>
public sealed class SequencePropertyTests
{
    /// <summary>How many histories each property tries; a longer search: <c>ACCESS_PROPERTY_TESTS=20000</c>.</summary>
    private static readonly int Tries = int.TryParse(Environment.GetEnvironmentVariable("ACCESS_PROPERTY_TESTS"), CultureInfo.InvariantCulture, out var tries) ? tries : 800;

    private static Config Some => Config.QuickThrowOnFailure.WithMaxTest(Tries);

    /// <summary>
    /// The world checks after every signal: the quorum or an emergency beyond Open, no requester counted, one seat per person, one platform effect at
    /// a time, the same answer to the same signal, an event for each, deadlines that move on. In the end nothing is left on the platform.
    /// </summary>
    [Fact]
    public void AnyHistory_KeepsTheRules_AndLeavesNoGrantBehind()
    {
        var endings = new Dictionary<string, int>(StringComparer.Ordinal);
        Check.One(Some, Prop.ForAll(Scenario.Any, scenario =>
        {
            if (World.Start(scenario) is not { } world) return;
            foreach (var step in scenario.Steps) world.Take(step);
            world.Finish();
            World.Must(world.Request.Phase is Phase.Closed or Phase.Denied, $"it ends in {world.Request.Phase}");
            World.Must(world.Live.Count == 0, "a grant outlives its end");
            var ending = world.Request.Outcome?.ToString() ?? "Denied";
            endings[ending] = endings.GetValueOrDefault(ending) + 1;
            if (world.Request.Emergency is not null) endings["emergency"] = endings.GetValueOrDefault("emergency") + 1;
            if (world.Request.Revision > 1) endings["revised"] = endings.GetValueOrDefault("revised") + 1;
        }));

        // A generator that never gets there would prove nothing.
        Assert.Empty(Enum.GetNames<AccessFunctions.Domain.Requests.Outcome>().Append("Denied").Append("emergency").Append("revised").Except(endings.Keys));
        TestContext.Current.SendDiagnosticMessage(string.Join(", ", endings.Select(pair => $"{pair.Key} {pair.Value}")));
    }

    [Fact]
    public void RecordedHistory_Replayed_GivesTheSameState() => Check.One(Some.WithMaxTest(150), Prop.ForAll(Scenario.Any, scenario =>
    {
        if (World.Start(scenario) is not { } world) return;
        foreach (var step in scenario.Steps) world.Take(step);
        AccessRequest? replayed = null;
        foreach (var signal in world.History)
        {
            // Through the stored form and back, as a host would after a restart.
            var stored = JsonSerializer.Deserialize(JsonSerializer.Serialize(signal, DomainJson.Default.Signal), DomainJson.Default.Signal)!;
            replayed = JsonSerializer.Deserialize(World.Json(Decider.Decide(replayed, stored).State!), DomainJson.Default.AccessRequest);
        }

        World.Must(World.Json(replayed!) == World.Json(world.Request), "a replay leads elsewhere");
    }));

    /// <summary>The same people do the same at the same instants; in one run every deadline is delivered when it falls due, in the other only after everything.</summary>
    [Fact]
    public void LateTimers_ChangeNoOutcome() => Check.One(Some, Prop.ForAll(Scenario.Any, scenario =>
    {
        if (World.Start(scenario) is not { } punctual || World.Start(scenario, "late") is not { } late) return;
        punctual.Obey();
        late.Obey();
        foreach (var step in scenario.Steps)
        {
            // What a person does is the same in both; only the punctual run sees deadlines before it. An extension needs access that is there already: a platform cannot answer before it was asked.
            if (step.What is >= 47 and < 50) continue;
            var at = late.Now.AddMinutes(step.Minutes);
            punctual.DeliverUntil(at);
            punctual.MoveTo(at);
            late.MoveTo(at);

            // An id that came before is a repeat only where its first signal changed something, which an overdue deadline may do for it: repeats have tests of their own.
            if (punctual.Said(step) is not { } signal || punctual.History.Any(known => known.Id == signal.Id)) continue;
            punctual.Send(signal);
            punctual.Obey();
            late.Send(signal);
            late.Obey();
        }

        punctual.DeliverUntil(DateTimeOffset.MaxValue);
        late.Send(new DeadlineReached { Id = "late", By = SystemActors.Timer, Channel = Channel.System, At = punctual.Now.AddDays(30) });
        late.Obey();
        World.Must(Result(punctual.Request) == Result(late.Request), $"punctual: {Result(punctual.Request)}, late: {Result(late.Request)}");
    }));

    private static string Result(AccessRequest request) =>
        $"{request.Phase} {request.Outcome} level {request.Level} revision {request.Revision}, "
        + string.Join(", ", request.Reviews.Select(review => $"{review.By}/{review.Seat} {review.Verdict} {review.Level} {review.Counted} {review.At:O}"))
        + $", emergency {request.Emergency?.Review} {request.Emergency?.ReviewAlerted} {request.Emergency?.NoticeAlerted}";
}
