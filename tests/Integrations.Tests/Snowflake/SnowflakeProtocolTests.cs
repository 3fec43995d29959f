using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Snowflake;
using AccessFunctions.Integrations.Tests.Rest;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Snowflake;

/// <summary>
/// How the SQL REST API is spoken, against a server written from "Snowflake SQL API reference" (https://docs.snowflake.com/en/developer-guide/sql-api/reference),
/// "Submitting a request to execute SQL statements" (…/sql-api/submitting-requests), "Handling responses" (…/sql-api/handling-responses) and "Authenticating to the server"
/// (…/sql-api/authenticating), which checks the signature of every call.
/// </summary>
public sealed class SnowflakeProtocolTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnotherKey_IsRefused_AndNothingOfItIsTold()
    {
        using var other = System.Security.Cryptography.RSA.Create(2048);
        var key = other.ExportPkcs8PrivateKeyPem();
        await using var account = await SnowflakeAccountUnderTest.Served(options => options with { PrivateKey = key });
        var refused = await Assert.ThrowsAsync<PlatformException>(() => account.Platform.Grant(account.RoleOrder(), Cancellation));
        Assert.False(refused.Permanent);
        Assert.Contains("390144", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key[40..60], refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AKeyThatIsNone_IsNotQuoted()
    {
        var options = new SnowflakePlatformOptions { Name = "s", Account = "a", User = "u", PrivateKey = "hunter2", Role = "r", Warehouse = "w", Database = "d" };
        Assert.DoesNotContain("hunter2", Assert.Throws<ArgumentException>(() => new SnowflakePlatform(options, new Postgres.MemorySecrets(), TimeProvider.System, NullLogger<SnowflakePlatform>.Instance)).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEncryptedKey_IsOpenedWithItsPassphrase_AndLinesMayBeEscaped()
    {
        using var rsa = System.Security.Cryptography.RSA.Create();
        rsa.ImportFromPem(SnowflakeServer.PrivateKey);
        var encrypted = rsa.ExportEncryptedPkcs8PrivateKeyPem("open sesame", new System.Security.Cryptography.PbeParameters(System.Security.Cryptography.PbeEncryptionAlgorithm.Aes256Cbc, System.Security.Cryptography.HashAlgorithmName.SHA256, 1000));
        await using var account = await SnowflakeAccountUnderTest.Served(options => options with { PrivateKey = encrypted.Replace("\n", "\\n", StringComparison.Ordinal), PrivateKeyPassphrase = "open sesame" });
        await account.Platform.Grant(account.RoleOrder(), Cancellation);
    }

    [Fact]
    public async Task AChange_IsSubmittedAsynchronously_AndAwaitedByItsHandle()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        account.Server!.Polls = 3;
        await account.Platform.Grant(account.RoleOrder(), Cancellation);
        Assert.True((await account.Platform.ReadBack(account.RoleOrder(), Cancellation)).Present);
        Assert.Contains(account.Server.Calls, static call => call.StartsWith("POST", StringComparison.Ordinal) && call.Contains("async=true", StringComparison.Ordinal));
        Assert.Contains(account.Server.Calls, static call => call.StartsWith("GET /api/v2/statements/", StringComparison.Ordinal));
        Assert.All(account.Server.Bodies, static body => Assert.Equal(20, body["timeout"]!.GetValue<int>()));
        Assert.Empty(account.Server.Cancelled);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task ABusyService_IsAskedAgain_AfterAsLongAsItSays(int status)
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        account.Server!.Instead.Enqueue(RestServer.Busy(status));
        account.Server.Instead.Enqueue(RestServer.Busy(status));
        Assert.False((await account.Platform.ReadBack(account.RoleOrder(), Cancellation)).Present);
        Assert.Contains("retry=true", account.Server.Calls.ElementAt(1), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServiceThatIsBusyForLong_IsLeftToTheNextAttempt()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        account.Server!.Instead.Enqueue(RestServer.Busy(429, "60"));
        var busy = await Assert.ThrowsAsync<PlatformException>(() => account.Platform.ReadBack(account.RoleOrder(), Cancellation));
        Assert.False(busy.Permanent);
        Assert.Contains("60 s", busy.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStatementWhoseAnswerWasLost_IsSentAgainUnderItsId_AndRunsOnce()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        account.Server!.Lose = static request => request.Query["async"] == "true";
        await account.Platform.Grant(account.RoleOrder(), Cancellation);
        Assert.Single(account.Server.Model.Ran, static statement => statement.StartsWith("GRANT", StringComparison.Ordinal));
        var again = account.Server.Calls.Single(static call => call.Contains("retry=true", StringComparison.Ordinal));
        Assert.Contains(account.Server.Calls, call => again == call + "&retry=true");
    }

    [Fact]
    public async Task MoreRowsThanOnePartition_AreReadToTheEnd()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        for (var i = 0; i < 25; i++) account.Server!.Model.Users[$"USER_{i:00}"] = new SnowflakeModel.User();
        account.Server!.PartitionSize = 4;
        Assert.Equal(27, (await account.Platform.Identities(Cancellation)).Count);
        Assert.Contains(account.Server.Calls, static call => call.EndsWith("partition=6", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AStatementThatTakesTooLong_IsTriedAgainLater()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        account.Server!.TimesOut = true;
        var late = await Assert.ThrowsAsync<PlatformException>(() => account.Platform.ReadBack(account.RoleOrder(), Cancellation));
        Assert.False(late.Permanent);
        Assert.Contains("time-out", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAttemptWhoseTimeIsUp_CancelsItsStatement()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        account.Server!.Polls = int.MaxValue;
        var granting = account.Platform.ReadBack(account.RoleOrder(), attempt.Token);
        await Wait.Until(() => account.Server.Calls.Any(static call => call.StartsWith("GET", StringComparison.Ordinal)), TimeSpan.FromSeconds(10), "the statement to be polled");
        await attempt.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => granting);
        Assert.Single(account.Server.Cancelled);
    }

    [Fact]
    public async Task ARightThatIsMissing_IsAPermanentRefusal()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        account.Server!.Model.Giveable.Clear();
        var refused = await Assert.ThrowsAsync<PlatformException>(() => account.Platform.Grant(account.RoleOrder(), Cancellation));
        Assert.True(refused.Permanent);
        Assert.Contains("42501", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARefusedPassword_IsNotQuoted()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        await account.Secrets.Put("snowflake/snow-prod/SVC_APP/pending", "hunter2"u8.ToArray(), Cancellation);
        var refused = await Assert.ThrowsAsync<PlatformException>(() => account.Platform.Grant(account.PasswordOrder(), Cancellation));
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
        Assert.Contains("28P01", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAnswerThatIsNoJson_IsAFailureOfTheService()
    {
        await using var account = await SnowflakeAccountUnderTest.Served();
        account.Server!.Instead.Enqueue(RestServer.Busy(200, null, "<html>"));
        Assert.False((await Assert.ThrowsAsync<PlatformException>(() => account.Platform.ReadBack(account.RoleOrder(), Cancellation))).Permanent);
    }
}
