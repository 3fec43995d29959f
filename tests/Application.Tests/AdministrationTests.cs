using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Application.Tests;

public sealed class AdministrationTests
{
    /// <summary>Its members can all be decided on by others.</summary>
    private static readonly AccessGroup Group = Given.Group with { Members = ["alice", "mallory"] };

    private readonly FakeDirectory _directory = Given.Directory();
    private readonly FakeGroups _groups = new();
    private readonly FakeAudit _audit = new();
    private readonly Administration _administration;

    public AdministrationTests() => _administration = new Administration(_directory, _groups, _audit, new ManualTimeProvider(Given.Now));

    [Fact]
    public async Task SaveGroup_ChecksStoresAndAudits()
    {
        var saved = await _administration.SaveGroup(_directory.Caller("dave"), Group, null, Cancellation);
        Assert.Equal("1", saved.Stored!.Version);
        var happened = Assert.Single(_audit.Events);
        Assert.Equal((EventTypes.Host.PolicySaved, "dave", "access-group/analysts", Given.Now), (happened.Type, happened.Actor, happened.Resource, happened.At));
        Assert.Contains("\"id\":\"analysts\"", happened.Detail!.More["document"]);
    }

    [Fact]
    public async Task SaveGroup_ThatNobodyCouldApprove_IsRefusedByField()
    {
        var saved = await _administration.SaveGroup(_directory.Caller("dave"), Group with { Levels = [new LevelPolicy { Approvers = ["nobody"] }] }, null, Cancellation);
        Assert.Equal(RefusalReason.InvalidAsk, saved.Refusal!.Reason);
        Assert.Contains("levels[0].approvers", string.Join(' ', saved.Refusal.Errors.Keys));
        Assert.Null(_groups.Find("analysts"));
        Assert.Empty(_audit.Events);
    }

    [Fact]
    public async Task SaveGroup_OverAnotherVersion_IsNotStored()
    {
        _ = await _administration.SaveGroup(_directory.Caller("dave"), Group, null, Cancellation);
        Assert.True((await _administration.SaveGroup(_directory.Caller("dave"), Group, null, Cancellation)).VersionDiffers);
        Assert.True((await _administration.SaveGroup(_directory.Caller("dave"), Group, "7", Cancellation)).VersionDiffers);
        Assert.Equal("2", (await _administration.SaveGroup(_directory.Caller("dave"), Group with { Name = "x" }, "1", Cancellation)).Stored!.Version);
    }

    [Fact]
    public async Task DeleteGroup_NeedsTheVersion_AndAudits()
    {
        _ = await _administration.SaveGroup(_directory.Caller("dave"), Group, null, Cancellation);
        Assert.True((await _administration.DeleteGroup(_directory.Caller("dave"), "analysts", "7", Cancellation)).VersionDiffers);
        Assert.Equal(new GroupSaved(null), await _administration.DeleteGroup(_directory.Caller("dave"), "analysts", "1", Cancellation));
        Assert.Equal(EventTypes.Host.PolicyDeleted, _audit.Events[^1].Type);
        Assert.Equal(RefusalReason.NotFound, (await _administration.DeleteGroup(_directory.Caller("dave"), "analysts", "1", Cancellation)).Refusal!.Reason);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("erin")]
    public async Task Administration_ByAnyoneElse_IsNotPermitted(string person)
    {
        var caller = _directory.Caller(person);
        Refusal?[] refusals =
        [
            (await _administration.SaveGroup(caller, Group, null, Cancellation)).Refusal,
            (await _administration.DeleteGroup(caller, "analysts", "1", Cancellation)).Refusal,
            await _administration.SetRoles(caller, person, [Roles.Admin], Cancellation),
            await _administration.SetDelegate(caller, "bob", new Delegation("bob", person, Given.Now, Given.Now.AddHours(1)), Cancellation),
            await _administration.SetDelegate(caller, "no-such-person", null, Cancellation),
        ];
        Assert.All(refusals, refusal => Assert.Equal(RefusalReason.NotPermitted, refusal!.Reason));
        Assert.Empty(_audit.Events);
    }

    [Theory]
    [InlineData("bob")]
    [InlineData("dave")]
    public async Task SetDelegate_ByThatPersonOrAnAdministrator_IsInForceAndAudited(string by)
    {
        Assert.Null(await _administration.SetDelegate(_directory.Caller(by), "bob", new Delegation("bob", "ben", Given.Now, Given.Now.AddDays(7)), Cancellation));
        Assert.Equal("ben", Assert.Single(_directory.Current.Delegations).StandIn);
        Assert.Equal((EventTypes.Host.DelegationChanged, by, "person/bob", "ben"),
            (_audit.Events[0].Type, _audit.Events[0].Actor, _audit.Events[0].Resource, _audit.Events[0].Detail!.More["standIn"]));

        Assert.Null(await _administration.SetDelegate(_directory.Caller(by), "bob", null, Cancellation));
        Assert.Empty(_directory.Current.Delegations);
    }

    [Theory]
    [InlineData("bob", 0, 1, "standIn")]
    [InlineData("nobody", 0, 1, "standIn")]
    [InlineData("mallory", 0, 1, "standIn")]
    [InlineData("ben", 1, 1, "until")]
    [InlineData("ben", -2, -1, "until")]
    [InlineData("ben", 0, 500, "until")]
    public async Task SetDelegate_ThatMakesNoSense_IsRefusedByField(string standIn, int fromDays, int untilDays, string field)
    {
        _directory.Change("mallory", mallory => mallory with { Active = false });
        var refusal = await _administration.SetDelegate(
            _directory.Caller("bob"), "bob", new Delegation("bob", standIn, Given.Now.AddDays(fromDays), Given.Now.AddDays(untilDays)), Cancellation);
        Assert.Equal((RefusalReason.InvalidAsk, field), (refusal!.Reason, Assert.Single(refusal.Errors).Key));
        Assert.Empty(_directory.Current.Delegations);
    }

    [Fact]
    public async Task SetRoles_ReplacesThem_AndRefusesUnknownOnes_AndTheLossOfTheLastAdministrator()
    {
        Assert.Null(await _administration.SetRoles(_directory.Caller("dave"), "bob", [Roles.Reviewer, Roles.Reviewer], Cancellation));
        Assert.Equal([Roles.Reviewer], _directory.Current.Find("bob")!.Roles);
        Assert.Equal((EventTypes.Host.RolesChanged, "Reviewer"), (_audit.Events[0].Type, _audit.Events[0].Detail!.More["roles"]));

        Assert.Equal("roles[1]", Assert.Single((await _administration.SetRoles(_directory.Caller("dave"), "bob", [Roles.Admin, "King"], Cancellation))!.Errors).Key);
        Assert.Equal("roles", Assert.Single((await _administration.SetRoles(_directory.Caller("dave"), "dave", [], Cancellation))!.Errors).Key);
        Assert.Equal(RefusalReason.NotFound, (await _administration.SetRoles(_directory.Caller("dave"), "nobody", [], Cancellation))!.Reason);

        // Who left gets none, and may lose some.
        _directory.Change("bob", static bob => bob with { Active = false });
        Assert.Equal("roles", Assert.Single((await _administration.SetRoles(_directory.Caller("dave"), "bob", [Roles.Reviewer, Roles.Auditor], Cancellation))!.Errors).Key);
        Assert.Null(await _administration.SetRoles(_directory.Caller("dave"), "bob", [], Cancellation));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
