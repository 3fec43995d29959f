using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>What an approver may change, and who is asked again.</summary>
public sealed class RevisionTests
{
    private static readonly PlatformIdentity Alice = new("pg-prod", "alice_pg");
    private static readonly RequestPolicy WithRoles = Given.Policy with { Roles = ["reader", "writer"], DefaultRole = "reader", Identities = ["svc_report"] };
    private static readonly Ask RoleAsk = new() { Resources = ["pg-prod/analytics"], Kind = AccessKind.Role, Justification = "why" };

    [Fact]
    public void Narrowing_KeepsApprovalsAndRevision()
    {
        var story = Story.Of().Accepts(Given.Approve("bob"), Given.Approve("carol", 2, start: Given.At(10), end: Given.At(40))).Is(Phase.Scheduled);
        Assert.Equal((1, Given.At(10), Given.At(40), true), (story.Request.Revision, story.Request.Period.Start, story.Request.Period.End, story.Request.Period.Fixed));
    }

    [Fact]
    public void Widening_AtLevel2_AsksLevel1Again_AndTheOwnVoteWaitsAndCounts()
    {
        var story = Story.Of().Accepts(Given.Approve("bob"), Given.Approve("carol", 2, end: Given.At(180))).Is(Phase.Open);
        Assert.Equal((2, 1), (story.Request.Revision, story.Request.Level));
        Assert.Equal([("bob", false), ("carol", true)], story.Request.Reviews.Select(review => (review.By, review.Counted)));
        Assert.Equal("ben bob", story.Told(NoticeKind.ReviewAsked));
        Assert.Contains(EventTypes.Request.ReviewSuperseded, story.Events);

        story.Refuses(Given.Approve("bob", 3), RefusalReason.StaleRevision).Accepts(Given.Approve("bob", 4, revision: 2)).Is(Phase.Provisioning);
        Assert.Equal(Given.At(180), story.Request.Period.End);
    }

    [Fact]
    public void Widening_TellsThoseOfHigherLevels_ThatTheirAskIsSuperseded()
    {
        var policy = Given.Levels(Given.Level("bob"), Given.Level("carol", "cleo"));
        var story = Story.Of(policy).Accepts(Given.Approve("bob"), Given.Approve("carol", 2, end: Given.At(180)));
        Assert.Equal("cleo", story.Told(NoticeKind.Superseded));
    }

    [Fact]
    public void Denial_StaysOverARevision_UntilItsAuthorReplacesIt()
    {
        var policy = Given.Levels(Given.Level("bob", "ben", "bea") with { ApprovalsRequired = 2, DenialsRequired = 2 });
        var story = Story.Of(policy).Accepts(Given.Deny("ben"), Given.Approve("bob", 2, end: Given.At(180)));
        Assert.Equal([("ben", true), ("bob", true)], story.Request.Reviews.Select(review => (review.By, review.Counted)));
        Story.From(story.Request).Accepts(Given.Deny("bea", 3, revision: 2)).Is(Phase.Denied);
        Story.From(story.Request).Accepts(Given.Approve("ben", 3, revision: 2)).Is(Phase.Provisioning);
    }

    [Fact]
    public void Period_WhereApproversMayNotChangeIt_IsRefused() =>
        Story.Of(Given.Policy with { ApproversMayChangePeriod = false }).Refuses(Given.Approve("bob", end: Given.At(30)), RefusalReason.PeriodNotChangeable).Accepts(Given.Approve("bob", 2));

    [Fact]
    public void Role_MissingWhereNeeded_CollectsNoApproval()
    {
        var story = Story.Of(WithRoles, RoleAsk, [Alice]).Refuses(Given.Approve("bob"), RefusalReason.RoleRequired).Refuses(Given.Approve("bob", 2, role: "owner"), RefusalReason.RoleNotOffered);
        story.Accepts(Given.Approve("bob", 3, role: "writer")).Is(Phase.Open);
        Assert.Equal(("writer", 2, 2), (story.Request.Role, story.Request.Revision, story.Request.Level));
    }

