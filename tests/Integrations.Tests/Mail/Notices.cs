using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Tests.Mail;

/// <summary>A request in several states, and the notices about it.</summary>
internal static class Notices
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static readonly PublicAddress Address = new(new Uri("https://access.example.com/"));

    public static readonly Person Alice = new() { Id = "alice", Name = "Alice Adams", Email = "alice@example.com" };
    public static readonly Person Bob = new() { Id = "bob", Name = "Bob Brown", Email = "bob@example.com" };
    public static readonly Person Carol = new() { Id = "carol", Name = "Carol Černá", Email = "carol@example.com" };
    public static readonly Person Dave = new() { Id = "dave", Name = "Dave", Email = "dave@example.com", Roles = [Roles.Admin] };

    public static AccessRequest Open { get; } = new()
    {
        Id = "r-1042",
        Phase = Phase.Open,
        Requester = "alice",
        Ask = new Ask
        {
            Resources = ["pg-prod/analytics"],
            Kind = AccessKind.Role,
            Role = "analytics_reader",
            Justification = "Quarter-end check",
            Reason = "audit",
            Ticket = "CHG-1042",
        },
        Justification = "Quarter-end check",
        Period = new Period(Noon, Noon.AddHours(2)),
        Policy = new RequestPolicy { AccessGroup = "analysts", Mode = Mode.Approve },
        Level = 1,
        Levels =
        [
            new Level { Number = 1, Approvers = ["bob", "ben"], ApprovalsRequired = 1, DenialsRequired = 1, OpenedAt = Noon },
            new Level { Number = 2, Approvers = ["carol"], ApprovalsRequired = 1, DenialsRequired = 1 },
        ],
        Grants = [new Grant { Id = "g-1", Resource = "pg-prod/analytics", State = GrantState.Pending, Identity = "alice" }],
        CreatedAt = Noon,
        ChangedAt = Noon,
    };

    public static Review Approval { get; } = new()
    {
        By = "bob",
        Seat = "bob",
        Verdict = Verdict.Approve,
        Level = 1,
        Revision = 1,
        Channel = Channel.SignedIn,
        At = Noon.AddMinutes(5),
        Comment = "fine, until one",
        Counted = true,
    };

    public static AccessRequest Active { get; } = Open with
    {
        Phase = Phase.Active,
        Level = 0,
        Period = new Period(Noon, Noon.AddHours(1), Fixed: true),
        Reviews = [Approval, Approval with { By = "carol", Seat = "dave", Level = 2, Comment = null }],
        Settled = new Settlement("carol", Noon.AddMinutes(10)),
    };

    public static AccessRequest Emergency { get; } = Active with
    {
        Reviews = [Approval with { Verdict = Verdict.Deny, Comment = "not during the freeze" }],
        Emergency = new Emergency
        {
            Justification = "Orders are failing",
            DeclaredAt = Noon.AddMinutes(6),
            ReviewDueAt = Noon.AddDays(1),
            RecentlyDenied = ["r-0977"],
        },
    };

    public static AccessRequest Closed { get; } = Active with
    {
        Phase = Phase.Closed,
        Outcome = Outcome.Revoked,
        ClosedAt = Noon.AddMinutes(40),
        Grants = [Open.Grants[0] with { State = GrantState.Gone, Proof = "alice holds analytics_reader neither directly nor through another role" }],
    };

    public static Notice Of(NoticeKind kind, AccessRequest request, Person to, int level = 0, string? by = null, string? text = null) =>
        new("r-1042-7-0", Effect(kind, to.Id, level, by, text) with { Revision = request.Revision }, request, to, new SomePeople(Alice, Bob, Carol, Dave));

    private static Notify Effect(NoticeKind kind, string to, int level, string? by, string? text) =>
        new() { Id = "7-0", Kind = kind, To = to, Revision = 1, Level = level, By = by, Text = text, At = Noon.AddMinutes(7) };
}
