using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Audit;

public sealed class AuditLinkTests
{
    // These bytes are chained in every installation: a change here breaks stored chains, whatever the code around it says.
    private const string FullBody =
        """{"v":1,"stream":"r-1","sequence":1,"type":"access.request.approved","at":"2026-11-21T09:00:00.1234567Z","actor":"bob","channel":"SignedIn","succeeded":true,"signalId":"s-1","requestId":"r-1","requester":"alice","revision":2,"level":1,"phase":"Open","outcome":"Revoked","reason":"SelfReview","kind":"Role","resource":"pg-prod/analytics","role":"analytics_reader","identity":"alice","grantId":"g-1","emergency":true,"periodStart":"2026-11-21T10:00:00.0000000Z","periodEnd":"2026-11-21T18:00:00.0000000Z","detail":"DETAIL"}""";

    private const string FullDetail =
        """{"address":"192.0.2.7","text":"quarter-end \u0022check\u0022 f\u00FCr \uD83D\uDE80","more":{"reason":"audit","ticket":"CHG-1042"}}""";

    private const string BareBody =
        """{"v":1,"stream":"r-1","sequence":2,"type":"access.request.refused","at":"2026-11-21T09:00:00.0000000Z","actor":"zo\u00EB","channel":"System","succeeded":false,"emergency":false}""";

    private const string DetailHash = "226bb0fb0640413341fc2c9fbe442775670a15b5b234a85d4bd2d7f6f8ec63ec";
    private const string FirstHash = "0ea15fe0f57fb79c97478c10c25521b4200ed0cdde9fc2b451d34efc1f7f5dc8";
    private const string SecondHash = "86441b76823a5991626cac692234bdb2c07fc6dcdc1b239186f6c3cbf96de242";

    [Fact]
    public void Next_OfAFullEvent_HasExactlyThePinnedBytes()
    {
        var row = AuditLink.Next("r-1", null, Samples.Full, Samples.Salt);

        Assert.Equal(FullDetail, Encoding.UTF8.GetString(row.Detail!));
        Assert.Equal(FullBody.Replace("DETAIL", DetailHash, StringComparison.Ordinal), Encoding.UTF8.GetString(row.Body));
        Assert.Equal(1, row.Sequence);
        Assert.Equal(AuditLink.Origin, row.Previous);
        Assert.Equal(FirstHash, row.Hash);
        Assert.Equal(Samples.Salt, row.Salt);
    }

    [Fact]
    public void Next_OfABareEvent_FollowsThePreviousHashAndKeepsNoSalt()
    {
        var row = AuditLink.Next("r-1", new AuditHead(1, FirstHash), Samples.Bare, Samples.Salt);

        Assert.Equal(BareBody, Encoding.UTF8.GetString(row.Body));
        Assert.Equal(2, row.Sequence);
        Assert.Equal(FirstHash, row.Previous);
        Assert.Equal(SecondHash, row.Hash);
        Assert.Null(row.Detail);
        Assert.Null(row.Salt);
    }

