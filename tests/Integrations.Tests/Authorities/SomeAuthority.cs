using System.Collections.Concurrent;
using System.Diagnostics;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Authorities;
using AccessFunctions.Integrations.Vault;
using AccessFunctions.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Authorities;

/// <summary>
/// What a host gives to platforms that issue certificates: stores, a clock that is moved by hand, and a web server that publishes what
/// <see cref="Publisher"/> does.
/// </summary>
internal sealed class SomeAuthority : LocalServer
{
    private readonly InMemoryEnvelopeStore _envelopes = new();

    private SomeAuthority() => Secrets = new EnvelopeSecretStore(_envelopes, new KeyRing(KeyEncryptionKey.Generate()));

    public AuthorityServices Services { get; private set; } = null!;

    public FailingRows Rows { get; } = new(new InMemoryChannelStore());

    public ISecretStore Secrets { get; }

    public KeptAudit Audit { get; } = new();

    public KeptLines Logs { get; } = new();

    /// <summary>Begins at the machine's time, so that other programs find the certificates valid.</summary>
    public ManualTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    /// <summary>Who is published.</summary>
    public IPublisher? Publisher { get; set; }

    /// <summary>Answers in place of the publisher; null: the publisher does.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public static async Task<SomeAuthority> Start()
    {
        var authority = new SomeAuthority();
        await authority.Begin();
        authority.Services = new AuthorityServices(authority.Secrets, authority.Rows, authority.Audit, new PublicAddress(authority.Address), authority.Time);
        return authority;
    }

    /// <summary>An order of four hours for alice.</summary>
    public PlatformOrder Order(string resource, AccessKind kind, string grant = "r-1:1", string? identity = "alice", string? role = null, TimeSpan? length = null, params (string Name, string Value)[] parameters) => new()
    {
        RequestId = "r-1",
        GrantId = grant,
        Resource = resource,
        Kind = kind,
        Requester = "alice",
        Identity = identity,
        Role = role,
        End = Now + (length ?? TimeSpan.FromHours(4)),
        Parameters = parameters.ToDictionary(pair => pair.Name, pair => pair.Value),
    };

    protected override void Map(WebApplication app) => app.Run(Answer);

    private async Task Answer(HttpContext http)
    {
        if (Instead is { } instead)
        {
            await instead(http);
            return;
        }

        var kind = http.Request.Path.Value!.Split('/')[1] switch
        {
            "crl" => PublicationKind.CertificateRevocations,
            "krl" => PublicationKind.KeyRevocations,
            _ => PublicationKind.Authority,
        };
        var published = await Publisher!.Publish(kind, http.RequestAborted) ?? throw new InvalidOperationException($"{http.Request.Path} is not published.");
        await http.Response.Body.WriteAsync(published.Content);
    }

    /// <summary>Rows that stop working after so many writes, as in a crash, and call back before a write.</summary>
    internal sealed class FailingRows(IChannelStore inner) : IChannelStore
    {
        /// <summary>Writes until the crash; null: none comes.</summary>
        public int? Left { get; set; }

        /// <summary>Called once before the next row is added whose set begins so.</summary>
        public (string Set, Func<Task> Do)? Before { get; set; }

        /// <summary>Called once before the next row is replaced.</summary>
        public Func<Task>? BeforeReplace { get; set; }

        public Task<ChannelRow?> Find(string set, string key, CancellationToken cancellation) => inner.Find(set, key, cancellation);

        public Task<IReadOnlyList<ChannelRow>> All(string set, CancellationToken cancellation) => inner.All(set, cancellation);

        public async Task<bool> Add(string set, string key, string value, DateTimeOffset keepUntil, CancellationToken cancellation)
        {
            if (Before is { } before && set.StartsWith(before.Set, StringComparison.Ordinal))
            {
                Before = null;
                await before.Do();
            }

            Write();
            return await inner.Add(set, key, value, keepUntil, cancellation);
        }

        public async Task<bool> Replace(string set, ChannelRow read, string value, DateTimeOffset keepUntil, CancellationToken cancellation)
        {
            if (BeforeReplace is { } before)
            {
                BeforeReplace = null;
                await before();
            }

            Write();
            return await inner.Replace(set, read, value, keepUntil, cancellation);
        }

        public Task<bool> Write(string set, IReadOnlyList<ChannelWrite> writes, DateTimeOffset keepUntil, CancellationToken cancellation)
        {
            Write();
            return inner.Write(set, writes, keepUntil, cancellation);
        }

        public Task Remove(string set, string key, CancellationToken cancellation)
        {
            Write();
            return inner.Remove(set, key, cancellation);
        }

        public Task<int> Purge(DateTimeOffset now, CancellationToken cancellation) => inner.Purge(now, cancellation);

        private void Write()
        {
            if (Left == 0) throw new IOException("The process is gone.");
            Left--;
        }
    }

    /// <summary>Events in memory.</summary>
    internal sealed class KeptAudit : IAuditLog
    {
        public ConcurrentQueue<AuditEvent> Events { get; } = new();

        public Task Append(AuditEvent happened, CancellationToken cancellation)
        {
            Events.Enqueue(happened);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<AuditRow>> Stream(string stream, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Page<AuditRow>> List(AuditFilter filter, string? cursor, int limit, CancellationToken cancellation) => throw new NotSupportedException();

        public IAsyncEnumerable<AuditRow> Export(CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<Checkpoint>> Checkpoints(CancellationToken cancellation) => throw new NotSupportedException();

        public IAsyncEnumerable<Tombstone> Tombstones(CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Checkpoint?> MakeCheckpoint(CancellationToken cancellation) => throw new NotSupportedException();
    }

    /// <summary>Log lines in memory.</summary>
    internal sealed class KeptLines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public string All => string.Join('\n', _lines);

        public ILogger<T> For<T>() => new LoggerFactory([this]).CreateLogger<T>();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
            // Lines are read after the logger is gone.
        }
    }
}

/// <summary>Runs programs that read what this product writes.</summary>
internal static class Programs
{
    /// <summary>Runs one and gives its exit code and everything it said. Where it is missing, the test is skipped, or fails under <c>CI=true</c>.</summary>
    public static async Task<(int Code, string Output)> Run(string program, params string[] arguments)
    {
        Require(program);
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    /// <summary>The program's path.</summary>
    public static string Require(string program)
    {
        if (Path.IsPathRooted(program) && File.Exists(program)) return program;
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin").Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        if (found is null && Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail($"{program} is not installed, and CI must not skip what needs it.");
        if (found is null) Assert.Skip($"{program} is not installed.");
        return found;
    }
}
