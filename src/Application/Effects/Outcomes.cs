using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Effects;

/// <summary>Makes the signals that report effects. Ids are stable per effect, so that a repeated run reports the same signal.</summary>
internal static class Outcomes
{
    public static string IdOf(Effect effect) => $"o-{effect.Id}";

    public static ProvisionSucceeded Provisioned(PlatformEffect effect, string? login, string? alreadyHeld = null) => new()
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

    public static ProvisionAwaitsPerson AwaitsPerson(PlatformEffect effect, IReadOnlyList<string> fulfillers) => new()
    {
        Id = IdOf(effect),
        By = SystemActors.Runner,
        Channel = Channel.System,
        At = default,
        GrantId = effect.Order.GrantId,
        Attempt = effect.Attempt,
        Fulfillers = fulfillers,
    };

    public static ExtendSucceeded Extended(PlatformEffect effect) => new()
    {
        Id = IdOf(effect),
        By = SystemActors.Runner,
        Channel = Channel.System,
        At = default,
        GrantId = effect.Order.GrantId,
        Attempt = effect.Attempt,
    };

    public static RevokeSucceeded Revoked(PlatformEffect effect) => new()
    {
        Id = IdOf(effect),
        By = SystemActors.Runner,
        Channel = Channel.System,
        At = default,
        GrantId = effect.Order.GrantId,
        Attempt = effect.Attempt,
    };

    public static ReadBack Found(PlatformEffect effect, Finding finding, string proof, IReadOnlyList<string>? fulfillers = null) => new()
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
    public static Signal Failed(PlatformEffect effect, string error, bool permanent = false) => effect switch
    {
        Provision => new ProvisionFailed
        {
            Id = IdOf(effect),
            By = SystemActors.Runner,
            Channel = Channel.System,
            At = default,
            GrantId = effect.Order.GrantId,
            Attempt = effect.Attempt,
            Error = error,
            Permanent = permanent,
        },
        ExtendGrant => new ExtendFailed
        {
            Id = IdOf(effect),
            By = SystemActors.Runner,
            Channel = Channel.System,
            At = default,
            GrantId = effect.Order.GrantId,
            Attempt = effect.Attempt,
            Error = error,
        },
        RevokeGrant => new RevokeFailed
        {
            Id = IdOf(effect),
            By = SystemActors.Runner,
            Channel = Channel.System,
            At = default,
            GrantId = effect.Order.GrantId,
            Attempt = effect.Attempt,
            Error = error,
        },
        ReadBackGrant => Found(effect, Finding.StillThere, $"could not look: {error}"),
        _ => throw new System.Diagnostics.UnreachableException($"No failure for {effect.GetType().Name}."),
    };
}
