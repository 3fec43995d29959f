using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Snowflake;
using AccessFunctions.Integrations.Tests.Live;
using AccessFunctions.Integrations.Tests.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Integrations.Tests.Snowflake;

/// <summary>An account to test against: a server in this process, or a real one (<see cref="LiveAccount"/>).</summary>
internal sealed class SnowflakeAccountUnderTest : IAsyncDisposable
{
    private SnowflakeAccountUnderTest(SnowflakePlatformOptions options, SnowflakeServer? server, string user, string role, string credential)
    {
        (Server, User, Role, Credential, Options) = (server, user, role, credential, options);
        Platform = new SnowflakePlatform(options, Secrets, TimeProvider.System, NullLogger<SnowflakePlatform>.Instance);
    }

    public SnowflakePlatformOptions Options { get; }

    /// <summary>Null: the account is a real one.</summary>
    public SnowflakeServer? Server { get; }

    public SnowflakePlatform Platform { get; }

    public MemorySecrets Secrets { get; } = new();

    /// <summary>A user that may be given <see cref="Role"/>, and does not have it.</summary>
    public string User { get; }

    public string Role { get; }

    /// <summary>A user whose password may be changed; empty: none.</summary>
    public string Credential { get; }

    /// <summary>The real account where one was asked for, else a server of the test's own.</summary>
    public static async Task<SnowflakeAccountUnderTest> Open()
    {
        if (LiveAccount.Settings("SNOWFLAKE", ["ACCOUNT", "USER", "PRIVATE_KEY", "ROLE", "WAREHOUSE", "DATABASE", "TEST_USER", "TEST_ROLE"], "TEST_CREDENTIAL") is not { } real) return await Served();
        return new SnowflakeAccountUnderTest(new SnowflakePlatformOptions
        {
            Name = "snow-prod",
            Account = real["ACCOUNT"],
            User = real["USER"],
            PrivateKey = real["PRIVATE_KEY"],
            Role = real["ROLE"],
            Warehouse = real["WAREHOUSE"],
            Database = real["DATABASE"],
            Credentials = real["TEST_CREDENTIAL"] is { Length: > 0 } credential ? [credential] : [],
        }, null, real["TEST_USER"], real["TEST_ROLE"], real["TEST_CREDENTIAL"]);
    }

    /// <summary>A server of the test's own, whatever is asked for.</summary>
    public static async Task<SnowflakeAccountUnderTest> Served(Func<SnowflakePlatformOptions, SnowflakePlatformOptions>? with = null)
    {
        var server = new SnowflakeServer();
        await server.Begin();
        var options = new SnowflakePlatformOptions
        {
            Name = "snow-prod",
            Account = "myorg-prod",
            User = "access_functions",
            PrivateKey = SnowflakeServer.PrivateKey,
            Role = SnowflakeModel.OwnRole,
            Warehouse = "WH",
            Database = "UTIL",
            Address = server.Address,
            Credentials = ["SVC_APP"],
        };
        return new SnowflakeAccountUnderTest(with?.Invoke(options) ?? options, server, "ALICE", "ANALYTICS_READER", "SVC_APP");
    }

    public PlatformOrder RoleOrder(string? role = null, string? user = null, string grant = "1") => Order(AccessKind.Role, "SALES", grant) with { Role = role ?? Role, Identity = user ?? User };

    public PlatformOrder PasswordOrder(string grant = "1") => Order(AccessKind.Credential, Credential, grant);

    public async Task<List<InventoryFact>> Facts(CancellationToken cancellation) =>
        await Platform.Inventory(null, cancellation).SelectMany(static page => page.Facts.ToAsyncEnumerable()).ToListAsync(cancellation);

    public ValueTask DisposeAsync() => Server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static PlatformOrder Order(AccessKind kind, string path, string grant) => new()
    {
        RequestId = "req-1",
        GrantId = $"req-1.{grant}",
        Resource = $"snow-prod/{path}",
        Kind = kind,
        Requester = "alice",
        End = DateTimeOffset.UtcNow.AddHours(1),
    };
}
