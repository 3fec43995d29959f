using System.Diagnostics;
using System.Text.Json;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Policy;

public sealed class GroupValidationTests
{
    private static readonly People Directory = new People()
        .Add("alice", manager: "bob").Add("bob", groups: ["dba"]).Add("ben", groups: ["dba"]).Add("carol", manager: "bob").Add("solo")
        .Add("gone", active: false).Add("rita", role: "Reviewer");

    private static readonly AccessGroup Sound = new()
    {
        Id = "analysts",
        Members = ["alice", "carol"],
        Resources = ["pg/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Session] = new(Mode.Approve) },
        Levels = [Level("bob", "ben"), Level("rita")],
    };

    private static LevelPolicy Level(params string[] approvers) => new() { Approvers = approvers };

    private static AccessGroup Leveled(params LevelPolicy[] levels) => Sound with { Levels = levels };

    private static Dictionary<string, string> Errors(AccessGroup group, IApproverDirectory? directory = null) =>
        GroupValidation.Validate(group, directory ?? Directory).ToDictionary(error => error.Key, error => string.Join(" | ", error.Value));

    private static void Refused(string field, AccessGroup group, string? saying = null)
    {
        var errors = Errors(group);
        Assert.Equal([field], errors.Keys);
        if (saying is not null) Assert.Contains(saying, errors[field], StringComparison.Ordinal);
    }

    [Fact]
    public void SoundGroup_IsTaken()
    {
        Assert.Empty(Errors(Sound));
        Assert.Empty(Errors(Sound with { Levels = [], Approvers = ["group:dba", "role:Reviewer"], ApprovalsRequired = 2 }));
        Assert.Empty(Errors(Sound with { Levels = [], Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Session] = new(Mode.Allow) } }));
        Assert.Empty(Errors(Sound with { Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Settings] = new(Mode.Approve) { RevertAtEnd = true } } }));
    }

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static TheoryData<string, string> Faults => [.. Faulty.Select(fault => (fault.Key, fault.Value.Field))];

    private static readonly Dictionary<string, (string Field, AccessGroup Group)> Faulty = new()
    {
        ["empty id"] = ("id", Sound with { Id = "" }),
        ["id that is a path"] = ("id", Sound with { Id = "../x" }),
        ["upper-case id"] = ("id", Sound with { Id = "Analysts" }),
        ["unknown zone"] = ("timeZone", Sound with { TimeZone = "Mars/Olympus" }),
        ["no zone"] = ("timeZone", Sound with { TimeZone = null! }),
        ["no members"] = ("members", Sound with { Members = [] }),
        ["null members"] = ("members", Sound with { Members = null! }),
        ["a null member"] = ("members[0]", Sound with { Members = [null!] }),
        ["unknown member"] = ("members[1]", Sound with { Members = ["alice", "nobody"] }),
        ["role as member"] = ("members[0]", Sound with { Members = ["role:Reviewer"] }),
        ["unknown group"] = ("members[0]", Sound with { Members = ["group:none"] }),
        ["no resources"] = ("resources", Sound with { Resources = [] }),
        ["broken pattern"] = ("resources[0]", Sound with { Resources = ["pg"] }),
        ["no rules"] = ("rules", Sound with { Rules = new Dictionary<AccessKind, AccessRule>() }),
        ["null rule"] = ("rules.Session", Sound with { Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Session] = null! } }),
        ["a session that is reverted"] = ("rules.Session.revertAtEnd", Sound with { Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Session] = new(Mode.Approve) { RevertAtEnd = true } } }),
        ["unknown mode"] = ("rules.Session.mode", Sound with { Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Session] = new((Mode)9) } }),
        ["blank reason"] = ("reasons[0]", Sound with { Reasons = [" "] }),
        ["reason twice"] = ("reasons[1]", Sound with { Reasons = ["a", "a"] }),
        ["ticket pattern"] = ("ticketPattern", Sound with { TicketPattern = "(" }),
        ["default longer than longest"] = ("defaultDuration", Sound with { DefaultDuration = 9 * Hour }),
        ["no duration"] = ("defaultDuration", Sound with { DefaultDuration = default }),
        ["years of access"] = ("maxDuration", Sound with { MaxDuration = TimeSpan.FromDays(367) }),
        ["negative advance"] = ("maxAdvance", Sound with { MaxAdvance = -Hour }),
        ["advance of years"] = ("maxAdvance", Sound with { MaxAdvance = TimeSpan.FromDays(367) }),
        ["extension never usable"] = ("extendUpTo", Sound with { ExtendUpTo = 9 * Hour }),
        ["no lapse"] = ("lapseAfter", Sound with { LapseAfter = default }),
        ["no review time"] = ("emergencyReviewWithin", Sound with { EmergencyReviewWithin = default }),
        ["no reuse time"] = ("reasonReuse", Sound with { ReasonReuse = default(TimeSpan) }),
        ["reminders like rain"] = ("remindEvery", Sound with { RemindEvery = TimeSpan.FromSeconds(59) }),
        ["day twice"] = ("accessWindows[0].days", Sound with { AccessWindows = [new Window { Days = [DayOfWeek.Monday, DayOfWeek.Monday] }] }),
        ["null days"] = ("accessWindows[0].days", Sound with { AccessWindows = [new Window { Days = null! }] }),
        ["dates reversed"] = ("approvalWindows[0].lastDate", Sound with { ApprovalWindows = [new Window { FirstDate = new(2026, 2, 2), LastDate = new(2026, 2, 1) }] }),
        ["never open"] = ("accessWindows[0].days", Sound with { AccessWindows = [new Window { Days = [DayOfWeek.Monday], FirstDate = new(2026, 1, 6), LastDate = new(2026, 1, 11) }] }),
        ["freeze reversed"] = ("freezes[0].to", Sound with { Freezes = [new Freeze(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch)] }),
        ["role twice"] = ("roles[1]", Sound with { Roles = ["a", "a"] }),
        ["default role not offered"] = ("defaultRole", Sound with { Roles = ["a"], DefaultRole = "b" }),
        ["kind Role without roles"] = ("roles", Sound with { Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Role] = new(Mode.Approve) } }),
        ["identity blank"] = ("identities[0]", Sound with { Identities = [""] }),
        ["levels and a total list"] = ("approvers", Sound with { Approvers = ["bob"] }),
        ["levels and a total count"] = ("approvalsRequired", Sound with { ApprovalsRequired = 2 }),
        ["no approvers in a level"] = ("levels[1].approvers", Leveled(Level("bob"), Level())),
        ["null level"] = ("levels[0]", Leveled([null!])),
        ["null approvers"] = ("levels[0].approvers", Leveled(Level("bob") with { Approvers = null! })),
        ["unknown approver"] = ("levels[0].approvers[0]", Leveled(Level("nobody"))),
        ["approver twice"] = ("levels[0].approvers[1]", Leveled(Level("bob", "bob"))),
        ["unknown kind of reference"] = ("levels[0].approvers[0]", Leveled(Level("team:x"))),
        ["no approvals"] = ("levels[0].approvalsRequired", Leveled(Level("bob") with { ApprovalsRequired = 0 })),
        ["no denials"] = ("levels[0].denialsRequired", Leveled(Level("bob") with { DenialsRequired = 0 })),
        ["manager without fallback"] = ("levels[0].managerFallback", Leveled(Level("manager"))),
        ["manager for the manager"] = ("levels[0].managerFallback", Leveled(Level("manager") with { ManagerFallback = ["manager"] })),
        ["added manager alone, without fallback"] = ("managerFallback", Sound with { Levels = [], AddManager = true }),
        ["escalation after the lapse"] = ("levels[0].escalateAfter", Leveled(Level("bob") with { EscalateAfter = TimeSpan.FromHours(24), EscalateTo = ["ben"] })),
        ["escalation at once"] = ("levels[0].escalateAfter", Leveled(Level("bob") with { EscalateAfter = default(TimeSpan), EscalateTo = ["ben"] })),
        ["escalation to nobody"] = ("levels[0].escalateTo", Leveled(Level("bob") with { EscalateAfter = Hour })),
        ["unknown escalation"] = ("levels[0].escalateTo[0]", Leveled(Level("bob") with { EscalateTo = ["nobody"] })),
        ["assurance of the host"] = ("levels[0].minimumAssurance", Leveled(Level("bob") with { MinimumAssurance = Channel.System })),
        ["nobody approves"] = ("rules.Session.mode", Sound with { Levels = [] }),
        ["inactive approver only"] = ("levels[0].approvers", Leveled(Level("gone"))),
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Fault_IsRefused_AtItsField(string fault, string field)
    {
        Refused(field, Faulty[fault].Group);
    }

    [Fact]
    public void Emergency_WithoutReviewers_IsRefused()
    {
        Refused("allowEmergency", Sound with { Levels = [], AllowEmergency = true, Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Session] = new(Mode.Allow) } });
    }

    [Fact]
    public void PersonMeantAsGroup_IsExplained()
    {
        Refused("levels[0].approvers[0]", Leveled(Level("dba")), "write \"group:dba\"");
    }

    [Fact]
    public void TooFewSeats_SaysHowMany()
    {
        Refused("levels[1].approvers", Leveled(Level("rita"), Level("group:dba") with { ApprovalsRequired = 3 }), "\"dba\" has 2 members besides the requester, but approvalsRequired is 3");
    }

    [Fact]
    public void RequesterAmongTheApprovers_IsFound()
    {
        var group = Leveled(Level("rita"), Level("group:dba") with { ApprovalsRequired = 2 }) with { Members = ["alice", "group:dba"] };
        Refused("levels[1].approvers", group, "\"dba\" has 1 member besides the requester (\"ben\"), but approvalsRequired is 2");
        Assert.Empty(Errors(group with { AllowSelfApproval = true }));
        Assert.Empty(Errors(group with { Members = ["alice"] }));
    }

    [Fact]
    public void PersonNeededAtTwoLevels_IsFound()
    {
        Refused("levels[1].approvers", Leveled(Level("bob"), Level("bob")), "one seat only");
        Assert.Empty(Errors(Leveled(Level("bob", "ben"), Level("bob"))));
    }

    [Fact]
    public void ManagerWhoIsAlsoTheOtherLevel_IsFound()
    {
        var managed = Level("manager") with { ManagerFallback = ["rita"] };
        Refused("levels[1].approvers", Leveled(managed, Level("bob")));
        Assert.Empty(Errors(Leveled(managed, Level("bob")) with { Members = ["solo"] }));
        Refused("levels[1].approvers", Leveled(managed, Level("rita")) with { Members = ["solo"] });
    }

    [Fact]
    public void AddManager_NeverRaisesTheCount_ButFillsASeat()
    {
        var group = Sound with { Levels = [], Approvers = ["rita"], AddManager = true, ApprovalsRequired = 2 };
        Assert.Empty(Errors(group));
        Assert.Equal(["approvers"], Errors(group with { Members = ["solo"] }).Keys);
    }

    [Fact]
    public void ManyErrors_AreToldTogether()
    {
        var errors = Errors(Sound with { Id = "X", TimeZone = "?", Members = [], DefaultRole = "r" });
        Assert.Equal(["id", "timeZone", "members", "defaultRole"], errors.Keys);
    }

    [Fact]
    public void TenThousandMembersAndManagers_AreCheckedQuickly()
    {
        var crowd = new Crowd(10_000);
        var group = Sound with
        {
            Members = ["everyone"],
            Levels = [Level("manager") with { ManagerFallback = ["everyone"] }, Level("everyone") with { ApprovalsRequired = 3 }, Level("group:all") with { ApprovalsRequired = 2 }],
        };
        var watch = Stopwatch.StartNew();
        Assert.Empty(Errors(group, crowd));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Windows_AreReadAsPeopleWriteThem()
    {
        var group = JsonSerializer.Deserialize("""
            { "id": "a", "defaultDuration": "1h30m", "accessWindows": [ { "days": ["Mon", "friday"], "from": "08:00", "to": "18:00:30", "firstDate": "2028-02-29" } ], "rules": { "Role": { "mode": "Approve" } } }
            """, DomainJson.Default.AccessGroup)!;
        var window = Assert.Single(group.AccessWindows);
        Assert.Equal([DayOfWeek.Monday, DayOfWeek.Friday], window.Days);
        Assert.Equal((new TimeOnly(8, 0), new TimeOnly(18, 0, 30), new DateOnly(2028, 2, 29)), (window.From, window.To, window.FirstDate));
        var text = JsonSerializer.Serialize(group, DomainJson.Default.AccessGroup);
        Assert.Contains("""{"days":["Mon","Fri"],"from":"08:00","to":"18:00:30","firstDate":"2028-02-29"}""", text, StringComparison.Ordinal);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{ "id": "a", "accessWindows": [ { "days": ["Funday"] } ] }""", DomainJson.Default.AccessGroup));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{ "id": "a", "accessWindows": [ { "from": "24:00" } ] }""", DomainJson.Default.AccessGroup));
    }

    [Fact]
    public void MembersThatADocumentDoesNotName_HaveTheirDefaults()
    {
        var group = JsonSerializer.Deserialize("""{ "id": "a", "levels": [ { "approvers": ["bob"] } ] }""", DomainJson.Default.AccessGroup)!;
        Assert.Equivalent(new AccessGroup { Id = "a", Levels = [Level("bob")] }, group, strict: true);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{ "id": "a", "rules": { "Role": { } } }""", DomainJson.Default.AccessGroup));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{ "id": "a", "colour": 1 }""", DomainJson.Default.AccessGroup));
    }

    /// <summary>People who each have the one before them as manager.</summary>
    private sealed class Crowd(int size) : IApproverDirectory
    {
        public IReadOnlyList<string> Everyone { get; } = [.. Enumerable.Range(0, size).Select(i => $"p{i:D6}")];
        public bool IsActive(string person) => person.Length == 7;
        public IReadOnlyList<string>? Members(string group) => Everyone;
        public IReadOnlyList<string> WithRole(string role) => [];
        public string? Manager(string person) => person == "p000000" ? null : $"p{int.Parse(person[1..]) - 1:D6}";
    }
}
