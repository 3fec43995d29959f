using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pages.Auditing;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Recordings;
using AccessFunctions.Api.Reviewing;
using AccessFunctions.Api.Sessions;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Inventory;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Api;

/// <summary>Registers the API. Beside it the host registers the use cases and their ports, <c>PublicAddress</c> and its <c>IReadinessCheck</c>s.</summary>
public static class ApiServices
{
    /// <summary>Adds pipeline, handlers sign-in (sections <c>Oidc</c>, <c>Sessions</c>) and pages.</summary>
    public static IServiceCollection AddAccessApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ApiOptions>();
        services.AddOptions<OidcOptions>().Bind(configuration.GetSection(OidcOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OidcOptions>, OidcOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpClient(OidcKeys.ClientName);
        services.AddSingleton<Callers>();
        services.AddSingleton<SignIns>();
        services.AddSingleton<RefusedCalls>();
        services.AddSingleton<ResourceCatalog>();
        services.AddSingleton<InventoryGraphs>();
        services.AddSingleton<IdentitySearch>();
        services.AddSingleton<IdentityLinking>();
        services.AddSingleton<AccessAnswers>();
        services.AddSingleton<UnknownMembers>();
        services.AddSingleton<RecordingViewing>();
        services.AddSingleton<ViewLog>();
        services.AddSingleton<IAuthenticator>(provider => new BearerAuthenticator(
            provider.GetServices<ITokenValidator>().Concat(OidcTokens.Of(provider))));
        services.AddOptions<SessionOptions>().Bind(configuration.GetSection(SessionOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ConfiguredIssuers>();
        services.AddSingleton<SessionCookies>();
        services.AddSingleton<SessionTickets>();
        services.AddSingleton<EndedSessions>();
        services.AddSingleton<BrowserSignIn>();
        services.AddSingleton<IAuthenticator, CookieAuthenticator>();
        services.AddSingleton<PageRenderer>();
        services.AddSingleton<Shells>();
        services.AddSingleton<VerificationTurn>();
        services.AddSingleton<Admission>();
        services.AddSingleton<FormTickets>();
        services.AddSingleton<RequestPipeline>();
        return services;
    }

    /// <summary>
    /// Makes this a demo: tokens of the demo issuer are accepted, and calls are taken only from this machine. Only for a host that was
    /// started as a demo and listens on loopback alone.
    /// </summary>
    /// <param name="issuer">The issuer whose key lies in the demo's data directory.</param>
    public static IServiceCollection AddDemoSignIn(this IServiceCollection services, DemoIssuer issuer)
    {
        services.Configure<ApiOptions>(options => options.Demo = true);
        services.AddSingleton<ITokenValidator>(issuer);
        return services;
    }
}
