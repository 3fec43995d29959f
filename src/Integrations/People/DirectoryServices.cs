using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Integrations.Mail.Graph;
using AccessFunctions.Integrations.People.Graph;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Integrations.People;

/// <summary>Registers the sources of people beside <c>people.yaml</c>, the same on both hosts.</summary>
public static class DirectoryServices
{
    private static readonly TimeSpan GraphTimeout = TimeSpan.FromSeconds(60);

    /// <summary>What sources said, with the issuers that are set; empty until it is read.</summary>
    public static ProvisionedPeople People(IConfiguration configuration)
    {
        var issuers = new Dictionary<string, string>(StringComparer.Ordinal);
        if (configuration.GetSection(ScimOptions.Section).Get<ScimOptions>()?.Issuer is { } scim) issuers[Sources.Scim] = scim;
        if (configuration.GetSection(DirectoryGraphOptions.Section).Get<DirectoryGraphOptions>()?.Issuer is { } graph) issuers[Sources.Graph] = graph;
        return new ProvisionedPeople(new SourceIssuers(issuers));
    }

    /// <summary>Adds what keeps and changes provisioned people; the door of SCIM where a token is set.</summary>
    public static IServiceCollection AddDirectorySources(this IServiceCollection services, IConfiguration configuration, ProvisionedPeople people)
    {
        services.AddOptions<ScimOptions>().Bind(configuration.GetSection(ScimOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(people);
        services.AddSingleton<ProvisionedRows>();
        services.AddSingleton<ProvisioningEvents>();
        services.AddSingleton<Leavers>();
        services.AddSingleton<LeaverRoles>();
        services.AddSingleton<ProvisionedState>();
        services.AddSingleton<Provisioner>();
        services.AddSingleton<DirectoryImport>();
        AddGraph(services, configuration);
        if (configuration.GetSection(ScimOptions.Section).Get<ScimOptions>()?.GivenTokens is { Count: > 0 } tokens) services.AddSingleton(new ScimTokens(tokens));
        return services;
    }

    /// <summary>Adds <see cref="GraphReader"/> where it is enabled. Tokens for it come from the secret that is set, else from a <see cref="DirectoryGraphTokens"/> of the host.</summary>
    private static void AddGraph(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DirectoryGraphOptions>().Bind(configuration.GetSection(DirectoryGraphOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        if (configuration.GetSection(DirectoryGraphOptions.Section).Get<DirectoryGraphOptions>() is not { Enabled: true } graph) return;
        services.AddSingleton(static provider => provider.GetRequiredService<IOptions<DirectoryGraphOptions>>().Value);
        foreach (var client in new[] { GraphDeltas.ClientName, GraphMailbox.ClientName })
        {
            services.AddHttpClient(client, static client => client.Timeout = GraphTimeout)
                .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
        }

        if (graph.HasSecret)
        {
            services.AddSingleton(static provider => new DirectoryGraphTokens(new GraphSecretTokens(
                provider.GetRequiredService<IHttpClientFactory>(), provider.GetRequiredService<DirectoryGraphOptions>().Credential, provider.GetRequiredService<TimeProvider>())));
        }

        services.AddSingleton<GraphDeltas>();
        services.AddSingleton<GraphReader>();
    }
}
