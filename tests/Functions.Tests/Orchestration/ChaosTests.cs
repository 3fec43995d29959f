using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Functions.Tests.Orchestration;

/// <summary>
/// Random lives under random trouble, the same for the same seed: crashes, lost and doubled activities, an orchestration that is terminated,
/// a store and a mailbox that go away, signals in bursts, time in leaps. Whatever happens, nothing may be lost, doubled or left behind.
/// </summary>
[TakesLong]
public sealed class ChaosTests
{
    private static readonly string[] Activities =
    [
        nameof(RequestActivities.SaveDecision), nameof(RequestActivities.SendNotice), nameof(RequestActivities.ProvisionAccess), nameof(RequestActivities.RevokeAccess),
        nameof(RequestActivities.ReadBackAccess), nameof(RequestActivities.DeliverAudit), nameof(RequestActivities.LoadSnapshot),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task AnyLife_UnderAnyTrouble_EndsWithoutAccess_AndWithEverySignalAnsweredOnce(int seed)
    {
        var random = new Random(seed);
        using var given = new Given();
        await given.Submitted();
        var sent = new List<Signal>();
        for (var step = 0; step < 40; step++)
        {
            switch (random.Next(8))
            {
                case 0: given.Service.Restart(); break;
                case 1: given.Service.RunTwice(Pick(), random.Next(1, 4)); break;
                case 2: given.Service.LoseResult(Pick(), random.Next(1, 3)); break;
                case 3: given.Service.Fail(Pick(), random.Next(1, 4), () => new TransientException("away")); break;
                case 4: given.Mail.Failure = random.Next(2) == 0 ? null : new IOException("down"); break;
                case 5 when random.Next(3) == 0 && given.Instance is { IsOver: false }:
                    await given.Service.Client.TerminateInstanceAsync(Given.Id);
                    _ = await given.Lost.Revive(default);
                    break;
                default: await Burst(); break;
            }

            await given.Service.Advance(TimeSpan.FromSeconds(random.Next(1, 1200)));
        }

        given.Mail.Failure = null;
        await given.Service.Advance(TimeSpan.FromDays(3));
        if (given.State.Emergency is { Review: null }) Assert.Null((await given.Send(Signals.Ratify("carol"))).Refusal);
        await given.Service.Advance(TimeSpan.FromHours(2));

        Assert.False(RequestIndex.IsUnfinished(given.State), $"{given.State.Phase}");
        Assert.True(given.Instance.IsOver);
        Assert.Empty(given.Platform.Privileges);
        Assert.All(sent, signal => Assert.Single(given.Store.Answers, answer => answer.SignalId == signal.Id && answer.Actor == signal.By));
        var rows = given.Store.Audit(Given.Id);
        Assert.Equal(ChainVerdict(rows), rows.Count);
        Assert.Equal(given.State.AuditHead!.Hash, rows[^1].Hash);
        Assert.All(Outcomes(rows), outcome => Assert.Single(outcome));

        string Pick() => Activities[random.Next(Activities.Length)];

        // Raised at once: what an orchestration that is over does not take is sent again, as for callers who were told to wait.
        async Task Burst()
        {
            var burst = Enumerable.Range(0, random.Next(1, 4)).Select(number => Some(random, $"{sent.Count + number}")).ToArray();
            sent.AddRange(burst);
            var answers = burst.Select(signal => given.Workflow.Signal(Given.Id, signal, default)).ToList();
            await given.Service.Advance(TimeSpan.FromMinutes(5));
            foreach (var answer in await Task.WhenAll(answers)) Assert.True(answer.Settled);
        }
    }

    private static Signal Some(Random random, string id) => random.Next(9) switch
    {
        0 or 1 => Signals.Approve("bob", id),
        2 => Signals.Approve("ben", id),
        3 or 4 => Signals.Approve("carol", id),
        5 => Signals.Emergency("alice", id),
        6 => random.Next(3) == 0 ? Given.Revoke("bob", id) : Signals.Approve("mallory", id),
        7 => random.Next(3) == 0 ? Given.Release(id) : Signals.Approve("carol", id, revision: 7),
        _ => random.Next(6) == 0 ? Signals.Deny("ben", id) : Signals.Approve("mallory", id),
    };

    /// <summary>Links that hold, from the first on.</summary>
    private static int ChainVerdict(IReadOnlyList<AuditRow> rows) =>
        rows.TakeWhile((row, place) => row.Sequence == place + 1 && row.Previous == (place == 0 ? AuditLink.Origin : rows[place - 1].Hash)).Count();

    /// <summary>Ends of attempts, by signal: each was recorded once.</summary>
    private static IEnumerable<IGrouping<string, string>> Outcomes(IReadOnlyList<AuditRow> rows) => rows
        .Select(row => AuditBody.Read(row.Body).Event)
        .Where(happened => happened.Type is EventTypes.Grant.Provisioned or EventTypes.Grant.Removed or EventTypes.Grant.ProvenGone)
        .GroupBy(happened => $"{happened.SignalId} {happened.Type}", happened => happened.Type);
}
