using AccessFunctions.Domain.Requests;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>Whatever arrives, in whatever state: an answer, never an exception, and never an endless walk through time.</summary>
public sealed class GarbagePropertyTests
{
    private static readonly string?[] Texts = [null, "", " ", "alice", "bob", "r-1.1", "r-1.2", "system:runner", "reader", "\0", "💥", new('x', 9000)];
    private static readonly DateTimeOffset[] Dates =
    [
        DateTimeOffset.MinValue, DateTimeOffset.MaxValue, new(1, 1, 1, 0, 0, 0, TimeSpan.Zero), new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero),
        new(2026, 3, 2, 23, 0, 0, TimeSpan.FromHours(14)), Given.At(30), Given.At(61), Given.At(5000), Given.At(500_000_000),
    ];

    private static readonly int[] Numbers = [int.MinValue, -1, 0, 1, 2, 3, 99, int.MaxValue];

    [Fact]
    public void Decide_NeverThrows() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(Scenario.Any, scenario =>
    {
        if (World.Start(scenario) is not { } world) return;
        foreach (var step in scenario.Steps.Take(scenario.Steps.Length / 2)) world.Take(step);
        var state = world.Request;
        foreach (var step in scenario.Steps.Skip(scenario.Steps.Length / 2))
        {
            foreach (var type in LegalityTests.Signals)
            {
                var signal = Garbage(type, step);
                var kept = state with { };
                var decision = Decider.Decide(state, signal);
                World.Must(state == kept, "a decision changes the state it was given");
                World.Must(decision.State is not null, "the request is lost");
                _ = Decider.Decide(null, signal);
                if (step.Throw(90, 4) == 0) state = decision.State!;
            }
        }
    }));

    [Theory]
    [InlineData("2026-03-02T12:30:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    public void Timer_AtAnyInstant_LeavesNothingDue(string instant)
    {
        var at = DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture);
        var policy = Given.Policy with { RemindEvery = TimeSpan.FromMinutes(1) };
        foreach (var request in new[] { Given.Open(policy), Story.Active(policy).Request, Story.Of(policy).Accepts(Given.Emergency(1)).Request, Story.Revoking(policy).Request })
        {
            var after = Decider.Decide(request, Given.Timer(0) with { At = at }).State!;
            Assert.True(Deadlines.Next(after) is not { } next || next > at);
        }
    }

    private static Signal Garbage(Type type, Step step)
    {
        var throws = 50;
        var (id, by, at, channel) = (Text(), Text(), Dates[Throw(Dates.Length)], (Channel)(Throw(8) - 2));
        var facts = new ActorFacts
        {
            Active = Throw(4) > 0,
            IsAdministrator = Throw(2) == 0,
            Seats = [new SeatClaim(Number(), Text()), new SeatClaim(1, "bob"), new SeatClaim(Throw(4), "carol")],
            Identities = [new PlatformIdentity(Text(), Text())],
        };
        return type.Name switch
        {
            nameof(Submit) => Given.Submit(Given.Policy with { TimeZone = Text() }, Given.Ask with { Start = Date(), End = Date(), Justification = Text(), Role = Text(), Ticket = Text() }) with { Id = id, By = by, At = at, Channel = channel },
            nameof(Approve) => new Approve { Id = id, By = by, At = at, Channel = channel, Facts = facts, Revision = Number(), Comment = Text(), Start = Date(), End = Date(), Role = Text(), Identity = Text(), RequesterIdentities = [new PlatformIdentity(Text() ?? "", Text() ?? "")] },
            nameof(Deny) => new Deny { Id = id, By = by, At = at, Channel = channel, Facts = facts, Revision = Number(), Comment = Text() },
            nameof(Cancel) => new Cancel { Id = id, By = by, At = at, Channel = channel, Facts = facts },
            nameof(DeclareEmergency) => new DeclareEmergency { Id = id, By = by, At = at, Channel = channel, Facts = facts, Justification = Text(), Emergency = new EmergencyFacts { Debts = [new EmergencyDebt(Text(), Dates[Throw(Dates.Length)])] } },
            nameof(Ratify) => new Ratify { Id = id, By = by, At = at, Channel = channel, Facts = facts, Verdict = (EmergencyVerdict)Number(), Comment = Text() },
            nameof(Revoke) => new Revoke { Id = id, By = by, At = at, Channel = channel, Facts = facts, Comment = Text() },
            nameof(Release) => new Release { Id = id, By = by, At = at, Channel = channel, Facts = facts },
            nameof(Extend) => new Extend { Id = id, By = by, At = at, Channel = channel, Facts = facts, End = Dates[Throw(Dates.Length)] },
            nameof(DeadlineReached) => new DeadlineReached { Id = id, By = by, At = at, Channel = channel },
            nameof(ProvisionSucceeded) => new ProvisionSucceeded { Id = id, By = by, At = at, Channel = channel, GrantId = Text(), Attempt = Number(), AlreadyHeld = Text(), Login = Text() },
            nameof(ProvisionFailed) => new ProvisionFailed { Id = id, By = by, At = at, Channel = channel, GrantId = Text(), Attempt = Number(), Error = Text(), Permanent = Throw(2) == 0 },
            nameof(ProvisionAwaitsPerson) => new ProvisionAwaitsPerson { Id = id, By = by, At = at, Channel = channel, GrantId = Text(), Attempt = Number(), Fulfillers = [Text()] },
            nameof(ExtendSucceeded) => new ExtendSucceeded { Id = id, By = by, At = at, Channel = channel, GrantId = Text(), Attempt = Number() },
            nameof(ExtendFailed) => new ExtendFailed { Id = id, By = by, At = at, Channel = channel, GrantId = Text(), Attempt = Number(), Error = Text() },
            nameof(RevokeSucceeded) => new RevokeSucceeded { Id = id, By = by, At = at, Channel = channel, GrantId = Text(), Attempt = Number() },
            nameof(RevokeFailed) => new RevokeFailed { Id = id, By = by, At = at, Channel = channel, GrantId = Text(), Attempt = Number(), Error = Text() },
            nameof(ReadBack) => new ReadBack { Id = id, By = by, At = at, Channel = channel, GrantId = Text(), Attempt = Number(), Finding = (Finding)Throw(5), Proof = Text(), Fulfillers = [Text()] },
            nameof(ConfirmDone) => new ConfirmDone { Id = id, By = by, At = at, Channel = channel, Facts = facts, GrantId = Text(), Comment = Text() },
            nameof(ConfirmRemoved) => new ConfirmRemoved { Id = id, By = by, At = at, Channel = channel, Facts = facts, GrantId = Text(), Comment = Text() },
            nameof(SecretLooked) => new SecretLooked { Id = id, By = by, At = at, Channel = channel, Facts = facts, GrantId = Text() },
            nameof(RecordingViewed) => new RecordingViewed { Id = id, By = by, At = at, Channel = channel, Facts = facts, GrantId = Text() },
            nameof(NoticeDelivered) => new NoticeDelivered { Id = id, By = by, At = at, Channel = channel, Kind = (NoticeKind)Number(), To = Text() },
            nameof(AccessReturned) => new AccessReturned { Id = id, By = by, At = at, Channel = channel, GrantId = Text(), Evidence = Text() },
            nameof(DirectoryChanged) => new DirectoryChanged { Id = id, By = by, At = at, Channel = channel, RequesterActive = Throw(3) > 0, Approvers = [[Text()]], EscalateTo = [] },
            _ => throw new ArgumentOutOfRangeException(nameof(type), type.Name, "Say how this signal is spoilt."),
        };

        int Throw(int sides) => step.Throw(throws++, sides);
        string Text() => Texts[Throw(Texts.Length)]!;
        int Number() => Numbers[Throw(Numbers.Length)];
        DateTimeOffset? Date() => Throw(3) == 0 ? null : Dates[Throw(Dates.Length)];
    }
}
