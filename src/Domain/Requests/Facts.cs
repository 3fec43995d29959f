using System.Collections.ObjectModel;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Domain.Requests;

/// <summary>A user or role that lives on a platform.</summary>
public sealed record PlatformIdentity(string Platform, string Name);

/// <summary>One seat that an actor may fill now: their own, or an absent person's as stand-in. Levels count from 1.</summary>
public sealed record SeatClaim(int Level, string Person);

/// <summary>What the directory says of an actor when the signal is taken.</summary>
public sealed record ActorFacts
{
    public static ActorFacts Plain { get; } = new();

    public bool Active { get; init; } = true;
    public bool IsAdministrator { get; init; }

    /// <summary>Seats of the group's approvers, per the directory now, that the actor may fill; the request's frozen lists still decide.</summary>
    public IReadOnlyList<SeatClaim> Seats { get; init; } = [];

    /// <summary>Identities linked to the actor: nobody may direct access to their own.</summary>
    public IReadOnlyList<PlatformIdentity> Identities { get; init; } = [];
}

/// <summary>What Application read just before a submission.</summary>
public sealed record SubmitFacts
{
    public required bool RequesterActive { get; init; }

    /// <summary>Approvers of each level as person ids, the manager and <c>addManager</c> already put in their place.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Approvers { get; init; }

    /// <summary>Who joins each level when it escalates.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> EscalateTo { get; init; }

    /// <summary>Identities linked to the requester.</summary>
    public IReadOnlyList<PlatformIdentity> Identities { get; init; } = [];

    /// <summary>A justification for the same resources and kind that the group still lets count.</summary>
    public string? ReusableJustification { get; init; }

    /// <summary>The change of settings that was asked for, read and found sound; null for every other kind of access.</summary>
    public SettingsChange? Change { get; init; }
}

/// <summary>An emergency whose review is still owed.</summary>
public sealed record EmergencyDebt(string RequestId, DateTimeOffset ReviewDueAt);

/// <summary>What Application read just before an emergency was declared.</summary>
public sealed record EmergencyFacts
{
    public static EmergencyFacts None { get; } = new();

    /// <summary>Reviews the person owes for other requests; an overdue one blocks.</summary>
    public IReadOnlyList<EmergencyDebt> Debts { get; init; } = [];

    /// <summary>The person's requests for the same resources that were denied in the last 24 hours.</summary>
    public IReadOnlyList<string> RecentlyDenied { get; init; } = [];
}

/// <summary>What is asked for. Start and end are both optional; <see cref="Role"/> may be left to the reviewer.</summary>
public sealed record Ask
{
    public required IReadOnlyList<string> Resources { get; init; }
    public required AccessKind Kind { get; init; }
    public string? Role { get; init; }

    /// <summary>The platform's own parameters, names and values as text.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = ReadOnlyDictionary<string, string>.Empty;
    public string? Justification { get; init; }
    public string? Reason { get; init; }
    public string? Ticket { get; init; }
    public DateTimeOffset? Start { get; init; }
    public DateTimeOffset? End { get; init; }
}
