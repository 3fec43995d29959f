using System.ComponentModel.DataAnnotations;
using AccessFunctions.Application;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Embedded.Hosting;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace AccessFunctions.Embedded.Tests;

public sealed class ReconcileServiceTests : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly Store _store = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task EveryPeriod_PlatformsAreCompared_AlsoAfterARunThatFailed()
    {
        var platforms = new GonePlatforms { Broken = true };
        await Active("r-1");
        using var service = Service(platforms, "20m");
        await service.StartAsync(CancellationToken.None);
        await _store.Time.WaitForTimers(1);
        _store.Time.Advance(TimeSpan.FromMinutes(19));
        Assert.Equal(0, platforms.Asked);
        _store.Time.Advance(TimeSpan.FromMinutes(1));
        await Wait.Until(() => platforms.Asked == 1, Soon, "the first run");
        platforms.Broken = false;

        // A tick that falls into a run is not lost, so the next run comes however the threads meet.
        _store.Time.Advance(TimeSpan.FromMinutes(20));
        await Wait.Until(() => platforms.Asked > 1, Soon, "the next run");
        await service.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Zero_IsNever()
    {
        using var service = Service(new GonePlatforms(), "0");
        await service.StartAsync(CancellationToken.None);
        await service.ExecuteTask!;
        Assert.Equal(0, _store.Time.ArmedTimers);
    }

    [Theory]
    [InlineData("15m", 15)]
    [InlineData("1h30m", 90)]
    [InlineData("5", 5)]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("7d", 10080)]
    public void Setting_IsADurationOrMinutes(string text, int minutes) => Assert.Equal(TimeSpan.FromMinutes((long)minutes), HostSettings.Period(text));

    [Theory]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("30s")]
    [InlineData("8d")]
    [InlineData("-5")]
    public void Setting_ThatIsNoPeriod_IsRefusedInWords(string text)
    {
        var settings = new HostSettings { ReconcileEvery = text };
        List<ValidationResult> problems = [];
        Assert.False(Validator.TryValidateObject(settings, new ValidationContext(settings), problems, validateAllProperties: true));
        Assert.Contains("Host:ReconcileEvery", Assert.Single(problems).ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_WithASettingThatIsNoPeriod_DoesNotStart()
    {
        var data = Store.NewPath();
        try
        {
            var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => EmbeddedHost.Start(new EmbeddedHostOptions
            {
                Data = data,
                Urls = "http://localhost:0",
                Settings = new Dictionary<string, string?> { ["Host:ReconcileEvery"] = "soon" },
            }));
            Assert.Contains("Host:ReconcileEvery", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private ReconcileService Service(IPlatforms platforms, string every)
    {
        var (memory, facts) = (new SqliteReconcileMemory(_store.Database), new SqliteInventoryStore(_store.Database));

        // Nothing was ingested, so neither rules nor people are asked for.
        var ungranted = new UngrantedReports(new UngrantedAccess(new InventoryGraphs(facts, _store.Time), facts, _store.Reader, platforms, null!, null!), _store.Audit, memory, _store.Time);
        var reconciler = new Reconciler(platforms, new SqliteLedger(_store.Database), _store.Reader, _store.Workflow, _store.Audit, memory, ungranted, _store.Time, NullLogger<Reconciler>.Instance);
        return new ReconcileService(reconciler, Options.Create(new HostSettings { ReconcileEvery = every }), _store.Time, NullLogger<ReconcileService>.Instance);
    }

    private async Task Active(string id)
    {
        await _store.Workflow.Deliver(id, Signals.Submit(id));
        await _store.Workflow.Deliver(id, Signals.Approve("bob"));
        await _store.Workflow.Deliver(id, Signals.Approve("carol"));
        var grant = (await _store.Reader.Find(id, CancellationToken.None))!.Grants[0];
        await _store.Workflow.Deliver(id, new ProvisionSucceeded { Id = "given", By = SystemActors.Runner, Channel = Domain.Requests.Channel.System, At = default, GrantId = grant.Id, Attempt = grant.Attempts });
        Assert.Equal(Phase.Active, (await _store.Reader.Find(id, CancellationToken.None))!.Phase);
    }

    /// <summary>Counts how often it is asked for a platform; it has none.</summary>
    private sealed class GonePlatforms : IPlatforms
    {
        private int _asked;

        public bool Broken { get; set; }
        public int Asked => Volatile.Read(ref _asked);
        public IReadOnlyList<IPlatform> All => [];

        public IPlatform? Find(string name)
        {
            Interlocked.Increment(ref _asked);
            return Broken ? throw new InvalidOperationException("The platforms cannot be read.") : null;
        }
    }
}
