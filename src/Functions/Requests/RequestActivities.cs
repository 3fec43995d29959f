using AccessFunctions.Application.Effects;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Audit;
using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Requests;

/// <summary>What an orchestration cannot do itself: everything outside its history. Each may run more than once.</summary>
public sealed class RequestActivities(IRequestStore store, EffectRunner effects, AuditStreamer audit)
{
    /// <summary>The activity that runs an effect.</summary>
    internal static string NameOf(Effect effect) => effect switch
    {
        Provision => nameof(ProvisionAccess),
        ExtendGrant => nameof(ExtendAccess),
        RevokeGrant => nameof(RevokeAccess),
        ReadBackGrant => nameof(ReadBackAccess),
        Notify => nameof(SendNotice),
        _ => throw new System.Diagnostics.UnreachableException($"No activity for {effect.GetType().Name}."),
    };

    /// <summary>Makes a decision durable. <see cref="SaveOrder"/> → <see cref="Saved"/>.</summary>
    [Function(nameof(SaveDecision))]
    public async Task<Payload> SaveDecision([ActivityTrigger] Payload order, FunctionContext context) =>
        Payload.Of(await store.Save(order.Read<SaveOrder>(), context.CancellationToken));

    /// <summary>Reads a request back, for an orchestration that takes over. <see cref="StreamOrder"/> → <see cref="Snapshot"/>.</summary>
    [Function(nameof(LoadSnapshot))]
    public async Task<Payload> LoadSnapshot([ActivityTrigger] Payload order, FunctionContext context)
    {
        var id = order.Read<StreamOrder>().Stream;
        var state = await store.Find(id, context.CancellationToken);
        return Payload.Of(new Snapshot(state) { Notices = state is null ? [] : await store.Notices(id, context.CancellationToken) });
    }

    /// <summary>Gives the access: one attempt. <see cref="EffectOrder"/> → <see cref="EffectRan"/>, like all effects.</summary>
    [Function(nameof(ProvisionAccess))]
    public Task<Payload> ProvisionAccess([ActivityTrigger] Payload order, FunctionContext context) => Run(order, context);

    /// <summary>Moves the end that the platform holds: one attempt.</summary>
    [Function(nameof(ExtendAccess))]
    public Task<Payload> ExtendAccess([ActivityTrigger] Payload order, FunctionContext context) => Run(order, context);

    /// <summary>Takes the access away, ends what lives by it and changes a released credential: one attempt.</summary>
    [Function(nameof(RevokeAccess))]
    public Task<Payload> RevokeAccess([ActivityTrigger] Payload order, FunctionContext context) => Run(order, context);

    /// <summary>Looks whether anything is still there: one attempt.</summary>
    [Function(nameof(ReadBackAccess))]
    public Task<Payload> ReadBackAccess([ActivityTrigger] Payload order, FunctionContext context) => Run(order, context);

    /// <summary>Tells one reader, through every channel.</summary>
    /// <exception cref="TransientException">Some channel did not take it; the others are not told twice when it is run again.</exception>
    [Function(nameof(SendNotice))]
    public async Task<Payload> SendNotice([ActivityTrigger] Payload order, FunctionContext context)
    {
        try
        {
            return await Run(order, context);
        }
        catch (NoticeNotTakenException partly) when (partly.Outcome is not null)
        {
            return Payload.Of(new EffectRan(partly.Outcome) { Again = true });
        }
        catch (NoticeNotTakenException failure)
        {
            throw new TransientException($"A notice was not taken: {failure.InnerExceptions[0].GetType().Name}.", failure);
        }
    }

    /// <summary>Streams what was audited of a request. <see cref="StreamOrder"/> → <see cref="Done"/>.</summary>
    /// <exception cref="TransientException">The stream's receiver did not answer. An event that it refuses is left to the timer.</exception>
    [Function(nameof(DeliverAudit))]
    public async Task<Payload> DeliverAudit([ActivityTrigger] Payload order, FunctionContext context)
    {
        await audit.Deliver(order.Read<StreamOrder>().Stream, context.CancellationToken);
        return Payload.Of(new Done());
    }

    private async Task<Payload> Run(Payload payload, FunctionContext context)
    {
        var order = payload.Read<EffectOrder>();
        if (order.Effect is PlatformEffect effect && !await Awaited(order.RequestId, effect, context.CancellationToken))
            return Payload.Of(new EffectRan(Outcomes.Failed(effect, "the attempt is no longer awaited")));
        return Payload.Of(new EffectRan(await effects.Run(order.RequestId, order.Effect, context.CancellationToken)));
    }

    /// <summary>
    /// False where the decision has gone on without this attempt: an activity that is delivered again late, or outlived its orchestration,
    /// must not touch what others have done on the platform since.
    /// </summary>
    private async Task<bool> Awaited(string requestId, PlatformEffect effect, CancellationToken cancellation) =>
        await store.Find(requestId, cancellation) is { InFlight: { } running } && running.GrantId == effect.Order.GrantId && running.Attempt == effect.Attempt;
}
