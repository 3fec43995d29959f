using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenAI;
using OpenAI.Chat;

namespace AccessFunctions.Integrations.ChatModels;

/// <summary>Registers the chat model that questions in plain words may go to, as both hosts do.</summary>
public static class ChatModelServices
{
    /// <summary>For one call of the model; a question may need several.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Adds an <see cref="IChatClient"/> where section <see cref="ChatModelOptions.Section"/> is set.</summary>
    public static IServiceCollection AddChatModel(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(ChatModelOptions.Section);
        services.AddOptions<ChatModelOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        if (section.Get<ChatModelOptions>() is { IsConfigured: true }) services.AddSingleton(static provider => Client(provider.GetRequiredService<IOptions<ChatModelOptions>>().Value));
        return services;
    }

    private static IChatClient Client(ChatModelOptions options) => new ChatClient(options.Name!, new ApiKeyCredential(options.Key!), new OpenAIClientOptions
    {
        Endpoint = new Uri(options.Endpoint!),
        NetworkTimeout = Patience,
        RetryPolicy = new ClientRetryPolicy(maxRetries: 1),
    }).AsIChatClient();
}
