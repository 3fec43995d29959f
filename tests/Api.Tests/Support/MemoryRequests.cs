using System.Runtime.CompilerServices;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Tests.Support;

/// <summary>Requests in memory behind the real decider: everything a host does but effects, time and durability.</summary>
internal sealed class MemoryRequests(TimeProvider time) : IRequestWorkflow, IRequestReader
{
    private readonly Dictionary<string, AccessRequest> _states = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Request, string Actor, string Signal), (byte[] Content, Refusal? Refusal)> _answered = [];

    private readonly Dictionary<string, List<AuditRow>> _chains = new(StringComparer.Ordinal);

    private AccessRequest? _old;

    /// <summary>False: answers as a host that could not settle in time.</summary>
    public bool Settles { get; set; } = true;

    /// <summary>What the last list was asked for.</summary>
    public RequestFilter? Asked { get; private set; }

    /// <summary>Events of submissions that were refused: they lead to no request, and go into the host's stream.</summary>
    public List<AuditEvent> Outside { get; } = [];

    /// <summary>Every chain.</summary>
    public IEnumerable<AuditRow> AllRows => _chains.Values.SelectMany(static chain => chain);

    /// <summary>What every list was asked for, in order.</summary>
    public List<RequestFilter> AllAsked { get; } = [];

    /// <summary>Puts a state there, or changes it.</summary>
    public void Set(AccessRequest request) => _states[request.Id] = request;

    public Task<SignalAnswer> Signal(string requestId, Signal signal, CancellationToken cancellation)
    {
        if (!Settles) return Task.FromResult(new SignalAnswer(null, null, 0, Settled: false));
        _states.TryGetValue(requestId, out var state);
        var content = SignalContent.Hash(signal);
        if (_answered.TryGetValue((requestId, signal.By, signal.Id), out var before) && !before.Content.SequenceEqual(content))
            return Task.FromResult(new SignalAnswer(state, before.Refusal, state!.Sequence) { ContentDiffers = true });
        var decision = Decider.Decide(state, signal with { At = time.GetUtcNow() });
        _answered[(requestId, signal.By, signal.Id)] = (content, decision.Refusal);
        if (decision.State is null) Outside.AddRange(decision.Events);
        if (decision.State is { } next) _states[requestId] = next with { AuditHead = Chained(requestId, decision.Events) };
        return Task.FromResult(new SignalAnswer(_states.GetValueOrDefault(requestId), decision.Refusal, decision.State?.Sequence ?? 0));
    }

    /// <summary>The request's audit chain; what is done to it is seen by who reads it next.</summary>
    public List<AuditRow> Chain(string requestId) => _chains.TryGetValue(requestId, out var rows) ? rows : _chains[requestId] = [];

    private AuditHead? Chained(string requestId, IReadOnlyList<AuditEvent> events)
    {
        var chain = Chain(requestId);
        foreach (var happened in events) chain.Add(AuditLink.Next(requestId, Head(), happened, new byte[16]));
        return Head();

        AuditHead? Head() => chain is [.., var last] ? new AuditHead(last.Sequence, last.Hash) : null;
    }

    /// <summary>The next reading of that request finds this, as one that came before a change does.</summary>
    public void FindOnce(AccessRequest old) => _old = old;

    public Task<AccessRequest?> Find(string id, CancellationToken cancellation)
    {
        var found = _old ?? _states.GetValueOrDefault(id);
        _old = null;
        return Task.FromResult(found);
    }

    public Task<Page<AccessRequest>> List(RequestFilter filter, string? cursor, int limit, CancellationToken cancellation)
    {
        Asked = filter;
        AllAsked.Add(filter);
        var skip = cursor is null ? 0 : int.TryParse(cursor, out var number) ? number : throw new FormatException("Not a cursor.");
        var fitting = Fitting(filter);
        return Task.FromResult(new Page<AccessRequest>([.. fitting.Skip(skip).Take(limit)], skip + limit < fitting.Count ? $"{skip + limit}" : null));
    }

    public Task<RequestCounts> Count(RequestFilter filter, CancellationToken cancellation) => Task.FromResult(Counts(Fitting(filter)));

    /// <summary>Counts requests as a store does.</summary>
    public static RequestCounts Counts(IEnumerable<AccessRequest> requests) => new(
    [
        .. requests.CountBy(static request => (request.Phase, request.Emergency is not null, RequestCount.Begin(request.CreatedAt)))
            .Select(static cell => new RequestCount(cell.Key.Phase, cell.Key.Item2, cell.Key.Item3, cell.Value)),
    ], More: false);

    private List<AccessRequest> Fitting(RequestFilter filter) =>
    [
        .. _states.Values.Where(request => RequestMatching.Matches(filter, request))
            .OrderBy(request => request.Id, StringComparer.Ordinal),
    ];

    public Task<IReadOnlyList<EmergencyDebt>> EmergencyDebts(string person, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<EmergencyDebt>>([]);

    public Task<string?> Justification(string person, string accessGroup, AccessKind kind, IReadOnlyList<string> resources, DateTimeOffset since, CancellationToken cancellation) => Task.FromResult<string?>(null);

    public Task<IReadOnlyList<string>> RecentlyDenied(string person, IReadOnlyList<string> resources, DateTimeOffset since, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<string>>([]);

    public async IAsyncEnumerable<string> Unfinished(string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var id in _states.Keys) yield return id;
    }

    public Task<string?> Newest(CancellationToken cancellation) => Task.FromResult<string?>(null);
}

/// <summary>Access groups in memory, versions counted.</summary>
internal sealed class MemoryGroups : IAccessGroups
{
    /// <summary>Set: nothing that is there can be replaced, for this reason.</summary>
    public string? Broken { get; set; }

    public string? Hindrance(string id) => Broken;

    private readonly SortedDictionary<string, StoredGroup> _stored = new(StringComparer.Ordinal);
    private int _version;

    public IReadOnlyList<StoredGroup> All => [.. _stored.Values];

    public StoredGroup? Find(string id) => _stored.GetValueOrDefault(id);

    public Task<StoredGroup?> Save(Domain.Policy.AccessGroup group, string? ifMatch, CancellationToken cancellation)
    {
        if (Broken is not null || Find(group.Id)?.Version != ifMatch) return Task.FromResult<StoredGroup?>(null);
        return Task.FromResult<StoredGroup?>(_stored[group.Id] = new StoredGroup(group, $"v{++_version}"));
    }

    public Task<bool> Delete(string id, string ifMatch, CancellationToken cancellation) => Task.FromResult(Broken is null && Find(id)?.Version == ifMatch && _stored.Remove(id));
}
