using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Redshift;
using AccessFunctions.Integrations.Tests.Live;
using AccessFunctions.Integrations.Tests.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AccessFunctions.Integrations.Tests.Redshift;

/// <summary>A warehouse to test against: a server in this process, or a real one (<see cref="LiveAccount"/>).</summary>
internal sealed class RedshiftWarehouseUnderTest : IAsyncDisposable
{
    private readonly string _request = $"req-{Guid.NewGuid():N}";

    private RedshiftWarehouseUnderTest(RedshiftPlatformOptions options, RedshiftServerInProcess? server, string user, string role, string group, string credential)
    {
        (Server, User, Role, Group, Credential, Options) = (server, user, role, group, credential, options);
        Platform = new RedshiftPlatform(options, Secrets, NullLogger<RedshiftPlatform>.Instance);
    }

    public RedshiftPlatformOptions Options { get; }

    /// <summary>Null: the warehouse is a real one.</summary>
    public RedshiftServerInProcess? Server { get; }

    public RedshiftPlatform Platform { get; }

    public MemorySecrets Secrets { get; } = new();

    /// <summary>A user who has neither <see cref="Role"/> nor is in <see cref="Group"/>.</summary>
    public string User { get; }

    public string Role { get; }

    public string Group { get; }

    /// <summary>A user whose password may be changed; empty: none.</summary>
    public string Credential { get; }

    /// <summary>The real warehouse where one was asked for, else a server of the test's own.</summary>
    public static Task<RedshiftWarehouseUnderTest> Open() =>
        Task.FromResult(LiveAccount.Settings("REDSHIFT", ["CONNECTION", "TEST_USER", "TEST_ROLE", "TEST_GROUP"], "TEST_CREDENTIAL") is { } real
            ? new RedshiftWarehouseUnderTest(
                new RedshiftPlatformOptions { Name = "rs-prod", ConnectionString = real["CONNECTION"], Credentials = real["TEST_CREDENTIAL"] is { Length: > 0 } credential ? [credential] : [] },
                null, real["TEST_USER"], real["TEST_ROLE"], real["TEST_GROUP"], real["TEST_CREDENTIAL"])
            : Served());

    /// <summary>A server of the test's own, whatever is asked for.</summary>
    public static RedshiftWarehouseUnderTest Served(Func<RedshiftPlatformOptions, RedshiftPlatformOptions>? with = null)
    {
        var server = new RedshiftServerInProcess();
        var options = new RedshiftPlatformOptions { Name = "rs-prod", ConnectionString = server.ConnectionString, Credentials = ["app"] };
        return new RedshiftWarehouseUnderTest(with?.Invoke(options) ?? options, server, "alice", "analyst", "analysts", "app");
    }

    public PlatformOrder Order(AccessKind kind, string? role = null, string? user = null, string path = "sales", string grant = "1") => new()
    {
        RequestId = _request,
        GrantId = $"{_request}.{grant}",
        Resource = $"rs-prod/{path}",
        Kind = kind,
        Requester = "alice",
        Role = role,
        Identity = user,
        End = DateTimeOffset.UtcNow.AddHours(1),
    };

    public async Task<List<InventoryFact>> Facts(CancellationToken cancellation) =>
        await Platform.Inventory(null, cancellation).SelectMany(static page => page.Facts.ToAsyncEnumerable()).ToListAsync(cancellation);

    /// <summary>Signs in with what a requester was released.</summary>
    public async Task<NpgsqlConnection> SignIn(ReleasedSecret secret)
    {
        var to = new NpgsqlConnectionStringBuilder(Options.ConnectionString) { Username = secret.Fields["username"], Password = secret.Fields["password"], Pooling = false };
        to["Server Compatibility Mode"] = "Redshift";
        var connection = new NpgsqlConnection(to.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public ValueTask DisposeAsync() => Server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
