using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Embedded.Sqlite;

namespace AccessFunctions.Benchmarks;

/// <summary>Takes each request to the stage that its number says: of ten, three wait, one is scheduled, one active, one denied, one cancelled, three are over; every fiftieth is an emergency.</summary>
internal static class Lives
{
    private const int Denied = 3, Cancelled = 4, Scheduled = 5, Active = 6;

    /// <summary>When the access of a request begins, counted from its submission: at once but for those that stay scheduled.</summary>
    public static TimeSpan Starts(int number) => Stage(number) == Scheduled ? TimeSpan.FromDays(29) : TimeSpan.Zero;

    /// <summary>Sends what such a life takes, as the people and the runner of effects would.</summary>
    public static async Task Live(int number, AccessRequest request, SqliteWorkflow workflow)
    {
        var stage = Stage(number);
        if (stage < Denied) return;
        if (stage == Denied)
        {
            await Send(Person(new Deny { Id = "deny", By = Seed.Approver(number), Channel = default, At = default, Facts = Seat(number), Revision = 1, Comment = "not now" }));
            return;
        }

        if (stage == Cancelled)
        {
            await Send(Person(new Cancel { Id = "cancel", By = request.Requester, Channel = default, At = default, Facts = ActorFacts.Plain }));
            return;
        }

        if (number / 100 % 50 == 17)
        {
            await Send(Person(new DeclareEmergency
            {
                Id = "emergency",
                By = request.Requester,
                Channel = default,
                At = default,
                Facts = ActorFacts.Plain,
                Justification = "the site is down",
                Emergency = EmergencyFacts.None,
            }));
        }
        else
        {
            await Send(Person(new Approve { Id = "approve", By = Seed.Approver(number), Channel = default, At = default, Facts = Seat(number), Revision = 1 }));
        }

        if (stage == Scheduled) return;
        await Outcome(state => new ProvisionSucceeded { Id = "", By = "", Channel = default, At = default, GrantId = state.Grants[0].Id, Attempt = 1 });
        if (stage == Active) return;
        await Send(Person(new Release { Id = "release", By = request.Requester, Channel = default, At = default, Facts = ActorFacts.Plain }));
        await Outcome(state => new RevokeSucceeded { Id = "", By = "", Channel = default, At = default, GrantId = state.Grants[0].Id, Attempt = 1 });
        await Outcome(state => new ReadBack { Id = "", By = "", Channel = default, At = default, GrantId = state.Grants[0].Id, Attempt = 1, Finding = Finding.Gone, Proof = "looked" });

        async Task Send(Signal signal)
        {
            var answer = await workflow.Deliver(request.Id, signal);
            if (answer.Refusal is { } refusal) throw new InvalidOperationException($"Seeding was refused {signal.Id}: {refusal.Detail}");
            request = answer.State!;
        }

        Task Outcome(Func<AccessRequest, EffectOutcome> outcome) => request.InFlight is { } flight
            ? Send(outcome(request) with { Id = $"outcome-{request.Sequence}", By = SystemActors.Runner, Channel = Channel.System, GrantId = flight.GrantId, Attempt = flight.Attempt })
            : Task.CompletedTask;
    }

    // By the hundred, so that each team and each requester has of all.
    private static int Stage(int number) => number / 100 % 10;

    private static PersonSignal Person(PersonSignal signal) => signal with { Channel = Channel.SignedIn };

    private static ActorFacts Seat(int number) => new() { Seats = [new SeatClaim(1, Seed.Approver(number))] };
}
