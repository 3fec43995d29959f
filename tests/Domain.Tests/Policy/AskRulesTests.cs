using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Policy;

public sealed class AskRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 7, 12, 0, 0, TimeSpan.Zero);

    private static readonly Ask Sound = new() { Resources = ["pg/a"], Kind = AccessKind.Session, Justification = "why" };
    private static readonly RequestPolicy Plain = new() { AccessGroup = "a", Mode = Mode.Approve };
    private static readonly SubmitFacts Facts = new() { RequesterActive = true, Approvers = [], EscalateTo = [] };

    private static (RefusalReason? Reason, string[] Fields) Check(RequestPolicy policy, Ask ask, SubmitFacts? facts = null)
    {
        var refusal = AskRules.Check(policy, ask, facts ?? Facts, Now);
        return (refusal?.Reason, [.. refusal?.Errors.Keys ?? []]);
    }

    private static void Refused(RefusalReason reason, string field, RequestPolicy policy, Ask ask, SubmitFacts? facts = null)
    {
        var (found, fields) = Check(policy, ask, facts);
        Assert.Equal(reason, found);
        Assert.Equal([field], fields);
    }

    private static void Taken(RequestPolicy policy, Ask ask, SubmitFacts? facts = null) => Assert.Null(AskRules.Check(policy, ask, facts ?? Facts, Now)?.Detail);

    [Fact]
    public void Justification_IsNeeded_WhereTheModeAsksForOne()
    {
        var silent = Sound with { Justification = "  " };
        Refused(RefusalReason.InvalidAsk, "justification", Plain, silent);
        Refused(RefusalReason.InvalidAsk, "justification", Plain with { Mode = Mode.Justify }, silent);
        Taken(Plain with { Mode = Mode.Allow }, silent);
        Taken(Plain, silent, Facts with { ReusableJustification = "as before" });
    }

    [Fact]
    public void Reason_IsOneOfTheGroups()
    {
        var policy = Plain with { Reasons = ["audit", "incident"] };
        Refused(RefusalReason.InvalidAsk, "reason", policy, Sound);
        Refused(RefusalReason.InvalidAsk, "reason", policy, Sound with { Reason = "Audit" });
        Taken(policy, Sound with { Reason = "audit" });
    }

    [Fact]
    public void Ticket_IsNeededAndFits()
    {
        var policy = Plain with { TicketRequired = true, TicketPattern = @"CHG-\d+" };
        Refused(RefusalReason.InvalidAsk, "ticket", policy, Sound);
        Refused(RefusalReason.InvalidAsk, "ticket", policy, Sound with { Ticket = "INC-1" });
        Refused(RefusalReason.InvalidAsk, "ticket", policy with { TicketRequired = false }, Sound with { Ticket = "INC-1" });
        Taken(policy, Sound with { Ticket = "CHG-1" });
        Taken(policy with { TicketRequired = false }, Sound);
    }

    [Fact]
    public void Role_IsOneOfTheOffered()
    {
        Refused(RefusalReason.RoleNotOffered, "role", Plain with { Roles = ["reader"] }, Sound with { Role = "owner" });
        Refused(RefusalReason.RoleNotOffered, "role", Plain, Sound with { Role = "owner" });
        Taken(Plain with { Roles = ["reader"] }, Sound with { Role = "reader" });
    }

    [Theory]
    [InlineData(Mode.Allow, AccessKind.Session, true)]
    [InlineData(Mode.Justify, AccessKind.Session, true)]
    [InlineData(Mode.Approve, AccessKind.Session, false)] // left to the reviewer
    [InlineData(Mode.Allow, AccessKind.Credential, false)] // released as it is
    public void Role_IsNeeded_WhereNobodyReviews(Mode mode, AccessKind kind, bool needed)
    {
        var policy = Plain with { Mode = mode, Roles = ["reader"] };
        if (needed) Refused(RefusalReason.RoleRequired, "role", policy, Sound with { Kind = kind });
        else Taken(policy, Sound with { Kind = kind });
        Taken(policy with { DefaultRole = "reader" }, Sound with { Kind = kind });
    }

    [Fact]
    public void Identity_IsNeededForRoles_OnEveryPlatform()
    {
        var ask = Sound with { Kind = AccessKind.Role, Resources = ["pg/a", "dw/b"] };
        var policy = Plain with { Roles = ["reader"] };
        Refused(RefusalReason.IdentityRequired, "resources", policy, ask, Facts with { Identities = [new PlatformIdentity("pg", "alice")] });
        Taken(policy, ask, Facts with { Identities = [new PlatformIdentity("pg", "alice"), new PlatformIdentity("dw", "alice")] });
        Taken(policy with { Identities = ["svc"] }, ask);
    }

    [Theory]
    [InlineData(0, 60, null)]
    [InlineData(-30, 60, null)] // floats
    [InlineData(60, 60, "end")] // nothing long
    [InlineData(60, 30, "end")]
    [InlineData(-120, -60, "end")] // over
    [InlineData(0, 481, "end")] // longer than eight hours
    [InlineData(0, 480, null)]
    [InlineData(43201, 43260, "start")] // more than 30 days ahead
    [InlineData(43200, 43260, null)]
    public void Period_IsBounded(int start, int end, string? field)
    {
        var ask = Sound with { Start = Now.AddMinutes(start), End = Now.AddMinutes(end) };
        if (field is null) Taken(Plain, ask);
        else Refused(RefusalReason.PeriodInvalid, field, Plain, ask);
    }

    [Fact]
    public void Period_WithoutEnd_IsFaultedAtItsStart()
    {
        Refused(RefusalReason.PeriodInvalid, "start", Plain, Sound with { Start = Now.AddHours(-2) });
    }

    [Fact]
    public void EveryFault_IsNamedAtOnce()
    {
        var (reason, fields) = Check(
            Plain with { Mode = Mode.Justify, Reasons = ["audit"], TicketRequired = true, Roles = ["reader"] },
            new Ask { Resources = ["pg/a"], Kind = AccessKind.Role, End = Now });
        Assert.Equal(RefusalReason.InvalidAsk, reason);
        Assert.Equal(["justification", "reason", "ticket", "role", "resources", "end"], fields);
    }
}
