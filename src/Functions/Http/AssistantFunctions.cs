using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Http;

/// <summary>Questions in plain words, and tools for assistants.</summary>
public sealed class AssistantFunctions(HttpDoor door)
{
    /// <summary>Answers a question.</summary>
    [Function(nameof(AskQuestion))]
    public Task<IResult> AskQuestion([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/ask")] HttpRequest http) =>
        door.Run(http);

    /// <summary>The Model Context Protocol.</summary>
    [Function(nameof(ServeAssistants))]
    public Task<IResult> ServeAssistants([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "mcp")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Whose tokens are taken.</summary>
    [Function(nameof(GetProtectedResource))]
    public Task<IResult> GetProtectedResource([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = ".well-known/oauth-protected-resource")] HttpRequest http) =>
        door.Run(http);

    /// <summary>The same of assistants' address.</summary>
    [Function(nameof(GetAssistantsResource))]
    public Task<IResult> GetAssistantsResource([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = ".well-known/oauth-protected-resource/mcp")] HttpRequest http) =>
        door.Run(http);
}
