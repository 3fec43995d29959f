using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Application.Tests.Effects;

/// <summary>The process dies between any two lines, and the effect runs again: the end is the one of a run without a death.</summary>
public sealed class CrashTests
{
    private static readonly string Privilege = FakePlatform.KeyOf(Given.Order());

    /// <summary>More steps than any one effect has; a death that is never reached is a plain run.</summary>
    public static TheoryData<bool, bool, int, int> Deaths()
    {
        var data = new TheoryData<bool, bool, int, int>();
        foreach (var standing in (bool[])[false, true])
        {
            foreach (var shared in (bool[])[false, true])
            {
                for (var effect = 0; effect < 3; effect++)
                {
                    for (var step = 1; step <= 6; step++) data.Add(standing, shared, effect, step);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task RunningAgain_EndsWhereAnUndisturbedRunEnds(bool standing, bool sharedWithAnother, int dyingEffect, int step)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var steps = new Steps();
        var platform = new FakePlatform("pg-prod", steps);
        var ledger = new FakeLedger(steps);
        var requests = new FakeRequests();
        _ = requests.Put(Given.Request("r-1", Phase.Provisioning));
        _ = requests.Put(Given.Request("r-2", Phase.Provisioning));
        var runner = new EffectRunner(new FakePlatforms(platform), new ProcessAttemptFence(), ledger, requests, Given.Directory(), [], new ManualTimeProvider(), NullLogger<EffectRunner>.Instance);
        if (standing) _ = platform.Privileges.Add(Privilege);
        if (sharedWithAnother) _ = await runner.Run("r-2", new Provision { Id = "1-0", Order = Given.Order("r-2"), Attempt = 1 }, cancellation);

        PlatformEffect[] life =
        [
            new Provision { Id = "2-0", Order = Given.Order(), Attempt = 1 },
            new RevokeGrant { Id = "3-0", Order = Given.Order(), Attempt = 2 },
            new ReadBackGrant { Id = "4-0", Order = Given.Order(), Attempt = 3 },
        ];
        List<Signal?> outcomes = [];
        for (var i = 0; i < life.Length; i++)
        {
            steps.Restart();
            if (i == dyingEffect) steps.DieAt = step;
            var outcome = await runner.Run("r-1", life[i], cancellation);
            if (steps.Died)
            {
                steps.Restart();
                outcome = await runner.Run("r-1", life[i], cancellation);
            }

            outcomes.Add(outcome);
        }

        Assert.Equal(standing, Assert.IsType<ProvisionSucceeded>(outcomes[0]).AlreadyHeld is not null);
        _ = Assert.IsType<RevokeSucceeded>(outcomes[1]);
        Assert.Equal(Finding.Gone, Assert.IsType<ReadBack>(outcomes[2]).Finding);
        Assert.Equal(standing || sharedWithAnother, platform.Privileges.Contains(Privilege));
        Assert.Equal(sharedWithAnother ? ["r-2.1"] : [], ledger.Holders("pg-prod", Privilege).Select(holder => holder.GrantId));
    }
}