    [Fact]
    public void Role_ChangedToAnother_AsksAgain_AndTheSameOneDoesNot()
    {
        var story = Story.Of(WithRoles, RoleAsk with { Role = "reader" }, [Alice]).Accepts(Given.Approve("bob", role: "reader"));
        Assert.Equal((1, 2), (story.Request.Revision, story.Request.Level));
        story.Accepts(Given.Approve("carol", 2, role: "writer"));
        Assert.Equal((2, 1), (story.Request.Revision, story.Request.Level));
    }

    [Fact]
    public void Identity_MustBeOffered_AndNotTheApproversOwn()
    {
        var story = Story.Of(WithRoles, RoleAsk with { Role = "reader" }, [Alice]);
        story.Refuses(Given.Approve("bob") with { Identity = "root" }, RefusalReason.IdentityNotAllowed);
        story.Refuses(Given.Approve("bob", 2) with { Identity = "svc_report", Facts = Given.Facts("bob") with { Identities = [new PlatformIdentity("pg-prod", "svc_report")] } }, RefusalReason.IdentityNotAllowed);
        story.Accepts(Given.Approve("bob", 3) with { Identity = "svc_report", Facts = Given.Facts("bob") with { Identities = [new PlatformIdentity("pg-other", "svc_report")] } });
        Assert.Equal("svc_report", story.Request.Identity);

        // Whoever approves after it was chosen may not be linked to it either.
        story.Refuses(Given.Approve("carol", 4, revision: 2) with { Facts = Given.Facts("carol") with { Identities = [new PlatformIdentity("pg-prod", "svc_report")] } }, RefusalReason.IdentityNotAllowed);
    }

    [Fact]
    public void Identity_MayBeAnyOfTheRequesters_OnEveryPlatformOfTheRequest()
    {
        PlatformIdentity second = new("pg-prod", "alice_dba");
        var story = Story.Of(WithRoles, RoleAsk with { Role = "reader" }, [Alice]);
        story.Refuses(Given.Approve("bob") with { Identity = "alice_dba", RequesterIdentities = [Alice, second with { Platform = "pg-other" }] }, RefusalReason.IdentityNotAllowed);
        story.Refuses(Given.Approve("bob", 2) with { Identity = "alice_dba", RequesterIdentities = [Alice, second], Facts = Given.Facts("bob") with { Identities = [second] } }, RefusalReason.IdentityNotAllowed);
        story.Accepts(Given.Approve("bob", 3) with { Identity = "alice_dba", RequesterIdentities = [Alice, second] });
        Assert.Equal(("alice_dba", 2), (story.Request.Identity, story.Request.Revision));

        // Back to the first one, and one name on two platforms.
        story.Accepts(Given.Approve("carol", 4, revision: 2) with { Identity = "alice_pg", RequesterIdentities = [Alice, second] });
        Assert.Equal("alice_pg", story.Request.Identity);
        var both = RoleAsk with { Resources = ["pg-prod/analytics", "pg-other/analytics"], Role = "reader" };
        Story.Of(WithRoles, both, [Alice, new PlatformIdentity("pg-other", "a.other")]).Refuses(Given.Approve("bob") with { Identity = "alice_dba", RequesterIdentities = [second] }, RefusalReason.IdentityNotAllowed)
            .Accepts(Given.Approve("bob", 2) with { Identity = "alice_dba", RequesterIdentities = [second, second with { Platform = "pg-other" }] });
    }

    [Fact]
    public void Identity_OfTheRequesterOnOnePlatform_IsNotTakenForAnother()
    {
        var ask = RoleAsk with { Resources = ["pg-prod/analytics", "pg-other/analytics"], Role = "reader" };
        Story.Of(WithRoles, ask, [Alice, new PlatformIdentity("pg-other", "a.other")]).Refuses(Given.Approve("bob") with { Identity = "alice_pg" }, RefusalReason.IdentityNotAllowed);
    }

    [Fact]
    public void Identity_NobodyHas_IsAskedForAtApproval()
    {
        var story = Story.Of(WithRoles, RoleAsk with { Role = "reader" }).Refuses(Given.Approve("bob"), RefusalReason.IdentityRequired);
        story.Accepts(Given.Approve("bob", 2) with { Identity = "svc_report" });
    }

    [Fact]
    public void Revision_FromTheFuture_IsStaleToo() => Story.Of().Refuses(Given.Approve("bob", revision: 2), RefusalReason.StaleRevision).Refuses(Given.Deny("bob", 2, revision: 0), RefusalReason.StaleRevision);
}
