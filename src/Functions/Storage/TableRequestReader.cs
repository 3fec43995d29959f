using System.Runtime.CompilerServices;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Requests;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// Finds requests by their index rows and reads their snapshots. What an index row says is a hint: each snapshot is checked against what was
/// asked for, and a row that lies is put right on the way.
/// </summary>
public sealed class TableRequestReader(TableServiceClient tables) : IRequestReader
{
    /// <summary>
    /// How far <see cref="Newest"/> stays behind the newest request. Requests are stamped by the clock of whoever takes them and indexed a
    /// moment after they are stored; one that turns up behind the newest is not older than this, unless storage failed for longer.
    /// </summary>
    public static TimeSpan Margin { get; } = TimeSpan.FromMinutes(10);

    private const int AtOnce = 16;

    /// <summary>Counted by index rows, of which a call gives a thousand.</summary>
    private const int CountedRows = 4000;

    /// <summary>Snapshots looked at for one page, or to count, where index rows do not say enough.</summary>
    private const int LookedSnapshots = 200;
    private readonly Streams _streams = new(tables);
    private readonly RequestIndexTable _index = new(tables);

    /// <inheritdoc />
    public Task<AccessRequest?> Find(string id, CancellationToken cancellation) => Transient.Run(() => Snapshot(id, cancellation), cancellation);

    /// <inheritdoc />
    public Task<Page<AccessRequest>> List(RequestFilter filter, string? cursor, int limit, CancellationToken cancellation)
    {
        var range = new KeyRange(NewestFirst.RowKey(cursor), filter.CreatedFrom, filter.CreatedTo);
        return Transient.Run(
            async () =>
            {
                if (range.Empty) return new Page<AccessRequest>([], null);
                if (filter.Id is not null) return new Page<AccessRequest>(range.After is null && await OneOf(filter, cancellation) is { } one ? [one] : [], null);
                var found = new List<AccessRequest>(limit);
                var looked = new Looking(Math.Max(LookedSnapshots, limit + 1));
                var expected = RequestMatching.ReadsStates(filter) ? looked.Most : limit + 1;
                await foreach (var request in Matching(RequestMatch.Sources(filter), range, request => RequestMatching.Matches(filter, request), expected, cancellation, looked))
                {
                    if (found.Count == limit) return new Page<AccessRequest>(found, NewestFirst.Cursor(RequestIndexRows.Key(found[limit - 1])));
                    found.Add(request);
                }

                return new Page<AccessRequest>(found, looked.Until is { } last ? NewestFirst.Cursor(last) : null);
            },
            cancellation);
    }

