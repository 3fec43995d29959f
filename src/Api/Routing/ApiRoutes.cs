using AccessFunctions.Api.Scim;

namespace AccessFunctions.Api.Routing;

/// <summary>
/// The route table that both hosts serve (design, section 10), put together of its subjects. On Kestrel: <c>app.Run(pipeline.Serve)</c>, nothing else to map. A host
/// with its own routing maps each entry and calls <see cref="Pipeline.RequestPipeline.Run"/> with it.
/// </summary>
public static class ApiRoutes
{
    /// <summary>Every route.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        .. RequestRoutes.All,
        .. PolicyRoutes.All,
        .. PlatformRoutes.All,
        .. AssistantRoutes.All,
        .. PeopleRoutes.All,
        .. AuditRoutes.All,
        .. ChannelRoutes.All,
        .. ScimRoutes.All,
        .. OpenRoutes.All,
        .. PageRoutes.All,
    ];
}
