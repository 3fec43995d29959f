using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Audit;

/// <summary>
/// A throwaway rsyslog: UDP, TCP and TLS on free ports of 127.0.0.1, each message a line of a file. Where rsyslog is missing the test is
/// skipped, but under <c>CI=true</c> it fails.
/// </summary>
internal sealed class RsyslogServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _directory;
    private Process? _process;

    private RsyslogServer(string directory)
    {
        _directory = directory;
        Certificates = new TestCertificates(directory);
        (Udp, Tcp, Tls) = (FreePort.Find(), FreePort.Find(), FreePort.Find());
    }

    public int Udp { get; }
    public int Tcp { get; }
    public int Tls { get; }
    public TestCertificates Certificates { get; }

    /// <summary>What it wrote: priority, instant, host, application, message id and text, with <c>¦</c> between.</summary>
    public IReadOnlyList<string> Lines => File.Exists(Output) ? File.ReadAllLines(Output) : [];

    private string Output => Path.Combine(_directory, "messages");

    public static async Task<RsyslogServer> Create()
    {
        if (!File.Exists("/usr/sbin/rsyslogd"))
        {
            if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail("rsyslog is not installed.");
            Assert.Skip("rsyslog is not installed.");
        }

        var server = new RsyslogServer(Directory.CreateTempSubdirectory("af-rsyslog-").FullName);
        await File.WriteAllTextAsync(Path.Combine(server._directory, "rsyslog.conf"), server.Configuration());
        await server.Start();
        return server;
    }

    public async Task Start()
    {
        var start = new ProcessStartInfo("/usr/sbin/rsyslogd", ["-n", "-f", Path.Combine(_directory, "rsyslog.conf"), "-i", Path.Combine(_directory, "pid")]) { RedirectStandardError = true };
        _process = Process.Start(start)!;
        var said = _process.StandardError.ReadToEndAsync();
        await Wait.Until(async () => _process.HasExited ? throw new InvalidOperationException($"rsyslog did not start:\n{await said}") : await Answers(Tcp) && await Answers(Tls), Patience, "rsyslog to listen");
    }

    /// <summary>Ends it as a crash does.</summary>
    public async Task Kill()
    {
        if (_process is not { } process) return;
        _process = null;
        using (process)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Kill();
        Directory.Delete(_directory, recursive: true);
    }

    private string Configuration() => string.Create(CultureInfo.InvariantCulture,
        $$"""
        global(workDirectory="{{_directory}}" maxMessageSize="64k"
            defaultNetstreamDriverCAFile="{{Certificates.Authority}}" defaultNetstreamDriverCertFile="{{Certificates.Certificate}}" defaultNetstreamDriverKeyFile="{{Certificates.Key}}")
        module(load="imudp")
        module(load="imtcp")
        input(type="imudp" address="127.0.0.1" port="{{Udp}}")
        input(type="imtcp" address="127.0.0.1" port="{{Tcp}}" streamDriver.name="ptcp" streamDriver.mode="0")
        input(type="imtcp" address="127.0.0.1" port="{{Tls}}" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
        template(name="all" type="string" string="%pri%¦%timestamp:::date-rfc3339%¦%hostname%¦%app-name%¦%msgid%¦%msg%\n")
        action(type="omfile" file="{{Output}}" template="all" flushOnTXEnd="on" asyncWriting="off")

        """);

    private static async Task<bool> Answers(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
