using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Audit;

public sealed class CheckpointTests
{
    private readonly List<AuditRow> first = Samples.Chain("r-1", 5);
    private readonly List<AuditRow> second = Samples.Chain("r-2", 3);
    private readonly List<Checkpoint> checkpoints = [];

    public CheckpointTests()
    {
        checkpoints.Add(Checkpoints.Make(1, Samples.Morning, [Samples.Head(first.Take(2)), Samples.Head(second)], null));
        checkpoints.Add(Checkpoints.Make(2, Samples.Morning.AddHours(1), [Samples.Head(first.Take(4))], checkpoints[0].Root));
        checkpoints.Add(Checkpoints.Make(3, Samples.Morning.AddHours(2), [Samples.Head(first)], checkpoints[1].Root));
    }

    // Pinned like the chained bytes: these roots are held in other systems.
    [Fact]
    public void Make_HasExactlyThePinnedRoots()
    {
        var heads = new[] { new StreamHead("r-2", 3, new string('b', 64)), new StreamHead("Zoë", 7, new string('a', 64)), new StreamHead("r-10", 1, new string('c', 64)) };
        var one = Checkpoints.Make(1, Samples.Morning, heads, null);
        var two = Checkpoints.Make(2, Samples.Morning.AddHours(1).ToOffset(TimeSpan.FromHours(2)), [heads[0] with { Sequence = 4 }], one.Root);

        Assert.Equal(["Zoë", "r-10", "r-2"], one.Heads.Select(head => head.Stream));
        Assert.Equal(AuditLink.Origin, one.Previous);
        Assert.Equal("048de2810f1bbf465bb8d26a7ea382ae30161036e29e37b624e3437203c20eb1", one.Root);
        Assert.Equal(one.Root, two.Previous);
        Assert.Equal("f4d543020793f873008e17baa384cea83cd34c72a6262fdb72e8f5a8de48e2d8", two.Root);
    }

    /// <summary>The example tree that implementations of RFC 6962 check themselves against.</summary>
    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void Root_IsThatOfRfc6962(int leaves, string root)
    {
        string[] data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        var tree = new Merkle();
        foreach (var leaf in data.Take(leaves))
        {
            tree.Add(Convert.FromHexString(leaf));
        }

        Assert.Equal(root, Convert.ToHexStringLower(tree.Root()));
    }

    [Fact]
    public void Make_WithAStreamTwiceOrABrokenHash_Throws()
    {
        var head = Samples.Head(first);

        Assert.Throws<ArgumentException>(() => Checkpoints.Make(1, Samples.Morning, [head, head with { Sequence = 4 }], null));
        Assert.Throws<ArgumentException>(() => Checkpoints.Make(1, Samples.Morning, [head with { Hash = "12" }], null));
        Assert.Throws<ArgumentException>(() => Checkpoints.Make(1, Samples.Morning, [head], head.Hash.ToUpperInvariant()));
    }

    [Fact]
    public void SoundCheckpoints_VouchUntilTheLast()
    {
        Assert.Empty(Findings());
        Assert.Equal(checkpoints[2].At, Until());
        Assert.Null(Checkpoints.VouchesUntil([], []));
    }

    [Fact]
    public void AnEditedCheckpoint_IsNamed()
    {
        checkpoints[1] = checkpoints[1] with { At = checkpoints[1].At.AddMinutes(1) };

        Finds((AuditFault.CheckpointEdited, 2));
        Assert.Equal(checkpoints[0].At, Until());
    }

    [Fact]
    public void AnEditedCheckpointWithItsRootMadeAnew_IsFoundAtTheNext()
    {
        checkpoints[1] = Checkpoints.Make(2, checkpoints[1].At.AddMinutes(1), checkpoints[1].Heads, checkpoints[1].Previous);

        Finds((AuditFault.CheckpointNotLinked, 3));
    }

    [Fact]
    public void ARemovedCheckpoint_IsNamed()
    {
        checkpoints.RemoveAt(1);

        Finds((AuditFault.CheckpointMissing, 3));
        Assert.Equal(checkpoints[0].At, Until());
    }

    [Fact]
    public void ReorderedCheckpoints_AreNamed()
    {
        (checkpoints[1], checkpoints[2]) = (checkpoints[2], checkpoints[1]);

        Assert.Contains(Findings(), finding => finding is { Fault: AuditFault.CheckpointMissing, Checkpoint: 3 });
        Assert.Contains(Findings(), finding => finding is { Fault: AuditFault.CheckpointReordered, Checkpoint: 2 });
        Assert.Equal(checkpoints[0].At, Until());
    }

    [Fact]
    public void HeadsInAnotherOrder_AreNamed()
    {
        checkpoints[0] = checkpoints[0] with { Heads = [.. checkpoints[0].Heads.Reverse()] };

        Finds((AuditFault.CheckpointEdited, 1));
        Assert.Null(Until());
    }

    [Fact]
    public void ACutTail_IsNamed()
    {
        first.RemoveAt(4);

        Finds((AuditFault.CheckpointHeadMissing, 3));
        Assert.Equal(checkpoints[1].At, Until());
    }

    [Fact]
    public void AMissingChain_IsNamed()
    {
        second.Clear();

        var finding = Assert.Single(Findings());
        Assert.Equal((AuditFault.CheckpointHeadMissing, "r-2", 3L, 1L), (finding.Fault, finding.Stream!, finding.Sequence!.Value, finding.Checkpoint!.Value));
        Assert.Null(Until());
    }

    [Fact]
    public void AChainMadeAnewFromItsFirstRow_IsNamed()
    {
        var events = second.Select(row => AuditBody.Read(row).Event with { Actor = "mallory" }).ToList();
        second.Clear();
        foreach (var happened in events)
        {
            second.Add(AuditLink.Next("r-2", second.Count == 0 ? null : new AuditHead(second.Count, second[^1].Hash), happened, Samples.Salt));
        }

        Finds((AuditFault.CheckpointHeadDiffers, 1));
    }

    [Fact]
    public void AFaultInACoveredRow_EndsWhatIsVouchedFor()
    {
        first[3] = first[3] with { Body = [.. first[3].Body, (byte)' '] };

        Assert.Equal([AuditFault.Edited], Findings().Select(finding => finding.Fault));
        Assert.Equal(checkpoints[0].At, Until());
    }

    [Fact]
    public void AFaultBeyondTheLastCheckpoint_LeavesWhatIsVouchedFor()
    {
        first.AddRange(Samples.Chain("r-1", 7).Skip(6));

        Assert.Equal([AuditFault.Missing], Findings().Select(finding => finding.Fault));
        Assert.Equal(checkpoints[2].At, Until());
    }

    private IReadOnlyList<AuditFinding> Findings() => Samples.Verify([.. first, .. second], checkpoints);

    private DateTimeOffset? Until() => Checkpoints.VouchesUntil(checkpoints, Findings());

    private void Finds(params (AuditFault Fault, long Checkpoint)[] expected) =>
        Assert.Equal(expected, Findings().Select(finding => (finding.Fault, finding.Checkpoint!.Value)));
}
