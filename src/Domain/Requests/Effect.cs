using System.Collections.ObjectModel;
using System.Text.Json.Serialization;

namespace AccessFunctions.Domain.Requests;

/// <summary>
/// Something the host must do after a decision is durable. Each runs at least once and is idempotent by <see cref="Id"/>, which is
/// unique within its request.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Provision), "provision")]
[JsonDerivedType(typeof(ExtendGrant), "extendGrant")]
[JsonDerivedType(typeof(RevokeGrant), "revokeGrant")]
[JsonDerivedType(typeof(ReadBackGrant), "readBackGrant")]
[JsonDerivedType(typeof(Notify), "notify")]
public abstract record Effect
{
    /// <summary><c>{sequence}-{index}</c>: the decision that asked for it and its place there.</summary>
    public required string Id { get; init; }
}

/// <summary>One attempt on a platform. Its outcome comes back as an <see cref="EffectOutcome"/> with the same grant and attempt.</summary>
public abstract record PlatformEffect : Effect
{
    public required PlatformOrder Order { get; init; }
    public required int Attempt { get; init; }
}

/// <summary>Give the access.</summary>
public sealed record Provision : PlatformEffect;

/// <summary>Move the access's end on the platform to <see cref="PlatformOrder.End"/>.</summary>
public sealed record ExtendGrant : PlatformEffect;

/// <summary>Take the access away and end what lives by it.</summary>
public sealed record RevokeGrant : PlatformEffect;

/// <summary>Look whether anything of the grant is still there.</summary>
public sealed record ReadBackGrant : PlatformEffect;

/// <summary>All a platform needs to give, find and take one grant.</summary>
public sealed record PlatformOrder
{
    public required string RequestId { get; init; }
    public required string GrantId { get; init; }

    /// <summary><c>platform/path</c>; the part before the first slash names the platform.</summary>
    public required string Resource { get; init; }
    public required AccessKind Kind { get; init; }
    public required string Requester { get; init; }
    public string? Role { get; init; }

    /// <summary>The user on the platform that gets the access; null where the platform makes one.</summary>
    public string? Identity { get; init; }
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The change of settings to apply; null for every other kind of access.</summary>
    public SettingsOrder? Settings { get; init; }

    /// <summary>UTC end of the access; platforms that can hold an expiry of their own set it.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>The platform's name.</summary>
    [JsonIgnore]
    public string Platform => Resources.PlatformOf(Resource);

    /// <summary>The resource's path on its platform.</summary>
    [JsonIgnore]
    public string Path => Resources.PathOf(Resource);
}

/// <summary>Tell one reader one thing. The text is rendered when it is sent, from the request as it then is.</summary>
public sealed record Notify : Effect
{
    public required NoticeKind Kind { get; init; }

    /// <summary>A person id, or <see cref="Audience.Administrators"/>.</summary>
    public required string To { get; init; }
    public required int Revision { get; init; }

    /// <summary>The level whose decision is asked for, where one is; else 0.</summary>
    public int Level { get; init; }

    /// <summary>Who caused it, where a person did.</summary>
    public string? By { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>A comment or an error, in the words of whoever gave it.</summary>
    public string? Text { get; init; }
}

/// <summary>What a notice is about.</summary>
public enum NoticeKind
{
    ReviewAsked, ReviewReminder, Escalated, Superseded, Settled,
    Approved, Denied, Cancelled, Lapsed, Scheduled, Informed,
    Active, ProvisioningFailed, Extended, ExtendFailed,
    Revoked, Expired, Released, Failed,
    EmergencyDeclared, EmergencyReviewed, EmergencyReviewOverdue, EmergencyNoticeUndelivered,
    RevocationFailing, FulfilmentAsked, RemovalAsked, FetchAgain, AccessReturned,
}

/// <summary>Takes resource names apart: <c>platform/path</c>.</summary>
public static class Resources
{
    /// <summary>The part before the first slash.</summary>
    public static string PlatformOf(string resource) => resource.IndexOf('/', StringComparison.Ordinal) is var slash and > 0 ? resource[..slash] : resource;

    /// <summary>The part after the first slash; empty where there is none.</summary>
    public static string PathOf(string resource) => resource.IndexOf('/', StringComparison.Ordinal) is var slash and > 0 ? resource[(slash + 1)..] : "";
}
