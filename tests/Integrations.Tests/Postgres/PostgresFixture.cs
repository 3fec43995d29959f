using System.Collections.Concurrent;
using System.Text;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Postgres;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Postgres;

[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresFixture>
{
    public const string Name = "postgres";
}

/// <summary>One server for many tests, which keep apart by their names. Started by the first test, so that a missing server skips tests.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _server = new(async () =>
    {
        var server = await PostgresServer.CreateAsync("log_statement = 'all'");
        await PostgresSetup.Prepare(server);
        return server;
    });

    public Task<PostgresServer> Server() => _server.Value;

    public async ValueTask DisposeAsync()
    {
        if (_server is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await _server.Value).DisposeAsync();
    }
}

/// <summary>What the documentation's account statements expect to find, and those statements themselves.</summary>
internal static class PostgresSetup
{
    public static async Task Prepare(PostgresServer server)
    {
        await server.ExecuteAsync("""
            CREATE ROLE analytics_reader; CREATE ROLE app LOGIN;
            CREATE SCHEMA analytics; CREATE TABLE analytics.orders (id int); CREATE TABLE analytics.customers (id int); CREATE VIEW analytics.totals AS SELECT 1 AS n;
            INSERT INTO analytics.orders VALUES (1);
            GRANT USAGE ON SCHEMA analytics TO analytics_reader; GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO analytics_reader;
            """);
        await server.ExecuteAsync("CREATE DATABASE second");
        await server.ExecuteAsync(DocumentedAccount());
    }

    public static string AccountConnection(PostgresServer server) => server.ConnectionStringFor("access_functions", "change-me");

    /// <summary>The SQL of docs/platforms/postgres.md: what it tells administrators to run is what the tests run.</summary>
    private static string DocumentedAccount()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "AccessFunctions.sln")))
            root = root.Parent ?? throw new InvalidOperationException("The repository's root was not found.");
        var text = File.ReadAllText(Path.Combine(root.FullName, "docs", "platforms", "postgres.md"));
        return text.Split("```sql")[1].Split("```")[0];
    }
}

/// <summary>What the tests of the adapter share.</summary>
[Collection(PostgresCollection.Name)]
public abstract class PostgresTests(PostgresFixture fixture) : IAsyncLifetime
{
    protected static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly string _suffix = Guid.NewGuid().ToString("N")[..8];

    protected PostgresServer Server { get; private set; } = null!;

    protected MemorySecrets Secrets { get; } = new();

    protected PostgresPlatform Platform { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await fixture.Server();
        Platform = Make();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>The adapter with the account that the documentation describes, unless the options say otherwise.</summary>
    protected PostgresPlatform Make(Func<PostgresPlatformOptions, PostgresPlatformOptions>? with = null, ISecretStore? secrets = null)
    {
        var options = new PostgresPlatformOptions { Name = "pg-prod", ConnectionString = PostgresSetup.AccountConnection(Server) };
        return new PostgresPlatform(with?.Invoke(options) ?? options, secrets ?? Secrets, NullLogger<PostgresPlatform>.Instance);
    }

    /// <summary>A name of this test's own.</summary>
    protected string Own(string name) => $"{name}_{_suffix}";

    /// <summary>Makes a database user with the password <c>pw</c>.</summary>
    protected async Task<string> User(string name, string attributes = "")
    {
        await Server.ExecuteAsync($"CREATE ROLE {PgName.Quote(Own(name))} LOGIN PASSWORD 'pw' {attributes}");
        return Own(name);
    }

    protected PlatformOrder Order(AccessKind kind, string path, string? role = null, string? identity = null, string grant = "1") => new()
    {
        RequestId = $"req-{_suffix}",
        GrantId = $"req-{_suffix}.{grant}",
        Resource = $"pg-prod/{path}",
        Kind = kind,
        Requester = "alice",
        Role = role,
        Identity = identity,
        End = DateTimeOffset.UtcNow.AddHours(1),
    };

    /// <summary>True where the user can run the statement.</summary>
    protected async Task<bool> Can(string user, string sql, string password = "pw")
    {
        await using var connection = await Server.OpenAsync(user, password);
        return await Runs(connection, sql);
    }

    /// <summary>True where the statement runs on the open connection; false where it is not permitted.</summary>
    protected static async Task<bool> Runs(NpgsqlConnection connection, string sql)
    {
        try
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
            return true;
        }
        catch (PostgresException denied) when (denied.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }

    /// <summary>True where the session behind the connection was ended by the server.</summary>
    protected static async Task<bool> WasCut(NpgsqlConnection connection)
    {
        try
        {
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            await command.ExecuteScalarAsync();
            return false;
        }
        catch (NpgsqlException)
        {
            return true;
        }
    }

    protected Task<bool> RoleExists(string name) => Server.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = {PgName.Literal(name)})");

    protected static async Task<PlatformException> Refused(Func<Task> work)
    {
        var refused = await Assert.ThrowsAsync<PlatformException>(work);
        Assert.True(refused.Permanent, refused.Message);
        return refused;
    }
}

/// <summary>Secrets in memory. Nothing of the adapter depends on where they are kept.</summary>
public sealed class MemorySecrets : ISecretStore
{
    private readonly ConcurrentDictionary<string, byte[]> _values = new(StringComparer.Ordinal);

    /// <summary>Called before each Put with its name; throw to play a crash.</summary>
    public Action<string>? BeforePut { get; set; }

    public string? Text(string name) => _values.TryGetValue(name, out var value) ? Encoding.UTF8.GetString(value) : null;

    public Task<byte[]?> Get(string name, CancellationToken cancellation) => Task.FromResult(_values.GetValueOrDefault(name));

    public Task Put(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation)
    {
        BeforePut?.Invoke(name);
        _values[name] = value.ToArray();
        return Task.CompletedTask;
    }

    public Task<byte[]> GetOrAdd(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation) => Task.FromResult(_values.GetOrAdd(name, _ => value.ToArray()));

    public Task Delete(string name, CancellationToken cancellation)
    {
        _values.TryRemove(name, out _);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> Names(string prefix, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>([.. _values.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)]);
}
