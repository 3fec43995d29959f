using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Ssh;

/// <summary>Runs a configured program. Arguments reach it one by one, never through a shell; it is ended with what it started when its time is over.</summary>
internal static class ServerCommand
{
    private const int LongestOutput = 64 * 1024;
    private const int LongestError = 200;

    /// <summary>Runs it and gives what it printed.</summary>
    /// <param name="command">The program and its first arguments.</param>
    /// <exception cref="PlatformException">Transient: it cannot be started, ended otherwise than with 0, or took too long.</exception>
    public static async Task<string> Run(IReadOnlyList<string> command, IEnumerable<string> arguments, TimeSpan timeout, CancellationToken cancellation)
    {
        using var process = Start(command, arguments);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(timeout);
        try
        {
            process.StandardInput.Close();
            var (output, error) = (Read(process.StandardOutput, late.Token), Read(process.StandardError, late.Token));
            await process.WaitForExitAsync(late.Token);
            var (said, complained) = (await output, await error);
            return process.ExitCode == 0 ? said : throw new PlatformException($"{command[0]} ended with {process.ExitCode}: {Words(complained)}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new PlatformException($"{command[0]} did not end within {timeout.TotalSeconds:0} s.");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(IReadOnlyList<string> command, IEnumerable<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(command[0], command.Skip(1).Concat(arguments))
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception failure)
        {
            throw new PlatformException($"{command[0]} cannot be started: {failure.Message}", inner: failure);
        }
    }

    /// <summary>The beginning; the rest is read and dropped, so that the program never waits for us.</summary>
    private static async Task<string> Read(StreamReader from, CancellationToken cancellation)
    {
        var (kept, part) = (new StringBuilder(), new char[4096]);
        while (await from.ReadAsync(part, cancellation) is var length and > 0)
        {
            if (kept.Length < LongestOutput) _ = kept.Append(part, 0, Math.Min(length, LongestOutput - kept.Length));
        }

        return kept.ToString();
    }

    private static string Words(string complained)
    {
        var words = string.Concat(complained.Trim().Select(static c => char.IsControl(c) ? ' ' : c));
        return words.Length == 0 ? "it said nothing." : words.Length > LongestError ? words[..LongestError] + "…" : words;
    }
}
