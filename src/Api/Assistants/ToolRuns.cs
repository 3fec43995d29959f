using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Api.Json;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Api.Assistants;

/// <summary>What came of a tool's run.</summary>
/// <param name="Tool">Which; as it was called where there is none of that name.</param>
/// <param name="Arguments">What it was called with.</param>
/// <param name="Answer">What it found; null where it is <paramref name="Problem"/>.</param>
/// <param name="Problem">Why it found nothing.</param>
internal sealed record ToolRun(string Tool, JsonElement Arguments, ToolAnswer? Answer, ToolProblem? Problem)
{
    /// <summary>As JSON, for whoever called.</summary>
    public JsonElement Json() => Answer is { } answer
        ? JsonSerializer.SerializeToElement(answer, answer.GetType(), ApiJson.Options)
        : JsonSerializer.SerializeToElement(Problem!, ApiJson.Options);
}

/// <summary>Why a tool did not do what it was called for, in the words of the problem that the API would answer with.</summary>
/// <param name="Problem">The slug, as in <c>docs/errors.md</c>.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record ToolProblem(string Problem, string Detail, string Remedy, IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors);

/// <summary>Runs tools. Each run is in the audit trail before anything of what it found leaves.</summary>
internal static class ToolRuns
{
    /// <summary>Arguments longer than this are cut in the audit trail.</summary>
    private const int LongestTold = 1000;

    /// <summary>What people write is not copied into the audit trail: a draft stores nothing.</summary>
    private static readonly HashSet<string> Words = new(["justification", "reason", "ticket", "parameters"], StringComparer.Ordinal);

    /// <summary>Runs one.</summary>
    /// <param name="name">Of <see cref="AssistantTools.All"/>.</param>
    /// <param name="arguments">Null: none.</param>
    /// <param name="through">How the call came, for the audit trail: <c>mcp</c>, <c>rules</c> or <c>model</c>.</param>
    public static async Task<ToolRun> Run(ApiCall call, string name, JsonElement? arguments, string through)
    {
        var given = arguments is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } some ? some : JsonSerializer.SerializeToElement(new JsonObject());
        try
        {
            var run = await Try(call, name, given);
            await Record(call, name, given, through, run.Problem?.Problem);
            return run;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            await Record(call, name, given, through, Problems.Of(failure is PlatformException ? Fault.PlatformUnavailable : Fault.Internal).Slug);
            throw;
        }
    }

    private static Task Record(ApiCall call, string name, JsonElement arguments, string through, string? problem) => call.Service<IAuditLog>().Append(new AuditEvent
    {
        Type = EventTypes.Host.AssistantToolUsed,
        At = call.Service<TimeProvider>().GetUtcNow(),
        Actor = call.Caller.Id,
        Channel = call.Caller.Channel.ToString(),
        Succeeded = problem is null,
        Reason = problem,
        Resource = $"tool/{(AssistantTools.Find(name) is null ? "unknown" : name)}",
        Detail = new AuditDetail { Address = call.Caller.Address, More = new Dictionary<string, string> { ["through"] = through, ["arguments"] = Told(arguments) } },
    }, call.Cancellation);

    private static async Task<ToolRun> Try(ApiCall call, string name, JsonElement arguments)
    {
        if (AssistantTools.Find(name) is not { } tool)
            return Failed(Problems.Of(Fault.Invalid), $"There is no tool of that name; there are {string.Join(", ", AssistantTools.All.Select(static tool => tool.Name))}.", null);
        try
        {
            return new ToolRun(name, arguments, await tool.Run(call, arguments), null);
        }
        catch (RefusedException refused)
        {
            return Failed(Problems.Of(refused.Refusal.Reason), refused.Refusal.Detail, refused.Refusal.Errors);
        }
        catch (ProblemException problem)
        {
            return Failed(Problems.Of(problem.Fault), problem.Detail, problem.Errors);
        }
        catch (JsonException wrong)
        {
            var (detail, errors) = JsonErrors.Describe(wrong);
            return Failed(Problems.Of(Fault.Malformed), detail, errors);
        }

        ToolRun Failed(Problem kind, string? detail, IReadOnlyDictionary<string, IReadOnlyList<string>>? errors) =>
            new(name, arguments, null, new ToolProblem(kind.Slug, string.IsNullOrEmpty(detail) ? kind.Meaning : detail, kind.Remedy, errors is { Count: > 0 } ? errors : null));
    }

    private static string Told(JsonElement arguments)
    {
        var text = arguments.ValueKind == JsonValueKind.Object
            ? JsonSerializer.Serialize(arguments.EnumerateObject().Where(static property => !Words.Contains(property.Name)).ToDictionary(static property => property.Name, static property => property.Value), ApiJson.Options)
            : "(no object)";
        return text.Length <= LongestTold ? text : text[..LongestTold] + "…";
    }
}
