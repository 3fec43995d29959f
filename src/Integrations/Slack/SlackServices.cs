using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Slack;

/// <summary>Registers Slack, as both hosts do. Beside it the host registers the use cases, the store of channels and <see cref="PublicAddress"/>.</summary>
public static class SlackServices
{
    /// <summary>Adds the channel of notices, what takes reactions, linking and the sweep; where the section is not set, a sweep that does nothing.</summary>
    public static IServiceCollection AddSlack(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(SlackSettings.Section);
        services.AddSingleton<SlackLinking>();
        services.AddOptions<SlackSettings>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(static provider => new SlackSweep(
            provider.GetService<SlackInbox>(), provider.GetService<SlackBoard>(), provider.GetRequiredService<IRequestWorkflow>(), provider.GetRequiredService<ILogger<SlackSweep>>()));
        if (section.Get<SlackSettings>() is not { IsConfigured: true }) return services;

        // The token goes to Slack and nowhere else, so no answer sends it on; no answer is longer than a page of messages.
        services.AddHttpClient(SlackApi.ClientName, static client => (client.Timeout, client.MaxResponseContentBufferSize) = (SlackApi.Timeout, 8 * 1024 * 1024))
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
        services.AddSingleton<SlackApi>();
        services.AddSingleton<SlackBoard>();
        services.AddSingleton<SlackDecision>();
        services.AddSingleton<SlackInbox>();
        services.AddSingleton<ISlackEvents>(static provider => provider.GetRequiredService<SlackInbox>());
        services.AddSingleton<INotificationChannel, SlackChannel>();
        services.AddSingleton<ISlackDirect, SlackDirect>();
        return services;
    }
}
