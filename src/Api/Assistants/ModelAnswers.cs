using System.Text.Json;
using AccessFunctions.Api.Json;
using AccessFunctions.Api.Routing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Api.Assistants;

/// <summary>
/// Answers what the rules do not understand, by a chat model that the host configures (<see cref="IChatClient"/>). It has the same tools as every
/// assistant, which see what the caller may see, and nothing else.
/// </summary>
internal static class ModelAnswers
{
    /// <summary>How often it may go back to the tools.</summary>
    private const int MostTurns = 5;
    private const int LongestAnswer = 800;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private static string Instructions { get; } =
        $"""
        {AssistantTools.Instructions}
        Answer the question in a few plain sentences, from what the tools find and nothing else. Where they find nothing, say so. You cannot give, approve or take away access, and say so when asked to.
        """;

    /// <summary>The model's words, and the runs of tools they rest on.</summary>
    /// <exception cref="Exception">It did not answer; whatever it threw.</exception>
    public static async Task<(string Words, IReadOnlyList<ToolRun> Runs)> Ask(ApiCall call, IChatClient model, string question)
    {
        var runs = new List<ToolRun>();
        using var patience = new CancellationTokenSource(Patience, call.Service<TimeProvider>());
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, call.Cancellation);

        // Not disposed: that would dispose the host's client with it.
        var client = model.AsBuilder().UseFunctionInvocation(configure: static turns => turns.MaximumIterationsPerRequest = MostTurns).Build();
        var options = new ChatOptions
        {
            Tools = [.. AssistantTools.All.Select(tool => new ToolFunction(call, tool, runs))],
            MaxOutputTokens = LongestAnswer,
        };
        var answer = await client.GetResponseAsync([new ChatMessage(ChatRole.System, Instructions), new ChatMessage(ChatRole.User, question)], options, either.Token);
        return (answer.Text.Trim(), runs);
    }

    /// <summary>A tool as models call it.</summary>
    private sealed class ToolFunction(ApiCall call, AssistantTool tool, List<ToolRun> runs) : AIFunction
    {
        public override string Name => tool.Name;
        public override string Description => tool.Description;
        public override JsonElement JsonSchema => tool.Schema;

        protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
        {
            var run = await ToolRuns.Run(call, tool.Name, JsonSerializer.SerializeToElement(arguments.ToDictionary(StringComparer.Ordinal), ApiJson.Options), "model");
            runs.Add(run);
            return run.Json();
        }
    }
}
