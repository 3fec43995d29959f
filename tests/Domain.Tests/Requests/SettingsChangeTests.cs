using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

public sealed class SettingsChangeTests
{
    private static readonly SettingsChange Change = new() { Base = "v1", Before = "{ a }", After = "{ b }" };

    private static readonly Ask Ask = new()
    {
        Resources = ["settings/access-groups/analysts"],
        Kind = AccessKind.Settings,
        Justification = "more approvers",
        Parameters = new Dictionary<string, string> { [SettingsChange.DocumentParameter] = "b", [SettingsChange.BaseParameter] = "v1" },
    };

    private static Submit Submit(RequestPolicy? policy = null) => With(Given.Submit(policy, Ask));

    private static Submit With(Submit submit) => submit with { Facts = submit.Facts with { Change = Change } };

    private static Story Open(RequestPolicy? policy = null) => Story.From(Given.After(null, Submit(policy)));

    [Fact]
    public void WhatWasReadAtSubmission_IsWhatTheRequestHolds_AndWhatThePlatformGets()
    {
        var story = Open();
        Assert.Equal(Change, story.Request.Change);
        story.Accepts(Given.Approve("bob"), Given.Approve("carol"));
        var order = Assert.Single(story.Last.Effects.OfType<Provision>()).Order;
        Assert.Equal(Change, order.Settings!.Change);
        Assert.Equal(["bob", "carol"], order.Settings.ApprovedBy);
        Assert.Empty(order.Parameters);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void End_Reverts_WhereTheAccessGroupSaysSo(bool says)
    {
        var story = Open(Given.Policy with { RevertAtEnd = says }).Accepts(Given.Approve("bob"), Given.Approve("carol"))
            .Platform(request => Given.Provisioned(request, 2)).Accepts(Given.Release(3));
        Assert.Equal(says, Assert.Single(story.Last.Effects.OfType<RevokeGrant>()).Order.Settings!.Reverts);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(EmergencyVerdict.Objected, true)]
    [InlineData(EmergencyVerdict.Ratified, false)]
    public void ChangeThatAnEmergencyMade_StaysOnlyWhereItWasRatified(EmergencyVerdict? verdict, bool reverts)
    {
        var story = Open(Given.Policy with { AllowEmergency = true }).Accepts(Given.Emergency(1)).Platform(request => Given.Provisioned(request, 2));
        if (verdict is { } word) story.Accepts(Given.Ratify(3, verdict: word));
        if (verdict != EmergencyVerdict.Objected) story.Accepts(Given.Release(4));
        Assert.Equal(reverts, Assert.Single(story.Last.Effects.OfType<RevokeGrant>()).Order.Settings!.Reverts);
    }

    [Fact]
    public void ChangeThatFailed_IsAlwaysTakenBack()
    {
        var story = Open().Accepts(Given.Approve("bob"), Given.Approve("carol")).Platform(request => Given.NotProvisioned(request, 2, permanent: true));
        story.Is(Phase.Revoking, Outcome.Failed);
        Assert.True(Assert.Single(story.Last.Effects.OfType<RevokeGrant>()).Order.Settings!.Reverts);
    }

    [Theory]
    [InlineData(Channel.EmailReply)]
    [InlineData(Channel.SlackReaction)]
    public void ChannelThatDoesNotShowTheChange_DeniesIt_AndApprovesNothing(Channel channel)
    {
        Open().Refuses(Given.Approve("bob", channel: channel), RefusalReason.AssuranceTooLow).Accepts(Given.Deny("bob", 2, channel: channel));
        Open().Accepts(Given.Approve("bob", channel: Channel.EmailLink));
    }

    [Fact]
    public void LevelThatAsksForMore_KeepsIt() =>
        Assert.All(Open(Given.Levels(Given.Level("bob") with { MinimumAssurance = Channel.SignedIn })).Request.Levels, static level => Assert.Equal(Channel.SignedIn, level.MinimumAssurance));

    [Fact]
    public void WhoBecomesAnApproverByTheChange_DoesNotDecideOnIt()
    {
        // The directory says mallory has a seat of the group's now, as it would once the change is in force.
        var story = Open();
        story.Refuses(Given.Approve("mallory"), RefusalReason.NotAnApprover);
        story.Refuses(Given.Approve("alice", 2), RefusalReason.SelfReview);
    }

    [Theory]
    [InlineData(AccessKind.Settings, SettingsChange.DocumentParameter, SettingsChange.MaxLength)]
    [InlineData(AccessKind.Settings, SettingsChange.BaseParameter, AskRules.MaxParameterValue)]
    [InlineData(AccessKind.Other, SettingsChange.DocumentParameter, AskRules.MaxParameterValue)]
    public void Document_MayBeLong_AndNothingElse(AccessKind kind, string parameter, int longest)
    {
        Assert.Null(Shape(longest));
        Assert.Equal([$"parameters.{parameter}"], Shape(longest + 1)!.Errors.Keys);

        Refusal? Shape(int length) => AskRules.Shape(Ask with { Kind = kind, Parameters = new Dictionary<string, string> { [parameter] = new('x', length) } }, Given.Noon);
    }

    [Fact]
    public void Settings_HaveNoRole_WhateverTheGroupOffers() => Assert.False(AskRules.NeedsRole(Given.Policy with { Roles = ["reader"] }, AccessKind.Settings));

    [Fact]
    public void Pseudonymised_TheDocumentsAreGone()
    {
        var request = Given.After(null, Submit());
        var without = Pseudonymisation.Without(request, null, Given.Noon.AddDays(400))!;
        Assert.Equal((Pseudonymisation.Removed, Pseudonymisation.Removed, "v1"), (without.Change!.Before, without.Change.After, without.Change.Base));
    }
}