    /// <inheritdoc />
    public Task<RequestCounts> Count(RequestFilter filter, CancellationToken cancellation)
    {
        var range = new KeyRange(null, filter.CreatedFrom, filter.CreatedTo);
        return Transient.Run(
            async () =>
            {
                if (range.Empty) return new RequestCounts([], false);
                var most = RequestMatch.IsTold(filter) ? CountedRows : LookedSnapshots;
                var looked = new Looking(most);
                var counted = new Dictionary<(Phase, bool, DateTimeOffset), int>();
                var total = 0;
                await foreach (var one in Told(filter, range, most, looked, cancellation))
                {
                    if (++total > most) break;
                    counted[one] = counted.GetValueOrDefault(one) + 1;
                }

                return new RequestCounts([.. counted.Select(static cell => new RequestCount(cell.Key.Item1, cell.Key.Item2, cell.Key.Item3, cell.Value))], total > most || looked.Until is not null);
            },
            cancellation);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<EmergencyDebt>> EmergencyDebts(string person, CancellationToken cancellation) => Transient.Run<IReadOnlyList<EmergencyDebt>>(
        async () =>
        {
            var debts = new List<EmergencyDebt>();
            await foreach (var request in Matching([(RequestIndexRows.Owed(person), null)], default, one => one.Requester == person && one.Emergency is { Review: null }, AtOnce, cancellation))
                debts.Add(new EmergencyDebt(request.Id, request.Emergency!.ReviewDueAt));
            return [.. debts.OrderBy(static debt => debt.ReviewDueAt)];
        },
        cancellation);

    /// <inheritdoc />
    public Task<string?> Justification(
        string person, string accessGroup, AccessKind kind, IReadOnlyList<string> resources, DateTimeOffset since, CancellationToken cancellation)
    {
        var wanted = resources.ToHashSet(StringComparer.Ordinal);
        var filter = new RequestFilter { Requester = person, AccessGroup = accessGroup, Kind = kind, CreatedFrom = since };
        return Transient.Run(
            async () =>
            {
                await foreach (var request in Matching(RequestMatch.Sources(filter), new KeyRange(null, since, null), Given, AtOnce, cancellation)) return request.Justification;
                return null;
            },
            cancellation);

        // Given with that request: one that reused an older justification does not prolong it.
        bool Given(AccessRequest request) => RequestMatching.Matches(filter, request) && request.Ask.Justification is not null && wanted.SetEquals(request.Ask.Resources);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> RecentlyDenied(string person, IReadOnlyList<string> resources, DateTimeOffset since, CancellationToken cancellation)
    {
        var filter = new RequestFilter { Requester = person, Phase = Phase.Denied, ClosedFrom = since };
        return Transient.Run<IReadOnlyList<string>>(
            async () =>
            {
                var denied = new List<string>();
                await foreach (var request in Matching(RequestMatch.Sources(filter), default, Denied, AtOnce, cancellation)) denied.Add(request.Id);
                denied.Reverse();
                return denied;
            },
            cancellation);

        bool Denied(AccessRequest request) => RequestMatching.Matches(filter, request) && request.Ask.Resources.Any(asked => resources.Contains(asked, StringComparer.Ordinal));
    }

    /// <inheritdoc />
    public IAsyncEnumerable<string> Unfinished(string? after, CancellationToken cancellation)
    {
        // By instant, not by row: what was submitted at that very instant is given once more.
        var range = new KeyRange(null, after is null ? null : NewestFirst.Instant(after), null);
        return Transient.Read(Unfinished(range, cancellation), cancellation);
    }

    /// <inheritdoc />
    public Task<string?> Newest(CancellationToken cancellation) => Transient.Run(
        async () =>
        {
            await foreach (var row in NewestFirst.Read(_index.Table, Sources(RequestIndexRows.Everything), default, 1, cancellation))
                return NewestFirst.Place(TableKeys.Instant(row.RowKey)!.Value - Margin);
            return null;
        },
        cancellation);

    /// <summary>What counts of each request, newest first: by its index row where that says all that the filter asks for, else by its snapshot.</summary>
    private async IAsyncEnumerable<(Phase Phase, bool Emergency, DateTimeOffset From)> Told(
        RequestFilter filter, KeyRange range, int most, Looking looked, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (filter.Id is not null)
        {
            if (await OneOf(filter, cancellation) is { } one) yield return Cell(one);
            yield break;
        }

        var sources = RequestMatch.Sources(filter);
        if (!RequestMatch.IsTold(filter))
        {
            await foreach (var request in Matching(sources, range, request => RequestMatching.Matches(filter, request), most, cancellation, looked))
                yield return Cell(request);
            yield break;
        }

        await foreach (var row in NewestFirst.Read(_index.Table, sources, range, most, cancellation))
        {
            if (filter.Expired is false && row.GetString(nameof(IndexColumns.Outcome)) == nameof(Outcome.Expired)) continue;
            yield return (Enum.Parse<Phase>(row.GetString(nameof(IndexColumns.Phase))), row.GetBoolean(nameof(IndexColumns.Emergency)) ?? false, RequestCount.Begin(TableKeys.Instant(row.RowKey)!.Value));
        }
    }

    private static (Phase, bool, DateTimeOffset) Cell(AccessRequest request) => (request.Phase, request.Emergency is not null, RequestCount.Begin(request.CreatedAt));

    private async Task<AccessRequest?> OneOf(RequestFilter filter, CancellationToken cancellation) =>
        await Snapshot(filter.Id!, cancellation) is { } request && RequestMatching.Matches(filter, request) ? request : null;

    private async IAsyncEnumerable<string> Unfinished(KeyRange range, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var request in Matching(Sources(RequestIndexRows.Unfinished), range, RequestIndex.IsUnfinished, AtOnce * 4, cancellation)) yield return request.Id;
    }

    private static IReadOnlyList<(string, string?)> Sources(string set) => [.. TableKeys.Sharded(set).Select(static partition => (partition, (string?)null))];

    /// <summary>Snapshots that match, newest first; index rows are taken a few at a time, and their snapshots read at once.</summary>
    private async IAsyncEnumerable<AccessRequest> Matching(
        IReadOnlyList<(string Partition, string? Filter)> sources, KeyRange range, Func<AccessRequest, bool> matches, int expected, [EnumeratorCancellation] CancellationToken cancellation,
        Looking? looked = null)
    {
        var size = Math.Clamp(expected, 1, AtOnce);
        var hints = new List<TableEntity>(size);
        await foreach (var hint in NewestFirst.Read(_index.Table, sources, range, expected, cancellation))
        {
            hints.Add(hint);
            var enough = looked?.Took(hint.RowKey) is true;
            if (hints.Count < size && !enough) continue;
            foreach (var request in await Check(hints, matches, cancellation)) yield return request;
            hints.Clear();
            if (enough) yield break;
        }

        foreach (var request in await Check(hints, matches, cancellation)) yield return request;
    }

    private async Task<IEnumerable<AccessRequest>> Check(List<TableEntity> hints, Func<AccessRequest, bool> matches, CancellationToken cancellation)
    {
        var found = await Task.WhenAll(hints.Select(async hint =>
        {
            var snapshot = await Snapshot(hint.GetString(nameof(IndexColumns.Id)), cancellation);
            if (snapshot is not null && RequestIndexRows.Key(snapshot) == hint.RowKey && matches(snapshot)) return snapshot;
            await _index.Correct(hint, snapshot, cancellation);
            return null;
        }));
        return found.OfType<AccessRequest>();
    }

    private async Task<AccessRequest?> Snapshot(string id, CancellationToken cancellation) => (await _streams.Find(id, cancellation)).State;
}
