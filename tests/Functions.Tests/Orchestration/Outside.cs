using System.Collections.Concurrent;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Functions.Tests.Orchestration;

/// <summary>A platform in memory; what was done on it outlives the host's crashes. A privilege is a grant's id.</summary>
internal sealed class FakePlatform : IPlatform
{
    public ConcurrentDictionary<string, bool> Privileges { get; } = [];
    public ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>Called in front of every call with its name; what it throws or waits for, the platform throws or waits for.</summary>
    public Func<string, CancellationToken, Task>? Before { get; set; }
    public Finding Finds { get; set; } = Finding.Gone;
    public string Name => "pg-prod";
    public string Type => "fake";
    public IReadOnlyList<AccessKind> Kinds { get; } = [AccessKind.Role];

    public SharedPrivilege? Shared(PlatformOrder order) => null;

    public Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformResource>>([]);

    public Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformIdentity>>([]);

    public async Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
    {
        await Called(nameof(Grant), cancellation);
        Privileges[order.GrantId] = true;
        return new GrantResult(order.Identity);
    }

    public Task Extend(PlatformOrder order, CancellationToken cancellation) => Called(nameof(Extend), cancellation);

    public async Task Revoke(PlatformOrder order, CancellationToken cancellation)
    {
        await Called(nameof(Revoke), cancellation);
        _ = Privileges.TryRemove(order.GrantId, out _);
    }

    public async Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation)
    {
        await Called(nameof(ReadBack), cancellation);
        return new ReadBackResult(Privileges.ContainsKey(order.GrantId), null, "looked");
    }

    public Task Disconnect(PlatformOrder order, CancellationToken cancellation) => Called(nameof(Disconnect), cancellation);

    public Task Rotate(PlatformOrder order, CancellationToken cancellation) => Called(nameof(Rotate), cancellation);

    public Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation) => Task.FromResult<ReleasedSecret?>(null);

    private Task Called(string call, CancellationToken cancellation)
    {
        Calls.Enqueue(call);
        return Before?.Invoke(call, cancellation) ?? Task.CompletedTask;
    }
}

internal sealed class FakePlatforms(IPlatform platform) : IPlatforms
{
    public IReadOnlyList<IPlatform> All { get; } = [platform];

    public IPlatform? Find(string name) => name == platform.Name ? platform : null;
}

/// <summary>Nothing is shared on the fake platform, so nobody asks the ledger.</summary>
internal sealed class NoLedger : IGrantLedger
{
    public Task<ILedgerEntry> Enter(string platform, string key, CancellationToken cancellation) => throw new NotSupportedException();
}

/// <summary>A directory that stays as it is.</summary>
internal sealed class FakeDirectory(params Person[] people) : IDirectory
{
    public IPeople Current { get; } = new PeopleSnapshot(people);

    public event Action? Changed
    {
        add { }
        remove { }
    }

    public Task SetDelegation(string person, Delegation? delegation, CancellationToken cancellation) => throw new NotSupportedException();

    public Task SetRoles(string person, IReadOnlyList<string> roles, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<bool> SetSlackUser(string person, string? user, CancellationToken cancellation) => throw new NotSupportedException();

    public Task SetIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation) => throw new NotSupportedException();
}

/// <summary>A mailbox that keeps what it is sent, once per notice and reader.</summary>
internal sealed class FakeChannel : INotificationChannel
{
    public ConcurrentDictionary<(string Notice, string Reader), Notice> Sent { get; } = [];

    /// <summary>Not null: takes nothing.</summary>
    public Exception? Failure { get; set; }

    /// <summary>True: has no address for anybody.</summary>
    public bool IsClosed { get; set; }
    public string Name => "mail";

    /// <summary>Kinds that a reader was told, in no order.</summary>
    public IEnumerable<NoticeKind> To(string reader) => Sent.Values.Where(notice => notice.To.Id == reader).Select(notice => notice.Effect.Kind);

    public Task<bool> Send(Notice notice, CancellationToken cancellation)
    {
        if (Failure is { } failure) throw failure;
        if (IsClosed) return Task.FromResult(false);
        Sent[(notice.Id, notice.To.Id)] = notice;
        return Task.FromResult(true);
    }
}

/// <summary>A receiver of audit rows.</summary>
internal sealed class FakeSink : IAuditSink
{
    public ConcurrentQueue<AuditRow> Rows { get; } = [];
    public Exception? Failure { get; set; }
    public string Name => "sink";

    public Task Send(IReadOnlyList<AuditRow> rows, CancellationToken cancellation)
    {
        if (Failure is { } failure) throw failure;
        foreach (var row in rows) Rows.Enqueue(row);
        return Task.CompletedTask;
    }

    public Task Send(Checkpoint checkpoint, CancellationToken cancellation) => Task.CompletedTask;
}
