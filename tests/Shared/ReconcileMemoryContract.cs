using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using Xunit;

namespace AccessFunctions.Tests.Shared;

/// <summary>What a host's memory of the reconciler promises.</summary>
public abstract class ReconcileMemoryContract
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 9, 0, 0, 1, TimeSpan.FromHours(1));

    /// <summary>The memory as a process that starts now finds it.</summary>
    protected abstract IReconcileMemory Opened { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Memory_OutlivesItsProcess()
    {
        Assert.Empty((await Opened.Load(Cancellation)).Reported);
        Assert.Empty((await Opened.Load(Cancellation)).Places);
        foreach (var key in (string[])["Vanished r-1.1", "Unexpected pg-prod alice:reader@a/b", "Vanished r-1.1"]) await Opened.AddReported(key, Of(key), Cancellation);
        await Opened.SavePlace("pg-prod", new ReconcilePlace("Vanished r-1.1", At), Cancellation);
        await Opened.SavePlace("pg other/%", new ReconcilePlace(null, At), Cancellation);
        await Opened.SavePlace("pg-prod", new ReconcilePlace("Vanished r-3.1", At.AddTicks(1)), Cancellation);

        var left = await Opened.Load(Cancellation);
        Assert.Equal(["Unexpected pg-prod alice:reader@a/b", "Vanished r-1.1"], left.Reported.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Of("Vanished r-1.1"), left.Reported["Vanished r-1.1"]);
        Assert.Equal(
            [KeyValuePair.Create("pg other/%", new ReconcilePlace(null, At)), KeyValuePair.Create("pg-prod", new ReconcilePlace("Vanished r-3.1", At.AddTicks(1)))],
            left.Places.OrderBy(place => place.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Results_AreThoseOfTheLastRun_OfEachPlatform()
    {
        Assert.Empty((await Opened.Load(Cancellation)).Results);
        await Opened.SaveResult("pg-prod", new ReconcileResult(At, 9, 9, 9, 9), Cancellation);
        await Opened.SaveResult("pg-prod", new ReconcileResult(At.AddTicks(1), 12, 1, 2, 3, 4, At.AddTicks(2), "0a1b"), Cancellation);
        await Opened.SaveResult("pg other/%", new ReconcileResult(At, 0, 0, 0, 0), Cancellation);
        var results = (await Opened.Load(Cancellation)).Results;
        Assert.Equal(2, results.Count);
        Assert.Equal(new ReconcileResult(At.AddTicks(1), 12, 1, 2, 3, 4, At.AddTicks(2), "0a1b"), results["pg-prod"]);
        Assert.Empty((await Opened.Load(Cancellation)).Places);
    }

    [Fact]
    public async Task WhatEnded_IsForgotten()
    {
        foreach (var key in (string[])["Vanished r-1.1", "Vanished r-1.10"]) await Opened.AddReported(key, Of(key), Cancellation);
        foreach (var key in (string[])["Vanished r-1.1", "Vanished r-9.1"]) await Opened.RemoveReported(key, Cancellation);
        await Opened.SavePlace("pg-prod", new ReconcilePlace("Vanished r-1.1", At), Cancellation);
        await Opened.SavePlace("pg-prod-2", new ReconcilePlace("Vanished r-1.1", At), Cancellation);
        await Opened.SavePlace("pg-prod", null, Cancellation);
        await Opened.SavePlace("pg-gone", null, Cancellation);

        var left = await Opened.Load(Cancellation);
        Assert.Equal(["Vanished r-1.10"], left.Reported.Keys);
        Assert.Equal(["pg-prod-2"], left.Places.Keys);
    }

    private static Difference Of(string key) => new(Drift.Vanished, "pg-prod", "r-1", "r-1.1", "pg-prod/analytics", "alice_pg", null, $"nothing of {key}", At, Standing: true);
}
