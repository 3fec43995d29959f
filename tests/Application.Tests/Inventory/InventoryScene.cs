using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Application.Tests.Inventory;

/// <summary>Ingesting and asking over platforms, people and a store in memory.</summary>
internal sealed class InventoryScene
{
    public InventoryScene(params FactsPlatform[] platforms)
    {
        Platforms = platforms.Length > 0 ? platforms : [new FactsPlatform()];
        var all = new FakePlatforms([.. Platforms]);
        var graphs = new InventoryGraphs(Store, Time);
        Search = new IdentitySearch(graphs, People);
        Linking = new IdentityLinking(Search, Store, People, Audit, Time);
        Answers = new AccessAnswers(graphs, Store, Requests, all, People);
        Unknown = new UnknownMembers(graphs, Store, all);
        Ingester = new Ingester(all, Store, Linking, Audit, new IngestSettings(TimeSpan.FromHours(1)), Time, NullLogger<Ingester>.Instance);
    }

    public static DateTimeOffset Now => Given.Now;
    public FactsPlatform[] Platforms { get; }
    public FactsPlatform Platform => Platforms[0];
    public ManualTimeProvider Time { get; } = new(Given.Now);
    public InMemoryInventoryStore Store { get; } = new();
    public FakeDirectory People { get; } = Given.Directory();
    public FakeAudit Audit { get; } = new();
    public FakeRequests Requests { get; } = new();
    public IdentitySearch Search { get; }
    public IdentityLinking Linking { get; }
    public AccessAnswers Answers { get; }
    public UnknownMembers Unknown { get; }
    public Ingester Ingester { get; }

    public IngestProgress Progress(string platform = "pg-prod") => Store.Progress(platform, default).Result!;

    public Task Run(TimeSpan? budget = null) => Ingester.RunDue(budget ?? Timeout.InfiniteTimeSpan, default);

    /// <summary>Events of these types, as <c>type resource</c> without their common beginning.</summary>
    public List<string> Events(string prefix) => [.. Audit.Events.Where(happened => happened.Type.StartsWith(prefix, StringComparison.Ordinal)).Select(happened => $"{happened.Type[prefix.Length..]} {happened.Actor} {happened.Resource}")];
}

/// <summary>A platform that tells the pages it was given; marks are numbers of pages.</summary>
internal sealed class FactsPlatform(string name = "pg-prod") : IPlatform
{
    public List<InventoryFact[]> Pages { get; } = [];

    /// <summary>Called before a page is told; throw to fail, or wait to hang.</summary>
    public Func<int, Task>? Before { get; set; }
    public List<string?> From { get; } = [];
    public bool EndsEarly { get; set; }

    /// <summary>What roles are told with among the facts.</summary>
    public string RolesAs { get; set; } = "";

    /// <summary>True: who has no identity gets a login made.</summary>
    public bool MakesLogins { get; set; }

    /// <summary>What covers a resource.</summary>
    public Func<string, IReadOnlyList<string>> Covers { get; set; } = static _ => [];
    public string Name => name;
    public string Type => "facts";
    public IReadOnlyList<AccessKind> Kinds => [AccessKind.Role];

    public IReadOnlyList<string> Covering(string resource) => Covers(resource);

    public GrantFootprint? Footprint(PlatformOrder order) => order.Role is null ? null : MakesLogins && order.Identity is null ? new GrantFootprint(null, null) : new GrantFootprint(order.Identity, RolesAs + order.Role);

    public async IAsyncEnumerable<InventoryPage> Inventory(string? from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        From.Add(from);
        for (var i = from is null ? 0 : int.Parse(from); i < Pages.Count; i++)
        {
            if (Before is { } before) await before(i);
            if (EndsEarly && i == Pages.Count - 1) yield break;
            yield return new InventoryPage(Pages[i], i == Pages.Count - 1 ? null : $"{i + 1}");
        }
    }

    public SharedPrivilege? Shared(PlatformOrder order) => null;

    public Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformResource>>([]);

    public Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformIdentity>>([]);

    public Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation) => Task.FromResult(new GrantResult());

    public Task Extend(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    public Task Revoke(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    public Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation) => Task.FromResult(new ReadBackResult(false, null, ""));

    public Task Disconnect(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    public Task Rotate(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    public Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation) => Task.FromResult<ReleasedSecret?>(null);
}
