using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessFunctions.Tests.Shared;

/// <summary>A mail as a server took it.</summary>
/// <param name="Secure">The connection was under TLS when the mail came; null where the server does not tell.</param>
/// <param name="User">Who was signed in; null: nobody, or the server does not tell.</param>
/// <param name="Parsed">What the server's own parser read: <c>subject</c>, <c>text</c>, <c>html</c>, <c>headers</c>; null where it has none.</param>
public sealed record TakenMail(string From, IReadOnlyList<string> To, byte[] Raw, bool? Secure, string? User, JsonNode? Parsed)
{
    /// <summary>The message as text.</summary>
    public string Text => Encoding.Latin1.GetString(Raw);
}

/// <summary>
/// A real mail server of npm (<c>maildev</c>, or <c>smtp-server</c> below it, which can be told to misbehave), run by node on a port of its
/// own. Where node or npm is missing the test is skipped, but under <c>CI=true</c> it fails. The process ends with its input, so also when
/// the tests end, however that happens.
/// </summary>
public sealed class MailServer : IAsyncDisposable
{
    private static readonly string Home = Path.Combine(AppContext.BaseDirectory, "Smtp");
    private static readonly Lazy<Task> Installed = new(static () => NodePackages.Install(Home));
    private readonly ConcurrentQueue<TakenMail> _taken = new();
    private readonly StringBuilder _errors = new();
    private Process? _process;
    private Task _reading = Task.CompletedTask;

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>What it has taken so far, in order.</summary>
    public IReadOnlyList<TakenMail> Taken => [.. _taken];

    /// <summary><c>maildev</c>: takes everything and parses it.</summary>
    public static Task<MailServer> Maildev(string? user = null, string? password = null) => Start(new { kind = "maildev", user, password });

    /// <summary><c>smtp-server</c>, with options as <c>server.cjs</c> lists them.</summary>
    public static Task<MailServer> Start(object options) => new MailServer().Run(JsonSerializer.SerializeToNode(options)!.AsObject());

    /// <summary>Ends it: its port then refuses connections.</summary>
    public async Task Stop()
    {
        if (_process is not { } process) return;
        _process = null;
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await _reading.WaitAsync(TimeSpan.FromSeconds(30));
        process.Dispose();
    }

    /// <summary>Starts it again on the same port.</summary>
    public Task Restart(object options)
    {
        var again = JsonSerializer.SerializeToNode(options)!.AsObject();
        again["port"] = Port;
        return Run(again);
    }

    public async ValueTask DisposeAsync() => await Stop();

    private async Task<MailServer> Run(JsonObject options)
    {
        NodePackages.Require("a mail server");
        await Installed.Value;
        var process = Process.Start(new ProcessStartInfo("node", [Path.Combine(Home, "server.cjs"), options.ToJsonString()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.ErrorDataReceived += (_, line) => _errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        var first = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) ?? throw new InvalidOperationException($"The mail server did not start: {_errors}");
        (_process, Port) = (process, (int)JsonNode.Parse(first)!["port"]!);
        _reading = Task.Run(() => Read(process));
        return this;
    }

    private async Task Read(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var mail = JsonNode.Parse(line)!;
            _taken.Enqueue(new TakenMail(
                (string)mail["from"]!, [.. mail["to"]!.AsArray().Select(one => (string)one!)], Convert.FromBase64String((string)mail["raw"]!),
                (bool?)mail["secure"], (string?)mail["user"], mail["headers"] is null ? null : mail));
        }
    }
}
