using System.Text;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Application.Tests.Audit;

/// <summary>
/// What somebody who may write to the store can do to the trail, and who finds it: the trail itself, the id of the first key, or a sink's copy.
/// Chains r-1 and r-2 are covered by a checkpoint as far as their fourth row; what follows, and r-3, is newer than the last checkpoint.
/// </summary>
public sealed class ForgeryTests : IAsyncLifetime
{
    private readonly WireFormat _wire = new(new WireOptions());
    private readonly List<AuditRow> _rows = [.. Samples.Chain("r-1", 6), .. Samples.Chain("r-2", 5), .. Samples.Chain("r-3", 2)];
    private readonly List<Checkpoint> _checkpoints = [];
    private readonly List<Tombstone> _tombstones = [];
    private MemorySecrets _own = new();
    private string _key = "";
    private SinkCopy _sink = null!;

    public async ValueTask InitializeAsync()
    {
        await Sign(Checkpoints.Make(1, Samples.Morning, [Samples.Head(_rows[1])], null));
        await Sign(Checkpoints.Make(2, Samples.Morning.AddHours(1), [Samples.Head(_rows[3]), Samples.Head(_rows[9])], _checkpoints[0].Root));
        _key = CheckpointSigners.Anchor(_checkpoints)!;
        var lines = _rows.Select(_wire.Line).Concat(_checkpoints.Select(_wire.Line)).Select(Encoding.UTF8.GetString);
        _sink = await SinkCopy.Read([new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)))], default);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task TheTrailAsItWasWritten_IsSound_AlsoAgainstKeyAndSink()
    {
        var report = await Verify(new VerifyAgainst(_key, _sink));
        Assert.True(report.Sound, report.ToText());
        Assert.Equal((3, 2, 0L), (_sink.Heads.Count, _sink.Roots.Count, _sink.Unreadable));
        Assert.Contains($"the first that signed is {_key}.", report.ToText(), StringComparison.Ordinal);
        Assert.Contains("Compared with a sink's copy of 3 chains and 2 checkpoints", report.ToText(), StringComparison.Ordinal);
    }

    public static TheoryData<string, string> FoundByTheTrail => new()
    {
        { "edit r-1/2", "Edited r-1/2" },
        { "edit r-1/6", "Edited r-1/6" },
        { "remove r-1/3", "Missing r-1/3" },
        { "remove r-1/1", "Missing r-1/1" },
        { "reorder r-1/3", "Missing r-1/3" },
        { "insert r-1/3", "Duplicated r-1/3" },
        { "truncate r-1/4", "CheckpointHeadMissing 2 r-1/4" },
        { "drop r-2", "CheckpointHeadMissing 2 r-2/4" },
        { "replace r-1/2", "NotLinked r-1/3" },
        { "remake r-1/2", "CheckpointHeadDiffers 1 r-1/2" },
        { "uncheckpoint 1", "CheckpointMissing 2" },
    };

    [Theory]
    [MemberData(nameof(FoundByTheTrail))]
    public async Task WhatTouchesTheChains_IsFoundAndNamed(string forgery, string finding)
    {
        Forge(forgery);
        var report = await Verify(VerifyAgainst.Nothing);
        Assert.Contains(finding, report.Findings.Select(Words));
        Assert.Contains(finding, (await VerifyExport(VerifyAgainst.Nothing)).Findings.Select(Words));
        Assert.True(report.VouchesUntil is null || report.VouchesUntil < Samples.Morning.AddHours(1) || finding.EndsWith("r-1/6", StringComparison.Ordinal));
    }

    public static TheoryData<string, string> FoundBySinkAlone => new()
    {
        { "truncate r-1/5", "MissingHere r-1/6" },
        { "drop r-3", "MissingHere r-3/2" },
        { "remake r-1/6", "OtherThanSent r-1/6" },
        { "uncheckpoint 2", "MissingHere 2" },
    };

    [Theory]
    [MemberData(nameof(FoundBySinkAlone))]
    public async Task WhatIsNewerThanTheLastCheckpoint_IsFoundAgainstASink(string forgery, string finding)
    {
        Forge(forgery);
        Assert.True((await Verify(new VerifyAgainst(_key))).Sound);
        Assert.Contains(finding, (await Verify(new VerifyAgainst(_key, _sink))).Findings.Select(Words));
        Assert.Contains(finding, (await VerifyExport(new VerifyAgainst(null, _sink))).Findings.Select(Words));
    }

    [Fact]
    public async Task ATrailMadeAnewWithItsCheckpoints_IsFoundByTheKey_AndBySinks()
    {
        Forge("remake r-1/2");
        List<Checkpoint> old = [.. _checkpoints];
        _checkpoints.Clear();
        _checkpoints.Add(Checkpoints.Make(1, old[0].At, [Samples.Head(_rows[1])], null));
        _checkpoints.Add(Checkpoints.Make(2, old[1].At, [Samples.Head(_rows[3]), Samples.Head(_rows[9])], _checkpoints[0].Root));

        Assert.True((await Verify(VerifyAgainst.Nothing)).Sound);
        Assert.Contains("CheckpointNotSigned 2", (await Verify(new VerifyAgainst(_key))).Findings.Select(Words));
        Assert.Equal(["OtherThanSent r-1/6", "OtherThanSent 1", "OtherThanSent 2"], (await Verify(new VerifyAgainst(null, _sink))).Findings.Select(Words));

        List<Checkpoint> unsigned = [.. _checkpoints];
        _checkpoints.Clear();
        _own = new MemorySecrets();
        foreach (var checkpoint in unsigned) await Sign(checkpoint);
        Assert.True((await Verify(VerifyAgainst.Nothing)).Sound);
        Assert.Equal("CheckpointKeyForeign 1", Words((await Verify(new VerifyAgainst(_key))).Findings[0]));
    }

    [Fact]
    public async Task AChainThatWasPurged_StillAnswersToCheckpointsAndSinks_AndAForgedPurgeIsFound()
    {
        var purged = Tombstone.Of("r-1", _rows.Where(static row => row.Stream == "r-1").Select(static row => row.Hash), Samples.Morning.AddYears(1), "host:h1:2027-11-21:retention");
        var record = AuditLink.Next(purged.RecordedIn, null, purged.Record("r-1", Samples.Morning), new byte[16]);
        _rows.RemoveAll(static row => row.Stream == "r-1");

        // Without a tombstone the chain is missing; with one that nobody recorded, that is what is found.
        Assert.Contains("CheckpointHeadMissing 1 r-1/2", (await Verify(VerifyAgainst.Nothing)).Findings.Select(Words));
        _tombstones.Add(purged);
        Assert.Equal(["PurgeNotRecorded r-1/1"], (await Verify(VerifyAgainst.Nothing)).Findings.Select(Words));

        _rows.Add(record);
        foreach (var report in new[] { await Verify(new VerifyAgainst(_key, _sink)), await VerifyExport(new VerifyAgainst(_key, _sink)) })
        {
            Assert.True(report.Sound, report.ToText());
            Assert.Contains("1 of the chains is purged: each purge is on record", report.ToText(), StringComparison.Ordinal);
        }

        // Made anew before it was "purged": the hashes are not those that checkpoint and sink hold.
        _tombstones[0] = Tombstone.Of("r-1", Samples.Chain("r-9", 6).Select(static row => row.Hash), purged.PurgedAt, purged.RecordedIn);
        _rows[^1] = AuditLink.Next(purged.RecordedIn, null, _tombstones[0].Record("r-1", Samples.Morning), new byte[16]);
        Assert.Contains("CheckpointHeadDiffers 1 r-1/2", (await Verify(VerifyAgainst.Nothing)).Findings.Select(Words));
        Assert.Contains("OtherThanSent r-1/6", (await Verify(new VerifyAgainst(null, _sink))).Findings.Select(Words));
    }

    [Fact]
    public async Task ACopyThatHoldsOtherThings_SaysSo()
    {
        var sink = await SinkCopy.Read([new MemoryStream("<html>\n{\"a\":1}\n[]\n"u8.ToArray())], default);
        Assert.Equal((3L, (DateTimeOffset?)null), (sink.Unreadable, sink.Newest));
        Assert.Contains("nothing was compared", (await Verify(new VerifyAgainst(null, sink))).ToText(), StringComparison.Ordinal);
    }

    private static string Words(AuditFinding finding) =>
        string.Join(' ', new[] { $"{finding.Fault}", finding.Checkpoint?.ToString(System.Globalization.CultureInfo.InvariantCulture), finding.Stream is { } stream ? $"{stream}/{finding.Sequence}" : null }.OfType<string>());

    /// <summary>"what place": the places are those of the rows as written.</summary>
    private void Forge(string forgery)
    {
        var (what, place) = (forgery.Split(' ')[0], forgery.Split(' ')[1]);
        var at = _rows.FindIndex(row => $"{row.Stream}/{row.Sequence}" == place);
        switch (what)
        {
            case "edit": _rows[at] = _rows[at] with { Body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(_rows[at].Body).Replace("\"succeeded\":true", "\"succeeded\":false", StringComparison.Ordinal)) }; break;
            case "remove": _rows.RemoveAt(at); break;
            case "reorder": (_rows[at], _rows[at + 1]) = (_rows[at + 1], _rows[at]); break;
            case "insert": _rows.Insert(at + 1, Another(at)); break;
            case "replace": _rows[at] = Another(at); break;
            case "truncate": _rows.RemoveAll(row => row.Stream == place.Split('/')[0] && row.Sequence >= Sequence(place)); break;
            case "drop": _rows.RemoveAll(row => row.Stream == place); break;
            case "uncheckpoint": _checkpoints.RemoveAt(int.Parse(place, System.Globalization.CultureInfo.InvariantCulture) - 1); break;
            case "remake":
                _rows[at] = Another(at);
                for (var next = at + 1; next < _rows.Count && _rows[next].Stream == _rows[at].Stream; next++)
                    _rows[next] = AuditLink.Next(_rows[next].Stream, new AuditHead(_rows[next - 1].Sequence, _rows[next - 1].Hash), AuditBody.Read(_rows[next]).Event, new byte[16]);
                break;
            default: throw new ArgumentException(forgery);
        }

        static long Sequence(string place) => long.Parse(place.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Another event in a row's place, linked as it would be.</summary>
    private AuditRow Another(int at) => AuditLink.Next(
        _rows[at].Stream, _rows[at].Sequence == 1 ? null : new AuditHead(_rows[at - 1].Sequence, _rows[at - 1].Hash), Samples.Full(EventTypes.Request.Denied) with { Actor = "mallory" }, new byte[16]);

    private async Task Sign(Checkpoint checkpoint)
    {
        using var signer = await new CheckpointKeys(_own, new ManualTimeProvider()).Open(default);
        _checkpoints.Add(signer.Sign(checkpoint));
    }

    private Task<AuditReport> Verify(VerifyAgainst against) => AuditVerifier.Verify(Trail(), _checkpoints, against: against);

    private IAsyncEnumerable<TrailPart> Trail() => _tombstones.Select(static tombstone => new TrailPart(null, tombstone)).Concat(_rows.Select(static row => new TrailPart(row, null))).ToAsyncEnumerable();

    private async Task<AuditReport> VerifyExport(VerifyAgainst against)
    {
        using var export = new MemoryStream();
        await AuditExport.Write(export, _checkpoints, Trail(), default);
        export.Position = 0;
        return await AuditVerifier.VerifyExport(export, against);
    }
}
