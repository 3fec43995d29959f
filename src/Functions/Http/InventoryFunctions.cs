using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Http;

/// <summary>What platforms hold, whose it is, and who has access to what.</summary>
public sealed class InventoryFunctions(HttpDoor door)
{
    /// <summary>One connected system, and how far ingesting it got.</summary>
    [Function(nameof(GetPlatform))]
    public Task<IResult> GetPlatform([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/platforms/{id}")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Asks to ingest it now.</summary>
    [Function(nameof(IngestPlatform))]
    public Task<IResult> IngestPlatform([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/platforms/{id}/ingest")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Resources that were found on it.</summary>
    [Function(nameof(ListPlatformResources))]
    public Task<IResult> ListPlatformResources([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/platforms/{id}/resources")] HttpRequest http) =>
        door.Run(http);

    /// <summary>How platforms differ from what was given here.</summary>
    [Function(nameof(ListDifferences))]
    public Task<IResult> ListDifferences([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/differences")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Identities on platforms.</summary>
    [Function(nameof(ListIdentities))]
    public Task<IResult> ListIdentities([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/identities")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Links one to a person.</summary>
    [Function(nameof(LinkIdentity))]
    public Task<IResult> LinkIdentity([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/identities/{id}/link")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Removes the link.</summary>
    [Function(nameof(UnlinkIdentity))]
    public Task<IResult> UnlinkIdentity([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/identities/{id}/link")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Who has access to what.</summary>
    [Function(nameof(ListAccess))]
    public Task<IResult> ListAccess([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/access")] HttpRequest http) =>
        door.Run(http);
}
