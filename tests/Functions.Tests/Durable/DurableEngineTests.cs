using AccessFunctions.Tests.Shared;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AccessFunctions.Functions.Tests.Durable;

/// <summary>The fake service finds what the real one would stumble over: what these tests show, the orchestration's tests rely on.</summary>
public sealed class DurableEngineTests : IDisposable
{
    private readonly FakeDurableService _service = new(new ManualTimeProvider(), () => new ServiceCollection().BuildServiceProvider(), [typeof(Orchestrators), typeof(Activities)]);

    public DurableEngineTests() => Activities.Results.Clear();

    public void Dispose() => _service.Dispose();

    [Theory]
    [InlineData(nameof(Orchestrators.OtherInput))]
    [InlineData(nameof(Orchestrators.OtherTimer))]
    [InlineData(nameof(Orchestrators.OneLess))]
    public async Task Orchestrator_ThatIsNotDeterministic_FailsTheTest(string orchestrator)
    {
        Orchestrators.Plays = 0;
        await Start(orchestrator);
        await Assert.ThrowsAsync<AggregateException>(() => _service.Advance(TimeSpan.FromMinutes(5)));
    }

    [Fact]
    public async Task Orchestrator_ThatAwaitsSomethingElse_FailsTheTest()
    {
        await Start(nameof(Orchestrators.AwaitsElsewhere));
        await _service.Settle();
        Orchestrators.Elsewhere.SetResult();
        await Assert.ThrowsAsync<AggregateException>(() => _service.Until(() => false, "the foreign continuation"));
    }

    [Fact]
    public async Task Orchestrator_ThatSetsATimerBeyondTheBound_Fails()
    {
        await Start(nameof(Orchestrators.SleepsTooLong));
        await Assert.ThrowsAsync<AggregateException>(_service.Settle);
    }

