using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Audit;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Functions.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AccessFunctions.Functions.Tests.Audit;

public sealed class AlarmingRequestStoreTests
{
    private readonly LogLines<AlarmingRequestStore> _log = new();

    [Fact]
    public async Task Save_OfAnEventToActOn_IsLoggedOnceItIsStored()
    {
        await Save(applied: true, EventTypes.Request.Approved, EventTypes.Grant.RevocationFailing);

        Assert.Equal([(LogLevel.Warning, "An event to act on was audited: access.grant.revocation-failing, request r-1.")], _log.Lines);
    }

    [Fact]
    public async Task Save_ThatWroteNothing_IsNotLogged()
    {
        await Save(applied: false, EventTypes.Request.EmergencyDeclared);

        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Everything_PassesThroughToTheStore()
    {
        var inner = new Inner(true);
        var store = new AlarmingRequestStore(inner, _log);

        _ = await store.Find("r-1", default);
        _ = await store.Answer("r-1", "p-alice", "s-1", default);
        _ = await store.Notices("r-1", default);

        Assert.Equal(["Find", "Answer", "Notices"], inner.Calls);
    }

    [Fact]
    public async Task Host_AsItIsComposed_LogsWhatAlertsRestOn()
    {
        await using var host = await ComposedHost.Start();

        Assert.IsType<AlarmingRequestStore>(host.Services.GetRequiredService<IRequestStore>());
    }

    private Task<Saved> Save(bool applied, params string[] types) => new AlarmingRequestStore(new Inner(applied), _log).Save(
        new SaveOrder("r-1", null, null, [.. types.Select(static type => new AuditEvent { Type = type, At = default, Actor = "system:runner", Channel = "System", Succeeded = false })], null), default);

    private sealed class Inner(bool applied) : IRequestStore
    {
        public List<string> Calls { get; } = [];

        public Task<bool> IsPurged(string requestId, CancellationToken cancellation)
        {
            Calls.Add(nameof(IsPurged));
            return Task.FromResult(false);
        }

        public Task<AccessRequest?> Find(string requestId, CancellationToken cancellation)
        {
            Calls.Add(nameof(Find));
            return Task.FromResult<AccessRequest?>(null);
        }

        public Task<KeptAnswer?> Answer(string requestId, string actor, string signalId, CancellationToken cancellation)
        {
            Calls.Add(nameof(Answer));
            return Task.FromResult<KeptAnswer?>(null);
        }

        public Task<IReadOnlyList<Notify>> Notices(string requestId, CancellationToken cancellation)
        {
            Calls.Add(nameof(Notices));
            return Task.FromResult<IReadOnlyList<Notify>>([]);
        }

        public Task<Saved> Save(SaveOrder order, CancellationToken cancellation) => Task.FromResult(new Saved(null, applied));
    }
}
