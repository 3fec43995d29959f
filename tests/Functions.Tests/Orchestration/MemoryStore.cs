using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Audit;
using AccessFunctions.Functions.Requests;

namespace AccessFunctions.Functions.Tests.Orchestration;

/// <summary>
/// Requests, answers, audit chains and unsettled signals in memory, with the store's contract: a decision made from another state than
/// the stored one writes nothing, a repeated one doubles nothing. Stands in so that the orchestration is tested apart from the tables.
/// </summary>
internal sealed class MemoryStore : IRequestStore, IRequestReader, IAuditStreams, IUnsettledSignals
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _states = [];
    private readonly Dictionary<string, IReadOnlyList<Notify>> _notices = [];
    private readonly Dictionary<(string Request, string Actor, string Signal), KeptAnswer> _answers = [];
    private readonly Dictionary<string, List<AuditRow>> _audit = [];
    private readonly Dictionary<(string Sink, string Stream), long> _cursors = [];
    private readonly Dictionary<(string Request, string Signal), Signal> _unsettled = [];

    /// <summary>Decisions that were stored.</summary>
    public int Saves { get; private set; }

    /// <summary>Run before a save looks at what is stored: somebody else may write.</summary>
    public Action<SaveOrder>? Saving { get; set; }

    public AccessRequest? this[string id]
    {
        get
        {
            lock (_gate) return _states.TryGetValue(id, out var json) ? JsonSerializer.Deserialize(json, DomainJson.Default.AccessRequest) : null;
        }
    }

    public IReadOnlyList<AuditRow> Audit(string stream)
    {
        lock (_gate) return _audit.TryGetValue(stream, out var rows) ? [.. rows] : [];
    }

    public IReadOnlyList<KeptAnswer> Answers
    {
        get
        {
            lock (_gate) return [.. _answers.Values];
        }
    }

    /// <summary>Forgets all answers, as the store does after 30 days.</summary>
    public void ForgetAnswers()
    {
        lock (_gate) _answers.Clear();
    }

    public Task<bool> IsPurged(string requestId, CancellationToken cancellation) => Task.FromResult(false);

    public Task<AccessRequest?> Find(string requestId, CancellationToken cancellation) => Task.FromResult(this[requestId]);

    /// <summary>The next answer is read just before it is written; what is read then, after it.</summary>
    public bool ReadsAnswerTooEarly { get; set; }

    public Task<KeptAnswer?> Answer(string requestId, string actor, string signalId, CancellationToken cancellation)
    {
        if (ReadsAnswerTooEarly)
        {
            ReadsAnswerTooEarly = false;
            return Task.FromResult<KeptAnswer?>(null);
        }

        lock (_gate) return Task.FromResult(_answers.GetValueOrDefault((requestId, actor, signalId)));
    }

    public Task<IReadOnlyList<Notify>> Notices(string requestId, CancellationToken cancellation)
    {
        lock (_gate) return Task.FromResult(_notices.GetValueOrDefault(requestId, []));
    }

    public Task<Saved> Save(SaveOrder order, CancellationToken cancellation)
    {
        Saving?.Invoke(order);
        lock (_gate)
        {
            var stored = this[order.RequestId];
            if (order.Answer is { } answer && _answers.ContainsKey((order.RequestId, answer.Actor, answer.SignalId))) return Task.FromResult(new Saved(stored, true));
            if (stored is not null && stored.Sequence == order.State?.Sequence && Same(stored with { AuditHead = order.State.AuditHead }, order.State)) return Task.FromResult(new Saved(stored, true));
            if (stored?.Sequence != order.Before?.Sequence) return Task.FromResult(new Saved(stored, false));

            var stream = order.State is null ? "host" : order.RequestId;
            var rows = _audit.TryGetValue(stream, out var found) ? found : _audit[stream] = [];
            foreach (var happened in order.Events)
                rows.Add(AuditLink.Next(stream, rows is [.., var last] ? new AuditHead(last.Sequence, last.Hash) : null, happened, RandomNumberGenerator.GetBytes(16)));
            var state = order.State is null ? null : order.State with { AuditHead = rows is [.., var head] ? new AuditHead(head.Sequence, head.Hash) : null };
            if (state is not null) _states[order.RequestId] = JsonSerializer.Serialize(state, DomainJson.Default.AccessRequest);
            if (order.Notices is { } notices) _notices[order.RequestId] = notices;
            if (order.Answer is { } kept) _answers[(order.RequestId, kept.Actor, kept.SignalId)] = kept;
            Saves++;
            return Task.FromResult(new Saved(state, true));
        }
    }

    public Task<IReadOnlyList<AuditRow>> Rows(string stream, long after, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<AuditRow>>([.. Audit(stream).Where(row => row.Sequence > after).Take(limit)]);

    public Task<StreamCursor> Cursor(string sink, string stream, CancellationToken cancellation)
    {
        lock (_gate) return Task.FromResult(new StreamCursor(_cursors.GetValueOrDefault((sink, stream)), null));
    }

    public Task<StreamCursor?> Advance(string sink, string stream, StreamCursor cursor, long sequence, CancellationToken cancellation)
    {
        lock (_gate) _cursors[(sink, stream)] = sequence;
        return Task.FromResult<StreamCursor?>(new StreamCursor(sequence, null));
    }

    public Task<AuditBacklog> Waiting(string sink, string stream, CancellationToken cancellation) => throw new NotSupportedException();

    public Task CaughtUp(string sink, string stream, CancellationToken cancellation) => Task.CompletedTask;

    public Task Add(string requestId, Signal signal, CancellationToken cancellation)
    {
        lock (_gate) _unsettled[(requestId, signal.Id)] = signal;
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<UnsettledSignal> All([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        List<KeyValuePair<(string Request, string Signal), Signal>> all;
        lock (_gate) all = [.. _unsettled];
        foreach (var ((request, _), signal) in all) yield return new UnsettledSignal(request, signal);
    }

    public Task Tried(UnsettledSignal kept, DateTimeOffset at, CancellationToken cancellation) => Task.CompletedTask;

    public Task Remove(string requestId, Signal signal, CancellationToken cancellation)
    {
        lock (_gate) _ = _unsettled.Remove((requestId, signal.Id));
        return Task.CompletedTask;
    }

    IAsyncEnumerable<string> IAuditStreams.Behind(CancellationToken cancellation) => throw new NotSupportedException();

    Task<Page<AccessRequest>> IRequestReader.List(RequestFilter filter, string? cursor, int limit, CancellationToken cancellation) => throw new NotSupportedException();

    Task<RequestCounts> IRequestReader.Count(RequestFilter filter, CancellationToken cancellation) => throw new NotSupportedException();

    Task<IReadOnlyList<EmergencyDebt>> IRequestReader.EmergencyDebts(string person, CancellationToken cancellation) => throw new NotSupportedException();

    Task<string?> IRequestReader.Justification(string person, string accessGroup, AccessKind kind, IReadOnlyList<string> resources, DateTimeOffset since, CancellationToken cancellation) => throw new NotSupportedException();

    Task<IReadOnlyList<string>> IRequestReader.RecentlyDenied(string person, IReadOnlyList<string> resources, DateTimeOffset since, CancellationToken cancellation) => throw new NotSupportedException();

    IAsyncEnumerable<string> IRequestReader.Unfinished(string? after, CancellationToken cancellation) => throw new NotSupportedException();

    Task<string?> IRequestReader.Newest(CancellationToken cancellation) => throw new NotSupportedException();

    private static bool Same(AccessRequest left, AccessRequest right) =>
        JsonSerializer.Serialize(left, DomainJson.Default.AccessRequest) == JsonSerializer.Serialize(right, DomainJson.Default.AccessRequest);
}
