using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>What people and the directory do in a random step.</summary>
internal static class Signals
{
    /// <summary>Null where the step is the platform's or the timer's.</summary>
    public static Signal? Of(World world, Step step, string who)
    {
        var (request, at) = (world.Request, world.Now);

        // Half of all votes come from those who are asked; else hardly a history gets beyond its first level.
        if (step.What < 32 && request.Phase == Phase.Open && step.Throw(45, 2) == 0 && request.Levels[request.Level - 1].Approvers is { Count: > 0 } asked) who = asked[step.Throw(46, asked.Count)];
        var id = step.Throw(20, 30) == 0 && world.History.Count > 1 ? world.History[^1].Id : world.NextId();
        var facts = Facts(request, step, who);
        var channel = (Channel)(1 + step.Throw(21, 4));
        var grant = request.Grants[step.Throw(22, request.Grants.Count)].Id;
        return step.What switch
        {
            < 27 => new Approve
            {
                Id = id,
                By = who,
                Channel = channel,
                At = at,
                Facts = facts,
                Revision = step.Throw(23, 8) == 0 ? step.Throw(24, 4) : request.Revision,
                Start = step.Throw(25, 8) == 0 ? at.AddMinutes(step.Throw(26, 200) - 50) : null,
                End = step.Throw(27, 6) == 0 ? at.AddMinutes(step.Throw(28, 600) - 20) : null,
                Role = step.Throw(29, 3) == 0 ? step.Throw(30, 2) == 0 ? "reader" : "writer" : null,
            },
            < 32 => new Deny { Id = id, By = who, Channel = channel, At = at, Facts = facts, Revision = step.Throw(23, 8) == 0 ? step.Throw(24, 4) : request.Revision, Comment = step.Throw(31, 5) == 0 ? null : "no" },
            < 35 => new DeclareEmergency { Id = id, By = step.Throw(32, 3) == 0 ? who : request.Requester, Channel = channel, At = at, Facts = facts, Justification = "down", Emergency = EmergencyFacts.None },
            < 39 => new Ratify { Id = id, By = who, Channel = channel, At = at, Facts = facts, Verdict = (EmergencyVerdict)step.Throw(33, 2) },
            < 43 => new Revoke { Id = id, By = who, Channel = channel, At = at, Facts = facts, Comment = "stop" },
            < 46 => new Release { Id = id, By = step.Throw(34, 3) == 0 ? who : request.Requester, Channel = channel, At = at, Facts = facts },
            < 47 => new Cancel { Id = id, By = step.Throw(34, 3) == 0 ? who : request.Requester, Channel = channel, At = at, Facts = facts },
            < 50 => new Extend { Id = id, By = request.Requester, Channel = channel, At = at, Facts = facts, End = request.Period.End.AddMinutes(step.Throw(35, 120)) },
            < 52 => new SecretLooked { Id = id, By = request.Requester, Channel = channel, At = at, Facts = facts, GrantId = grant },
            < 53 => new NoticeDelivered { Id = world.NextId(), By = SystemActors.Runner, Channel = Channel.System, At = at, Kind = NoticeKind.EmergencyDeclared, To = who },
            < 55 => Left(request, step, id, who, at),
            < 56 => new AccessReturned { Id = id, By = SystemActors.Reconciler, Channel = Channel.System, At = at, GrantId = grant, Evidence = "there" },
            _ => null,
        };
    }

    /// <summary>Own seats on every level, and sometimes those of someone who is away.</summary>
    private static ActorFacts Facts(AccessRequest request, Step step, string who)
    {
        var seats = request.Levels.Select(level => new SeatClaim(level.Number, who)).ToList();
        if (step.Throw(40, 4) == 0)
        {
            var away = request.Levels[step.Throw(41, request.Levels.Count)].Approvers;
            if (away.Count > 0) seats.AddRange(request.Levels.Select(level => new SeatClaim(level.Number, away[step.Throw(42, away.Count)])));
        }

        return new ActorFacts { Active = step.Throw(43, 20) > 0, IsAdministrator = who == "dave", Seats = seats };
    }

    private static DirectoryChanged Left(AccessRequest request, Step step, string id, string who, DateTimeOffset at) => new()
    {
        Id = id,
        By = SystemActors.Directory,
        Channel = Channel.System,
        At = at,
        RequesterActive = step.Throw(44, 8) > 0,
        Approvers = [.. request.Levels.Select(level => level.Approvers.Where(person => person != who).ToArray())],
        EscalateTo = [.. request.Levels.Select(level => level.EscalateTo.Where(person => person != who).ToArray())],
    };
}
