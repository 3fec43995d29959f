using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>One full example of everything that is stored as JSON: every member set, so that every name is pinned.</summary>
internal static class GoldenSamples
{
    private const string Address = "192.0.2.7";
    private static readonly DateTimeOffset Noon = Given.Noon;

    private static Window Window { get; } = new()
    {
        Days = [DayOfWeek.Monday, DayOfWeek.Friday],
        From = new TimeOnly(9, 0),
        To = new TimeOnly(17, 30),
        FirstDate = new DateOnly(2026, 1, 1),
        LastDate = new DateOnly(2026, 12, 31),
    };

    private static Freeze Freeze { get; } = new(Noon.AddDays(10), Noon.AddDays(12), "year-end close");

    private static LevelPolicy Level { get; } = new()
    {
        Approvers = ["group:dba", "manager"],
        ManagerFallback = ["carol"],
        ApprovalsRequired = 2,
        DenialsRequired = 2,
        EscalateAfter = TimeSpan.FromHours(2),
        EscalateTo = ["role:Reviewer"],
        MinimumAssurance = Channel.EmailLink,
    };

    private static Ask Ask { get; } = new()
    {
        Resources = ["pg-prod/analytics"],
        Kind = AccessKind.Role,
        Role = "reader",
        Parameters = new Dictionary<string, string> { ["schema"] = "sales" },
        Justification = "quarter-end check",
        Reason = "audit",
        Ticket = "CHG-1042",
        Start = Noon,
        End = Noon.AddHours(2),
    };

    private static RequestPolicy Policy { get; } = new()
    {
        AccessGroup = "analysts",
        Mode = Mode.Approve,
        TimeZone = "Europe/Berlin",
        Reasons = ["audit"],
        TicketRequired = true,
        TicketPattern = "CHG-[0-9]+",
        DefaultDuration = TimeSpan.FromMinutes(90),
        ExtendUpTo = TimeSpan.FromHours(2),
        Levels = [Level],
        AddManager = true,
        RemindEvery = TimeSpan.FromHours(1),
        AccessWindows = [Window],
        ApprovalWindows = [Window],
        Freezes = [Freeze],
        Roles = ["reader", "writer"],
        DefaultRole = "reader",
        Identities = ["svc_report"],
        AllowBatch = true,
        AllowEmergency = true,
        FreezeBlocksEmergency = true,
        RevertAtEnd = true,
    };

    private static SettingsChange Change { get; } = new() { Base = "1a2b", Before = "{\n  \"id\": \"analysts\"\n}", After = "{\n  \"id\": \"analysts\",\n  \"priority\": 50\n}" };

    private static ActorFacts Facts { get; } = new() { IsAdministrator = true, Seats = [new SeatClaim(1, "bob")], Identities = [new PlatformIdentity("pg-prod", "bob_pg")] };

    internal static AccessRequest State { get; } = new()
    {
        Id = "r-1",
        Phase = Phase.Revoking,
        Outcome = Outcome.Revoked,
        Revision = 2,
        Sequence = 9,
        Requester = "alice",
        Ask = Ask,
        Role = "reader",
        Identity = "svc_report",
        Justification = "quarter-end check",
        Period = new Period(Noon, Noon.AddHours(2), Fixed: true),
        OriginalEnd = Noon.AddHours(1),
        Policy = Policy,
        Level = 1,
        Levels =
        [
            new Level
            {
                Number = 1, Approvers = ["bob", "ben"], EscalateTo = ["eve"], ApprovalsRequired = 1, DenialsRequired = 1, EscalateAfter = TimeSpan.FromHours(2),
                MinimumAssurance = Channel.SignedIn, OpenedAt = Noon, EscalatedAt = Noon.AddHours(2), RemindedAt = Noon.AddHours(1),
            },
        ],
        Reviews = [new Review { By = "sam", Seat = "bob", Verdict = Verdict.Approve, Level = 1, Revision = 2, Channel = Channel.EmailLink, At = Noon.AddMinutes(5), Comment = "fine", Counted = true }],
        Grants =
        [
            new Grant
            {
                Id = "r-1.1", Resource = "pg-prod/analytics", State = GrantState.AlreadyHeld, Identity = "alice_pg", Attempts = 3, Failures = 1, RetryAt = Noon.AddMinutes(9),
                GrantedAt = Noon.AddMinutes(6), RevokedAt = Noon.AddMinutes(7), ProvenGoneAt = Noon.AddMinutes(8), Proof = "no membership left", AlreadyHeld = "role dba",
                Login = "alice_pg", Fulfillers = ["fred"], RemindAt = Noon.AddDays(1), LastError = "connection refused", Resurfaced = true,
            },
        ],
        Emergency = new Emergency
        {
            Justification = "the site is down",
            DeclaredAt = Noon,
            ReviewDueAt = Noon.AddDays(1),
            Review = EmergencyVerdict.Objected,
            ReviewedBy = "bob",
            ReviewedAt = Noon.AddHours(3),
            NoticeReachedAt = Noon.AddMinutes(1),
            NoticeAlerted = true,
            ReviewAlerted = true,
            RecentlyDenied = ["r-0"],
        },
        Change = Change,
        Extension = new Extension(Noon.AddHours(3), 1),
        InFlight = new InFlight(Work.Revoke, "r-1.1", 3),
        Settled = new Settlement("bob", Noon.AddMinutes(7)),
        CreatedAt = Noon,
        ChangedAt = Noon.AddMinutes(8),
        ClosedAt = Noon.AddMinutes(10),
        Seen = [new SeenSignal("s-1", "bob", 8, RefusalReason.StaleRevision)],
        AuditHead = new AuditHead(12, new string('a', 64)),
        PseudonymisedAt = Noon.AddDays(90),
    };

