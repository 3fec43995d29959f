using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Fakes;

/// <summary>People, groups and requests that tests start from.</summary>
internal static class Given
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    public static Person Person(string id, params string[] roles) => new()
    {
        Id = id,
        Name = $"{id} surname",
        Email = $"{id}@example.test",
        Roles = roles,
        Identities = new Dictionary<string, string> { ["pg-prod"] = $"{id}_pg" },
    };

    /// <summary>alice asks; bob and ben decide level 1, carol level 2; dave administers, erin audits; mallory has no part.</summary>
    public static FakeDirectory Directory() => new(
        Person("alice"), Person("bob") with { Groups = ["leads"] }, Person("ben") with { Groups = ["leads"] }, Person("carol"),
        Person("dave", Roles.Admin), Person("erin", Roles.Auditor), Person("mallory"));

    public static Caller Caller(this FakeDirectory directory, string id, Channel channel = Channel.SignedIn) => new(directory.Current.Find(id)!, channel, "192.0.2.1");

    public static IReadOnlyList<LevelPolicy> Levels { get; } = [new() { Approvers = ["group:leads"] }, new() { Approvers = ["carol"] }];

    public static RequestPolicy Policy { get; } = new() { AccessGroup = "analysts", Mode = Mode.Approve, Levels = Levels, Roles = ["reader"], DefaultRole = "reader" };

    public static AccessGroup Group { get; } = new()
    {
        Id = "analysts",
        Members = ["everyone"],
        Resources = ["pg-prod/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Role] = new(Mode.Approve) },
        Levels = Levels,
        Roles = ["reader"],
        DefaultRole = "reader",
    };

    public static Ask Ask { get; } = new() { Resources = ["pg-prod/analytics"], Kind = AccessKind.Role, Role = "reader", Justification = "quarter-end check" };

    public static AccessRequest Request(string id = "r-1", Phase phase = Phase.Open, GrantState grant = GrantState.Pending, string requester = "alice") => new()
    {
        Id = id,
        Phase = phase,
        Requester = requester,
        Ask = Ask,
        Role = "reader",
        Justification = "quarter-end check",
        Period = new Period(Now, Now.AddHours(1)),
        Policy = Policy,
        Level = phase == Phase.Open ? 1 : 0,
        Levels =
        [
            new Level { Number = 1, Approvers = ["ben", "bob"], ApprovalsRequired = 1, DenialsRequired = 1, OpenedAt = Now },
            new Level { Number = 2, Approvers = ["carol"], ApprovalsRequired = 1, DenialsRequired = 1 },
        ],
        Grants = [new Grant { Id = $"{id}.1", Resource = "pg-prod/analytics", State = grant, Identity = $"{requester}_pg" }],
        CreatedAt = Now,
        ChangedAt = Now,
    };

    public static PlatformOrder Order(string request = "r-1", string requester = "alice") => new()
    {
        RequestId = request,
        GrantId = $"{request}.1",
        Resource = "pg-prod/analytics",
        Kind = AccessKind.Role,
        Requester = requester,
        Role = "reader",
        Identity = $"{requester}_pg",
        End = Now.AddHours(1),
    };
}
