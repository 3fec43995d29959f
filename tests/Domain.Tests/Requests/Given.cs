using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>Makes policies, asks and signals for tests: alice asks; bob and ben are level 1, carol is level 2; eve joins when a level escalates.</summary>
public static partial class Given
{
    public static DateTimeOffset Noon { get; } = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    public static RequestPolicy Policy { get; } = new()
    {
        AccessGroup = "analysts",
        Mode = Mode.Approve,
        Levels = [new LevelPolicy { Approvers = ["bob", "ben"] }, new LevelPolicy { Approvers = ["carol"] }],
        ExtendUpTo = TimeSpan.FromHours(2),
        AllowEmergency = true,
    };

    public static Ask Ask { get; } = new() { Resources = ["vault/db-admin"], Kind = AccessKind.Credential, Justification = "quarter-end check" };

    /// <summary>The submission; approvers are those the policy names.</summary>
    public static Submit Submit(RequestPolicy? policy = null, Ask? ask = null, IReadOnlyList<IReadOnlyList<string>>? approvers = null, IReadOnlyList<PlatformIdentity>? identities = null) => new()
    {
        Id = "s-submit",
        By = "alice",
        Channel = Channel.SignedIn,
        At = Noon,
        RequestId = "r-1",
        Ask = ask ?? Ask,
        Policy = policy ?? Policy,
        Facts = new SubmitFacts
        {
            RequesterActive = true,
            Approvers = approvers ?? (policy ?? Policy).Levels.Select(level => level.Approvers).ToArray(),
            Identities = identities ?? [],
            EscalateTo = (policy ?? Policy).Levels.Select(level => level.EscalateTo).ToArray(),
        },
    };

    public static AccessRequest Open(RequestPolicy? policy = null, Ask? ask = null, IReadOnlyList<PlatformIdentity>? identities = null) =>
        After(null, Submit(policy, ask, identities: identities));

    /// <summary>The state after the signals, each of which must be accepted.</summary>
    public static AccessRequest After(AccessRequest? request, params Signal[] signals)
    {
        foreach (var signal in signals)
        {
            var decision = Decider.Decide(request, signal);
            Assert.True(decision.Refusal is null, $"{signal.GetType().Name} was refused: {decision.Refusal}");
            request = decision.State;
        }

        return request!;
    }

    /// <summary>Facts as the directory has them: everyone's own seats, and those of the people they stand in for. Which of them are on the request's lists is the decider's to say.</summary>
    public static ActorFacts Facts(string who, params string[] standsInFor) => new()
    {
        IsAdministrator = who == "dave",
        Seats = [.. standsInFor.Append(who).SelectMany(person => new[] { new SeatClaim(1, person), new SeatClaim(2, person), new SeatClaim(3, person) })],
    };

    public static Approve Approve(string by, double minutes = 1, int revision = 1, DateTimeOffset? start = null, DateTimeOffset? end = null, string? role = null, Channel channel = Channel.SignedIn) => new()
    {
        Id = $"s-approve-{by}-{revision}-{minutes}",
        By = by,
        Channel = channel,
        At = Noon.AddMinutes(minutes),
        Facts = Facts(by),
        Revision = revision,
        Start = start,
        End = end,
        Role = role,
    };

    public static Deny Deny(string by, double minutes = 1, int revision = 1, string? comment = "not now", Channel channel = Channel.SignedIn) => new()
    {
        Id = $"s-deny-{by}-{revision}-{minutes}",
        By = by,
        Channel = channel,
        At = Noon.AddMinutes(minutes),
        Facts = Facts(by),
        Revision = revision,
        Comment = comment,
    };

    public static DeadlineReached Timer(double minutes) => new() { Id = $"deadline-{minutes}", By = SystemActors.Timer, Channel = Channel.System, At = Noon.AddMinutes(minutes) };
}
