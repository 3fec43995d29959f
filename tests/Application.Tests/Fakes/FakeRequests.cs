using System.Runtime.CompilerServices;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Fakes;

/// <summary>Requests in memory, and a door that decides nothing: it filters lists by phase, requester and close only, records signals and answers with the request as it stands.</summary>
internal sealed class FakeRequests : IRequestReader, IRequestWorkflow
{
    private readonly Lock _gate = new();

    public Dictionary<string, AccessRequest> All { get; } = [];
    public List<(string RequestId, Signal Signal)> Signals { get; } = [];
    public List<RequestFilter> Filters { get; } = [];
    public string? ReusableJustification { get; set; }
    public DateTimeOffset? JustificationSince { get; private set; }
    public IReadOnlyList<EmergencyDebt> Debts { get; set; } = [];
    public IReadOnlyList<string> Denied { get; set; } = [];
    public DateTimeOffset? DeniedSince { get; private set; }
    public Func<string, SignalAnswer>? Answer { get; set; }

    public AccessRequest Put(AccessRequest request)
    {
        lock (_gate) return All[request.Id] = request;
    }

    public T Last<T>() where T : Signal => Assert.IsType<T>(Signals[^1].Signal);

    public Task<SignalAnswer> Signal(string requestId, Signal signal, CancellationToken cancellation)
    {
        lock (_gate)
        {
            Signals.Add((requestId, signal));
            return Task.FromResult(Answer?.Invoke(requestId) ?? new SignalAnswer(All.GetValueOrDefault(requestId), null, 1));
        }
    }

    public Task<AccessRequest?> Find(string id, CancellationToken cancellation)
    {
        lock (_gate) return Task.FromResult(All.GetValueOrDefault(id));
    }

    public Task<Page<AccessRequest>> List(RequestFilter filter, string? cursor, int limit, CancellationToken cancellation)
    {
        Filters.Add(filter);
        lock (_gate)
        {
            var items = All.Values.Where(request => (filter.Phase is null || request.Phase == filter.Phase) && (filter.Status is null || request.Phase.Status() == filter.Status) && (filter.Requester is null || request.Requester == filter.Requester) && (filter.ClosedFrom is null || request.ClosedAt >= filter.ClosedFrom));
            return Task.FromResult(new Page<AccessRequest>([.. items], null));
        }
    }

    public Task<RequestCounts> Count(RequestFilter filter, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyList<EmergencyDebt>> EmergencyDebts(string person, CancellationToken cancellation) => Task.FromResult(Debts);

    public Task<string?> Justification(string person, string accessGroup, AccessKind kind, IReadOnlyList<string> resources, DateTimeOffset since, CancellationToken cancellation)
    {
        JustificationSince = since;
        return Task.FromResult(ReusableJustification);
    }

    public Task<IReadOnlyList<string>> RecentlyDenied(string person, IReadOnlyList<string> resources, DateTimeOffset since, CancellationToken cancellation)
    {
        DeniedSince = since;
        return Task.FromResult(Denied);
    }

    /// <summary>Every enumeration, with the place it began after.</summary>
    public List<string?> Enumerations { get; } = [];

    public async IAsyncEnumerable<string> Unfinished(string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        string[] ids;
        lock (_gate)
        {
            Enumerations.Add(after);
            ids = [.. All.Values.Skip(after is null ? 0 : int.Parse(after)).Where(request => request.Phase is not (Phase.Closed or Phase.Denied)).Select(request => request.Id)];
        }

        foreach (var id in ids) yield return id;
    }

    /// <summary>Nothing is ever removed here, so that the order of entry is the order of submission.</summary>
    public Task<string?> Newest(CancellationToken cancellation)
    {
        lock (_gate) return Task.FromResult(All.Count == 0 ? null : $"{All.Count}");
    }
}
