using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Embedded.Tests.Scenarios;

/// <summary>
/// A real <c>sshd</c> on a port of 127.0.0.1, run by the user who runs the tests and set up as docs/platforms/ssh.md says, with this test's paths.
/// </summary>
internal sealed class SshServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _folder = Directory.CreateTempSubdirectory("access-sshd-").FullName;
    private Process? _process;

    private SshServer() => Port = FreePort.Find();

    public int Port { get; }

    /// <summary>Where the server reads the list of revoked keys.</summary>
    public string Krl => In("access.krl");

    /// <summary>The documented script, with a word before its further arguments.</summary>
    public string[] Script(string word) => ["/bin/sh", In("access-sessions"), word];

    /// <summary>Starts it.</summary>
    /// <param name="authority">The line of <c>TrustedUserCAKeys</c>.</param>
    /// <param name="principal">Who may log in, under whatever certificate.</param>
    public static async Task<SshServer> Start(string authority, string principal)
    {
        var sshd = Program("sshd");
        _ = Program("ssh");
        var server = new SshServer();
        Directory.CreateDirectory(server.In("notes"));
        Directory.CreateDirectory(server.In("principals"));
        if (Environment.UserName == "root") Directory.CreateDirectory("/run/sshd");
        await File.WriteAllTextAsync(server.In("principals", Environment.UserName), principal + "\n");
        await File.WriteAllTextAsync(server.In("ca.pub"), authority);
        await File.WriteAllTextAsync(server.In("access-sessions"), Documented()
            .Replace("/run/access-sessions", server.In("notes"), StringComparison.Ordinal)
            .Replace("/etc/ssh/access-principals", server.In("principals"), StringComparison.Ordinal));
        await Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", server.In("host"));
        await File.WriteAllTextAsync(server.In("config"), $"""
            Port {server.Port}
            ListenAddress 127.0.0.1
            HostKey {server.In("host")}
            PidFile none
            TrustedUserCAKeys {server.In("ca.pub")}
            RevokedKeys {server.Krl}
            AuthorizedPrincipalsCommand /bin/sh {server.In("access-sessions")} note %u %i %s
            AuthorizedPrincipalsCommandUser {Environment.UserName}
            AuthorizedKeysFile none
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin yes
            StrictModes no
            UsePAM no
            LogLevel VERBOSE

            """);
        server._process = Process.Start(new ProcessStartInfo(sshd, ["-D", "-f", server.In("config"), "-E", server.In("log")]))!;
        await Wait.Until(async () => await server.Answers(), Patience, "sshd to start");
        return server;
    }

    /// <summary>A file of this test, for keys and certificates.</summary>
    public string In(params string[] path) => Path.Combine([_folder, .. path]);

    /// <summary>What the server wrote to its log.</summary>
    public string Log()
    {
        using var stream = new FileStream(In("log"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>A client that begins a session; the caller disposes it.</summary>
    /// <param name="key">The private key's file; the certificate is beside it.</param>
    public Process Client(string key, params string[] arguments)
    {
        string[] options =
        [
            "-F", "none", "-i", key, "-o", $"CertificateFile={key}-cert.pub", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "UserKnownHostsFile=/dev/null",
            "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR", "-p", $"{Port}",
        ];
        return Process.Start(new ProcessStartInfo("ssh", [.. options, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
    }

    /// <summary>Runs one program on the server.</summary>
    public async Task<(int Code, string Output)> Execute(string key, string program)
    {
        using var client = Client(key, $"{Environment.UserName}@127.0.0.1", program);
        client.StandardInput.Close();
        var (output, error) = (client.StandardOutput.ReadToEndAsync(), client.StandardError.ReadToEndAsync());
        await client.WaitForExitAsync();
        return (client.ExitCode, await output + await error);
    }

    /// <summary>Makes a key pair; the public line.</summary>
    public async Task<string> Key(string name)
    {
        await Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "alice@laptop", "-f", In(name));
        return (await File.ReadAllTextAsync(In(name + ".pub"))).Trim();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> Answers()
    {
        if (_process!.HasExited) throw new InvalidOperationException($"sshd did not start:\n{Log()}");
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Documented()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "AccessFunctions.sln"))) root = root.Parent ?? throw new InvalidOperationException("The repository's root was not found.");
        var page = File.ReadAllText(Path.Combine(root.FullName, "docs", "platforms", "ssh.md"));
        var from = page.IndexOf("```sh\n", StringComparison.Ordinal) + "```sh\n".Length;
        return page[from..page.IndexOf("```", from, StringComparison.Ordinal)];
    }

    private static async Task Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private static string Program(string name)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (found is null && Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail($"{name} is not installed, and CI must not skip what needs it.");
        if (found is null) Assert.Skip($"{name} is not installed (openssh-server, openssh-client).");
        return found;
    }
}
