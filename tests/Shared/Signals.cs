using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Tests.Shared;

/// <summary>Signals for stores and hosts: people ask for a role on a database; bob and ben are level 1, carol is level 2.</summary>
public static class Signals
{
    public static RequestPolicy Policy { get; } = new()
    {
        AccessGroup = "analysts",
        Mode = Mode.Approve,
        Levels = [new LevelPolicy { Approvers = ["bob", "ben"], EscalateTo = ["eve"] }, new LevelPolicy { Approvers = ["carol"] }],
        Roles = ["reader"],
        AllowEmergency = true,
    };

    public static Ask Ask { get; } = new() { Resources = ["pg-prod/analytics"], Kind = AccessKind.Role, Role = "reader", Justification = "quarter-end check" };

    public static Submit Submit(string request, string by = "alice", Ask? ask = null, RequestPolicy? policy = null, string? id = null) => new()
    {
        Id = id ?? "submit",
        By = by,
        Channel = Channel.SignedIn,
        At = default,
        RequestId = request,
        Ask = ask ?? Ask,
        Policy = policy ?? Policy,
        Facts = new SubmitFacts
        {
            RequesterActive = true,
            Approvers = [.. (policy ?? Policy).Levels.Select(level => level.Approvers)],
            EscalateTo = [.. (policy ?? Policy).Levels.Select(level => level.EscalateTo)],
            Identities = [new PlatformIdentity("pg-prod", by), new PlatformIdentity("vault", by)],
        },
    };

    public static Approve Approve(string by, string? id = null, string? comment = null, int revision = 1) => new()
    {
        Id = id ?? $"approve-{by}",
        By = by,
        Channel = Channel.SignedIn,
        At = default,
        Facts = Facts(by),
        Revision = revision,
        Comment = comment,
    };

    public static Deny Deny(string by, string? id = null, int revision = 1) => new()
    {
        Id = id ?? $"deny-{by}",
        By = by,
        Channel = Channel.SignedIn,
        At = default,
        Facts = Facts(by),
        Revision = revision,
        Comment = "not now",
    };

    public static Cancel Cancel(string by, string? id = null) => new() { Id = id ?? $"cancel-{by}", By = by, Channel = Channel.SignedIn, At = default, Facts = Facts(by) };

    public static DeclareEmergency Emergency(string by, string? id = null) => new()
    {
        Id = id ?? $"emergency-{by}",
        By = by,
        Channel = Channel.SignedIn,
        At = default,
        Facts = Facts(by),
        Justification = "production is down",
        Emergency = EmergencyFacts.None,
    };

    public static Ratify Ratify(string by) => new()
    {
        Id = $"ratify-{by}",
        By = by,
        Channel = Channel.SignedIn,
        At = default,
        Facts = Facts(by),
        Verdict = EmergencyVerdict.Ratified,
    };

    public static ActorFacts Facts(string who) => new()
    {
        Seats = who switch { "bob" or "ben" => [new SeatClaim(1, who)], "carol" => [new SeatClaim(2, who)], _ => [] },
    };
}
