using System.Runtime.CompilerServices;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Functions.Audit;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>Rows and cursors in memory, for tests of what stands above the tables.</summary>
internal sealed class FakeAuditStreams : IAuditStreams
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Sink, string Stream), long> _cursors = [];
    private readonly HashSet<string> _behind = [];

    public Dictionary<string, AuditRow[]> Streams { get; } = [];

    /// <summary>True: somebody else moves every cursor first.</summary>
    public bool Overtaken { get; set; }

    public void Grow(params AuditRow[] rows)
    {
        Streams[rows[0].Stream] = rows;
        _behind.Add(rows[0].Stream);
    }

    public long At(string sink, string stream)
    {
        lock (_gate) return _cursors.GetValueOrDefault((sink, stream));
    }

    public Task<IReadOnlyList<AuditRow>> Rows(string stream, long after, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<AuditRow>>([.. Streams.GetValueOrDefault(stream, []).Where(row => row.Sequence > after).Take(limit)]);

    public Task<StreamCursor> Cursor(string sink, string stream, CancellationToken cancellation) => Task.FromResult(new StreamCursor(At(sink, stream), null));

    public Task<StreamCursor?> Advance(string sink, string stream, StreamCursor cursor, long sequence, CancellationToken cancellation)
    {
        if (Overtaken) return Task.FromResult<StreamCursor?>(null);
        lock (_gate) _cursors[(sink, stream)] = sequence;
        return Task.FromResult<StreamCursor?>(new StreamCursor(sequence, null));
    }

    public Task<AuditBacklog> Waiting(string sink, string stream, CancellationToken cancellation)
    {
        var waiting = Streams.GetValueOrDefault(stream, []).Where(row => row.Sequence > At(sink, stream)).ToList();
        return Task.FromResult(new AuditBacklog(waiting.Count, waiting.Count == 0 ? null : AuditBody.Read(waiting[0].Body).Event.At));
    }

    public async IAsyncEnumerable<string> Behind([EnumeratorCancellation] CancellationToken cancellation)
    {
        List<string> behind;
        lock (_gate) behind = [.. _behind];
        foreach (var stream in behind) yield return stream;
        await Task.CompletedTask;
    }

    public Task CaughtUp(string sink, string stream, CancellationToken cancellation)
    {
        lock (_gate) _behind.Remove(stream);
        return Task.CompletedTask;
    }
}
