using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application;

/// <summary>
/// What a link to a recording opens, and for how long. The link itself is believed in nothing but what it is bound to: whether it still
/// opens is read off the request and the platform each time.
/// </summary>
public sealed class RecordingViewing(IRequestWorkflow workflow, IRequestReader requests, IDirectory directory, IPlatforms platforms, TimeProvider time)
{
    /// <summary>The access behind a link; null where it is over, or was never there.</summary>
    public async Task<RecordingAccess?> Find(RecordingLink link, CancellationToken cancellation)
    {
        if (time.GetUtcNow() >= link.ExpiresAt || await requests.Find(link.RequestId, cancellation) is not { } request || !IsLive(request, link)) return null;
        var order = Orders.For(request, request.Grants.First(grant => grant.Id == link.GrantId));
        if (platforms.Find(order.Platform) is not IRecordings recordings) return null;
        return await Bounded(token => recordings.Gives(order, token), cancellation) ? new RecordingAccess(link, request, order, recordings) : null;
    }

    /// <summary>True while bytes may go on leaving; asked again and again while they do.</summary>
    public async Task<bool> IsOpen(RecordingLink link, CancellationToken cancellation) => await Find(link, cancellation) is not null;

    /// <summary>The recording itself; null where it is gone.</summary>
    /// <exception cref="PlatformException">Where it lies does not answer.</exception>
    public Task<Recording?> Open(RecordingAccess access, CancellationToken cancellation) => Bounded(token => access.Platform.Open(access.Order, token), cancellation);

    /// <summary>Records in the request's chain that its requester views it; the request decides once more.</summary>
    public Task<SignalAnswer> Record(Caller caller, RecordingAccess access, string signalId, CancellationToken cancellation) => workflow.Signal(access.Request.Id, new RecordingViewed
    {
        Id = signalId,
        By = caller.Id,
        Channel = caller.Channel,
        At = default,
        Address = caller.Address,
        Facts = Facts.Of(caller, access.Request, directory.Current, time.GetUtcNow()),
        GrantId = access.Link.GrantId,
    }, cancellation);

    private bool IsLive(AccessRequest request, RecordingLink link) => request.Phase == Phase.Active && time.GetUtcNow() < request.Period.End
        && request.Ask.Kind == AccessKind.Recording && request.Requester == link.Person
        && request.Grants.Any(grant => grant.Id == link.GrantId && grant.State is GrantState.Granted or GrantState.AlreadyHeld);

    private async Task<T> Bounded<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(EffectRunner.AttemptTimeout, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await read(bound.Token).WaitAsync(bound.Token);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new PlatformException("The platform of the recording did not answer in time.", inner: late);
        }
    }
}

/// <summary>Access to a recording that is live now.</summary>
public sealed record RecordingAccess(RecordingLink Link, AccessRequest Request, PlatformOrder Order, IRecordings Platform)
{
    /// <summary>When it ends at the latest.</summary>
    public DateTimeOffset Until => Link.ExpiresAt < Request.Period.End ? Link.ExpiresAt : Request.Period.End;
}
