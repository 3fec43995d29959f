using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Application.Tests.Reconciling;

/// <summary>One platform, a ledger and requests, and the reconciler that compares them.</summary>
public abstract class ReconcilerScene
{
    private readonly FakeLedger _ledger = new();
    private readonly Reconciler _reconciler;

    protected ReconcilerScene() => _reconciler = ReconcilerOf(Platform);

    /// <summary>What alice's requests give.</summary>
    protected static string Privilege { get; } = FakePlatform.KeyOf(Given.Order());

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected ManualTimeProvider Clock { get; } = new(Given.Now);

    private protected FakePlatform Platform { get; } = new();

    private protected FakeRequests Requests { get; } = new();

    private protected FakeAudit Audit { get; } = new();

    private protected FakeReconcileMemory Memory { get; } = new();

    protected static (Drift Drift, string GrantId) Only(IReadOnlyList<DriftFinding> findings) => (Assert.Single(findings).Drift, findings[0].GrantId);

    protected static AccessRequest On(string platform, AccessRequest request) => request with { Grants = [.. request.Grants.Select(grant => grant with { Resource = $"{platform}/analytics" })] };

    /// <summary>The reconciler of a process of its own: what it remembers, all of them share.</summary>
    protected Reconciler ReconcilerOf(params IPlatform[] platforms) =>
        new(new FakePlatforms(platforms), _ledger, Requests, Requests, Audit, Memory, Ungranted(platforms), Clock, NullLogger<Reconciler>.Instance);

    protected Task<IReadOnlyList<DriftFinding>> Run() => _reconciler.RunOnce(Cancellation);

    /// <summary>An active request whose privilege is on the platform and in the ledger.</summary>
    protected async Task Live(string id, string requester = "alice")
    {
        _ = Requests.Put(Given.Request(id, Phase.Active, GrantState.Granted, requester));
        _ = Platform.Privileges.Add(FakePlatform.KeyOf(Given.Order(id, requester)));
        await Hold(id, requester);
    }

    protected async Task Hold(string id, string requester, string? standing = null)
    {
        await using var entry = await _ledger.Enter("pg-prod", FakePlatform.KeyOf(Given.Order(id, requester)), Cancellation);
        await entry.Add(new LedgerHolder($"{id}.1", id, requester), standing, Cancellation);
    }

    /// <summary>A closed request whose grant was given, and proven gone.</summary>
    protected void Ended(string id, Func<Grant, Grant>? but = null, string requester = "alice")
    {
        var request = Given.Request(id, Phase.Closed, GrantState.Gone, requester);
        var gone = request.Grants[0] with { GrantedAt = Given.Now, RevokedAt = Given.Now, ProvenGoneAt = Given.Now, Proof = "no membership found." };
        _ = Requests.Put(request with { Outcome = Outcome.Expired, ClosedAt = Given.Now, Grants = [but?.Invoke(gone) ?? gone] });
    }

    /// <summary>Nothing is ingested here: UngrantedAccessTests.</summary>
    private UngrantedReports Ungranted(IPlatform[] platforms)
    {
        var store = new InMemoryInventoryStore();
        return new UngrantedReports(new UngrantedAccess(new InventoryGraphs(store, Clock), store, Requests, new FakePlatforms(platforms), new FakeGroups(), Given.Directory()), Audit, Memory, Clock);
    }
}
