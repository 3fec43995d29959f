using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Application.Tests;

/// <summary>What is offered is what the decider takes, and what is not offered is what it refuses.</summary>
public sealed class ActionsTests
{
    private static readonly string[] People = ["alice", "bob", "ben", "carol", "dave", "erin", "fred", "gina", "mallory"];

    /// <summary>fred fulfils; gina joins level 1 on escalation; mallory stands in for carol; bob is away and ben stands in for him.</summary>
    private readonly FakeDirectory _directory = new(
    [
        .. Given.Directory().Current.All, Given.Person("fred"), Given.Person("gina"),
    ]);

    private readonly ManualTimeProvider _clock = new(Given.Now);

    public ActionsTests()
    {
        _ = _directory.SetDelegation("carol", new Delegation("carol", "mallory", Given.Now, Given.Now.AddDays(1)), default);
        _ = _directory.SetDelegation("bob", new Delegation("bob", "ben", Given.Now, Given.Now.AddDays(1)), default);
    }

    public static TheoryData<string> Situations() => [.. All().Keys];

    [Theory]
    [MemberData(nameof(Situations))]
    public async Task Actions_AreWhatTheDeciderTakes(string situation)
    {
        var request = All()[situation];
        foreach (var person in People)
        {
            foreach (var channel in (Channel[])[Channel.EmailReply, Channel.SignedIn])
            {
                var caller = _directory.Caller(person, channel);
                var offered = Service(new FakeRequests()).Actions(caller, request);
                foreach (var (word, send) in Words)
                {
                    var requests = new FakeRequests();
                    _ = requests.Put(request);
                    var answer = await send(Service(requests), caller, request);
                    var taken = answer.Refusal is null;
                    Assert.True(offered.Contains(word) == taken, $"{situation}: {word} by {person} through {channel} is {(taken ? "taken" : $"refused ({answer.Refusal!.Reason})")}, offered are: {string.Join(", ", offered)}");
                }
            }
        }
    }

    private static readonly Dictionary<string, Func<RequestService, Caller, AccessRequest, Task<Ports.SignalAnswer>>> Words = new()
    {
        ["approve"] = (service, caller, request) => service.Approve(caller, request.Id, "s", new ApproveInput(request.Revision, "fine", null, null, null, null), default),
        ["deny"] = (service, caller, request) => service.Deny(caller, request.Id, "s", request.Revision, "no", default),
        ["cancel"] = (service, caller, request) => service.Cancel(caller, request.Id, "s", default),
        ["emergency"] = (service, caller, request) => service.DeclareEmergency(caller, request.Id, "s", "it is down", default),
        ["revoke"] = (service, caller, request) => service.Revoke(caller, request.Id, "s", "why", default),
        ["release"] = (service, caller, request) => service.Release(caller, request.Id, "s", default),
        ["extend"] = (service, caller, request) => service.Extend(caller, request.Id, "s", request.Period.End.AddMinutes(10), default),
        ["ratify"] = (service, caller, request) => service.Ratify(caller, request.Id, "s", EmergencyVerdict.Ratified, "fine", default),
        ["secret"] = async (service, caller, request) => (await service.LookAtSecret(caller, request.Id, "s", null, default)).Answer,
        ["confirm-done"] = (service, caller, request) => service.ConfirmDone(caller, request.Id, "s", null, null, default),
        ["confirm-removed"] = (service, caller, request) => service.ConfirmRemoved(caller, request.Id, "s", null, null, default),
    };

