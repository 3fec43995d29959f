using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Application.Tests;

public sealed class SubmitTests
{
    private readonly FakeRequests _requests = new();
    private readonly FakeDirectory _directory = Given.Directory();
    private readonly ManualTimeProvider _clock = new(Given.Now);

    [Fact]
    public async Task Submit_CarriesThePolicyAndTheFactsOfTheMoment()
    {
        var answer = await Submit(Given.Ask);
        Assert.Null(answer.Refusal);
        var submit = _requests.Last<Submit>();
        Assert.Equal((_requests.Signals[0].RequestId, "alice", Channel.SignedIn, "192.0.2.1"), (submit.RequestId, submit.By, submit.Channel, submit.Address));
        Assert.Equal(default, submit.At);
        Assert.Equal(("analysts", Mode.Approve), (submit.Policy.AccessGroup, submit.Policy.Mode));
        Assert.True(submit.Facts.RequesterActive);
        Assert.Equal([["ben", "bob"], ["carol"]], submit.Facts.Approvers);
        Assert.Equal(new PlatformIdentity("pg-prod", "alice_pg"), Assert.Single(submit.Facts.Identities));
    }

    [Fact]
    public async Task RequestId_DerivesFromPersonAndKey_AndIsSafeInAddresses()
    {
        _ = await Submit(Given.Ask, key: "k1");
        _ = await Submit(Given.Ask, key: "k1");
        _ = await Submit(Given.Ask, key: "k2");
        _ = await Submit(Given.Ask, key: "k1", by: "bob");
        var ids = _requests.Signals.Select(signal => signal.RequestId).ToList();
        Assert.Equal(ids[0], ids[1]);
        Assert.Equal(3, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^r-[0-9a-f]{32}$", id));
    }

    [Fact]
    public async Task RequestId_TellsApartWhatConcatenationWouldNot()
    {
        Assert.NotEqual(RequestIds.For("ab", "c"), RequestIds.For("a", "bc"));
        Assert.NotEqual(RequestIds.For("a", "1:b"), RequestIds.For("a1", ":b"));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Repeat_AfterThePolicyIsGone_StillReachesTheDoor_WithThePolicyOfTheFirst()
    {
        var id = RequestIds.For("alice", "k1");
        var first = _requests.Put(Given.Request(id));
        var answer = await Service([]).Submit(_directory.Caller("alice"), Given.Ask, "k1", Cancellation);
        Assert.Null(answer.Refusal);
        Assert.Same(first.Policy, _requests.Last<Submit>().Policy);
        Assert.Equal(id, _requests.Last<Submit>().Id);
    }

    [Fact]
    public async Task NoRule_IsRefusedBeforeTheDoor()
    {
        var answer = await Submit(Given.Ask with { Resources = ["elsewhere/x"] });
        Assert.Equal((RefusalReason.NoRule, 0L), (answer.Refusal!.Reason, answer.Sequence));
        Assert.Null(answer.State);
        Assert.Empty(_requests.Signals);
    }

    [Fact]
    public async Task PlatformThatIsMissing_OrDoesNotProvideTheKind_IsNamedByResource()
    {
        var group = Given.Group with
        {
            Resources = ["pg-prod/*", "gone/*"],
            Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Role] = new(Mode.Approve), [AccessKind.Recording] = new(Mode.Approve) },
        };
        var missing = await Submit(Given.Ask with { Resources = ["pg-prod/a", "gone/b"] }, group);
        Assert.Equal(RefusalReason.InvalidAsk, missing.Refusal!.Reason);
        Assert.Equal("resources[1]", Assert.Single(missing.Refusal.Errors).Key);

        var kind = await Submit(Given.Ask with { Kind = AccessKind.Recording }, group);
        Assert.Contains("does not provide Recording; it provides Role, Credential", Assert.Single(kind.Refusal!.Errors["resources[0]"]));
        Assert.Empty(_requests.Signals);
    }

    [Fact]
    public async Task Justification_IsReusedInsideTheGroupsTime_AndOnlyWhereNoneIsGiven()
    {
        var group = Given.Group with { ReasonReuse = TimeSpan.FromMinutes(60) };
        _requests.ReusableJustification = "said before";
        _ = await Submit(Given.Ask with { Justification = null }, group);
        Assert.Equal("said before", _requests.Last<Submit>().Facts.ReusableJustification);
        Assert.Equal(Given.Now.AddMinutes(-60), _requests.JustificationSince);

        _ = await Submit(Given.Ask, group);
        Assert.Null(_requests.Last<Submit>().Facts.ReusableJustification);
        _ = await Submit(Given.Ask with { Justification = null });
        Assert.Null(_requests.Last<Submit>().Facts.ReusableJustification);
    }

    [Fact]
    public async Task Preview_ShowsTheRuleAndTheApproversWithoutTheAsker_AndStoresNothing()
    {
        var preview = await Service([Given.Group]).Preview(_directory.Caller("ben"), Given.Ask, Cancellation);
        Assert.Null(preview.Refusal);
        Assert.Equal("analysts", preview.Policy!.AccessGroup);
        Assert.Equal([["bob"], ["carol"]], preview.Levels);
        Assert.Equal(new Period(Given.Now, Given.Now.AddHours(1)), preview.Period);
        Assert.NotEmpty(preview.Why);
        Assert.Empty(_requests.Signals);
        Assert.Empty(_requests.All);
    }

    [Fact]
    public async Task Preview_SaysWhatSubmitWouldRefuse()
    {
        var service = Service([Given.Group]);
        var noReason = await service.Preview(_directory.Caller("alice"), Given.Ask with { Justification = null }, Cancellation);
        Assert.Equal(RefusalReason.InvalidAsk, noReason.Refusal!.Reason);
        Assert.Contains("justification", noReason.Refusal.Errors.Keys);

        var alone = await service.Preview(_directory.Caller("carol"), Given.Ask, Cancellation);
        Assert.Equal(RefusalReason.Unsolvable, alone.Refusal!.Reason);
        Assert.NotNull(alone.Policy);
    }

    [Fact]
    public async Task Preview_WhereNobodyIsAsked_NamesNoLevels()
    {
        var group = Given.Group with { Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Role] = new(Mode.Justify) } };
        Assert.Empty((await Service([group]).Preview(_directory.Caller("alice"), Given.Ask, Cancellation)).Levels);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task<Ports.SignalAnswer> Submit(Ask ask, AccessGroup? group = null, string key = "k1", string by = "alice") =>
        Service([group ?? Given.Group]).Submit(_directory.Caller(by), ask, key, Cancellation);

    private RequestService Service(AccessGroup[] groups) => new(_requests, _requests, _directory, new FakeGroups(groups), new FakePlatforms(new FakePlatform()), _clock);
}