    private static AccessGroup Group { get; } = new()
    {
        Id = "analysts",
        Name = "Analysts",
        Description = "Who reads the sales figures",
        Priority = 50,
        TimeZone = "Europe/Berlin",
        Members = ["group:analysts"],
        Resources = ["pg-prod/analytics*", "vault/[#USERNAME#]/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Role] = new(Mode.Approve), [AccessKind.Settings] = new(Mode.Approve) { RevertAtEnd = true } },
        Reasons = ["audit"],
        TicketRequired = true,
        TicketPattern = "CHG-[0-9]+",
        ReasonReuse = TimeSpan.FromMinutes(60),
        Levels = [Level],
        Approvers = ["carol"],
        ManagerFallback = ["carol"],
        RemindEvery = TimeSpan.FromHours(1),
        AccessWindows = [Window],
        ApprovalWindows = [Window],
        Freezes = [Freeze],
        Roles = ["reader", "writer"],
        DefaultRole = "reader",
        Identities = ["svc_report"],
    };

    private static PlatformOrder Order { get; } = Orders.For(State, State.Grants[0]) with { Parameters = Ask.Parameters };

    /// <summary>By file name; after what it is made of, as static members are set in the order they are written.</summary>
    public static Dictionary<string, object> All { get; } = Build();

    private static Dictionary<string, object> Build()
    {
        var samples = new Dictionary<string, object>(StringComparer.Ordinal) { ["state"] = State, ["access-group"] = Group };
        foreach (var signal in Signals()) samples["signal." + char.ToLowerInvariant(signal.GetType().Name[0]) + signal.GetType().Name[1..]] = signal;
        foreach (var effect in Effects()) samples["effect." + char.ToLowerInvariant(effect.GetType().Name[0]) + effect.GetType().Name[1..]] = effect;
        return samples;
    }

    private static Effect[] Effects() =>
    [
        new Provision { Id = "9-0", Order = Order, Attempt = 3 },
        new ExtendGrant { Id = "9-1", Order = Order, Attempt = 3 },
        new RevokeGrant { Id = "9-2", Order = Order, Attempt = 3 },
        new ReadBackGrant { Id = "9-3", Order = Order, Attempt = 3 },
        new Notify { Id = "9-4", Kind = NoticeKind.ReviewAsked, To = "bob", Revision = 2, Level = 1, By = "alice", At = Noon, Text = "please" },
    ];

    private static Signal[] Signals() =>
    [
        new Submit
        {
            Id = "s-1", By = "alice", Channel = Channel.SignedIn, At = Noon, Address = Address, RequestId = "r-1", Ask = Ask, Policy = Policy,
            Facts = new SubmitFacts
            {
                RequesterActive = true, Approvers = [["bob"]], EscalateTo = [["eve"]], Identities = [new PlatformIdentity("pg-prod", "alice_pg")],
                ReusableJustification = "as before", Change = Change,
            },
        },
        new Approve
        {
            Id = "s-2", By = "bob", Channel = Channel.SignedIn, At = Noon, Address = Address, Facts = Facts, Revision = 1, Level = 1, Comment = "fine", Start = Noon, End = Noon.AddHours(1),
            Role = "reader", Identity = "svc_report", RequesterIdentities = [new PlatformIdentity("pg-prod", "alice_pg")],
        },
        new Deny { Id = "s-3", By = "bob", Channel = Channel.EmailReply, At = Noon, Address = Address, Facts = Facts, Revision = 1, Level = 1, Comment = "not now" },
        new Cancel { Id = "s-4", By = "alice", Channel = Channel.SignedIn, At = Noon, Address = Address, Facts = Facts },
        new DeclareEmergency
        {
            Id = "s-5", By = "alice", Channel = Channel.SignedIn, At = Noon, Address = Address, Facts = Facts, Justification = "the site is down",
            Emergency = new EmergencyFacts { Debts = [new EmergencyDebt("r-0", Noon)], RecentlyDenied = ["r-00"] },
        },
        new Ratify { Id = "s-6", By = "bob", Channel = Channel.SignedIn, At = Noon, Address = Address, Facts = Facts, Verdict = EmergencyVerdict.Ratified, Comment = "it was" },
        new Revoke { Id = "s-7", By = "bob", Channel = Channel.SignedIn, At = Noon, Address = Address, Facts = Facts, Comment = "enough" },
        new Release { Id = "s-8", By = "alice", Channel = Channel.SignedIn, At = Noon, Address = Address, Facts = Facts },
        new Extend { Id = "s-9", By = "alice", Channel = Channel.SignedIn, At = Noon, Address = Address, Facts = Facts, End = Noon.AddHours(3) },
        new DeadlineReached { Id = "s-10", By = SystemActors.Timer, Channel = Channel.System, At = Noon, Address = Address },
        new ProvisionSucceeded { Id = "s-11", By = SystemActors.Runner, Channel = Channel.System, At = Noon, Address = Address, GrantId = "r-1.1", Attempt = 1, AlreadyHeld = "role dba", Login = "alice_pg" },
        new ProvisionFailed { Id = "s-12", By = SystemActors.Runner, Channel = Channel.System, At = Noon, Address = Address, GrantId = "r-1.1", Attempt = 1, Error = "no route", Permanent = true },
        new ProvisionAwaitsPerson { Id = "s-13", By = SystemActors.Runner, Channel = Channel.System, At = Noon, Address = Address, GrantId = "r-1.1", Attempt = 1, Fulfillers = ["fred"] },
        new ExtendSucceeded { Id = "s-14", By = SystemActors.Runner, Channel = Channel.System, At = Noon, Address = Address, GrantId = "r-1.1", Attempt = 2 },
        new ExtendFailed { Id = "s-15", By = SystemActors.Runner, Channel = Channel.System, At = Noon, Address = Address, GrantId = "r-1.1", Attempt = 2, Error = "no route" },
        new RevokeSucceeded { Id = "s-16", By = SystemActors.Runner, Channel = Channel.System, At = Noon, Address = Address, GrantId = "r-1.1", Attempt = 3 },
        new RevokeFailed { Id = "s-17", By = SystemActors.Runner, Channel = Channel.System, At = Noon, Address = Address, GrantId = "r-1.1", Attempt = 3, Error = "no route" },
        new ReadBack { Id = "s-18", By = SystemActors.Runner, Channel = Channel.System, At = Noon, Address = Address, GrantId = "r-1.1", Attempt = 4, Finding = Finding.StillThere, Proof = "a session", Fulfillers = ["fred"] },
        new ConfirmDone { Id = "s-19", By = "fred", Channel = Channel.SignedIn, At = Noon, Address = Address, Facts = Facts, GrantId = "r-1.1", Comment = "done" },
        new ConfirmRemoved { Id = "s-20", By = "fred", Channel = Channel.SignedIn, At = Noon, Address = Address, Facts = Facts, GrantId = "r-1.1", Comment = "gone" },
        new SecretLooked { Id = "s-21", By = "alice", Channel = Channel.SignedIn, At = Noon, Address = Address, Facts = Facts, GrantId = "r-1.1" },
        new RecordingViewed { Id = "s-24", By = "alice", Channel = Channel.SignedIn, At = Noon, Address = Address, Facts = Facts, GrantId = "r-1.1" },
        new NoticeDelivered { Id = "s-22", By = SystemActors.Runner, Channel = Channel.System, At = Noon, Address = Address, Kind = NoticeKind.EmergencyDeclared, To = "bob" },
        new DirectoryChanged { Id = "s-23", By = SystemActors.Directory, Channel = Channel.System, At = Noon, Address = Address, RequesterActive = true, Approvers = [["bob"]], EscalateTo = [["eve"]] },
        new AccessReturned { Id = "s-24", By = SystemActors.Reconciler, Channel = Channel.System, At = Noon, Address = Address, GrantId = "r-1.1", Evidence = "a membership" },
    ];
}
