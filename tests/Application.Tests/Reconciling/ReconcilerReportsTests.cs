using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Reconciling;

/// <summary>Each difference is told once while it lasts, whoever finds it.</summary>
public sealed class ReconcilerReportsTests : ReconcilerScene
{
    [Fact]
    public async Task Results_SayWhatWasLookedAt_AndWhatDiffers_WhileItLasts()
    {
        await Run();
        Assert.Equal(new ReconcileResult(Given.Now, 0, 0, 0, 0), Memory.Results["pg-prod"]);
        await Live("r-1");
        await Run();
        Assert.Equal(new ReconcileResult(Given.Now, 1, 0, 0, 0), Memory.Results["pg-prod"]);
        _ = Platform.Privileges.Remove(Privilege);
        await Run();
        await Run();
        Assert.Equal(new ReconcileResult(Given.Now, 1, 1, 0, 0), Memory.Results["pg-prod"]);
    }

    [Fact]
    public async Task ClosedGrant_WhoseRequestMovedOn_IsNotReported()
    {
        Ended("r-1");
        _ = Platform.Privileges.Add(Privilege);
        Requests.Answer = _ => new SignalAnswer(null, new Refusal(RefusalReason.NotNow, "It moved on."), 1);
        await Run();
        Assert.Empty(Memory.Reported);
    }

    [Fact]
    public async Task FindingThatCannotBeTold_StopsNoOther()
    {
        Ended("r-1");
        _ = Platform.Privileges.Add(Privilege);
        await Live("r-2", "bob");
        _ = Platform.Privileges.Remove(FakePlatform.KeyOf(Given.Order("r-2", "bob")));
        Requests.Answer = static _ => throw new InvalidOperationException("no orchestration");
        Assert.Equal(2, (await Run()).Count);
        Assert.Equal(["Vanished r-2.1"], Memory.Reported);
        Assert.Equal(1, Memory.Results["pg-prod"].Different);
    }

    [Fact]
    public async Task OneFinding_IsAuditedOnceWhileItLasts_AndAgainWhenItComesBack()
    {
        await Live("r-1");
        Ended("r-2", requester: "bob");
        _ = Platform.Privileges.Remove(Privilege);
        _ = Platform.Privileges.Add(FakePlatform.KeyOf(Given.Order("r-2", "bob")));
        Assert.Equal(2, (await Run()).Count);
        Assert.Equal(2, (await Run()).Count);

        // A platform that cannot be reached ends nothing.
        Platform.Failure = new PlatformException("no answer");
        Assert.Empty(await Run());
        Platform.Failure = null;
        Assert.Equal(2, (await Run()).Count);
        Assert.Single(Audit.Events);
        Assert.Single(Requests.Signals.Select(static told => told.Signal.Id).Distinct());

        _ = Platform.Privileges.Add(Privilege);
        _ = Assert.Single(await Run());
        _ = Platform.Privileges.Remove(Privilege);
        Assert.Equal(2, (await Run()).Count);
        Assert.Equal([EventTypes.Grant.Vanished, EventTypes.Grant.Vanished], Audit.Events.Where(happened => happened.RequestId == "r-1").Select(happened => happened.Type));
        Assert.Equal((2, 1), (Audit.Events.Count, Requests.Signals.Select(static told => told.Signal.Id).Distinct().Count()));
    }

    [Fact]
    public async Task OneFinding_IsAuditedOnce_ByAnyNumberOfProcesses_AndAgainWhenItComesBack()
    {
        await Live("r-1");
        for (var i = 0; i < 2; i++)
        {
            _ = Platform.Privileges.Remove(Privilege);
            for (var run = 0; run < 2; run++) _ = Assert.Single(await ReconcilerOf(Platform).RunOnce(Cancellation));
            _ = Platform.Privileges.Add(Privilege);
            Assert.Empty(await ReconcilerOf(Platform).RunOnce(Cancellation));
        }

        Assert.Equal(2, Audit.Events.Count);
    }

    [Fact]
    public async Task ManyClosedGrantsOfOnePrivilege_AreOneFinding()
    {
        foreach (var id in (string[])["r-1", "r-2", "r-3"]) Ended(id);
        _ = Platform.Privileges.Add(Privilege);
        _ = Assert.Single(await Run());
        _ = Assert.Single(Requests.Signals);
    }

    [Fact]
    public async Task FindingOfARequestThatEnded_IsForgotten()
    {
        await Live("r-1");
        _ = Platform.Privileges.Remove(Privilege);
        _ = Assert.Single(await Run());
        Assert.Equal(["Vanished r-1.1"], Memory.Reported);
        _ = Requests.Put(Given.Request("r-1", Phase.Revoking, GrantState.Granted));
        Assert.Empty(await Run());
        Assert.Empty(Memory.Reported);
    }
}
