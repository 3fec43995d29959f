using AccessFunctions.Tests.Shared;
using Npgsql;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Postgres;

public sealed class PostgresServerTests
{
    [Fact]
    public async Task Server_StoppedAndStarted_AnswersOnTheSamePort()
    {
        await using var server = await PostgresServer.CreateAsync();
        await server.ExecuteAsync("CREATE TABLE kept (id int)");
        await server.StopAsync(immediate: true);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => server.ScalarAsync<long>("SELECT count(*) FROM kept"));
        await server.StartAsync();
        Assert.Equal(0L, await server.ScalarAsync<long?>("SELECT count(*) FROM kept"));
    }

    [Fact]
    public async Task Server_WithAWrongPassword_RefusesTheLogin()
    {
        await using var server = await PostgresServer.CreateAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => server.OpenAsync(password: "wrong"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
    }
}
