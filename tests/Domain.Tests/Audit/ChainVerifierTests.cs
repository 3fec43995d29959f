using System.Text;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Audit;

public sealed class ChainVerifierTests
{
    private readonly List<AuditRow> rows = Samples.Chain("r-1", 6);

    [Fact]
    public void SoundChains_EvenMixed_HaveNoFindings()
    {
        var other = Samples.Chain("r-2", 6);
        var verifier = Verified(rows.Zip(other).SelectMany(pair => new[] { pair.First, pair.Second }));

        Assert.Empty(verifier.Findings);
        Assert.Equal(12, verifier.Events);
        Assert.Equal(2, verifier.Streams);
    }

    [Fact]
    public void ADeletedDetail_IsNoFault()
    {
        rows[2] = rows[2] with { Detail = null, Salt = null };

        Assert.Empty(Verified(rows).Findings);
    }

    [Fact]
    public void AnEditedBody_IsNamed()
    {
        rows[3] = rows[3] with { Body = Replace(rows[3].Body, "System", "Nobody") };

        Finds((AuditFault.Edited, 4));
    }

    [Fact]
    public void AnEditedBodyWithItsHashMadeAnew_IsFoundAtTheNextRow()
    {
        rows[3] = rows[3] with { Body = Replace(rows[3].Body, "System", "Nobody") };
        rows[3] = rows[3] with { Hash = Samples.Hash(rows[3]) };

        Finds((AuditFault.NotLinked, 5));
    }

    [Fact]
    public void RemovedRows_AreNamed()
    {
        rows.RemoveRange(2, 2);

        Finds((AuditFault.Missing, 3));
        Assert.Equal("Rows 3 to 4 are missing.", Verified(rows).Findings[0].Text);
    }

    [Fact]
    public void ARemovedFirstRow_IsNamed()
    {
        rows.RemoveAt(0);

        Finds((AuditFault.Missing, 1));
    }

    [Fact]
    public void ARemovedRowWithTheRestRenumbered_IsFoundByTheBodies()
    {
        rows.RemoveAt(2);
        Renumber();

        Finds((AuditFault.NotLinked, 3), (AuditFault.Misplaced, 3), (AuditFault.Misplaced, 4), (AuditFault.Misplaced, 5));
    }

    [Fact]
    public void ReorderedRows_AreNamed()
    {
        (rows[2], rows[3]) = (rows[3], rows[2]);

        Finds((AuditFault.Missing, 3), (AuditFault.Reordered, 3));
    }

    [Fact]
    public void ReorderedRowsRenumbered_AreFoundByTheLinks()
    {
        (rows[2], rows[3]) = (rows[3], rows[2]);
        Renumber();

        Finds((AuditFault.NotLinked, 3), (AuditFault.Misplaced, 3), (AuditFault.NotLinked, 4), (AuditFault.Misplaced, 4), (AuditFault.NotLinked, 5));
    }

    [Fact]
    public void AnInsertedRow_IsNamed()
    {
        var forged = AuditLink.Next("r-1", new AuditHead(3, rows[2].Hash), Samples.Bare with { Actor = "mallory" }, default);
        rows.Insert(3, forged);

        Finds((AuditFault.Duplicated, 4), (AuditFault.NotLinked, 5));
    }

    [Fact]
    public void ARepeatedRow_IsNamed()
    {
        rows.Insert(3, rows[2]);

        Finds((AuditFault.Duplicated, 3));
    }

    [Fact]
    public void ARowOfAnotherChain_IsNamed()
    {
        rows[3] = Samples.Chain("r-2", 6)[3] with { Stream = "r-1" };

        Finds((AuditFault.NotLinked, 4), (AuditFault.Misplaced, 4), (AuditFault.NotLinked, 5));
    }

    [Fact]
    public void AChainThatStartsOnAnotherHash_IsNamed()
    {
        rows[0] = AuditLink.Next("r-1", new AuditHead(0, rows[5].Hash), Samples.Full, Samples.Salt);

        Finds((AuditFault.NotLinked, 1), (AuditFault.NotLinked, 2));
    }

    [Fact]
    public void ABodyThatIsNoEvent_IsNamed()
    {
        rows[5] = rows[5] with { Body = "{}"u8.ToArray() };
        rows[5] = rows[5] with { Hash = Samples.Hash(rows[5]) };

        Finds((AuditFault.Unreadable, 6));
    }

    [Fact]
    public void ADetailThatIsNotTheChainedOne_IsNamed()
    {
        var sound = rows[2];
        AuditRow[] wrong =
        [
            sound with { Detail = Replace(sound.Detail!, "audit", "tidy!") },
            sound with { Salt = new byte[16] },
            sound with { Detail = null },
            sound with { Salt = null },
            sound with { Salt = [.. sound.Salt!, sound.Detail![0]], Detail = sound.Detail[1..] },
        ];

        Assert.All(wrong, row =>
        {
            rows[2] = row;
            Finds((AuditFault.DetailChanged, 3));
        });
    }

    [Fact]
    public void ADetailBesideAnEventWithoutOne_IsNamed()
    {
        rows[1] = rows[1] with { Detail = rows[0].Detail, Salt = rows[0].Salt };

        Finds((AuditFault.DetailChanged, 2));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void AnImpossibleSequence_IsFoundWithoutFailing(long sequence)
    {
        rows[0] = rows[0] with { Sequence = sequence };

        Assert.Contains(Verified(rows).Findings, finding => finding.Fault == AuditFault.Misplaced && finding.Sequence == sequence);
    }

    [Fact]
    public void Expect_FindsACutTail_ALongerChain_AndAnotherHead()
    {
        var head = Samples.Head(rows);
        Assert.Empty(Expected(rows, head));

        Assert.Equal((AuditFault.HeadDiffers, 5L), Only(Expected(rows.Take(4), head)));
        Assert.Equal((AuditFault.HeadDiffers, 6L), Only(Expected(rows, Samples.Head(rows.Take(5)))));
        Assert.Equal((AuditFault.HeadDiffers, 6L), Only(Expected(rows, head with { Hash = rows[0].Hash })));
        Assert.Equal((AuditFault.HeadDiffers, 1L), Only(Expected([], head)));
    }

    private static IReadOnlyList<AuditFinding> Expected(IEnumerable<AuditRow> rows, StreamHead head)
    {
        var verifier = Verified(rows);
        verifier.Expect(head);
        return verifier.Findings;
    }

    private static (AuditFault, long?) Only(IReadOnlyList<AuditFinding> findings)
    {
        var finding = Assert.Single(findings);
        return (finding.Fault, finding.Sequence);
    }

    private static ChainVerifier Verified(IEnumerable<AuditRow> rows)
    {
        var verifier = new ChainVerifier();
        foreach (var row in rows)
        {
            verifier.Add(row);
        }

        return verifier;
    }

    private static byte[] Replace(byte[] bytes, string old, string with) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace(old, with, StringComparison.Ordinal));

    private void Renumber()
    {
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i] = rows[i] with { Sequence = i + 1 };
        }
    }

    private void Finds(params (AuditFault Fault, long Sequence)[] expected)
    {
        var findings = Verified(rows).Findings;
        Assert.Equal(expected, findings.Select(finding => (finding.Fault, finding.Sequence!.Value)));
        Assert.All(findings, finding => Assert.Equal("r-1", finding.Stream));
    }
}
