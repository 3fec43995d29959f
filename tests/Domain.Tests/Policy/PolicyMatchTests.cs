using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Policy;

public sealed class PolicyMatchTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 7, 12, 0, 0, TimeSpan.Zero);
    private static readonly Asker Alice = new("alice", "alice", ["analysts"]);

    private static AccessGroup Group(string id, Mode mode = Mode.Approve, int priority = 100, params string[] resources) => new()
    {
        Id = id,
        Priority = priority,
        Members = ["group:analysts"],
        Resources = resources.Length > 0 ? resources : ["pg/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Role] = new(mode) },
        Approvers = ["bob"],
    };

    private static Ask Asking(params string[] resources) => new() { Resources = resources, Kind = AccessKind.Role };

    private static PolicyAnswer Resolve(Ask ask, params AccessGroup[] groups) => PolicyMatch.Resolve(groups, Alice, ask, Noon);

    private static string Winner(params AccessGroup[] groups) => Resolve(Asking("pg/a"), groups).Policy!.AccessGroup;

    [Fact]
    public void StrictestMode_Wins()
    {
        Assert.Equal("b", Winner(Group("a", Mode.Justify, priority: 1), Group("b"), Group("c", Mode.Allow)));
        Assert.Equal("a", Winner(Group("a", Mode.Justify), Group("c", Mode.Allow, priority: 1)));
    }

    [Fact]
    public void EqualModes_GoByPriority_ThenById()
    {
        Assert.Equal("b", Winner(Group("a", priority: 20), Group("b", priority: 10)));
        Assert.Equal("a", Winner(Group("b", priority: 10), Group("a", priority: 10)));
    }

    [Fact]
    public void SilentGroup_TakesNoPart_NorDoItsFreezes()
    {
        var silent = Group("a") with
        {
            Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Session] = new(Mode.Approve) },
            Freezes = [new Freeze(Noon, Noon.AddDays(1))],
        };
        var answer = Resolve(Asking("pg/a"), silent, Group("b", Mode.Allow));
        Assert.Equal("b", answer.Policy!.AccessGroup);
        Assert.Empty(answer.Policy.Freezes);
        Assert.Contains(answer.Why, sentence => sentence.Contains("\"a\"", StringComparison.Ordinal) && sentence.Contains("nothing of Role", StringComparison.Ordinal));
    }

    [Fact]
    public void NoRule_IsRefused_NamingTheResource()
    {
        var answer = Resolve(Asking("pg/a", "other/x"), Group("a"));
        Assert.Equal(RefusalReason.NoRule, answer.Refusal!.Reason);
        Assert.Equal(["resources[1]"], answer.Refusal.Errors.Keys);
        Assert.Null(answer.Policy);
    }

    [Fact]
    public void GroupsOfOthers_DoNotApply_AndAreNotNamed()
    {
        var answer = Resolve(Asking("pg/a"), Group("secret-group") with { Members = ["bob", "group:dba"] });
        Assert.Equal(RefusalReason.NoRule, answer.Refusal!.Reason);
        Assert.DoesNotContain(answer.Why, sentence => sentence.Contains("secret-group", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("alice", true)]
    [InlineData("everyone", true)]
    [InlineData("group:analysts", true)]
    [InlineData("group:alice", false)]
    [InlineData("analysts", false)]
    [InlineData("Alice", false)]
    public void Members_ArePeopleGroupsOrEveryone(string member, bool applies)
    {
        Assert.Equal(applies, Resolve(Asking("pg/a"), Group("a") with { Members = [member] }).Policy is not null);
    }

    [Fact]
    public void ResourcesOfSeveralGroups_AreRefused_SayingHowToSplit()
    {
        var answer = Resolve(Asking("pg/a", "vault/x", "pg/b"), Group("a"), Group("v", resources: "vault/*"));
        Assert.Equal(RefusalReason.SeveralGroups, answer.Refusal!.Reason);
        Assert.Contains("1. pg/a, pg/b (access group \"a\"); 2. vault/x (access group \"v\")", answer.Refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void FreezesOfEveryMatchingGroup_Hold()
    {
        var freeze = new Freeze(Noon.AddDays(1), Noon.AddDays(2));
        var policy = Resolve(Asking("pg/a"), Group("a"), Group("b", Mode.Allow) with { Freezes = [freeze] }, Group("c") with { Resources = ["x/*"], Freezes = [new Freeze(Noon, Noon.AddHours(1))] }).Policy!;
        Assert.Equal("a", policy.AccessGroup);
        Assert.Equal([freeze], policy.Freezes);
    }

    private static readonly Window[] Office = [new() { From = new TimeOnly(14, 0), To = new TimeOnly(18, 0) }];

    [Theory]
    [InlineData(0, 1, Mode.Justify)] // 12–13: outside
    [InlineData(0, 2, Mode.Justify)] // 12–14: ends where the window begins
    [InlineData(0, 3, Mode.Approve)] // 12–15: its last part lies inside
    [InlineData(7, 2, Mode.Justify)] // 19–21
    [InlineData(3, 1, Mode.Approve)]
    [InlineData(-3, 3, Mode.Approve)] // a start in the past floats to now: 12–15
    public void ApprovalWindows_NeitherNowNorThePeriodInOne_FallToJustify(int start, int hours, Mode expected)
    {
        var ask = Asking("pg/a") with { Start = Noon.AddHours(start), End = Noon.AddHours(start + hours) };
        var policy = Resolve(ask, Group("a") with { ApprovalWindows = Office }).Policy!;
        Assert.Equal(expected, policy.Mode);
        Assert.Equal(Office, policy.ApprovalWindows);
    }

    [Fact]
    public void ApprovalWindows_SubmissionInOne_NeedsApproval()
    {
        var ask = Asking("pg/a") with { Start = Noon.AddHours(8), End = Noon.AddHours(9) };
        var answer = PolicyMatch.Resolve([Group("a") with { ApprovalWindows = Office }], Alice, ask, Noon.AddHours(3));
        Assert.Equal(Mode.Approve, answer.Policy!.Mode);
    }

    [Fact]
    public void ApprovalWindows_CountWhereAccessWindowsMoveThePeriod()
    {
        var group = Group("a") with { ApprovalWindows = Office, AccessWindows = [new Window { From = new TimeOnly(16, 0), To = new TimeOnly(20, 0) }] };
        Assert.Equal(Mode.Approve, Resolve(Asking("pg/a"), group).Policy!.Mode);
    }

    [Fact]
    public void EffectiveMode_DecidesOverlap()
    {
        Assert.Equal("b", Winner(Group("a", priority: 50) with { ApprovalWindows = Office }, Group("b", Mode.Justify, priority: 10)));
        Assert.Equal("a", Winner(Group("a", priority: 5) with { ApprovalWindows = Office }, Group("b", Mode.Justify, priority: 10)));
    }

    [Fact]
    public void ApprovalWindows_OfARuleThatNeverAsks_AreNotCopied()
    {
        Assert.Empty(Resolve(Asking("pg/a"), Group("a", Mode.Justify) with { ApprovalWindows = Office }).Policy!.ApprovalWindows);
    }

    [Fact]
    public void ApprovalWindows_DefaultDurationOfThatGroup_IsThePeriod()
    {
        Assert.Equal(Mode.Justify, Resolve(Asking("pg/a"), Group("a") with { ApprovalWindows = Office }).Policy!.Mode);
        Assert.Equal(Mode.Approve, Resolve(Asking("pg/a"), Group("a") with { ApprovalWindows = Office, DefaultDuration = TimeSpan.FromHours(3) }).Policy!.Mode);
    }

    [Fact]
    public void Policy_IsTheGroupsCopy()
    {
        var group = Group("a") with
        {
            TimeZone = "Europe/Berlin",
            Reasons = ["audit"],
            TicketRequired = true,
            TicketPattern = "x",
            DefaultDuration = TimeSpan.FromHours(2),
            MaxDuration = TimeSpan.FromHours(3),
            MaxAdvance = TimeSpan.FromDays(2),
            ExtendUpTo = TimeSpan.FromHours(1),
            AddManager = true,
            ApproversMayChangePeriod = false,
            AllowSelfApproval = true,
            LapseAfter = TimeSpan.FromHours(5),
            RemindEvery = TimeSpan.FromHours(1),
            AccessWindows = Office,
            Roles = ["r"],
            DefaultRole = "r",
            Identities = ["i"],
            AllowBatch = true,
            AllowEmergency = true,
            EmergencyReviewWithin = TimeSpan.FromHours(6),
            FreezeBlocksEmergency = true,
            ApprovalsRequired = 1,
            DenialsRequired = 2,
            ManagerFallback = ["ben"],
        };
        var policy = Resolve(Asking("pg/a"), group).Policy!;
        var level = Assert.Single(policy.Levels);
        Assert.Equal((group.Approvers, group.ManagerFallback, 1, 2), (level.Approvers, level.ManagerFallback, level.ApprovalsRequired, level.DenialsRequired));
        foreach (var property in typeof(RequestPolicy).GetProperties().Where(property => property.Name is not ("AccessGroup" or "Mode" or "Levels" or "Freezes" or "ApprovalWindows" or "RevertAtEnd")))
            Assert.Equal(typeof(AccessGroup).GetProperty(property.Name)!.GetValue(group), property.GetValue(policy));
    }

    [Fact]
    public void NobodyApprovesTheirOwnChangeOfSettings_WhateverTheGroupSays()
    {
        var group = Group("a", resources: "settings/*/*") with
        {
            AllowSelfApproval = true,
            Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Settings] = new(Mode.Approve), [AccessKind.Session] = new(Mode.Approve) },
        };
        Assert.False(Resolve(Asking("settings/access-groups/a") with { Kind = AccessKind.Settings }, group).Policy!.AllowSelfApproval);
        Assert.True(Resolve(Asking("settings/access-groups/a") with { Kind = AccessKind.Session }, group).Policy!.AllowSelfApproval);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RevertAtEnd_IsThatOfTheKindsRule(bool says)
    {
        var group = Group("a", resources: "settings/*/*") with
        {
            Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Settings] = new(Mode.Approve) { RevertAtEnd = says }, [AccessKind.Session] = new(Mode.Approve) },
        };
        Assert.Equal(says, Resolve(Asking("settings/access-groups/a") with { Kind = AccessKind.Settings }, group).Policy!.RevertAtEnd);
        Assert.False(Resolve(Asking("settings/access-groups/a") with { Kind = AccessKind.Session }, group).Policy!.RevertAtEnd);
    }

    [Fact]
    public void UserNamePattern_ReachesOnesOwnOnly()
    {
        var group = Group("a", resources: "pg/[#USERNAME#]");
        Assert.NotNull(Resolve(Asking("pg/alice"), group).Policy);
        Assert.NotNull(Resolve(Asking("pg/bob"), group).Refusal);
        Assert.NotNull(PolicyMatch.Resolve([group], Alice with { UserName = "*" }, Asking("pg/bob"), Noon).Refusal);
    }

    public static TheoryData<Ask, string> Malformed() => new()
    {
        { Asking(), "resources" },
        { Asking([.. Enumerable.Range(0, 51).Select(i => $"pg/{i}")]), "resources" },
        { Asking("pg/a", "pg/a"), "resources[1]" },
        { Asking("pg"), "resources[0]" },
        { Asking("pg/"), "resources[0]" },
        { Asking("pg/*"), "resources[0]" },
        { Asking("pg/a/../b"), "resources[0]" },
        { Asking("pg/a\0"), "resources[0]" },
        { Asking("pg prod/a"), "resources[0]" },
        { Asking(null!, "pg/a"), "resources[0]" },
        { Asking("pg/a") with { Kind = (AccessKind)99 }, "kind" },
        { Asking("pg/a") with { Justification = new string('x', 4001) }, "justification" },
        { Asking("pg/a") with { Role = "a\nb" }, "role" },
        { Asking("pg/a") with { Ticket = new string('x', 201) }, "ticket" },
        { Asking("pg/a") with { Reason = new string('x', 201) }, "reason" },
        { Asking("pg/a") with { Start = DateTimeOffset.MaxValue }, "start" },
        { Asking("pg/a") with { End = DateTimeOffset.MinValue }, "end" },
        { Asking("pg/a") with { Parameters = new Dictionary<string, string> { ["p"] = new('x', AskRules.MaxParameterValue + 1) } }, "parameters.p" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void MalformedAsk_IsRefused_NamingTheField(Ask ask, string field)
    {
        var refusal = Resolve(ask, Group("a")).Refusal!;
        Assert.Equal(RefusalReason.InvalidAsk, refusal.Reason);
        Assert.Contains(field, refusal.Errors.Keys);
    }
}
