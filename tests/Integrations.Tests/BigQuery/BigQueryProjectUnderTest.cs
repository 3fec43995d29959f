using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.BigQuery;
using AccessFunctions.Integrations.Tests.Live;

namespace AccessFunctions.Integrations.Tests.BigQuery;

/// <summary>A project to test against: a server in this process, or a real one (<see cref="LiveAccount"/>).</summary>
internal sealed class BigQueryProjectUnderTest : IAsyncDisposable
{
    private readonly string _grant = $"req-{Guid.NewGuid():N}.1";

    private BigQueryProjectUnderTest(BigQueryPlatformOptions options, BigQueryServer? server, string dataset, string table, string member)
    {
        (Server, Dataset, Table, Member, Options) = (server, dataset, $"{dataset}.{table}", member, options);
        Platform = new BigQueryPlatform(options, TimeProvider.System);
    }

    public BigQueryPlatformOptions Options { get; }

    /// <summary>Null: the project is a real one.</summary>
    public BigQueryServer? Server { get; }

    public BigQueryPlatform Platform { get; }

    public string Dataset { get; }

    /// <summary>With its dataset.</summary>
    public string Table { get; }

    /// <summary>Somebody who has no role of their own there.</summary>
    public string Member { get; }

    /// <summary>The real project where one was asked for, else a server of the test's own.</summary>
    public static async Task<BigQueryProjectUnderTest> Open() =>
        LiveAccount.Settings("BIGQUERY", ["PROJECT", "SERVICE_ACCOUNT_KEY", "DATASET", "TABLE", "MEMBER"]) is { } real
            ? new BigQueryProjectUnderTest(new BigQueryPlatformOptions { Name = "bq-prod", Project = real["PROJECT"], ServiceAccountKey = real["SERVICE_ACCOUNT_KEY"] }, null, real["DATASET"], real["TABLE"], real["MEMBER"])
            : await Served();

    /// <summary>A server of the test's own, whatever is asked for.</summary>
    public static async Task<BigQueryProjectUnderTest> Served(Func<BigQueryServer, BigQueryPlatformOptions, BigQueryPlatformOptions>? with = null)
    {
        var server = new BigQueryServer();
        await server.Begin();
        var options = new BigQueryPlatformOptions { Name = "bq-prod", Project = BigQueryServer.Project, ServiceAccountKey = server.KeyFile(), Address = server.Address, ResourceManagerAddress = server.Address };
        return new BigQueryProjectUnderTest(with?.Invoke(server, options) ?? options, server, "sales", "orders", "alice@example.org");
    }

    public PlatformOrder Order(string? path = null, string? member = null, string role = "roles/bigquery.dataViewer", string? grant = null) => new()
    {
        RequestId = "req-1",
        GrantId = grant ?? _grant,
        Resource = $"bq-prod/{path ?? Dataset}",
        Kind = AccessKind.Role,
        Requester = "alice",
        Role = role,
        Identity = member ?? Member,
        End = DateTimeOffset.UtcNow.AddHours(1),
    };

    public async Task<List<InventoryFact>> Facts(CancellationToken cancellation) =>
        await Platform.Inventory(null, cancellation).SelectMany(static page => page.Facts.ToAsyncEnumerable()).ToListAsync(cancellation);

    public ValueTask DisposeAsync() => Server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
