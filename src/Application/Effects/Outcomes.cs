using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Effects;

/// <summary>Makes the signals that report effects. Ids are stable per effect, so that a repeated run reports the same signal.</summary>
public static class Outcomes
{
    internal static string IdOf(Effect effect) => $"o-{effect.Id}";

    internal static ProvisionSucceeded Provisioned(PlatformEffect effect, string? login, string? alreadyHeld = null) => new()
    {
        Id = IdOf(effect),
        By = SystemActors.Runner,
        Channel = Channel.System,
        At = default,
        GrantId = effect.Order.GrantId,
        Attempt = effect.Attempt,
        Login = login,
        AlreadyHeld = alreadyHeld,
    };

    internal static ProvisionAwaitsPerson AwaitsPerson(PlatformEffect effect, IReadOnlyList<string> fulfillers) => new()
    {
        Id = IdOf(effect),
        By = SystemActors.Runner,
        Channel = Channel.System,
        At = default,
        GrantId = effect.Order.GrantId,
        Attempt = effect.Attempt,
        Fulfillers = fulfillers,
    };

    internal static ExtendSucceeded Extended(PlatformEffect effect) => new()
    {
        Id = IdOf(effect),
        By = SystemActors.Runner,
        Channel = Channel.System,
        At = default,
        GrantId = effect.Order.GrantId,
        Attempt = effect.Attempt,
    };

    internal static RevokeSucceeded Revoked(PlatformEffect effect) => new()
    {
        Id = IdOf(effect),
        By = SystemActors.Runner,
        Channel = Channel.System,
        At = default,
        GrantId = effect.Order.GrantId,
        Attempt = effect.Attempt,
    };

    internal static ReadBack Found(PlatformEffect effect, Finding finding, string proof, IReadOnlyList<string>? fulfillers = null) => new()
    {
        Id = IdOf(effect),
        By = SystemActors.Runner,
        Channel = Channel.System,
        At = default,
        GrantId = effect.Order.GrantId,
        Attempt = effect.Attempt,
        Finding = finding,
        Proof = proof,
        Fulfillers = fulfillers ?? [],
    };

    /// <summary>The failure of any platform effect. Only a grant can fail for good; removals and looks are tried for ever.</summary>
    public static Signal Failed(PlatformEffect effect, string error, bool permanent = false) =>
        Failed(WorkOf(effect), IdOf(effect), effect.Order.GrantId, effect.Attempt, error, permanent);

    /// <summary>The failure of an attempt of which nobody knows how it ended: its runner is gone. The next attempt is the decider's to ask for.</summary>
    public static Signal Lost(InFlight running) =>
        Failed(running.Work, $"o-lost-{running.GrantId}-{running.Attempt}", running.GrantId, running.Attempt, "the attempt was lost", permanent: false);

    private static Signal Failed(Work work, string id, string grantId, int attempt, string error, bool permanent) => work switch
    {
        Work.Provision => new ProvisionFailed
        {
            Id = id,
            By = SystemActors.Runner,
            Channel = Channel.System,
            At = default,
            GrantId = grantId,
            Attempt = attempt,
            Error = error,
            Permanent = permanent,
        },
        Work.Extend => new ExtendFailed
        {
            Id = id,
            By = SystemActors.Runner,
            Channel = Channel.System,
            At = default,
            GrantId = grantId,
            Attempt = attempt,
            Error = error,
        },
        Work.Revoke => new RevokeFailed
        {
            Id = id,
            By = SystemActors.Runner,
            Channel = Channel.System,
            At = default,
            GrantId = grantId,
            Attempt = attempt,
            Error = error,
        },
        Work.ReadBack => new ReadBack
        {
            Id = id,
            By = SystemActors.Runner,
            Channel = Channel.System,
            At = default,
            GrantId = grantId,
            Attempt = attempt,
            Finding = Finding.StillThere,
            Proof = $"could not look: {error}",
            Fulfillers = [],
        },
    };

    private static Work WorkOf(PlatformEffect effect) => effect switch
    {
        Provision => Work.Provision,
        ExtendGrant => Work.Extend,
        RevokeGrant => Work.Revoke,
        ReadBackGrant => Work.ReadBack,
        _ => throw new System.Diagnostics.UnreachableException($"No work for {effect.GetType().Name}."),
    };
}
