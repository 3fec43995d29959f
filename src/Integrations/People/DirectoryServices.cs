using AccessFunctions.Application.Directory.Provisioning;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Integrations.People;

/// <summary>Registers the sources of people beside <c>people.yaml</c>, the same on both hosts.</summary>
public static class DirectoryServices
{
    /// <summary>What sources said, with the issuers that are set; empty until it is read.</summary>
    public static ProvisionedPeople People(IConfiguration configuration)
    {
        var issuers = new Dictionary<string, string>(StringComparer.Ordinal);
        if (configuration.GetSection(ScimOptions.Section).Get<ScimOptions>()?.Issuer is { } scim) issuers[Sources.Scim] = scim;
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
        services.AddSingleton<ProvisionedState>();
        services.AddSingleton<Provisioner>();
        if (configuration.GetSection(ScimOptions.Section).Get<ScimOptions>()?.GivenTokens is { Count: > 0 } tokens) services.AddSingleton(new ScimTokens(tokens));
        return services;
    }
}
