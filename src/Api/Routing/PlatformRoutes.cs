using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Views;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Routing;

/// <summary>The part of the route table that is about connected systems: what can be asked for there, who lives there, and who has what.</summary>
internal static class PlatformRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new()
        {
            Name = "ListResources", Method = "GET", Template = "/api/resources", ResponseType = typeof(ResourceList),
            Query = PlatformHandlers.Parameters,
            Summary = "What the caller may ask for.", Handler = PlatformHandlers.Resources,
        },
        new()
        {
            Name = "ListPlatforms", Method = "GET", Template = "/api/platforms", ResponseType = typeof(ListView<PlatformView>),
            Summary = "The connected systems.", Handler = PlatformHandlers.Platforms,
        },
        new()
        {
            Name = "GetPlatform", Method = "GET", Template = "/api/platforms/{id}", ResponseType = typeof(PlatformView),
            Summary = "One connected system; for administrators and auditors how far ingesting it got.", Handler = PlatformHandlers.Platform,
        },
        new()
        {
            Name = "IngestPlatform", Method = "POST", Template = "/api/platforms/{id}/ingest", Roles = RouteParts.Administrators, RequestType = typeof(NoBody), BodyOptional = true,
            ResponseType = typeof(PlatformView), SuccessStatus = StatusCodes.Status202Accepted,
            Summary = "Reads soon what a platform holds; `Location` tells how far it got.", Handler = PlatformHandlers.Ingest,
        },
        new()
        {
            Name = "ListPlatformResources", Method = "GET", Template = "/api/platforms/{id}/resources", Roles = RouteParts.Overseers, ResponseType = typeof(ListView<FoundResourceView>),
            Query = PlatformHandlers.FoundParameters, Summary = "Resources that were found on a platform.", Handler = PlatformHandlers.Found,
        },
        new()
        {
            Name = "ListDifferences", Method = "GET", Template = "/api/differences", Roles = RouteParts.Overseers, ResponseType = typeof(ListView<DifferenceView>), Query = PlatformHandlers.DifferenceParameters,
            Summary = "How platforms differ from what was given here: access that vanished, that is back, and that nobody gave.", Handler = PlatformHandlers.Differences,
        },
        new()
        {
            Name = "ListIdentities", Method = "GET", Template = "/api/identities", ResponseType = typeof(ListView<IdentityView>), Query = InventoryHandlers.IdentityParameters,
            Summary = "Identities on platforms: the caller's own; for administrators and auditors all.", Handler = InventoryHandlers.Identities,
        },
        new()
        {
            Name = "LinkIdentity", Method = "PUT", Template = "/api/identities/{id}/link", Roles = RouteParts.Administrators, RequestType = typeof(IdentityLinkBody), ResponseType = typeof(IdentityView),
            Summary = "Makes an identity a person's, also against the configuration.", Handler = InventoryHandlers.Link,
        },
        new()
        {
            Name = "UnlinkIdentity", Method = "DELETE", Template = "/api/identities/{id}/link", Roles = RouteParts.Administrators, SuccessStatus = StatusCodes.Status204NoContent,
            Summary = "Makes an identity nobody's, also where the configuration names somebody.", Handler = InventoryHandlers.Unlink,
        },
        new()
        {
            Name = "ListAccess", Method = "GET", Template = "/api/access", ResponseType = typeof(ListView<AccessView>), Query = InventoryHandlers.AccessParameters,
            Summary = "Who has access to what, and through what: the caller's own; for administrators and auditors everybody's.", Handler = InventoryHandlers.Access,
        },
    ];
}
