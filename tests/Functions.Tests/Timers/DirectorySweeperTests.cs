using AccessFunctions.Application;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Functions.Tests.Storage;
using AccessFunctions.Functions.Timers;
using AccessFunctions.Integrations.Configuration;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Functions.Tests.Timers;

public sealed class DirectorySweeperTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("access-functions-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task SweepThatTakesTooLong_IsCutShort_SaysSo_AndTheNextOneTellsTheRest()
    {
        // The request's approvers are not among the people any more.
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "people.yaml"), "people: [{ id: alice, name: Alice }]", Cancellation);
        using var stores = await TableStores.On();
        _ = await stores.Send("r-1", Signals.Submit("r-1"));
        var people = new TablePeopleOverlay(stores.Service);
        using var folder = await ConfigurationFolder.Open(_folder.FullName, people, static _ => null, stores.Time, NullLogger<ConfigurationFolder>.Instance, Cancellation);
        using var groups = new TableAccessGroups(stores.Service, NullLogger<TableAccessGroups>.Instance);
        var door = new HangingDoor();
        var mark = new TableSweepMark(stores.Service);
        var watch = new DirectoryWatch(folder.Directory, groups, stores.Reader, door, mark, new LeaverRoles(folder.Directory, stores.Audit, stores.Time), stores.Time, NullLogger<DirectoryWatch>.Instance);
        var log = new LogLines<DirectorySweeper>();
        using var provisioned = Some.Provisioned(stores.Service, folder.Directory, stores.Time);
        var sweeper = new DirectorySweeper(groups, folder, provisioned, watch, stores.Time, log);

        var running = sweeper.Run(Cancellation);
        await door.Entered.Task.WaitAsync(Cancellation);
        stores.Time.Advance(DirectorySweeper.Budget);
        await running;
        Assert.Equal(LogLevel.Warning, Assert.Single(log.Lines).Level);
        Assert.Null(await mark.Find(Cancellation));

        door.Hangs = false;
        await sweeper.Run(Cancellation);
        Assert.Equal(["r-1", "r-1"], door.Told);
        Assert.NotNull(await mark.Find(Cancellation));
        _ = Assert.Single(log.Lines);
    }

    /// <summary>Answers nothing until it is cancelled, as a service that is very slow.</summary>
    private sealed class HangingDoor : IRequestWorkflow
    {
        public bool Hangs { get; set; } = true;
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public List<string> Told { get; } = [];

        public async Task<SignalAnswer> Signal(string requestId, Domain.Requests.Signal signal, CancellationToken cancellation)
        {
            Told.Add(requestId);
            Entered.TrySetResult();
            if (Hangs) await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return new SignalAnswer(null, null, 1);
        }
    }
}
