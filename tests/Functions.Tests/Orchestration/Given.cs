using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Audit;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Tests.Durable;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Functions.Tests.Orchestration;

/// <summary>
/// The real workflow, orchestration, activities and runner of effects, over a store, a platform and a mailbox in memory. People, signals
/// and policy are those of <see cref="Signals"/>; the request is <see cref="Id"/>.
/// </summary>
internal sealed class Given : IDisposable
{
    public const string Id = "r-1";

    public Given()
    {
        Service = new FakeDurableService(Time, Boot);
        Clients.Enter(Service.Client);
        Workflow = Door(patience: TimeSpan.FromMinutes(5));
        Impatient = Door(patience: TimeSpan.FromMilliseconds(20));
        Lost = new LostOrchestrations(Store, Clients, NullLogger<LostOrchestrations>.Instance);
    }

    public ManualTimeProvider Time { get; } = new();
    public MemoryStore Store { get; } = new();
    public FakePlatform Platform { get; } = new();
    public FakeChannel Mail { get; } = new();

    /// <summary>A second channel; it takes nothing, and reaches nobody, until a test opens it.</summary>
    public FakeChannel Chat { get; } = new() { IsClosed = true };
    public FakeSink Sink { get; } = new();
    public FakeDurableService Service { get; }
    public DurableClients Clients { get; } = new();
    public DurableWorkflow Workflow { get; }

    /// <summary>Its callers hear soon that their signal is not settled yet.</summary>
    public DurableWorkflow Impatient { get; }
    public LostOrchestrations Lost { get; }

    public AccessRequest State => Store[Id] ?? throw new InvalidOperationException("There is no request.");
    public FakeInstance Instance => Service[Id];
    public DateTimeOffset Now => Time.GetUtcNow();
    public IReadOnlyList<string> Events => [.. Store.Audit(Id).Select(row => AuditBody.Read(row.Body).Event.Type)];

    /// <summary>Sends a signal as a caller would, lets everything run, and gives the answer.</summary>
    public async Task<SignalAnswer> Send(Signal signal, string id = Id)
    {
        var answer = Workflow.Signal(id, signal, TestContext.Current.CancellationToken);
        await Service.Settle();
        return await answer;
    }

    /// <summary>Puts signals into the orchestration's inbox, all before it runs again.</summary>
    public async Task Raise(params Signal[] signals)
    {
        foreach (var signal in signals) await Service.Client.RaiseEventAsync(Id, RequestOrchestration.SignalEvent, Payload.Of(new Raised(signal)));
    }

    /// <summary>Submits; the orchestration has settled.</summary>
    public async Task Submitted(Domain.Policy.RequestPolicy? policy = null, Ask? ask = null)
    {
        var answer = await Send(Signals.Submit(Id, policy: policy, ask: ask));
        Assert.Null(answer.Refusal);
        Assert.True(answer.Settled);
    }

    /// <summary>Submitted, and both levels approved.</summary>
    public async Task Approved(Domain.Policy.RequestPolicy? policy = null, Ask? ask = null)
    {
        await Submitted(policy, ask);
        Assert.Null((await Send(Signals.Approve("bob"))).Refusal);
        Assert.Null((await Send(Signals.Approve("carol"))).Refusal);
    }

    public async Task Active()
    {
        await Approved();
        Assert.Equal(Phase.Active, State.Phase);
    }

    public static Revoke Revoke(string by = "bob", string? id = null) => new() { Id = id ?? $"revoke-{by}", By = by, Channel = Channel.SignedIn, At = default, Facts = Signals.Facts(by), Comment = "enough" };

    public static Release Release(string? id = null) => new() { Id = id ?? "release", By = "alice", Channel = Channel.SignedIn, At = default, Facts = ActorFacts.Plain };

    public void Dispose() => Service.Dispose();

    private DurableWorkflow Door(TimeSpan patience) => new(
        Store, Store, Clients, Time, NullLogger<DurableWorkflow>.Instance, new SignalWait { First = TimeSpan.FromMilliseconds(1), Patience = patience });

    private ServiceProvider Boot() => new ServiceCollection()
        .AddSingleton<IRequestStore>(Store).AddSingleton<IRequestReader>(Store).AddSingleton<IAuditStreams>(Store)
        .AddSingleton<IPlatforms>(new FakePlatforms(Platform)).AddSingleton<IAttemptFence, ProcessAttemptFence>().AddSingleton<IGrantLedger, NoLedger>().AddSingleton<INotificationChannel>(Mail).AddSingleton<INotificationChannel>(Chat).AddSingleton<IAuditSink>(Sink)
        .AddSingleton<IDirectory>(new FakeDirectory([.. new[] { "alice", "bob", "ben", "carol", "eve" }.Select(id => Person(id)), Person("dave", Roles.Admin)]))
        .AddSingleton<TimeProvider>(Time).AddSingleton<EffectRunner>().AddSingleton<AuditStreamer>().AddSingleton<RequestActivities>()
        .AddLogging()
        .BuildServiceProvider();

    private static Person Person(string id, params string[] roles) => new() { Id = id, Name = id, Email = $"{id}@example.test", Roles = roles };
}
