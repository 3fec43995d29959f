using AccessFunctions.Api.Assistants;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Routing;

/// <summary>The part of the route table that answers questions, in plain words and for assistants.</summary>
internal static class AssistantRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new()
        {
            Name = "AskQuestion", Method = "POST", Template = "/api/ask", RequestType = typeof(QuestionBody), ResponseType = typeof(AnswerView), EachCallCounts = true,
            Summary = "Answers a question in plain words from what the caller may see; changes nothing.", Handler = QuestionHandlers.Ask,
        },
        new()
        {
            Name = "ServeAssistants", Method = "POST", Template = "/mcp", MetadataPath = ProtectedResource.AssistantsPath, BodyTypes = ["application/json"], EachCallCounts = true, ResponseContentType = "text/event-stream", Headers = McpHandlers.Headers,
            OtherAnswers = new Dictionary<int, string> { [StatusCodes.Status202Accepted] = "A notification was taken; there is nothing to answer." },
            Summary = "The Model Context Protocol for assistants, without sessions: tools that read what the caller may see.", Handler = McpHandlers.Serve,
        },
        new()
        {
            Name = "GetProtectedResource", Method = "GET", Template = ProtectedResource.Path, Anonymous = true, ResponseType = typeof(ProtectedResourceView),
            Summary = "Whose access tokens are taken here (RFC 9728).", Handler = ProtectedResource.Everything,
        },
        new()
        {
            Name = "GetAssistantsResource", Method = "GET", Template = ProtectedResource.AssistantsPath, Anonymous = true, ResponseType = typeof(ProtectedResourceView),
            Summary = "Whose access tokens assistants bring (RFC 9728).", Handler = ProtectedResource.Assistants,
        },
    ];
}
