using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Audit;

public sealed class TombstoneTests
{
    private const string Purges = "host:h1:2027-11-21:retention";
    private readonly List<AuditRow> _rows = Samples.Chain("r-1", 5);
    private readonly Tombstone _tombstone;
    private readonly AuditRow _record;

    public TombstoneTests()
    {
        _tombstone = Tombstone.Of("r-1", _rows.Select(static row => row.Hash), Samples.Morning.AddYears(1), Purges);
        _record = Record(_tombstone);
    }

    [Fact]
    public void Hashes_AreThoseOfTheRows()
    {
        Assert.Equal(_rows.Select(static row => row.Hash), Enumerable.Range(1, 5).Select(sequence => _tombstone.HashAt(sequence)));
        Assert.Null(_tombstone.HashAt(0));
        Assert.Null(_tombstone.HashAt(6));
        Assert.Equal(new AuditHead(5, _rows[4].Hash), _tombstone.Head());
        Assert.Throws<FormatException>(() => Tombstone.Of("r-1", ["no hash"], Samples.Morning, Purges));
    }

    [Fact]
    public void Verification_TakesARecordedTombstoneForItsRows()
    {
        Assert.Empty(Findings([], _tombstone, [_record]));
        Assert.Empty(Findings([_record], _tombstone, []));

        // A purge that came while the rows were read.
        Assert.Empty(Findings([.. _rows.Take(2)], _tombstone, [_record]));
    }

    [Fact]
    public void ATombstoneThatNoEventTellsOf_OrWithOtherHashes_IsFound()
    {
        Assert.Equal([(AuditFault.PurgeNotRecorded, "r-1")], Findings([], _tombstone, []));
        Assert.Equal([(AuditFault.PurgeNotRecorded, "r-1")], Findings([], _tombstone, [_record with { Detail = null, Salt = null }]));
        Assert.Equal([(AuditFault.PurgeNotRecorded, "r-1")], Findings([], _tombstone, [Record(_tombstone with { Stream = "r-2" })]));
        byte[] changed = [.. _tombstone.Hashes];
        changed[0] ^= 1;
        Assert.Equal([(AuditFault.PurgeNotRecorded, "r-1")], Findings([], _tombstone with { Hashes = changed }, [_record]));
        Assert.Contains((AuditFault.PurgeDiffers, "r-1"), Findings([_rows[0]], _tombstone with { Hashes = changed }, [_record]));
    }

    [Fact]
    public void ARecordInAStreamThatCanBePurged_IsNone()
    {
        var elsewhere = AuditLink.Next("host:h1:2027-11-21", null, _tombstone.Record("r-1", Samples.Morning), Samples.Salt);
        Assert.Equal([(AuditFault.PurgeNotRecorded, "r-1")], Findings([], _tombstone, [elsewhere]));
    }

    [Fact]
    public void RowsBehindATombstone_AndASecondTombstone_AreFound()
    {
        Assert.Contains((AuditFault.Duplicated, "r-1"), Findings([], _tombstone, [_record, _rows[4]]));
        var chains = new ChainVerifier();
        chains.Add(_tombstone);
        chains.Add(_tombstone);
        Assert.Equal(AuditFault.Duplicated, Assert.Single(chains.Findings).Fault);
    }

    private static AuditRow Record(Tombstone tombstone) => AuditLink.Next(Purges, null, tombstone.Record("r-1", Samples.Morning), Samples.Salt);

    private static IEnumerable<(AuditFault, string?)> Findings(IEnumerable<AuditRow> before, Tombstone tombstone, IEnumerable<AuditRow> after)
    {
        var chains = new ChainVerifier();
        foreach (var row in before) chains.Add(row);
        chains.Add(tombstone);
        foreach (var row in after) chains.Add(row);
        chains.End();
        return chains.Findings.Select(static finding => (finding.Fault, finding.Stream));
    }
}
