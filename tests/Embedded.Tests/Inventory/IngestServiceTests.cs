using AccessFunctions.Application;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Embedded.Hosting;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Integrations.Configuration;
using AccessFunctions.Integrations.Manual;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Channel = AccessFunctions.Domain.Requests.Channel;

namespace AccessFunctions.Embedded.Tests.Inventory;

/// <summary>When the host ingests, and that links outlive it.</summary>
public sealed class IngestServiceTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly Store _store = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("access-ingest-").FullName;
    private ConfigurationFolder _configuration = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "people.yaml"), """
            people:
              - { id: dave, name: Dave, roles: [Admin] }
              - { id: alice, name: Alice, identities: { manual: alice } }
            """);
        _configuration = await Open();
    }

    public async ValueTask DisposeAsync()
    {
        _configuration.Dispose();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task PlatformsAreIngested_ALittleAfterTheStart_ByTheHour_AndWhenSomebodyAsks()
    {
        var (ingester, store) = Ingester();
        using var service = new IngestService(ingester, _store.Time, NullLogger<IngestService>.Instance);
        await service.StartAsync(CancellationToken.None);
        await _store.Time.WaitForTimers(1);
        Assert.Null(await store.Progress("manual", default));
        _store.Time.Advance(TimeSpan.FromSeconds(10));
        await Run(1);

        var dave = new Caller(_configuration.Directory.Current.Find("dave")!, Channel.SignedIn, null);
        Assert.Null(await ingester.Ask(dave, "manual", "k", default));
        await Run(2);
        Assert.Equal("dave", (await store.Progress("manual", default))!.By);
        _store.Time.Advance(TimeSpan.FromHours(1));
        await Run(3);
        await service.StopAsync(CancellationToken.None);
        Assert.Equal(["manual/badge"], (await store.Resources("manual", null, null, null, 9, default)).Items.Select(static resource => resource.Resource));

        Task Run(long number) => Wait.Until(async () => await store.Progress("manual", default) is { State: IngestState.Completed } progress && progress.Run == number, Soon, $"run {number}");
    }

    [Fact]
    public async Task ALinkByHand_OutlivesTheProcess_AndAChangeOfTheFile()
    {
        var linked = new PlatformIdentity("manual", "alice");
        await _configuration.Directory.SetIdentityLinks(new Dictionary<PlatformIdentity, IdentityLink?> { [linked] = new("dave", LinkKind.Hand), [new("pg", "x")] = new("alice", LinkKind.Email) }, default);
        Assert.Equal(["dave"], Whose(_configuration, linked));
        using var next = await Open();
        Assert.Equal(["dave"], Whose(next, linked));
        Assert.Equal(["alice"], Whose(next, new("pg", "x")));
        Assert.DoesNotContain("manual", next.Directory.Current.Find("alice")!.Identities.Keys);

        // What is configured holds against an address, and yields to an administrator.
        await File.WriteAllTextAsync(Path.Combine(_folder, "people.yaml"), """
            people:
              - { id: dave, name: Dave, roles: [Admin], identities: { pg: x } }
              - { id: alice, name: Alice, identities: { manual: alice } }
            """);
        await next.ReadAgain(default);
        Assert.Equal(["dave"], Whose(next, new("pg", "x")));
        Assert.Equal(["dave"], Whose(next, linked));
        await next.Directory.SetIdentityLinks(new Dictionary<PlatformIdentity, IdentityLink?> { [linked] = null }, default);
        Assert.Equal(["alice"], Whose(next, linked));

        static IEnumerable<string> Whose(ConfigurationFolder folder, PlatformIdentity identity) => folder.Directory.Current.LinkedTo(identity).Select(static person => person.Id);
    }

    private Task<ConfigurationFolder> Open() => ConfigurationFolder.Open(
        _folder, new SqlitePeopleOverlay(_store.Database), static _ => null, _store.Time, NullLogger<ConfigurationFolder>.Instance, CancellationToken.None);

    private (Ingester Ingester, IInventoryStore Store) Ingester()
    {
        var (store, directory) = (new SqliteInventoryStore(_store.Database), _configuration.Directory);
        var platform = new ManualPlatform(new ManualOptions { Resources = [new ManualResource { Name = "badge" }] }, directory);
        var linking = new IdentityLinking(new IdentitySearch(new InventoryGraphs(store, _store.Time), directory), store, directory, _store.Audit, _store.Time);
        return (new Ingester(new One(platform), store, linking, _store.Audit, new IngestSettings(TimeSpan.FromHours(1)), _store.Time, NullLogger<Ingester>.Instance), store);
    }

    private sealed class One(IPlatform platform) : IPlatforms
    {
        public IReadOnlyList<IPlatform> All => [platform];

        public IPlatform? Find(string name) => name == platform.Name ? platform : null;
    }
}