    [Fact]
    public async Task Retries_AreMadeOnlyWhereThePolicySaysSo_AndWithItsPauses()
    {
        var start = _service.Time.GetUtcNow();
        _service.Fail(nameof(Activities.Echo), 2, () => new TimeoutException());
        await Start(nameof(Orchestrators.Retries));
        await _service.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((3, OrchestrationRuntimeStatus.Completed), (_service.Runs(nameof(Activities.Echo)), _service["i"].Status));
        Assert.Equal(start + TimeSpan.FromSeconds(6), _service["i"].UpdatedAt);

        _service.ToleratesFailedOrchestrations = true;
        _service.Fail(nameof(Activities.Echo), 1, () => new InvalidOperationException("no"));
        await Start(nameof(Orchestrators.Retries));
        await _service.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, _service["i"].Status);
        Assert.Equal(nameof(InvalidOperationException), Assert.IsType<TaskFailedException>(_service["i"].Fault).FailureDetails.ErrorType.Split('.')[^1]);
    }

    [Fact]
    public async Task Events_AreBuffered_TakenInOrder_AndCarriedIntoTheNextGeneration()
    {
        await Start(nameof(Orchestrators.TakesTwoThenContinues));
        foreach (var text in new[] { "a", "b", "c", "d", "e" }) await _service.Client.RaiseEventAsync("i", "say", text);
        await _service.Settle();
        Assert.Equal(["ab", "cd"], Activities.Results);
        Assert.Equal(3, _service["i"].Generations);
        await _service.Client.RaiseEventAsync("i", "say", "f");
        await _service.Settle();
        Assert.Equal(["ab", "cd", "ef"], Activities.Results);
    }

    [Fact]
    public async Task CancelledWaiter_SwallowsAnEvent()
    {
        await Start(nameof(Orchestrators.GivesUpWaiting));
        await _service.Advance(TimeSpan.FromMinutes(1));
        await _service.Client.RaiseEventAsync("i", "say", "lost");
        await _service.Client.RaiseEventAsync("i", "say", "heard");
        await _service.Settle();
        Assert.Equal(["heard"], Activities.Results);
    }

    [Fact]
    public async Task Activity_RunsAgainAfterACrash_AndItsFirstRunIsNotHeardOf()
    {
        Activities.Door = new TaskCompletionSource();
        Activities.Parked = _service.Park;
        await Start(nameof(Orchestrators.EchoesBehindADoor));
        await _service.Settle();
        _service.Restart();
        await _service.Settle();
        Assert.Equal((2, OrchestrationRuntimeStatus.Running), (_service.Runs(nameof(Activities.BehindADoor)), _service["i"].Status));
        Activities.Door.SetResult();
        await _service.Until(() => _service["i"].Status == OrchestrationRuntimeStatus.Completed, "the second run");
    }

    [Fact]
    public async Task Start_OfAnExistingInstance_ThrowsForTheStatusesNamed()
    {
        await Start(nameof(Orchestrators.Retries));
        await _service.Settle();
        var once = new StartOrchestrationOptions("i").WithDedupeStatuses(OrchestrationRuntimeStatus.Completed);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _service.Client.ScheduleNewOrchestrationInstanceAsync(nameof(Orchestrators.Retries), "again", once));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _service.Client.RaiseEventAsync("i", "say", "too late"));
        _service.ChecksBeforeRaise = false;
        await _service.Client.RaiseEventAsync("i", "say", "dropped");
    }

    private Task Start(string orchestrator) => _service.Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, "input", new StartOrchestrationOptions("i"));

    internal static class Orchestrators
    {
        public static int Plays { get; set; }
        public static TaskCompletionSource Elsewhere { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Function(nameof(OtherInput))]
        public static Task OtherInput([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync<string>(nameof(Activities.Echo), $"play {Plays++}");

        [Function(nameof(OtherTimer))]
        public static Task OtherTimer([OrchestrationTrigger] TaskOrchestrationContext context) => context.CreateTimer(TimeSpan.FromMinutes(1 + Plays++), CancellationToken.None);

        [Function(nameof(OneLess))]
        public static async Task OneLess([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            var first = Plays++ == 0 ? context.CallActivityAsync<string>(nameof(Activities.Echo), "first") : Task.FromResult("");
            await Task.WhenAll(first, context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None));
        }

        [Function(nameof(AwaitsElsewhere))]
        public static async Task AwaitsElsewhere([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            await Elsewhere.Task;
            await context.CallActivityAsync<string>(nameof(Activities.Echo), "never");
        }

        [Function(nameof(SleepsTooLong))]
        public static Task SleepsTooLong([OrchestrationTrigger] TaskOrchestrationContext context) => context.CreateTimer(TimeSpan.FromDays(7), CancellationToken.None);

        [Function(nameof(Retries))]
        public static Task Retries([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync<string>(nameof(Activities.Echo), "x",
            TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromSeconds(2), 2) { HandleFailure = failure => failure.IsCausedBy<TimeoutException>() }));

        [Function(nameof(TakesTwoThenContinues))]
        public static async Task TakesTwoThenContinues([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            var first = await context.WaitForExternalEvent<string>("say");
            var second = await context.WaitForExternalEvent<string>("say");
            await context.CallActivityAsync<string>(nameof(Activities.Echo), first + second);
            context.ContinueAsNew("again");
        }

        [Function(nameof(GivesUpWaiting))]
        public static async Task GivesUpWaiting([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            using var stop = new CancellationTokenSource();
            _ = context.WaitForExternalEvent<string>("say", stop.Token);
            await context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
            stop.Cancel();
            await context.CallActivityAsync<string>(nameof(Activities.Echo), await context.WaitForExternalEvent<string>("say", CancellationToken.None));
        }

        [Function(nameof(EchoesBehindADoor))]
        public static Task EchoesBehindADoor([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync<string>(nameof(Activities.BehindADoor), "x");
    }

    internal sealed class Activities
    {
        public static List<string> Results { get; } = [];
        public static TaskCompletionSource Door { get; set; } = new();
        public static Func<IDisposable>? Parked { get; set; }

        [Function(nameof(Echo))]
        public Task<string> Echo([ActivityTrigger] string text, FunctionContext context)
        {
            Results.Add(text);
            return Task.FromResult(text);
        }

        [Function(nameof(BehindADoor))]
        public async Task<string> BehindADoor([ActivityTrigger] string text)
        {
            using (Parked!()) await Door.Task;
            return text;
        }
    }
}
