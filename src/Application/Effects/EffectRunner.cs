using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Application.Effects;

/// <summary>
/// Runs one effect with one port call (plus the ledger around it). Platform effects never throw but for cancellation of the host: their
/// failure is an outcome. A notice that no channel took throws, and the host tries again.
/// </summary>
public sealed partial class EffectRunner(
    IPlatforms platforms, IAttemptFence fence, IGrantLedger ledger, IRequestReader requests, IDirectory directory, IEnumerable<INotificationChannel> channels,
    TimeProvider time, ILogger<EffectRunner> logger, INoticeLog? noticeLog = null)
{
    private readonly PlatformWork _work = new(ledger, requests);
    private readonly NoticeSender _notices = new(requests, directory, [.. channels], time, noticeLog, logger);

    /// <summary>The hard time-out of one platform attempt; leases of hosts must be longer.</summary>
    public static TimeSpan AttemptTimeout { get; } = TimeSpan.FromSeconds(30);

    /// <summary>How long before <see cref="AttemptTimeout"/> the platform's token fires, so that a platform which honours it can still report.</summary>
    public static TimeSpan Grace { get; } = TimeSpan.FromSeconds(3);

    /// <summary>Runs the effect.</summary>
    /// <returns>The signal that reports the outcome (its id stable per effect, its instant the host's to stamp), or null where none is awaited.</returns>
    public async Task<Signal?> Run(string requestId, Effect effect, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return effect switch
        {
            PlatformEffect platformEffect => await Attempt(platformEffect, cancellation),
            Notify notify => await _notices.Send(requestId, notify, cancellation),
            _ => throw new System.Diagnostics.UnreachableException($"No runner for {effect.GetType().Name}."),
        };
    }

    private async Task<Signal> Attempt(PlatformEffect effect, CancellationToken cancellation)
    {
        var order = effect.Order;
        try
        {
            return await Bounded(order.GrantId, async token => await PlatformFor(effect, token) is { } platform ? await Fenced(effect, platform, token)
                : Outcomes.Failed(effect, $"Platform \"{order.Platform}\" is not configured.", permanent: true), cancellation);
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (PlatformException failure)
        {
            AttemptFailed(logger, failure, effect.GetType().Name, order.GrantId, effect.Attempt);
            return Outcomes.Failed(effect, failure.Message, failure.Permanent);
        }
        catch (OperationCanceledException)
        {
            AttemptTimedOut(logger, effect.GetType().Name, order.GrantId, effect.Attempt);
            return Outcomes.Failed(effect, $"timed out after {AttemptTimeout.TotalSeconds:0} s");
        }
        // The failure of a platform is data, whatever its adapter throws. Only the type goes into state: a driver's text may quote secrets.
#pragma warning disable CA1031
        catch (Exception failure)
#pragma warning restore CA1031
        {
            AttemptFailed(logger, failure, effect.GetType().Name, order.GrantId, effect.Attempt);
            return Outcomes.Failed(effect, $"unexpected {failure.GetType().Name}");
        }
    }

    /// <summary>The platform: to give, one that gives still; to take, also one that was taken away. Another process may have set it a moment ago.</summary>
    private async Task<IPlatform?> PlatformFor(PlatformEffect effect, CancellationToken cancellation)
    {
        var gives = effect is Provision or ExtendGrant;
        var found = Find();
        if (found is not null && !gives) return found;
        await platforms.Refresh(cancellation);
        return Find();

        IPlatform? Find() => gives ? platforms.Giving(effect.Order.Platform) : platforms.Find(effect.Order.Platform);
    }

    /// <summary>The work behind the fence, which is left when the work has ended: an abandoned attempt stays inside as long as it runs.</summary>
    private async Task<Signal> Fenced(PlatformEffect effect, IPlatform platform, CancellationToken token)
    {
        await using var inside = await Enter(effect.Order.GrantId, token) ?? throw new PlatformException("an earlier attempt has not ended yet");
        return await Work(effect, platform, token);
    }

    /// <summary>Null where the time of the attempt ended before the fence was free.</summary>
    private async Task<IAsyncDisposable?> Enter(string grantId, CancellationToken token)
    {
        try
        {
            return await fence.Enter(grantId, token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<Signal> Work(PlatformEffect effect, IPlatform platform, CancellationToken token)
    {
        switch (effect)
        {
            case Provision provision:
                return await _work.Provision(provision, platform, token);
            case ExtendGrant extend:
                return await _work.Extend(extend, platform, token);
            case RevokeGrant revoke:
                var (outcome, changedFor) = await _work.Revoke(revoke, platform, token);
                await TellToFetchAgain(revoke.Order, changedFor, token);
                return outcome;
            case ReadBackGrant readBack:
                var (found, stillHeldBy) = await _work.ReadBack(readBack, platform, token);
                await TellToFetchAgain(readBack.Order, stillHeldBy, token);
                return found;
            default:
                throw new System.Diagnostics.UnreachableException($"No work for {effect.GetType().Name}.");
        }
    }

    /// <summary>
    /// Runs one attempt: its token fires shortly before the hard time-out, and an attempt that has not ended by then is abandoned. Until
    /// it does end it keeps the fence of its grant, and its ledger entry: what it may still do is then seen by the next removal and look.
    /// </summary>
    private async Task<Signal> Bounded(string grantId, Func<CancellationToken, Task<Signal>> attempt, CancellationToken cancellation)
    {
        using var hard = new CancellationTokenSource(AttemptTimeout, time);
        using var stopping = cancellation.UnsafeRegister(_ => hard.CancelAfter(Grace), null);
        var soft = new CancellationTokenSource(AttemptTimeout - Grace, time);
        var linked = CancellationTokenSource.CreateLinkedTokenSource(soft.Token, cancellation);

        // Started on the pool: an adapter that blocks its thread must not block the bound.
        var running = Task.Run(() => attempt(linked.Token), CancellationToken.None);
        try
        {
            return await running.WaitAsync(hard.Token);
        }
        finally
        {
            if (!running.IsCompleted) AttemptAbandoned(logger, grantId);
            _ = running.ContinueWith(Ended, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        void Ended(Task<Signal> ended)
        {
            _ = ended.Exception; // observed: an abandoned attempt has no other reader
            linked.Dispose();
            soft.Dispose();
        }
    }

    /// <summary>A notice that fails here is tried again with the look that follows the removal; it never fails the removal itself.</summary>
    private async Task TellToFetchAgain(PlatformOrder order, IReadOnlyList<LedgerHolder> holders, CancellationToken token)
    {
        foreach (var holder in holders)
        {
            try
            {
                await _notices.FetchAgain(order, holder, token);
            }
#pragma warning disable CA1031 // Whatever a channel throws, access has ended and that is what must be reported.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                FetchAgainFailed(logger, failure, holder.GrantId);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Work} of grant {GrantId}, attempt {Attempt}, failed")]
    private static partial void AttemptFailed(ILogger logger, Exception failure, string work, string grantId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Work} of grant {GrantId}, attempt {Attempt}, timed out")]
    private static partial void AttemptTimedOut(ILogger logger, string work, string grantId, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "An attempt on grant {GrantId} did not end at its time-out and was abandoned; the grant waits until it ends")]
    private static partial void AttemptAbandoned(ILogger logger, string grantId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The holder of grant {GrantId} could not be told to fetch again")]
    private static partial void FetchAgainFailed(ILogger logger, Exception failure, string grantId);
}
