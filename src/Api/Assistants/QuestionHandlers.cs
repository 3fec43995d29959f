using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Json;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Api.Assistants;

/// <summary>A question.</summary>
public sealed record QuestionBody
{
    /// <summary>In plain words, at most 1,000 characters.</summary>
    public required string Question { get; init; }
}

/// <summary>What answered a question.</summary>
public enum AnsweredBy
{
    /// <summary>Rules that understand the common forms; the same question gets the same answer.</summary>
    Rules,

    /// <summary>The configured chat model, with the same tools.</summary>
    Model,
}

/// <summary>What was looked up for an answer.</summary>
/// <param name="Tool">One of the tools that assistants have at <c>/mcp</c>.</param>
/// <param name="Result">What it found, or why not.</param>
public sealed record Evidence(string Tool, JsonElement Arguments, JsonElement Result);

/// <summary>An answer.</summary>
/// <param name="Answer">In plain words. Of a model: check it against <paramref name="Evidence"/>.</param>
/// <param name="Evidence">What it rests on; empty where a model looked nothing up.</param>
/// <param name="Cites">Requests and grants of the evidence.</param>
/// <param name="FactsAt">How old the platforms' facts may be, the oldest of them; null: it rests on none.</param>
public sealed record AnswerView(string Answer, AnsweredBy AnsweredBy, IReadOnlyList<Evidence> Evidence, IReadOnlyList<Citation> Cites, DateTimeOffset? FactsAt);

/// <summary>Answers questions in plain words: by rules, and where these do not understand by the configured model.</summary>
internal static partial class QuestionHandlers
{
    private const int Longest = 1000;

    public static async Task<IResult> Ask(ApiCall call)
    {
        var question = call.Body<QuestionBody>().Question.Trim();
        if (question.Length is 0 or > Longest) throw new ProblemException(Fault.Invalid, "question", $"1 to {Longest} characters are expected.");
        var model = call.Http.RequestServices.GetService<IChatClient>();
        if (Questions.Understand(question) is { } understood)
        {
            await Record(call, question, AnsweredBy.Rules);
            var run = await ByRules(call, understood);
            return Answered(AnsweredBy.Rules, Sentences.Of(run), [run]);
        }

        if (model is null)
        {
            await Record(call, question, null);
            throw new ProblemException(Fault.Invalid, "Only the common forms of questions are understood here.", new Dictionary<string, IReadOnlyList<string>>
            {
                ["question"] = [$"Ask in one of these forms: {string.Join(" · ", Questions.Examples)}"],
            });
        }

        // Before it goes to whoever runs the model.
        await Record(call, question, AnsweredBy.Model);
        try
        {
            var (words, runs) = await ModelAnswers.Ask(call, model, question);
            return Answered(AnsweredBy.Model, words, runs);
        }
#pragma warning disable CA1031 // A model may fail in any way; the person is told what else they can do.
        catch (Exception failure) when (!call.Cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            ModelFailed(call.Service<ILoggerFactory>().CreateLogger(typeof(QuestionHandlers).FullName!), failure);
            await Record(call, question, null);
            return Answer.Problem(call.Http, Fault.Unavailable, $"The chat model did not answer. Without it, ask in one of these forms: {string.Join(" · ", Questions.Examples)}", null, ("Retry-After", "30"));
        }
    }

    private static async Task<ToolRun> ByRules(ApiCall call, Question question)
    {
        var arguments = question.Arguments;
        if (question.Tool is RuleTool.Name or DraftTool.Name && arguments["kind"] is null) arguments["kind"] = (await Kind(call, (string)arguments["resources"]![0]!)).ToString();
        return await ToolRuns.Run(call, question.Tool, JsonSerializer.SerializeToElement(arguments, ApiJson.Options), "rules");
    }

    /// <summary>As what a resource can be asked for. Where that is nothing, the rules say why for any kind.</summary>
    private static async Task<AccessKind> Kind(ApiCall call, string resource)
    {
        var offered = (await PlatformHandlers.Offered(call, null, null)).Items.FirstOrDefault(item => item.Resource == resource);
        var kinds = offered?.Kinds ?? call.Service<IPlatforms>().Find(Resources.PlatformOf(resource))?.Kinds ?? [];
        return kinds switch
        {
            [var only] => only,
            [] => AccessKind.Role,
            _ => throw new ProblemException(Fault.Invalid, "question", $"This can be asked for as {string.Join(" or ", kinds)}: say as which, such as \"… as {kinds[0]}\"."),
        };
    }

    private static IResult Answered(AnsweredBy by, string words, IReadOnlyList<ToolRun> runs)
    {
        List<ToolAnswer> found = [.. runs.Select(static run => run.Answer).OfType<ToolAnswer>()];
        return Answer.Json(new AnswerView(
            words, by, [.. runs.Select(static run => new Evidence(run.Tool, run.Arguments, run.Json()))], [.. found.SelectMany(static answer => answer.Cites).Distinct()],
            found.Min(static answer => answer.FactsAt)));
    }

    private static Task Record(ApiCall call, string question, AnsweredBy? by) => ReportEvents.Append(
        call, EventTypes.Host.QuestionAsked, "question", new Dictionary<string, string> { ["question"] = question }, by is not null, by?.ToString().ToLowerInvariant() ?? "not-answered");

    [LoggerMessage(Level = LogLevel.Warning, Message = "The chat model did not answer a question.")]
    private static partial void ModelFailed(ILogger logger, Exception failure);
}