    private static Dictionary<string, AccessRequest> All()
    {
        var policy = Given.Policy with
        {
            AllowEmergency = true,
            ExtendUpTo = TimeSpan.FromHours(1),
            Levels = [Given.Levels[0] with { EscalateTo = ["gina"], ApprovalsRequired = 2, DenialsRequired = 2 }, Given.Levels[1] with { MinimumAssurance = Channel.SignedIn }],
        };
        AccessRequest Build(Phase phase, GrantState grant = GrantState.Pending, AccessKind kind = AccessKind.Credential)
        {
            var request = Given.Request("r-1", phase, grant);
            return request with
            {
                Policy = policy,
                Ask = request.Ask with { Kind = kind },
                Grants = [request.Grants[0] with { Fulfillers = ["fred"] }],
                Levels =
                [
                    request.Levels[0] with { ApprovalsRequired = 2, DenialsRequired = 2, EscalateTo = ["gina"] },
                    request.Levels[1] with { MinimumAssurance = Channel.SignedIn },
                ],
            };
        }

        var open = Build(Phase.Open);
        var emergency = new Emergency { Justification = "down", DeclaredAt = Given.Now, ReviewDueAt = Given.Now.AddHours(24), NoticeReachedAt = Given.Now };
        var selfApproved = open with { Policy = policy with { AllowSelfApproval = true }, Levels = [open.Levels[0] with { Approvers = ["alice", "ben", "bob"] }, open.Levels[1]] };
        return new Dictionary<string, AccessRequest>
        {
            ["open at level 1"] = open,
            ["open, bob approved"] = open with { Reviews = [Review("bob", "bob", Verdict.Approve)] },
            ["open, ben denied"] = open with
            {
                Reviews = [Review("ben", "ben", Verdict.Deny)],
                Levels = [open.Levels[0] with { Approvers = ["ben", "bob", "gina"], EscalatedAt = Given.Now }, open.Levels[1]],
            },
            ["open, ben approved for bob"] = open with
            {
                Reviews = [Review("ben", "bob", Verdict.Approve)],
                Levels = [open.Levels[0] with { Approvers = ["ben", "bob", "gina", "dave"], EscalatedAt = Given.Now }, open.Levels[1]],
            },
            ["open at level 2"] = open with { Level = 2, Levels = [open.Levels[0], open.Levels[1] with { OpenedAt = Given.Now }], Reviews = [Review("bob", "bob", Verdict.Approve), Review("ben", "ben", Verdict.Approve)] },
            ["open, approving oneself allowed"] = selfApproved,
            ["open, carol is needed at level 2"] = open with
            {
                Policy = policy with { Levels = [policy.Levels[0] with { Approvers = ["group:leads", "carol"], ApprovalsRequired = 1 }, policy.Levels[1]] },
                Levels = [open.Levels[0] with { Approvers = ["ben", "bob", "carol"], ApprovalsRequired = 1 }, open.Levels[1]],
            },
            ["open, no emergency allowed"] = open with { Policy = policy with { AllowEmergency = false } },
            ["scheduled"] = Build(Phase.Scheduled) with { Period = new Period(Given.Now.AddHours(1), Given.Now.AddHours(2)) },
            ["provisioning"] = Build(Phase.Provisioning, GrantState.Attempted),
            ["provisioning by hand"] = Build(Phase.Provisioning, GrantState.AwaitingFulfiller),
            ["active"] = Build(Phase.Active, GrantState.Granted),
            ["active, extension under way"] = Build(Phase.Active, GrantState.Granted) with { Extension = new Extension(Given.Now.AddHours(2), 0) },
            ["active, not extendable"] = Build(Phase.Active, GrantState.Granted) with { Policy = policy with { ExtendUpTo = TimeSpan.Zero } },
            ["active in an emergency"] = Build(Phase.Active, GrantState.Granted) with { Emergency = emergency },
            ["active in an emergency that was reviewed"] = Build(Phase.Active, GrantState.Granted) with { Emergency = emergency with { Review = EmergencyVerdict.Ratified } },
            ["revoking"] = Build(Phase.Revoking, GrantState.Removed),
            ["revoking by hand"] = Build(Phase.Revoking, GrantState.AwaitingRemoval),
            ["closed"] = Build(Phase.Closed, GrantState.Gone) with { Outcome = Outcome.Expired },
            ["closed, review owed"] = Build(Phase.Closed, GrantState.Gone) with { Outcome = Outcome.Expired, Emergency = emergency },
            ["denied"] = Build(Phase.Denied, GrantState.Gone),
        };
    }

    private static Review Review(string by, string seat, Verdict verdict) => new()
    {
        By = by,
        Seat = seat,
        Verdict = verdict,
        Level = 1,
        Revision = 1,
        Channel = Channel.SignedIn,
        At = Given.Now,
        Counted = true,
    };

    private RequestService Service(FakeRequests requests) => new(
        new DecidingDoor(requests, _clock), requests, _directory, new FakeGroups(), new FakePlatforms(new FakePlatform()), _clock);
}
