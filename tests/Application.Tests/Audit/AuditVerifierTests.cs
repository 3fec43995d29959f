using System.Text;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Audit;
using Xunit;

namespace AccessFunctions.Application.Tests.Audit;

public sealed class AuditVerifierTests
{
    private readonly List<AuditRow> _rows = [.. Samples.Chain("r-1", 4), .. Samples.Chain("host:h1:2026-11-21", 3), .. Samples.Chain("r-2", 2)];
    private readonly List<Checkpoint> _checkpoints = [];

    public AuditVerifierTests()
    {
        _checkpoints.Add(Checkpoints.Make(1, Samples.Morning, [Samples.Head(_rows[1]), Samples.Head(_rows[6])], null));
        _checkpoints.Add(Checkpoints.Make(2, Samples.Morning.AddHours(1), [Samples.Head(_rows[3])], _checkpoints[0].Root));
    }

    [Fact]
    public async Task ASoundTrail_IsReportedAsSuch()
    {
        var report = await Verify();

        Assert.True(report.Sound);
        Assert.Equal((3L, 9L, 2), (report.Streams, report.Events, report.Checkpoints));
        Assert.Equal(_checkpoints[1].At, report.VouchesUntil);
        Assert.Equal(2, report.EventsBeyond);
        Assert.Equal(
            $"""
            9 events in 3 chains, 2 checkpoints.
            Nothing was edited, removed, reordered or inserted.
            Vouches for everything until 2026-11-21T10:00:00Z.
            Compare with the root held elsewhere: checkpoint 2, {_checkpoints[1].Root}.
            2 events came after the last checkpoint and rest on their chains alone.

            """.ReplaceLineEndings(),
            report.ToText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    public async Task AnExportWithoutRows_IsNotSound(string text)
    {
        var report = await AuditVerifier.VerifyExport(new MemoryStream(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(AuditFault.Missing, Assert.Single(report.Findings).Fault);
    }

    [Fact]
    public async Task AnEmptyTrail_IsSoundAndVouchesForNothing()
    {
        var report = await AuditVerifier.Verify(AuditTrail.Of(Samples.Async<AuditRow>([])), []);

        Assert.True(report.Sound);
        Assert.Null(report.VouchesUntil);
        Assert.Contains("No checkpoint vouches", report.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEditedRow_IsNamedInTheText()
    {
        _rows[2] = _rows[2] with { Hash = _rows[0].Hash };

        var report = await Verify();
        Assert.False(report.Sound);
        Assert.Equal(_checkpoints[0].At, report.VouchesUntil);
        Assert.Contains("r-1/3: Edited: ", report.ToText(), StringComparison.Ordinal);
        Assert.Contains("r-1/4: NotLinked: ", report.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMissingChain_IsFoundByTheCheckpoint()
    {
        _rows.RemoveRange(4, 3);

        var report = await Verify();
        var finding = Assert.Single(report.Findings);
        Assert.Equal(AuditFault.CheckpointHeadMissing, finding.Fault);
        Assert.Null(report.VouchesUntil);
        Assert.Contains("checkpoint 1, host:h1:2026-11-21/3: CheckpointHeadMissing: ", report.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATailCutSinceTheLastCheckpoint_IsFoundByTheHeadKeptBeside()
    {
        var heads = new[] { Samples.Head(_rows[3]), Samples.Head(_rows[8]) };
        Assert.True((await AuditVerifier.Verify(AuditTrail.Of(Samples.Async(_rows)), _checkpoints, Samples.Async(heads))).Sound);
        _rows.RemoveAt(8);

        Assert.True((await Verify()).Sound);
        var report = await AuditVerifier.Verify(AuditTrail.Of(Samples.Async(_rows)), _checkpoints, Samples.Async(heads));
        Assert.Equal((AuditFault.HeadDiffers, "r-2", 2L), (report.Findings[0].Fault, report.Findings[0].Stream, report.Findings[0].Sequence));
        Assert.Equal(_checkpoints[1].At, report.VouchesUntil);
    }

    [Fact]
    public async Task AnExport_ReadsBackWhatWasWritten()
    {
        _rows[2] = _rows[2] with { Detail = null, Salt = null };
        _rows[3] = _rows[3] with { Body = [0xff, 0xfe], Detail = [0x80], Salt = [1, 2] };

        var lines = new List<ExportLine>();
        await foreach (var line in AuditExport.Read(await Export(), CancellationToken.None))
        {
            lines.Add(line);
        }

        Assert.All(lines, line => Assert.Null(line.Fault));
        Assert.Equivalent(_checkpoints, lines.Where(line => line.Checkpoint is not null).Select(line => line.Checkpoint), strict: true);
        Assert.Equivalent(_rows, lines.Where(line => line.Row is not null).Select(line => line.Row), strict: true);
        Assert.Equal(Enumerable.Range(1, 11).Select(number => (long)number), lines.Select(line => line.Number));
    }

    [Fact]
    public async Task AnExport_IsTextThatPeopleCanRead()
    {
        var text = Encoding.UTF8.GetString((await Export()).ToArray());

        Assert.StartsWith("{\"checkpoint\":{\"number\":1,", text, StringComparison.Ordinal);
        Assert.Contains("\n{\"stream\":\"r-1\",\"sequence\":1,\"body\":\"{\\\"v\\\":1,\\\"stream\\\":\\\"r-1\\\",", text, StringComparison.Ordinal);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnExport_VerifiesAsItsStoreDoes()
    {
        Assert.Equivalent(await Verify(), await AuditVerifier.VerifyExport(await Export()));
        _rows.RemoveAt(1);
        Assert.Equivalent(await Verify(), await AuditVerifier.VerifyExport(await Export()));
        Assert.False((await Verify()).Sound);
    }

    [Fact]
    public async Task AnExportWithABrokenLine_NamesItAndReadsOn()
    {
        var lines = await ExportLines();
        lines[4] = lines[4][..20];

        var report = await VerifyLines(lines);
        Assert.Equal([AuditFault.Unreadable, AuditFault.Missing], report.Findings.Select(finding => finding.Fault));
        Assert.StartsWith("Line 5 is neither", report.Findings[0].Text, StringComparison.Ordinal);
        Assert.Equal(8, report.Events);
    }

    [Fact]
    public async Task AnExportWithLinesMovedOrRemoved_IsFound()
    {
        var lines = await ExportLines();
        for (var at = 0; at < lines.Count - 2; at++)
        {
            // Only the end of a chain or of the checkpoints can go unseen, and only where nothing after it holds it: that is line 2 here.
            Assert.Equal(at == 1, (await VerifyLines([.. lines[..at], .. lines[(at + 1)..]])).Sound);
        }

        Assert.Contains((await VerifyLines([.. lines[1..], lines[0]])).Findings, finding => finding.Fault == AuditFault.CheckpointReordered);
        Assert.False((await VerifyLines([.. lines[..3], lines[4], lines[3], .. lines[5..]])).Sound);
    }

    /// <summary>A changed byte is found, or it changed nothing that the export says (the case of a salt's hex digit).</summary>
    [Fact]
    public async Task AChangedByteOfAnExport_IsFoundOrSaysTheSame()
    {
        var sound = (await Export()).ToArray();
        var meant = await Meaning(sound);
        for (var at = 0; at < sound.Length; at += 7)
        {
            var changed = sound.ToArray();
            changed[at] ^= 0x20;
            if ((await AuditVerifier.VerifyExport(new MemoryStream(changed))).Sound)
            {
                Assert.Equal(meant, await Meaning(changed));
            }
        }
    }

    private static async Task<string> Meaning(byte[] export)
    {
        var text = new StringBuilder();
        await foreach (var line in AuditExport.Read(new MemoryStream(export), CancellationToken.None))
        {
            text.Append(line.Number).Append(line.Fault);
            text.AppendLine(line.Row is { } row
                ? $"{row.Stream}/{row.Sequence} {row.Hash} {row.Previous} {Hex(row.Body)} {Hex(row.Detail)} {Hex(row.Salt)}"
                : $"{line.Checkpoint?.Number} {line.Checkpoint?.At:O} {line.Checkpoint?.Previous} {line.Checkpoint?.Root} {string.Join(' ', line.Checkpoint?.Heads ?? [])}");
        }

        return text.ToString();
    }

    private static string Hex(byte[]? bytes) => bytes is null ? "-" : Convert.ToHexString(bytes);

    private static Task<AuditReport> VerifyLines(IEnumerable<string> lines) =>
        AuditVerifier.VerifyExport(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines))));

    private Task<AuditReport> Verify() => AuditVerifier.Verify(AuditTrail.Of(Samples.Async(_rows)), _checkpoints);

    private async Task<List<string>> ExportLines() => [.. Encoding.UTF8.GetString((await Export()).ToArray()).TrimEnd('\n').Split('\n')];

    private async Task<MemoryStream> Export()
    {
        var export = new MemoryStream();
        await AuditExport.Write(export, _checkpoints, AuditTrail.Of(Samples.Async(_rows)), CancellationToken.None);
        export.Position = 0;
        return export;
    }
}
