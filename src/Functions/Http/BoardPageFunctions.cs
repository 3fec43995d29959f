using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Http;

/// <summary>The pages of those who look over requests, access, groups and the audit trail.</summary>
public sealed class BoardPageFunctions(HttpDoor door)
{
    /// <summary>The requests the caller may see.</summary>
    [Function(nameof(RequestsPage))]
    public Task<IResult> RequestsPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "requests")] HttpRequest http) =>
        door.Run(http);
}
