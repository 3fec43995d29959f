using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>Who tells of people and groups.</summary>
/// <param name="Source">One of <see cref="Sources"/>.</param>
/// <param name="Actor">What the audit trail calls it: one of <see cref="SystemActors"/>.</param>
/// <param name="Address">The peer's address; null where the product asked.</param>
public sealed record ProvisioningActor(string Source, string Actor, string? Address)
{
    /// <summary>The way it came in: a call with a credential, or the product's own asking.</summary>
    public Channel Channel => Address is null ? Channel.System : Channel.SignedIn;
}

/// <summary>Why a change was not made.</summary>
public enum ProvisioningFault
{
    /// <summary>There is no such user or group.</summary>
    NotFound,

    /// <summary>Another has this name or external id.</summary>
    Taken,

    /// <summary>It is not as the caller knows it.</summary>
    Changed,

    /// <summary>Other processes were faster again and again.</summary>
    Busy,

    /// <summary>The person holds a product role, and would sign in by another credential, or be asked at another address.</summary>
    HoldsRole,

    /// <summary>Another user is the same person, who would have the credentials of both.</summary>
    SamePerson,

    /// <summary>A member was never told of.</summary>
    NoSuchMember,

    /// <summary>More members than are stored.</summary>
    TooLarge,
}

/// <summary>What became of a change: the resource as it is now, or why not.</summary>
public sealed record Provisioned<T>(T? Value, ProvisioningFault? Fault = null, string Words = "") where T : class;
