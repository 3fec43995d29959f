using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Storage;
using Azure;
using Azure.Identity;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

public sealed class TransientTests
{
    public static TheoryData<Exception, bool> Failures => new()
    {
        { new RequestFailedException(503, "busy"), true },
        { new RequestFailedException(429, "throttled"), true },
        { new RequestFailedException(0, "no connection"), true },
        { new RequestFailedException(403, "the role has not arrived"), true },
        { new AuthenticationFailedException("no token"), true },
        { new CredentialUnavailableException("the identity's endpoint is away"), true },
        { new OperationCanceledException(), true },
        { new RequestFailedException(400, "wrong"), false },
        { new RequestFailedException(404, "no such table"), false },
        { new InvalidOperationException(), false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Failure_ThatPassesByItself_IsTransient(Exception failure, bool passes)
    {
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => Transient.Run(() => Task.FromException(failure), CancellationToken.None));
        Assert.Equal(passes, thrown is TransientException);
    }

    [Fact]
    public async Task Cancellation_ThatWasAskedFor_IsNotTransient() =>
        await Assert.ThrowsAsync<OperationCanceledException>(() => Transient.Run(() => Task.FromException(new OperationCanceledException()), new CancellationToken(canceled: true)));
}
