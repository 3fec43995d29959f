using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Fakes;

/// <summary>A platform in memory: a privilege is identity, role and resource; it can fail, hang, and be given a privilege by hand.</summary>
internal sealed class FakePlatform(string name = "pg-prod", Steps? steps = null) : IPlatform
{
    private readonly Steps _steps = steps ?? new Steps();

    public HashSet<string> Privileges { get; } = [];
    public List<string> Calls { get; } = [];
    public bool IsShared { get; set; } = true;
    public bool EveryEndChanges { get; set; }
    public bool RevokeDoesNothing { get; set; }
    public bool AwaitsPerson { get; set; }
    public bool MayBeAnothers { get; set; }
    public string? Through { get; set; }
    public IReadOnlyList<string>? Fulfillers { get; set; }
    public Exception? Failure { get; set; }
    public Exception? SharedFailure { get; set; }
    public ReleasedSecret? Held { get; set; }

    /// <summary>Run while a look is made, after it saw what it reports.</summary>
    public Action? Looking { get; set; }

    /// <summary>Set: the next calls wait for it, and honour their token or not.</summary>
    public TaskCompletionSource? Hang { get; set; }
    public bool HonoursToken { get; set; } = true;
    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => name;
    public string Type => "fake";
    public IReadOnlyList<AccessKind> Kinds { get; init; } = [AccessKind.Role, AccessKind.Credential];

    public static string KeyOf(PlatformOrder order) => $"{order.Identity}:{order.Role}@{order.Path}";

    public SharedPrivilege? Shared(PlatformOrder order) => SharedFailure is { } failure ? throw failure : IsShared ? new SharedPrivilege(KeyOf(order), EveryEndChanges) : null;

    public Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformResource>>([]);

    public Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformIdentity>>([]);

    public async Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
    {
        await Called(nameof(Grant), cancellation);
        if (Fulfillers is not null) return new GrantResult(Fulfillers: Fulfillers);
        _ = Privileges.Add(KeyOf(order));
        _steps.Take();
        return new GrantResult(order.Identity);
    }

    public Task Extend(PlatformOrder order, CancellationToken cancellation) => Called(nameof(Extend), cancellation);

    public async Task Revoke(PlatformOrder order, CancellationToken cancellation)
    {
        await Called(nameof(Revoke), cancellation);
        if (!RevokeDoesNothing) _ = Privileges.Remove(KeyOf(order));
        _steps.Take();
    }

    public async Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation)
    {
        await Called(nameof(ReadBack), cancellation);
        var present = Privileges.Contains(KeyOf(order));
        Looking?.Invoke();
        return new ReadBackResult(present, Through, present ? "membership found" : "no membership found", AwaitsPerson, Fulfillers, MayBeAnothers);
    }

    public Task Disconnect(PlatformOrder order, CancellationToken cancellation) => Called(nameof(Disconnect), cancellation);

    public Task Rotate(PlatformOrder order, CancellationToken cancellation) => Called(nameof(Rotate), cancellation);

    public async Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation)
    {
        await Called(nameof(Secret), cancellation);
        return Held;
    }

    private async Task Called(string call, CancellationToken cancellation)
    {
        Calls.Add(call);
        _steps.Take();
        _ = Entered.TrySetResult();
        if (Hang is { } hang) await (HonoursToken ? hang.Task.WaitAsync(cancellation) : hang.Task);
        if (Failure is { } failure) throw failure;
    }
}

/// <summary>Counts the places at which a process may die, and dies at one of them.</summary>
internal sealed class Steps
{
    private int _taken;

    /// <summary>The step, from 1, that throws; 0: none.</summary>
    public int DieAt { get; set; }
    public bool Died { get; private set; }

    public void Take()
    {
        if (++_taken != DieAt) return;
        Died = true;
        throw new InvalidOperationException("The process died here.");
    }

    public void Restart() => (_taken, DieAt, Died) = (0, 0, false);
}

internal sealed class FakePlatforms(params IPlatform[] platforms) : IPlatforms
{
    /// <summary>Names of those that were taken away.</summary>
    public HashSet<string> Gone { get; } = [];

    /// <summary>Names of those that another process set, which this one does not know yet.</summary>
    public HashSet<string> Unknown { get; } = [];

    public IReadOnlyList<IPlatform> All => [.. platforms.Where(platform => !Gone.Contains(platform.Name) && !Unknown.Contains(platform.Name))];

    public IPlatform? Find(string name) => platforms.FirstOrDefault(platform => platform.Name == name && !Unknown.Contains(name));

    public Task Refresh(CancellationToken cancellation)
    {
        Unknown.Clear();
        return Task.CompletedTask;
    }
}
