using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Mail.Graph;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Integrations.Mail.Inbound;

/// <summary>Registers what reads replies, the same on both hosts.</summary>
public static class InboundMailServices
{
    private static readonly TimeSpan GraphTimeout = TimeSpan.FromSeconds(30);

    /// <summary>What to say at the start where mails invite replies that nobody reads, or that may not be proven.</summary>
    public static IEnumerable<string> Warnings(IConfiguration configuration)
    {
        if (configuration[InboundMailOptions.ReplyAddressSetting] is not { Length: > 0 }) yield break;
        var inbound = configuration.GetSection(InboundMailOptions.Section).Get<InboundMailOptions>();
        if (inbound?.AuthservId is null)
        {
            yield return "Replies are not read: Mail:Inbound:AuthservId is missing, and without it no reply could be believed.";
            yield break;
        }

        var mailbox = configuration.GetSection(GraphOptions.Section).Get<GraphOptions>() is { IsConfigured: true };
        if (inbound.GivenSecrets.Count == 0 && !mailbox)
            yield return "Replies are not read: neither a gateway's secret (Mail:Inbound:Secrets) nor a mailbox (Mail:Inbound:Graph:Mailbox) is set.";
        if (mailbox && inbound.AuthservId == AuthenticationResults.Unnamed)
        {
            yield return "Replies from inside the mailbox's own tenant may be refused without an answer: Exchange Online (Mail:Inbound:AuthservId \"-\") usually writes no DMARC result "
                + "for them. The audit trail has them as reply-dmarc; these approvers decide by link, or signed in.";
        }
    }

    /// <summary>
    /// Adds <see cref="MailReplies"/> where <c>Mail:ReplyAddress</c> and <c>Mail:Inbound:AuthservId</c> are set; with it <see cref="MailPosts"/> where there
    /// is a secret to sign with, and <see cref="MailboxPoller"/> where there is a mailbox to read. Tokens for it come from the secret that is set, else from an <see cref="IGraphTokens"/> of the host.
    /// </summary>
    public static IServiceCollection AddInboundMail(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<InboundMailOptions>().Bind(configuration.GetSection(InboundMailOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<GraphOptions>().Bind(configuration.GetSection(GraphOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(static provider => provider.GetRequiredService<IOptions<GraphOptions>>().Value);
        services.AddSingleton<IMailReader, MimeMailReader>();
        services.AddSingleton<IMailReader, GraphMessageReader>();
        var inbound = configuration.GetSection(InboundMailOptions.Section).Get<InboundMailOptions>();
        if (inbound?.AuthservId is not { } server || configuration[InboundMailOptions.ReplyAddressSetting] is not { Length: > 0 } address) return services;

        services.TryAddSingleton<ReplyTokens>();
        services.AddSingleton(new ReplySettings(address, server));
        services.AddSingleton<MailReplies>();
        if (inbound.GivenSecrets is { Count: > 0 } secrets)
        {
            services.AddSingleton(new PostSecrets(secrets));
            services.AddSingleton<MailPosts>();
        }

        if (configuration.GetSection(GraphOptions.Section).Get<GraphOptions>() is not { IsConfigured: true } graph) return services;
        services.AddHttpClient(GraphMailbox.ClientName, static client => client.Timeout = GraphTimeout)
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
        if (graph.HasSecret) services.AddSingleton<IGraphTokens, GraphSecretTokens>();
        services.AddSingleton<GraphMailbox>();
        services.AddSingleton<MailboxPoller>();
        return services;
    }
}
