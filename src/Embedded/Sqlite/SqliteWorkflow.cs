using System.Text.Json;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Retention;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>
/// The one door to requests on a single machine: state, answer, index rows, audit, effects and the next deadline of a signal change in
/// one transaction.
/// </summary>
public sealed class SqliteWorkflow : IRequestWorkflow
{
    /// <summary>How long a caller waits for its answer before it hears that the signal is not settled yet.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(5);

    private readonly Database _database;
    private readonly RequestCache _cache;
    private readonly HostStream _host;
    private readonly Rules _rules;
    private readonly TimeProvider _time;
    private readonly TimeSpan _patience;

    /// <summary>Creates the workflow; it keeps the cache in step with what is committed.</summary>
    /// <param name="patience">In place of <see cref="Patience"/>.</param>
    public SqliteWorkflow(Database database, RequestCache cache, HostStream host, Rules rules, TimeProvider time, TimeSpan? patience = null)
    {
        (_database, _cache, _host, _rules, _time) = (database, cache, host, rules, time);
        _patience = patience ?? Patience;
        database.Writer.Committed += batch =>
        {
            cache.Put(batch.Requests.Values);
            cache.Remove(batch.Gone);
        };
    }

    /// <inheritdoc />
    public async Task<SignalAnswer> Signal(string requestId, Signal signal, CancellationToken cancellation)
    {
        try
        {
            // The wait is measured by the machine's clock, whatever clock decisions are made by.
            return await Deliver(requestId, signal).WaitAsync(_patience, cancellation);
        }
        catch (TimeoutException)
        {
            return new SignalAnswer(null, null, 0, Settled: false);
        }
    }

    /// <summary>Delivers a signal and waits until it is durable, however long that takes.</summary>
    /// <param name="completes">The outbox row of the effect whose outcome this is: done in the same transaction.</param>
    public Task<SignalAnswer> Deliver(string requestId, Signal signal, long? completes = null)
    {
        // Hashed here, on the caller's thread: the writer's is the one all wait for.
        var content = signal is DeadlineReached ? [] : SignalContent.Hash(signal);
        return _database.Writer.Write(batch =>
        {
            var answer = Apply(batch, requestId, signal, content);
            if (completes is { } row) OutboxTable.Done(batch.Session, row);
            return answer;
        });
    }

    private SignalAnswer Apply(Batch batch, string id, Signal signal, byte[] content)
    {
        var stored = Load(batch, id);
        // A timer's signal changes nothing when it comes again, so no answer is kept for it.
        var kept = signal is not DeadlineReached;
        if (kept && First(batch.Session, id, signal) is { } first) return Repeat(first, stored?.State, content);

        if (stored is null && signal is Submit && Purged.Find(batch.Session, id) is not null) return PurgedRequests.CannotBeMadeAgain;
        var now = _time.GetUtcNow();
        var at = stored is not null && stored.State.ChangedAt > now ? stored.State.ChangedAt : now;
        var decision = _rules.Decide(stored?.State, signal with { At = at });
        if (decision.Repeated) return new SignalAnswer(stored?.State, decision.Refusal, Seen(stored?.State, signal.Id));

        var state = decision.State is { } decided ? Save(batch, stored, decided, decision) : Refuse(batch, at, decision);
        var sequence = state?.State.Sequence ?? 0;
        if (kept) Keep(batch.Session, id, signal, content, decision.Refusal, sequence, at);
        if (state is not null) batch.Requests[id] = state;
        return new SignalAnswer(state?.State, decision.Refusal, sequence);
    }

    private static Answered? First(Session session, string id, Signal signal) => session.One(
        "SELECT content, refusal, sequence FROM answers WHERE request = ?1 AND actor = ?2 AND signal = ?3",
        static row => new Answered(row.GetBytes(0), row.IsDBNull(1) ? null : row.GetBytes(1), row.GetInt64(2)),
        id, signal.By, signal.Id);

    private static void Keep(Session session, string id, Signal signal, byte[] content, Refusal? refusal, long sequence, DateTimeOffset at) => session.Run(
        "INSERT INTO answers(request, actor, signal, content, refusal, sequence, at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        id, signal.By, signal.Id, content, refusal is null ? null : JsonSerializer.SerializeToUtf8Bytes(refusal, DomainJson.Default.Refusal), sequence, at.UtcTicks);

    private StoredRequest Save(Batch batch, StoredRequest? before, AccessRequest decided, Decision decision)
    {
        var head = AuditTable.Append(batch, decided.Id, before?.State.AuditHead, decision.Events);
        var state = decided with { AuditHead = head };
        var index = RequestIndex.Of(state, _rules.NextDeadline(state));
        var row = RequestTables.Save(batch.Session, before, state, index);
        foreach (var effect in decision.Effects) OutboxTable.Add(batch, state.Id, effect, state.ChangedAt);
        batch.Await(index.NextDeadline);
        return new StoredRequest(row, state, index);
    }

    /// <summary>What was refused before there was a request leaves its trace in the host's own stream.</summary>
    private StoredRequest? Refuse(Batch batch, DateTimeOffset at, Decision decision)
    {
        var stream = _host.At(at);
        AuditTable.Append(batch, stream, AuditTable.Head(batch.Session, stream), decision.Events);
        return null;
    }

    private StoredRequest? Load(Batch batch, string id)
    {
        if (batch.Requests.TryGetValue(id, out var pending)) return pending;
        if (batch.Gone.Contains(id)) return null;
        if (_cache.TryGet(id, out var cached)) return cached;
        return RequestTables.Find(batch.Session, id) is { } found
            ? new StoredRequest(found.Row, found.State, RequestIndex.Of(found.State, _rules.NextDeadline(found.State)))
            : null;
    }

    private static SignalAnswer Repeat(Answered first, AccessRequest? state, byte[] content) => new(
        state,
        first.Refusal is { } refusal ? JsonSerializer.Deserialize(refusal, DomainJson.Default.Refusal) : null,
        first.Sequence)
    {
        ContentDiffers = !content.AsSpan().SequenceEqual(first.Content),
    };

    private static long Seen(AccessRequest? state, string signal) => state?.Seen.LastOrDefault(seen => seen.Id == signal)?.Sequence ?? 0;

    private sealed record Answered(byte[] Content, byte[]? Refusal, long Sequence);
}
