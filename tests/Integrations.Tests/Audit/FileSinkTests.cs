using System.Text;
using System.Text.Json;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Audit;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Audit;

public sealed class FileSinkTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTimeProvider _time = new();
    private readonly FileSinkOptions _options = new() { KeepDays = 3, MaxMegabytes = 1 };
    private readonly FileSink _sink;

    public FileSinkTests() => _sink = new FileSink(Path.Combine(_directory.Path, "siem"), _options, new WireFormat(new WireOptions()), _time);

    [Fact]
    public async Task Send_AppendsOneLinePerRow_InOrder()
    {
        var rows = Rows(3);
        await _sink.Send(rows[..2], CancellationToken.None);
        await _sink.Send(rows[2..], CancellationToken.None);

        Assert.Equal(["r-1/1", "r-1/2", "r-1/3"], Ids("audit-2026-11-21.jsonl"));
    }

    [Fact]
    public async Task Send_OnAnotherDay_StartsAnotherFile()
    {
        await _sink.Send(Rows(1), CancellationToken.None);
        _time.Advance(TimeSpan.FromHours(15));
        await _sink.Send(Checkpoints.Make(1, _time.GetUtcNow(), [], null), CancellationToken.None);

        Assert.Equal(["r-1/1"], Ids("audit-2026-11-21.jsonl"));
        Assert.Equal(["checkpoint/1"], Ids("audit-2026-11-22.jsonl"));
    }

    [Fact]
    public async Task Send_WhereTheFileIsFull_StartsAnother_AndGoesOnInTheNewest()
    {
        await _sink.Send(Rows(1), CancellationToken.None);
        // Full but for less than a line.
        await File.AppendAllTextAsync(FileOf("audit-2026-11-21.jsonl"), new string(' ', 999_000) + "\n");
        var rows = Rows(3);
        await _sink.Send(rows[1..2], CancellationToken.None);
        await _sink.Send(rows[2..], CancellationToken.None);

        Assert.Equal(["r-1/2", "r-1/3"], Ids("audit-2026-11-21.2.jsonl"));
        Assert.InRange(new FileInfo(FileOf("audit-2026-11-21.jsonl")).Length, 999_000, 1_000_000);
    }

    [Fact]
    public async Task Send_AfterTheDaysThatFilesAreKept_RemovesThem_AndNothingElse()
    {
        await _sink.Send(Rows(1), CancellationToken.None);
        await File.WriteAllTextAsync(FileOf("audit-notes.jsonl"), "mine");
        _time.Advance(TimeSpan.FromDays(3));
        await _sink.Send(Rows(1), CancellationToken.None);
        Assert.True(File.Exists(FileOf("audit-2026-11-21.jsonl")));
        _time.Advance(TimeSpan.FromDays(1));
        await _sink.Send(Rows(1), CancellationToken.None);

        Assert.False(File.Exists(FileOf("audit-2026-11-21.jsonl")));
        Assert.True(File.Exists(FileOf("audit-2026-11-24.jsonl")));
        Assert.True(File.Exists(FileOf("audit-notes.jsonl")));
    }

    [Theory]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"r-1/2")]
    [InlineData("{")]
    public async Task Send_AfterALineWasCutOff_WritesItWhole(string torn)
    {
        var rows = Rows(2);
        await _sink.Send(rows[..1], CancellationToken.None);
        await File.AppendAllTextAsync(FileOf("audit-2026-11-21.jsonl"), torn);

        await _sink.Send(rows[1..], CancellationToken.None);

        Assert.Equal(["r-1/1", "r-1/2"], Ids("audit-2026-11-21.jsonl"));
    }

    [Fact]
    public async Task Send_IntoAFileThatIsOneTornLine_StartsItAnew()
    {
        Directory.CreateDirectory(Path.Combine(_directory.Path, "siem"));
        await File.WriteAllTextAsync(FileOf("audit-2026-11-21.jsonl"), "{\"spec");

        await _sink.Send(Rows(1), CancellationToken.None);

        Assert.Equal(["r-1/1"], Ids("audit-2026-11-21.jsonl"));
    }

    [Fact]
    public async Task Send_WhereNothingCanBeWritten_Throws()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory.Path, "siem"), "a file where the directory should be");

        await Assert.ThrowsAnyAsync<IOException>(() => _sink.Send(Rows(1), CancellationToken.None));
    }

    [Fact]
    public async Task TheFile_IsNotForOthersToRead()
    {
        await _sink.Send(Rows(1), CancellationToken.None);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(FileOf("audit-2026-11-21.jsonl")) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite));
        }
    }

    public void Dispose() => _directory.Dispose();

    private static AuditRow[] Rows(int count)
    {
        var rows = new List<AuditRow>();
        for (var i = 0; i < count; i++)
        {
            var happened = new AuditEvent { Type = EventTypes.Request.Approved, At = DateTimeOffset.UnixEpoch, Actor = "bob", Channel = "SignedIn", Succeeded = true };
            rows.Add(AuditLink.Next("r-1", i == 0 ? null : new AuditHead(i, rows[^1].Hash), happened, default));
        }

        return [.. rows];
    }

    private string FileOf(string name) => Path.Combine(_directory.Path, "siem", name);

    private string[] Ids(string name)
    {
        var text = File.ReadAllText(FileOf(name), Encoding.UTF8);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return [.. text.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()!)];
    }
}
