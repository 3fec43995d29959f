using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Http;

/// <summary>
/// Whatever the worker's routing gives to no other function: unknown addresses and wrong methods are problems here as in the embedded
/// host, and an address that the table reads more generously than the worker does is served.
/// </summary>
public sealed class OtherAddresses(HttpDoor door)
{
    /// <summary>Every method, every path.</summary>
    [Function(nameof(OtherAddress))]
    public Task<IResult> OtherAddress(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.RunAny(http, client);
}
