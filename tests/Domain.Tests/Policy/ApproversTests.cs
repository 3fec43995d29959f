using AccessFunctions.Domain.Policy;
using Xunit;

namespace AccessFunctions.Domain.Tests.Policy;

public sealed class ApproversTests
{
    private static readonly People Directory = new People()
        .Add("alice", manager: "bob").Add("bob", manager: "bob").Add("ben", groups: ["dba"]).Add("zoe", groups: ["dba"])
        .Add("gone", groups: ["dba"], active: false).Add("al", manager: "gone").Add("rita", role: "Reviewer").Add("solo");

    private static LevelPolicy Level(params string[] approvers) => new() { Approvers = approvers, ManagerFallback = ["rita"] };

    private static string[] Expand(string requester, bool addManager, LevelPolicy level) => [.. Approvers.Expand([level], addManager, requester, Directory)[0]];

    [Fact]
    public void References_BecomeDistinctPeopleInOrdinalOrder()
    {
        Assert.Equal(["ben", "rita", "zoe"], Expand("alice", false, Level("zoe", "group:dba", "role:Reviewer", "zoe")));
    }

    [Fact]
    public void Manager_TakesTheSeat()
    {
        Assert.Equal(["bob"], Expand("alice", false, Level("manager")));
    }

    [Theory]
    [InlineData("solo")] // has none
    [InlineData("bob")] // is their own
    [InlineData("al")] // left
    public void Manager_WhoCannotSit_IsReplacedByTheFallback(string requester)
    {
        Assert.Equal(["rita"], Expand(requester, false, Level("manager")));
    }

    [Fact]
    public void AddManager_AddsToTheFirstLevelOnly()
    {
        var levels = Approvers.Expand([Level("zoe"), Level("ben")], addManager: true, "alice", Directory);
        Assert.Equal(["bob", "zoe"], levels[0]);
        Assert.Equal(["ben"], levels[1]);
    }

    [Fact]
    public void AddManager_ByTheFallback_WhereThereIsNoManager()
    {
        Assert.Equal(["rita", "zoe"], Expand("solo", true, Level("zoe")));
        Assert.Equal(["zoe"], Expand("solo", true, Level("zoe") with { ManagerFallback = [] }));
    }

    [Fact]
    public void InactiveAndUnknownPeople_TakeNoSeat()
    {
        Assert.Empty(Expand("alice", false, Level("gone", "nobody", "group:none", "role:None")));
    }

    [Fact]
    public void Escalation_ExpandsTheSameWay()
    {
        var levels = Approvers.ExpandEscalation([Level("zoe") with { EscalateTo = ["manager", "role:Reviewer"] }, Level("ben")], "alice", Directory);
        Assert.Equal(["bob", "rita"], levels[0]);
        Assert.Empty(levels[1]);
    }

    [Fact]
    public void Members_AreThePeopleBehindThem()
    {
        Assert.Equal(["alice", "ben", "zoe"], Approvers.ExpandMembers(["group:dba", "alice"], Directory));
        Assert.Equal(Directory.Everyone, Approvers.ExpandMembers(["everyone"], Directory));
    }
}
