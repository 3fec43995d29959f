using System.Diagnostics;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Benchmarks;

/// <summary>Decisions per second of the pure core, over the whole life of two-level requests on one core.</summary>
internal static class Decisions
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private static readonly RequestPolicy Policy = new()
    {
        AccessGroup = "analysts",
        Mode = Mode.Approve,
        Levels = [new LevelPolicy { Approvers = ["bob", "ben"] }, new LevelPolicy { Approvers = ["carol"] }],
    };

    public static Measured Run(TimeSpan duration)
    {
        for (var i = 0; i < 20_000; i++) Life(i);
        GC.Collect();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        long decisions = 0;
        for (var i = 0; clock.Elapsed < duration; i++) decisions += Life(i);
        clock.Stop();
        return new Measured(decisions / clock.Elapsed.TotalSeconds, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)decisions);
    }

    /// <summary>One measurement.</summary>
    /// <param name="PerSecond">Decisions per second.</param>
    /// <param name="BytesEach">Bytes allocated per decision.</param>
    public sealed record Measured(double PerSecond, double BytesEach);

    /// <summary>Submit, two approvals, provision, end, removal, proof: the eight decisions of an ordinary request.</summary>
    private static int Life(int n)
    {
        var id = "r-" + n;
        var request = Decider.Decide(null, new Submit
        {
            Id = "s1",
            By = "alice",
            Channel = Channel.SignedIn,
            At = Noon,
            RequestId = id,
            Policy = Policy,
            Ask = new Ask { Resources = ["vault/db-admin"], Kind = AccessKind.Credential, Justification = "quarter-end check" },
            Facts = new SubmitFacts { RequesterActive = true, Approvers = [["bob", "ben"], ["carol"]], EscalateTo = [[], []] },
        }).State!;
        request = Decider.Decide(request, new Approve { Id = "s2", By = "bob", Channel = Channel.SignedIn, At = Noon.AddMinutes(1), Revision = 1, Facts = new ActorFacts { Seats = [new SeatClaim(1, "bob")] } }).State!;
        request = Decider.Decide(request, new Deny { Id = "s3", By = "ben", Channel = Channel.SignedIn, At = Noon.AddMinutes(1), Revision = 1, Facts = new ActorFacts { Seats = [new SeatClaim(1, "ben")] } }).State!;
        request = Decider.Decide(request, new Approve { Id = "s4", By = "carol", Channel = Channel.SignedIn, At = Noon.AddMinutes(2), Revision = 1, Facts = new ActorFacts { Seats = [new SeatClaim(2, "carol")] } }).State!;
        request = Decider.Decide(request, new ProvisionSucceeded { Id = "s5", By = SystemActors.Runner, Channel = Channel.System, At = Noon.AddMinutes(3), GrantId = request.InFlight!.GrantId, Attempt = request.InFlight.Attempt }).State!;
        request = Decider.Decide(request, new DeadlineReached { Id = "s6", By = SystemActors.Timer, Channel = Channel.System, At = Noon.AddHours(2) }).State!;
        request = Decider.Decide(request, new RevokeSucceeded { Id = "s7", By = SystemActors.Runner, Channel = Channel.System, At = Noon.AddHours(2), GrantId = request.InFlight!.GrantId, Attempt = request.InFlight.Attempt }).State!;
        request = Decider.Decide(request, new ReadBack { Id = "s8", By = SystemActors.Runner, Channel = Channel.System, At = Noon.AddHours(2), GrantId = request.InFlight!.GrantId, Attempt = request.InFlight.Attempt, Finding = Finding.Gone, Proof = "looked" }).State!;
        if (request.Phase != Phase.Closed) throw new InvalidOperationException($"The life ended in {request.Phase}.");
        return 8;
    }
}
