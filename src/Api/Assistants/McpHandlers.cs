using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Api.Json;
using AccessFunctions.Api.OpenApi;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AccessFunctions.Api.Assistants;

/// <summary>
/// The Model Context Protocol over streamable HTTP, without sessions: each POST stands for itself, so any process of any host can answer it. What a
/// call may see is what its bearer token may see.
/// </summary>
internal static class McpHandlers
{
    private const string EventStream = "text/event-stream";
    private const string VersionHeader = "MCP-Protocol-Version", MethodHeader = "Mcp-Method", NameHeader = "Mcp-Name";

    /// <summary>From this revision on, clients repeat method and tool in headers, and these have to agree with the body.</summary>
    private const string RevisionWithHeaders = "2026-07-28";

    /// <summary>Far more than a call of these tools needs.</summary>
    private const int Limit = 64 * 1024;

    private static readonly IReadOnlyList<string> Revisions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", RevisionWithHeaders];

    public static IReadOnlyList<QueryParameter> Headers { get; } =
    [
        new("Accept", typeof(string), "`application/json, text/event-stream`: both."),
        new(VersionHeader, typeof(string), "The revision of the protocol, as it was agreed on; absent: an old one."),
        new(MethodHeader, typeof(string), $"From revision {RevisionWithHeaders} on: the method of the body."),
        new(NameHeader, typeof(string), $"From revision {RevisionWithHeaders} on, for `tools/call`: the tool's name."),
    ];

    public static async Task<IResult> Serve(ApiCall call)
    {
        if (!SameSite.Is(call.Http)) return Answer.Problem(call.Http, Fault.NotFromOurPage);
        if (!Accepts(call.Http.Request, "application/json") || !Accepts(call.Http.Request, EventStream))
            return Answer.Problem(call.Http, Fault.NotAcceptable, $"Send `Accept: application/json, {EventStream}`.");
        BodyReader.CheckMediaType(call.Http.Request.ContentType);
        var message = Message(await BodyReader.Bytes(call.Http.Request, Limit));
        message.Context = new JsonRpcMessageContext { ProtocolVersion = Version(call.Http.Request, message) };

        // Whole before the first byte leaves: a tool that fails is a problem, never half an answer.
        using var body = new MemoryStream();
        var logs = call.Service<ILoggerFactory>();
        await using var transport = new StreamableHttpServerTransport(logs) { Stateless = true };
        await using var server = McpServer.Create(transport, Options(call), logs, call.Http.RequestServices);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation);
        var running = server.RunAsync(ended.Token);
        var answered = await transport.HandlePostRequestAsync(message, body, call.Cancellation);
        await ended.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        call.Cancellation.ThrowIfCancellationRequested();
        return answered ? Answer.Content(body.ToArray(), EventStream) : Answer.Empty(StatusCodes.Status202Accepted);
    }

    private static McpServerOptions Options(ApiCall call) => new()
    {
        ServerInfo = new Implementation { Name = "access-functions", Title = "Access Functions", Version = OpenApiDocument.Version },
        ServerInstructions = AssistantTools.Instructions,
        Capabilities = new ServerCapabilities { Tools = new ToolsCapability() },
        Handlers = new McpServerHandlers
        {
            ListToolsHandler = static (_, _) => ValueTask.FromResult(new ListToolsResult { Tools = [.. AssistantTools.All.Select(Described)] }),
            CallToolHandler = async (context, _) => Result(await ToolRuns.Run(call, context.Params.Name, Arguments(context.Params), "mcp")),
        },
    };

    private static Tool Described(AssistantTool tool) => new()
    {
        Name = tool.Name,
        Title = tool.Title,
        Description = tool.Description,
        InputSchema = tool.Schema,
        Annotations = new ToolAnnotations { Title = tool.Title, ReadOnlyHint = true, DestructiveHint = false, IdempotentHint = true, OpenWorldHint = false },
    };

    private static JsonElement? Arguments(CallToolRequestParams asked) => asked.Arguments is { } given ? JsonSerializer.SerializeToElement(given, ApiJson.Options) : null;

    private static CallToolResult Result(ToolRun run)
    {
        var json = run.Json();
        return new CallToolResult { Content = [new TextContentBlock { Text = json.GetRawText() }], StructuredContent = json, IsError = run.Problem is not null };
    }

    private static JsonRpcMessage Message(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonRpcMessage>(body, McpJsonUtilities.DefaultOptions) ?? throw new ProblemException(Fault.Malformed, "The body is null; one JSON-RPC message is expected.");
        }
        catch (JsonException broken)
        {
            throw new ProblemException(Fault.Malformed, $"One JSON-RPC 2.0 message is expected: {JsonErrors.Describe(broken).Detail}");
        }
    }

    /// <summary>The revision that a call says it is of.</summary>
    /// <exception cref="ProblemException">Not one of ours, or its headers say something else than its body.</exception>
    private static string? Version(HttpRequest request, JsonRpcMessage message)
    {
        if (request.Headers[VersionHeader] is not [{ Length: > 0 } version]) return null;
        if (!Revisions.Contains(version, StringComparer.Ordinal)) throw new ProblemException(Fault.BadParameter, VersionHeader, $"One of {string.Join(", ", Revisions)} is expected.");
        if (string.CompareOrdinal(version, RevisionWithHeaders) < 0 || message is not JsonRpcRequest asked) return version;
        if (request.Headers[MethodHeader] is not [{ } method] || method != asked.Method) throw new ProblemException(Fault.BadParameter, MethodHeader, "It has to be the method of the body.");
        var named = asked is { Method: RequestMethods.ToolsCall, Params: JsonObject call } && call["name"] is JsonValue value && value.TryGetValue(out string? tool) ? tool : null;
        if (named is not null && (request.Headers[NameHeader] is not [{ } name] || name != named)) throw new ProblemException(Fault.BadParameter, NameHeader, "It has to be the tool that the body calls.");
        return version;
    }

    private static bool Accepts(HttpRequest request, string type) => request.GetTypedHeaders().Accept.Any(accepted => accepted.MatchesMediaType(type));
}
