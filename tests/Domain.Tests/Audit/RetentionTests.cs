using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Tests.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Audit;

public sealed class RetentionTests
{
    private static readonly DateTimeOffset Before = Samples.Morning;
    private static readonly StreamStanding Free = new()
    {
        Stream = "r-1",
        RequestId = "r-1",
        EndedAt = Before.AddTicks(-1),
        Held = false,
        Checkpointed = true,
        Delivered = true,
        Sound = true,
        Hashes = [],
        NewestAt = Before.AddDays(-1),
        Version = "1",
    };

    public static TheoryData<StreamStanding, KeptFor?, KeptFor?> Standings => new()
    {
        { Free, null, null },
        { Free with { EndedAt = Before }, KeptFor.NotYet, KeptFor.NotYet },
        { Free with { EndedAt = null }, KeptFor.Unfinished, KeptFor.Unfinished },
        { Free with { Held = true, EndedAt = null }, KeptFor.LegalHold, KeptFor.LegalHold },
        { Free with { Delivered = false }, KeptFor.NotDelivered, KeptFor.NotDelivered },
        { Free with { Checkpointed = false }, KeptFor.NotCheckpointed, null },
        { Free with { Sound = false }, KeptFor.Damaged, KeptFor.Damaged },
        { Free with { Stream = "host:a:2026-11-21:retention", RequestId = null }, KeptFor.NotPurged, KeptFor.NotPurged },
        { Free with { Stream = "host:a:2026-11-21", RequestId = null, EndedAt = null }, KeptFor.Unfinished, KeptFor.NotYet },
    };

    [Theory]
    [MemberData(nameof(Standings))]
    public void WhatHinders(StreamStanding standing, KeptFor? purge, KeptFor? pseudonymising)
    {
        Assert.Equal(purge, Retention.HindersPurge(standing, Before));
        Assert.Equal(pseudonymising, Retention.HindersPseudonymising(standing, Before));
    }

    [Fact]
    public void AReviewThatCameLater_IsWhatTheTimeRunsFrom()
    {
        var request = GoldenSamples.State with { ClosedAt = Before, Emergency = GoldenSamples.State.Emergency! with { ReviewedAt = null } };
        Assert.Equal(Before, Retention.EndedAt(request));
        Assert.Equal(Before.AddDays(40), Retention.EndedAt(request with { Emergency = request.Emergency! with { ReviewedAt = Before.AddDays(40) } }));
        Assert.Equal(Before, Retention.EndedAt(request with { Emergency = request.Emergency! with { ReviewedAt = Before.AddDays(-1) } }));
        Assert.Equal(request.ChangedAt, Retention.EndedAt(request with { ClosedAt = null }));
    }

    [Fact]
    public void WhoAsks_WaitsForNoTime_ButForTheEndOfARequest()
    {
        Assert.Null(Retention.HindersPseudonymising(Free with { EndedAt = Before.AddYears(1) }, before: null));
        Assert.Null(Retention.HindersPseudonymising(Free with { EndedAt = null, RequestId = null }, before: null));
        Assert.Equal(KeptFor.Unfinished, Retention.HindersPseudonymising(Free with { EndedAt = null }, before: null));
        Assert.Equal(KeptFor.LegalHold, Retention.HindersPseudonymising(Free with { Held = true }, before: null));
    }
}
