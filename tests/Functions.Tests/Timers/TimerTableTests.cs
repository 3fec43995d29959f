using System.Reflection;
using AccessFunctions.Functions.Timers;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Xunit;

namespace AccessFunctions.Functions.Tests.Timers;

public sealed class TimerTableTests
{
    private static IReadOnlyList<(string Name, string Schedule, bool Durable)> Timers { get; } =
    [
        .. typeof(TimerFunctions).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Select(method => (method.GetCustomAttribute<FunctionAttribute>()?.Name, method.GetParameters().Select(parameter => parameter.GetCustomAttribute<TimerTriggerAttribute>()).FirstOrDefault(trigger => trigger is not null)?.Schedule,
                Durable: method.GetParameters().Any(parameter => parameter.ParameterType == typeof(DurableTaskClient) && parameter.GetCustomAttribute<DurableClientAttribute>() is not null)))
            .Where(found => found is { Name: not null, Schedule: not null }).Select(found => (found.Name!, found.Schedule!, found.Durable)),
    ];

    [Fact]
    public void Timers_AreThose_ThatTheOperationsPageLists()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs/operations.md"));
        Assert.NotEmpty(Timers);
        Assert.All(Timers, timer => Assert.Contains($"| `{timer.Name}` |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Schedules_BeginWithSeconds_AndDoNotAllFireAtOnce()
    {
        Assert.All(Timers, timer => Assert.Equal(6, timer.Schedule.Split(' ').Length));
        Assert.Equal(Timers.Count, Timers.Select(timer => timer.Schedule).Distinct().Count());
    }

    [Fact]
    public void TimersThatReachOrchestrations_BringTheDurableClient() =>
        Assert.Equal(
            ["PurgeHistories", "ReadDirectory", "ReadReplies", "Reconcile", "ResendUnsettled", "ReviveMissing", "ReviveRequests", "SweepDirectory", "SweepSlack"],
            Timers.Where(timer => timer.Durable).Select(timer => timer.Name).Order(StringComparer.Ordinal));

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AccessFunctions.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside a checkout.");
    }
}
