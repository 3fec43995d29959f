using System.Globalization;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Integrations.Audit;

/// <summary>
/// Appends events to <c>{directory}/audit-{yyyy-MM-dd}.jsonl</c>, one CloudEvents line each, in the file of the UTC day on which they are
/// written; a file that is full is followed by <c>audit-{yyyy-MM-dd}.2.jsonl</c> and so on. Lines are on the disk when a call returns; after a
/// crash or a full disk some may stand there twice, with the same <c>id</c>.
/// </summary>
public sealed class FileSink(string directory, FileSinkOptions options, WireFormat wire, TimeProvider time) : IAuditSink
{
    /// <summary>The sink's name.</summary>
    public const string SinkName = "file";

    private const byte LineBreak = (byte)'\n';

    public string Name => SinkName;

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or directory may not be written.</exception>
    public Task Send(IReadOnlyList<AuditRow> rows, CancellationToken cancellation) => Append([.. rows.Select(wire.Line)], cancellation);

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or directory may not be written.</exception>
    public Task Send(Checkpoint checkpoint, CancellationToken cancellation) => Append([wire.Line(checkpoint)], cancellation);

    private async Task Append(IReadOnlyList<byte[]> lines, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var number = Newest(today);
        for (var next = 0; next < lines.Count; number++) next = await Append(AuditFile.PathOf(directory, today, number), lines, next, cancellation);
        Forget(today);
    }

    /// <summary>Appends as many as the file holds; where the first does not fit into an empty file, that one all the same.</summary>
    /// <returns>The next that is to be written.</returns>
    private async Task<int> Append(string path, IReadOnlyList<byte[]> lines, int from, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, Options());
        DropTornLine(file);
        var (next, end) = (from, file.Length);
        for (; next < lines.Count && (end == 0 || end + lines[next].Length < options.Largest); next++)
        {
            await file.WriteAsync(lines[next], cancellation);
            file.WriteByte(LineBreak);
            end += lines[next].Length + 1;
        }

        await file.FlushAsync(cancellation);
        file.Flush(flushToDisk: true);
        return next;
    }

    private int Newest(DateOnly day) => AuditFile.In(directory).Where(file => file.Day == day).Select(static file => file.Number).DefaultIfEmpty(1).Max();

    /// <summary>Removes files that are older than they are kept.</summary>
    private void Forget(DateOnly today)
    {
        if (options.KeepDays == 0) return;
        foreach (var file in AuditFile.In(directory).Where(file => file.Day.AddDays(options.KeepDays) < today)) File.Delete(file.Path);
    }

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 64 * 1024 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        }

        return options;
    }

    /// <summary>A line without its break was cut off while it was written, and never acknowledged: it comes again, whole.</summary>
    private static void DropTornLine(FileStream file)
    {
        var end = file.Length;
        while (end > 0)
        {
            file.Position = end - 1;
            if (file.ReadByte() == LineBreak)
            {
                break;
            }

            end--;
        }

        if (end < file.Length)
        {
            file.SetLength(end);
        }

        file.Position = end;
    }
}