    [Fact]
    public void Hashes_AreTheOnesThatTheFormatNames()
    {
        var row = AuditLink.Next("r-1", new AuditHead(1, FirstHash), Samples.Full, Samples.Salt);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([.. row.Salt!, .. row.Detail!])), AuditBody.Read(row).DetailHash);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([.. Convert.FromHexString(row.Previous), .. row.Body])), row.Hash);
    }

    [Fact]
    public void Next_WithADetailAndAShortSalt_Throws() =>
        Assert.Throws<ArgumentException>(() => AuditLink.Next("r-1", null, Samples.Full, Samples.Salt.AsSpan(1)));

    [Fact]
    public void Next_AfterAHeadThatIsNoHash_Throws() =>
        Assert.Throws<FormatException>(() => AuditLink.Next("r-1", new AuditHead(1, FirstHash.ToUpperInvariant()), Samples.Bare, default));

    [Fact]
    public void Next_OfTextThatIsNoUnicode_StillMakesALinkThatReads()
    {
        var row = AuditLink.Next("r-1", null, Samples.Full with { Reason = "broken \ud800 text", Detail = new AuditDetail { Text = "\udfff" } }, Samples.Salt);

        Assert.Equal("broken \ufffd text", AuditBody.Read(row).Event.Reason);
        Assert.Equal("\ufffd", AuditBody.Read(row).Event.Detail!.Text);
    }

    [Fact]
    public void Read_GivesBackTheEvent()
    {
        var body = AuditBody.Read(AuditLink.Next("r-1", null, Samples.Full, Samples.Salt));

        Assert.Equal("r-1", body.Stream);
        Assert.Equal(1, body.Sequence);
        Assert.Equal(Samples.Full with { Detail = null }, body.Event with { Detail = null });
        Assert.Equal(Samples.Full.Detail!.Address, body.Event.Detail!.Address);
        Assert.Equal(Samples.Full.Detail.Text, body.Event.Detail.Text);
        Assert.Equal(Samples.Full.Detail.More.OrderBy(pair => pair.Key), body.Event.Detail.More.OrderBy(pair => pair.Key));

        var bare = AuditBody.Read(AuditLink.Next("r-1", null, Samples.Bare, default));
        Assert.Equal(Samples.Bare, bare.Event);
        Assert.Null(bare.DetailHash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"v":2,"stream":"r-1"}""")]
    [InlineData("""{"v":"1"}""")]
    [InlineData("""{"v":1,"v":1}""")]
    [InlineData("""{"v":1,"unknown":1}""")]
    [InlineData("""{"v":1,"stream":null}""")]
    [InlineData("""{"v":1,"at":"2026-11-21"}""")]
    [InlineData("""{"v":1,"stream":"r-1","sequence":2,"type":"t","at":"2026-11-21T09:00:00.0000000Z","actor":"a","channel":"System","succeeded":false,"emergency":false}{}""")]
    public void Read_OfAnythingElse_IsAFormatError(string body) =>
        Assert.Throws<FormatException>(() => AuditBody.Read(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("")]
    [InlineData("\"text\"")]
    [InlineData("""{"text":1}""")]
    [InlineData("""{"other":"x"}""")]
    [InlineData("""{"more":"x"}""")]
    [InlineData("""{"more":{"x":null}}""")]
    public void Read_OfAnyOtherDetail_IsAFormatError(string detail) =>
        Assert.Throws<FormatException>(() => AuditDetailText.Read(Encoding.UTF8.GetBytes(detail)));

    [Fact]
    public void SameEvent_IgnoresSaltAndPosition()
    {
        var stored = AuditLink.Next("r-1", new AuditHead(6, FirstHash), Samples.Full, Samples.Salt);
        var again = Samples.Full with
        {
            At = Samples.Full.At.ToOffset(TimeSpan.FromHours(3)),
            Detail = Samples.Full.Detail! with { More = new Dictionary<string, string> { ["reason"] = "audit", ["ticket"] = "CHG-1042" } },
        };

        Assert.True(AuditLink.SameEvent(stored, again));
        Assert.True(AuditLink.SameEvent(AuditLink.Next("r-1", null, Samples.Bare, default), Samples.Bare));
    }

    [Fact]
    public void SameEvent_SeesEveryDifference()
    {
        var stored = AuditLink.Next("r-1", null, Samples.Full, Samples.Salt);
        AuditEvent[] others =
        [
            Samples.Full with { Type = EventTypes.Request.Denied },
            Samples.Full with { At = Samples.Full.At.AddTicks(1) },
            Samples.Full with { Actor = "carol" },
            Samples.Full with { Succeeded = false },
            Samples.Full with { Level = null },
            Samples.Full with { Emergency = false },
            Samples.Full with { PeriodEnd = null },
            Samples.Full with { Detail = null },
            Samples.Full with { Detail = Samples.Full.Detail! with { Text = "other" } },
        ];

        Assert.All(others, other => Assert.False(AuditLink.SameEvent(stored, other)));
        Assert.False(AuditLink.SameEvent(AuditLink.Next("r-1", null, Samples.Bare, default), Samples.Bare with { Detail = new AuditDetail() }));
    }

    [Fact]
    public void SameEvent_WithTheDetailDeleted_ComparesTheRest()
    {
        var stored = AuditLink.Next("r-1", null, Samples.Full, Samples.Salt) with { Detail = null, Salt = null };

        Assert.True(AuditLink.SameEvent(stored, Samples.Full));
        Assert.False(AuditLink.SameEvent(stored, Samples.Full with { Actor = "carol" }));
        Assert.False(AuditLink.SameEvent(stored, Samples.Full with { Detail = null }));
        Assert.False(AuditLink.SameEvent(stored with { Body = [1, 2, 3] }, Samples.Full));
    }
}
