using System.Globalization;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Integrations.Audit;

/// <summary>
/// Appends events to <c>{directory}/audit-{yyyy-MM-dd}.jsonl</c>, one CloudEvents line each, in the file of the UTC day on which they are
/// written. Lines are on the disk when a call returns; after a crash or a full disk some may stand there twice, with the same <c>id</c>.
/// </summary>
public sealed class FileSink(string directory, WireFormat wire, TimeProvider time) : IAuditSink
{
    private const byte LineBreak = (byte)'\n';

    public string Name => "file";

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
        await using var file = new FileStream(Path.Combine(directory, FileName()), Options());
        DropTornLine(file);
        foreach (var line in lines)
        {
            await file.WriteAsync(line, cancellation);
            file.WriteByte(LineBreak);
        }

        await file.FlushAsync(cancellation);
        file.Flush(flushToDisk: true);
    }

    private string FileName() => string.Create(CultureInfo.InvariantCulture, $"audit-{time.GetUtcNow().UtcDateTime:yyyy-MM-dd}.jsonl");

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
