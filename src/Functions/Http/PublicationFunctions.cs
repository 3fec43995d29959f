using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Http;

/// <summary>What platforms publish for servers.</summary>
public sealed class PublicationFunctions(HttpDoor door)
{
    /// <summary>Whom servers have to trust.</summary>
    [Function(nameof(GetAuthority))]
    public Task<IResult> GetAuthority([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "ca/{ca}")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Certificates that were revoked.</summary>
    [Function(nameof(GetCertificateRevocations))]
    public Task<IResult> GetCertificateRevocations([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "crl/{ca}")] HttpRequest http) =>
        door.Run(http);

    /// <summary>SSH certificates that were revoked.</summary>
    [Function(nameof(GetKeyRevocations))]
    public Task<IResult> GetKeyRevocations([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "krl/{ca}")] HttpRequest http) =>
        door.Run(http);
}
