using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;
using Xunit;

namespace AccessFunctions.Tests.Shared;

/// <summary>
/// A throwaway PostgreSQL cluster of its own: on a free port of 127.0.0.1, with SCRAM passwords, in a temporary directory that goes with
/// it. Where the server's binaries are missing the test is skipped, but under <c>CI=true</c> it fails. The server also ends when
/// the process that started it ends, however that happens.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _bin;
    private readonly string? _user;
    private readonly string _directory;
    private readonly IReadOnlyList<string> _settings;
    private Process? _process;

    private PostgresServer(string bin, IReadOnlyList<string> settings)
    {
        _bin = bin;
        _settings = settings;
        _user = Environment.UserName == "root" ? UnprivilegedUser() : null;
        _directory = Directory.CreateTempSubdirectory("af-pg-").FullName;
        Password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        Port = FreePort.Find();
    }

    /// <summary>The superuser's password.</summary>
    public string Password { get; }

    /// <summary>The port on 127.0.0.1; the same after a restart.</summary>
    public int Port { get; }

    /// <summary>The superuser in database <c>postgres</c>, without a connection pool.</summary>
    public string ConnectionString => ConnectionStringFor();

    /// <summary>What the server wrote to its log so far.</summary>
    public string Log => File.Exists(LogFile) ? ReadShared(LogFile) : "";

    private string Data => Path.Combine(_directory, "data");
    private string LogFile => Path.Combine(_directory, "server.log");

    /// <summary>Makes a cluster and starts it.</summary>
    /// <param name="settings">Further settings of <c>postgresql.conf</c>, such as <c>log_statement=all</c>.</param>
    public static async Task<PostgresServer> CreateAsync(params string[] settings)
    {
        var server = new PostgresServer(FindBinaries(), settings);
        try
        {
            await server.InitializeAsync();
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another user's or database's connection string; without a pool.</summary>
    public string ConnectionStringFor(string user = "postgres", string? password = null, string database = "postgres") =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Username = user,
            Password = password ?? Password,
            Database = database,
            Pooling = false,
            Timeout = 10,
        }.ConnectionString;

    /// <summary>Opens a connection; the caller disposes it.</summary>
    public async Task<NpgsqlConnection> OpenAsync(string user = "postgres", string? password = null, string database = "postgres")
    {
        var connection = new NpgsqlConnection(ConnectionStringFor(user, password, database));
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs statements as the superuser.</summary>
    public async Task ExecuteAsync(string sql, string database = "postgres")
    {
        await using var connection = await OpenAsync(database: database);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Runs a query as the superuser and returns its first value.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, string database = "postgres")
    {
        await using var connection = await OpenAsync(database: database);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    /// <summary>Starts the stopped server and returns when it answers.</summary>
    public async Task StartAsync()
    {
        // The shell holds the server's life to ours: its input ends when we stop it, or when this process is gone.
        const string Supervise = """
            "$1" -D "$2" >>"$3" 2>&1 </dev/null & server=$!
            read -r signal || signal=QUIT
            kill -s "$signal" $server
            wait $server
            """;
        var start = Command("sh", "-c", Supervise, "sh", Path.Combine(_bin, "postgres"), Data, LogFile);
        start.RedirectStandardInput = true;
        _process = Process.Start(start)!;
        try
        {
            await Wait.Until(AnswersAsync, Patience, $"PostgreSQL to start on port {Port}");
        }
        catch (TimeoutException late)
        {
            throw new InvalidOperationException($"PostgreSQL did not start:\n{Log}", late);
        }
    }

    /// <summary>Stops the server; every session ends. Returns when it is down.</summary>
    /// <param name="immediate">True: as in a crash, without a checkpoint.</param>
    public async Task StopAsync(bool immediate = false)
    {
        if (_process is not { } process)
            return;
        _process = null;
        await SignalAll("CONT"); // a frozen server would not hear that it is to stop
        using (process)
        {
            await process.StandardInput.WriteLineAsync(immediate ? "QUIT" : "INT");
            process.StandardInput.Close();
            using var late = new CancellationTokenSource(Patience);
            await process.WaitForExitAsync(late.Token);
        }
    }

    /// <summary>Freezes every process of the server: connections stay open, and nothing answers.</summary>
    public Task PauseAsync() => SignalAll("STOP");

    /// <summary>Lets a frozen server go on.</summary>
    public Task ResumeAsync() => SignalAll("CONT");

    /// <summary>Stops and starts on the same port.</summary>
    public async Task RestartAsync(bool immediate = false)
    {
        await StopAsync(immediate);
        await StartAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(immediate: true);
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    private async Task InitializeAsync()
    {
        var passwordFile = Path.Combine(_directory, "password");
        await File.WriteAllTextAsync(passwordFile, Password);
        if (_user is not null)
            await Run("chown", "-R", $"{_user}:", _directory);
        await RunAsServer(Path.Combine(_bin, "initdb"), "-D", Data, "-U", "postgres", "--auth=scram-sha-256", $"--pwfile={passwordFile}",
            "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions");
        await File.AppendAllLinesAsync(Path.Combine(Data, "postgresql.conf"),
        [
            "listen_addresses = '127.0.0.1'",
            $"port = {Port}",
            $"unix_socket_directories = '{_directory}'",
            // A stop as in a crash keeps what was committed; only a crash of the machine would not.
            "fsync = off", "full_page_writes = off", "shared_buffers = 16MB", "max_connections = 200",
            .. _settings,
        ]);
    }

    private async Task SignalAll(string signal)
    {
        var postmaster = Path.Combine(Data, "postmaster.pid");
        if (!File.Exists(postmaster))
            return;
        var pid = (await File.ReadAllLinesAsync(postmaster))[0];
        var children = await File.ReadAllTextAsync($"/proc/{pid}/task/{pid}/children");
        await Run("sh", "-c", $"kill -s {signal} {pid} {children} || true");
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process!.HasExited)
            throw new InvalidOperationException($"PostgreSQL did not start:\n{Log}");
        try
        {
            await (await OpenAsync()).DisposeAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>PostgreSQL refuses to run as root: an unprivileged user of the machine runs it then.</summary>
    private ProcessStartInfo Command(string program, params string[] arguments) => _user is null
        ? new ProcessStartInfo(program, arguments) { WorkingDirectory = _directory }
        : new ProcessStartInfo("setpriv", [$"--reuid={_user}", $"--regid={_user}", "--clear-groups", program, .. arguments]) { WorkingDirectory = _directory };

    private Task RunAsServer(string program, params string[] arguments) => Run(Command(program, arguments));

    private static Task Run(string program, params string[] arguments) => Run(new ProcessStartInfo(program, arguments));

    private static async Task Run(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{start.FileName} ended with {process.ExitCode}: {await output}{await error}");
    }

    private static string UnprivilegedUser() =>
        File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).Where(name => name is "postgres" or "nobody").OrderDescending(StringComparer.Ordinal).FirstOrDefault()
        ?? throw new InvalidOperationException("Running as root, and there is neither a user \"postgres\" nor \"nobody\" to run the server as.");

    private static string FindBinaries()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var installed = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var version) ? version : 0).Select(d => Path.Combine(d, "bin"))
            : [];
        var found = path.Concat(installed).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")) && File.Exists(Path.Combine(d, "postgres")));
        if (found is null && Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail("PostgreSQL server binaries are not installed, and CI must not skip what needs them.");
        if (found is null)
            Assert.Skip("PostgreSQL server binaries are not installed (initdb and postgres, on the PATH or below /usr/lib/postgresql).");
        return found;
    }

    private static string ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
